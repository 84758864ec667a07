//! A penalty that sets weights to zero: fewer inputs used.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// A first L1 penalty, where inputs are many for the rows.
pub struct SomeL1;

impl Remedy for SomeL1 {
    fn name(&self) -> &'static str {
        "L1"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitDev
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighVariance
    }

    fn doses(&self, case: &Case) -> Vec<Change> {
        let Some(mild) = self.propose(case) else { return Vec::new() };
        mild.with_values([0.1, 1.0, 10.0].map(Raw::number))
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let reason = Reason::ManyInputs { inputs: case.inputs, rows: case.rows.train };
        (case.knobs.l1 == 0.0).then(|| Change::set("training.l1", Raw::number(0.1), reason))
    }
}
