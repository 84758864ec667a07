//! Weights that shrink a little in each step, apart from the gradient.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// Three times the decoupled decay, or a first one.
pub struct MoreWeightDecay;

// What AdamW's authors and RealMLP settle near, times a rate of a thousandth.
const FIRST: f64 = 0.02;

impl Remedy for MoreWeightDecay {
    fn name(&self) -> &'static str {
        "weight decay"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitDev
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighVariance
    }

    fn doses(&self, case: &Case) -> Vec<Change> {
        let Some(mild) = self.propose(case) else { return Vec::new() };
        let base = if case.knobs.weight_decay > 0.0 { 3.0 * case.knobs.weight_decay } else { FIRST };
        mild.with_values([1.0, 10.0].map(|dose| Raw::number(dose * base)))
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let now = case.knobs.weight_decay;
        let next = if now > 0.0 { 3.0 * now } else { FIRST };
        Some(Change::set("training.weight_decay", Raw::number(next), Reason::WeightDecay))
    }
}
