//! Units left out at random, so that none can be relied on.

use crate::diagnose::Verdict;
use crate::experiment::settings::Purpose;

use super::super::prescription::Change;
use super::super::{Case, Remedy};

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
        let strong = mild.with_values([format!("{LEAST_KEPT:?}")]);
        std::iter::once(mild).chain(strong).collect()
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let now = &case.knobs.keep_prob;
        // Two decimals: the rest means nothing.
        let lowered = |keep: &f64| ((keep - 0.15).max(LEAST_KEPT) * 100.0).round() / 100.0;
        let fewer: Vec<f64> = now.iter().map(lowered).collect();
        let lower = fewer.iter().zip(now).any(|(next, now)| next < now);
        let reason = "leaving units out at random keeps the network from leaning on any of them".to_string();
        // One number fits any number of layers.
        let alike = fewer.first().filter(|first| fewer.iter().all(|keep| keep == *first));
        let value = alike.map_or_else(|| format!("{fewer:?}"), |keep| format!("{keep:?}"));
        lower.then(|| Change::set("network.keep_prob", value, reason))
    }
}
