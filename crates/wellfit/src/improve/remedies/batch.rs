//! Other batches: smaller ones make more and noisier steps of an epoch, larger ones fewer and surer ones.

use crate::diagnose::Verdict;
use crate::experiment::settings::Purpose;

use super::super::prescription::Change;
use super::super::{Case, Remedy};

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
        let reason =
            format!("steps over {} rows follow the noise of each batch; larger ones do less", case.knobs.batch);
        let larger = (larger as u64 <= case.rows.train / 4).then(|| Change::set("training.batch", larger, reason));
        self.propose(case).into_iter().chain(larger).collect()
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let smaller = case.knobs.batch / 4;
        let reason = format!("{} rows a step are few steps an epoch; smaller batches make more", case.knobs.batch);
        (smaller >= FEWEST).then(|| Change::set("training.batch", smaller, reason))
    }
}
