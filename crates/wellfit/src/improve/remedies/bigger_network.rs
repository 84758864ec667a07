//! More units fit more: the first remedy for bias.

use crate::diagnose::Verdict;
use crate::experiment::settings::Purpose;
use crate::text::thousands;

use super::super::prescription::Change;
use super::super::{Case, Remedy};

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
        let reason = format!("{} weights may be too few for what there is to learn", thousands(case.weights() as u64));
        let wider = |times: usize| times_as_wide(hidden, times).filter(|_| !hidden.is_empty());
        let doses = [2, 4].into_iter().filter_map(wider);
        let doses = doses.map(|units| Change::set("network.hidden", format!("{units:?}"), reason.clone()));
        doses.chain(self.propose(case).filter(|_| hidden.is_empty())).collect()
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let hidden = &case.knobs.hidden;
        if case.diagnosis.verdict == Verdict::Undecided && !case.bias_is_open() {
            return None;
        }
        // keep_prob with one value a layer fits the same number of layers, so only the units change.
        let (wider, reason) = if hidden.is_empty() {
            (
                vec![32],
                "without a hidden layer only straight boundaries can be drawn; a hidden layer bends them".to_string(),
            )
        } else {
            let wider = times_as_wide(hidden, 2)?;
            let weights = thousands(case.weights() as u64);
            let reason = match case.diagnosis.verdict {
                Verdict::Undecided => {
                    format!("{weights} weights may be too few for the target; twice the units fit more")
                }
                _ => format!("{weights} weights leave train error above the target; twice the units fit more"),
            };
            (wider, reason)
        };
        Some(Change::set("network.hidden", format!("{wider:?}"), reason))
    }
}

/// The layers so many times as wide, up to the widest; `None` if that is what they are.
fn times_as_wide(hidden: &[usize], times: usize) -> Option<Vec<usize>> {
    let wider: Vec<usize> = hidden.iter().map(|&units| (times * units).min(WIDEST.max(units))).collect();
    (wider != hidden).then_some(wider)
}
