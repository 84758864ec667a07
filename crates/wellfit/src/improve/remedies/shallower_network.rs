//! Fewer layers: a shorter way for the gradient.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// The first two hidden layers, where there are so many that the network does not learn.
pub struct ShallowerNetwork;

/// Hidden layers that are left.
const LEFT: usize = 2;

impl Remedy for ShallowerNetwork {
    fn name(&self) -> &'static str {
        "shallower network"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitTrain
    }

    fn treats(&self, _: Verdict) -> bool {
        false
    }

    fn cures(&self) -> bool {
        true
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let hidden = &case.knobs.hidden;
        let fewer: Vec<usize> = hidden.iter().copied().take(LEFT).collect();
        // One value of keep_prob for each layer would no longer fit.
        let deep = hidden.len() > LEFT + 1;
        deep.then(|| Change::set("network.hidden", Raw::counts(&fewer), Reason::ManyLayers(hidden.len())))
    }
}
