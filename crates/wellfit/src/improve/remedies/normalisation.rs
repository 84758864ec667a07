//! Inputs of one size, near 0.

use crate::data::Normalize;
use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// Standardised inputs, where numbers are read as they are.
pub struct Normalisation;

impl Remedy for Normalisation {
    fn name(&self) -> &'static str {
        "normalisation"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitTrain
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighBias
    }

    fn cures(&self) -> bool {
        true
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let off = case.knobs.normalize == Normalize::Off;
        off.then(|| Change::set("data.normalize", Raw::text("standard"), Reason::InputsAsTheyAre))
    }
}
