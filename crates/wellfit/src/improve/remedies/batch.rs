//! Other batches: smaller ones make more and noisier steps of an epoch, larger ones fewer and surer ones.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// A quarter of the rows in each step; four times as many is tried too.
pub struct OtherBatch;

// Fewer rows than this make steps that are mostly noise, and slow ones.
const FEWEST: usize = 16;

impl Remedy for OtherBatch {
    fn name(&self) -> &'static str {
        "other batch"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitTrain
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighBias
    }

    fn doses(&self, case: &Case) -> Vec<Change> {
        let larger = 4 * case.knobs.batch;
        let reason = Reason::SmallBatch(case.knobs.batch);
        let larger =
            (larger as u64 <= case.rows.train / 4).then(|| Change::set("training.batch", Raw::count(larger), reason));
        self.propose(case).into_iter().chain(larger).collect()
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let smaller = case.knobs.batch / 4;
        let reason = Reason::LargeBatch(case.knobs.batch);
        (smaller >= FEWEST).then(|| Change::set("training.batch", Raw::count(smaller), reason))
    }
}
