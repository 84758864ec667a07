//! Units left out at random, so that none can be relied on.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw, one_if_equal};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// A lower keep_prob in every hidden layer.
pub struct MoreDropout;

// Fewer than half the units kept trains slowly and mostly adds bias.
const LEAST_KEPT: f64 = 0.5;

impl Remedy for MoreDropout {
    fn name(&self) -> &'static str {
        "dropout"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitDev
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighVariance
    }

    fn doses(&self, case: &Case) -> Vec<Change> {
        let Some(mild) = self.propose(case) else { return Vec::new() };
        let strong = mild.with_values([Raw::number(LEAST_KEPT)]);
        std::iter::once(mild).chain(strong).collect()
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let now = &case.knobs.keep_prob;
        // Two decimals: the rest means nothing.
        let lowered = |keep: &f64| ((keep - 0.15).max(LEAST_KEPT) * 100.0).round() / 100.0;
        let fewer: Vec<f64> = now.iter().map(lowered).collect();
        let lower = fewer.iter().zip(now).any(|(next, now)| next < now);
        // One number fits any number of layers.
        let value = match one_if_equal(&fewer)[..] {
            [keep] => Raw::number(keep),
            _ => Raw::List(fewer.iter().copied().map(Raw::number).collect()),
        };
        lower.then(|| Change::set("network.keep_prob", value, Reason::Dropout))
    }
}
