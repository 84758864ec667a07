//! Another bend in the units.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};
use crate::net::Activation;

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

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
        let now = case.knobs.activation;
        let has_a_slope_nearly_everywhere = matches!(now, Activation::Silu | Activation::Gelu | Activation::Mish);
        let reason = Reason::FlatActivation(now);
        (!has_a_slope_nearly_everywhere).then(|| Change::set("network.activation", Raw::text("silu"), reason))
    }
}
