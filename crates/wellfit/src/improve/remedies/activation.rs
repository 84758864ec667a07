//! Another bend in the units.

use crate::diagnose::{FindingKind, Verdict};
use crate::experiment::settings::{Purpose, Raw};
use crate::net::Activation;

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// ReLU in place of an activation that saturates or does not bend, SiLU in place of one that is flat on one side.
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

    fn cures(&self) -> bool {
        true
    }

    fn doses(&self, case: &Case) -> Vec<Change> {
        let now = case.knobs.activation;
        let others = [case.usual.activation, Activation::Relu, Activation::Tanh, Activation::Silu];
        let mut all: Vec<Activation> = Vec::new();
        for other in others.into_iter().filter(|other| *other != now && !case.knobs.hidden.is_empty()) {
            if !all.contains(&other) {
                all.push(other);
            }
        }
        all.into_iter().map(|other| change(case, now, other)).collect()
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let now = case.knobs.activation;
        let better = match now {
            Activation::Silu | Activation::Gelu | Activation::Mish => None,
            Activation::Sigmoid | Activation::Tanh | Activation::Identity => Some(Activation::Relu),
            _ => Some(Activation::Silu),
        };
        better.filter(|_| !case.knobs.hidden.is_empty()).map(|better| change(case, now, better))
    }
}

fn change(case: &Case, now: Activation, other: Activation) -> Change {
    // The slope of either is below 1 nearly everywhere; that of a sigmoid is 1/4 at most.
    let narrows = matches!(now, Activation::Sigmoid | Activation::Tanh);
    let reason = match case.found(FindingKind::VanishingGradients) && narrows {
        true => Reason::GradientsVanish { now, other },
        false => Reason::FlatActivation { now, other },
    };
    Change::set("network.activation", Raw::text(other.name()), reason)
}
