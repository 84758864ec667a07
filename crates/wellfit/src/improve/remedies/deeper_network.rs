//! One more layer: features of features.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// One more hidden layer, as wide as the last.
pub struct DeeperNetwork;

impl Remedy for DeeperNetwork {
    fn name(&self) -> &'static str {
        "deeper network"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitTrain
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighBias
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let last = *case.knobs.hidden.last()?;
        let deeper: Vec<usize> = case.knobs.hidden.iter().copied().chain([last]).collect();
        let reason = Reason::HiddenLayers(case.knobs.hidden.len());
        Some(Change::set("network.hidden", Raw::counts(&deeper), reason))
    }
}
