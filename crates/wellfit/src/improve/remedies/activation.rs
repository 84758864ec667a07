//! Another bend in the units.

use crate::diagnose::Verdict;
use crate::experiment::settings::Purpose;

use super::super::prescription::Change;
use super::super::{Case, Remedy};

/// SiLU in place of an activation that is flat or saturates.
pub struct OtherActivation;

impl Remedy for OtherActivation {
    fn name(&self) -> &'static str {
        "other activation"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitTrain
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighBias
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let now = case.knobs.activation.as_str();
        let bends_everywhere = matches!(now, "silu" | "gelu" | "mish");
        let reason = format!(
            "{now} is flat over part of its range, and units there learn nothing; SiLU has a slope nearly everywhere"
        );
        (!bends_everywhere).then(|| Change::set("network.activation", "\"silu\"", reason))
    }
}
