//! More units fit more: the first remedy for bias.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// Twice the units in every hidden layer, or a first hidden layer.
pub struct BiggerNetwork;

// Past this width the rows of a table no longer fill the layer.
const WIDEST: usize = 2_048;

impl Remedy for BiggerNetwork {
    fn name(&self) -> &'static str {
        "bigger network"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitTrain
    }

    fn treats(&self, verdict: Verdict) -> bool {
        matches!(verdict, Verdict::HighBias | Verdict::Undecided)
    }

    fn doses(&self, case: &Case) -> Vec<Change> {
        let hidden = &case.knobs.hidden;
        let reason = Reason::FewWeights(case.weights() as u64);
        // The usual size where the network is smaller, so that one change reaches far enough, and a quarter of it, which takes
        // less work.
        let usual = &case.usual.hidden;
        let quarter: Vec<usize> = usual.iter().map(|units| units.div_ceil(4)).collect();
        let usual = [(usual.clone(), 2), (quarter, 4)].into_iter();
        let usual = usual
            .filter(|(usual, times)| usual.iter().sum::<usize>() > times * hidden.iter().sum::<usize>())
            .map(|(usual, _)| usual);
        let wider = [4, 2].into_iter().filter(|_| !hidden.is_empty()).filter_map(|times| times_as_wide(hidden, times));
        let doses = usual.into_iter().chain(wider);
        let doses = doses.map(|units| Change::set("network.hidden", Raw::counts(&units), reason.clone()));
        doses.chain(self.propose(case).filter(|_| hidden.is_empty() && case.usual.hidden.is_empty())).collect()
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let hidden = &case.knobs.hidden;
        if case.diagnosis.verdict == Verdict::Undecided && !case.bias_is_open() {
            return None;
        }
        // keep_prob with one value a layer fits the same number of layers, so only the units change.
        let weights = case.weights() as u64;
        let (wider, reason) = match case.diagnosis.verdict {
            _ if hidden.is_empty() => (vec![32], Reason::NoHiddenLayer),
            Verdict::Undecided => (times_as_wide(hidden, 2)?, Reason::WeightsMayLeaveBias(weights)),
            _ => (times_as_wide(hidden, 2)?, Reason::WeightsLeaveBias(weights)),
        };
        Some(Change::set("network.hidden", Raw::counts(&wider), reason))
    }
}

/// The layers so many times as wide, up to the widest; `None` if that is what they are.
fn times_as_wide(hidden: &[usize], times: usize) -> Option<Vec<usize>> {
    let wider: Vec<usize> = hidden.iter().map(|&units| (times * units).min(WIDEST.max(units))).collect();
    (wider != hidden).then_some(wider)
}
