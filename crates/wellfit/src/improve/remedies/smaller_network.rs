//! Fewer units, where there are more weights than rows.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// Half the units in every hidden layer.
pub struct SmallerNetwork;

// Below this a layer is a bottleneck rather than a layer.
const NARROWEST: usize = 4;

impl Remedy for SmallerNetwork {
    fn name(&self) -> &'static str {
        "smaller network"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitDev
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighVariance
    }

    fn doses(&self, case: &Case) -> Vec<Change> {
        let Some(mild) = self.propose(case) else { return Vec::new() };
        let quarter: Vec<usize> =
            case.knobs.hidden.iter().map(|&units| (units / 4).max(NARROWEST.min(units))).collect();
        let strong = mild.with_values([Raw::counts(&quarter)]);
        std::iter::once(mild).chain(strong).collect()
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let hidden = &case.knobs.hidden;
        let narrower: Vec<usize> = hidden.iter().map(|&units| (units / 2).max(NARROWEST.min(units))).collect();
        let reason = Reason::ManyWeights { weights: case.weights() as u64, rows: case.rows.train };
        (narrower != *hidden).then(|| Change::set("network.hidden", Raw::counts(&narrower), reason))
    }
}
