//! Columns that give the target away are set aside.

use crate::diagnose::Verdict;
use crate::experiment::settings::Purpose;

use super::super::prescription::Change;
use super::super::{Case, Remedy};

/// Drops the leaking columns, beside those dropped already.
pub struct DropLeak;

impl Remedy for DropLeak {
    fn name(&self) -> &'static str {
        "drop the leak"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitRealWorld
    }

    // Whatever the verdict, it was reached with the target in sight: `prescribe` asks for this one by its purpose.
    fn treats(&self, _: Verdict) -> bool {
        false
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let leaking = &case.leak_columns;
        let names: Vec<&String> = case.knobs.drop.iter().chain(leaking).collect();
        let reason = format!(
            "{} may not be known when the network is used; if so, every number here is too good",
            leaking.join(" and ")
        );
        (!leaking.is_empty()).then(|| {
            Change::set(
                "data.drop",
                toml::Value::from(names.into_iter().map(|name| toml::Value::from(name.as_str())).collect::<Vec<_>>()),
                reason,
            )
        })
    }
}
