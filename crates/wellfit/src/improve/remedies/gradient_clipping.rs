//! Steps that no single batch can make too long.

use crate::diagnose::{FindingKind, Verdict};
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// Gradients of norm 1 at most, where they explode or the loss jumps.
pub struct GradientClipping;

impl Remedy for GradientClipping {
    fn name(&self) -> &'static str {
        "gradient clipping"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitTrain
    }

    fn treats(&self, _: Verdict) -> bool {
        false
    }

    fn cures(&self) -> bool {
        true
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let exploding = case.found(FindingKind::ExplodingGradients) || case.found(FindingKind::LearningRate);
        let off = case.knobs.clip_norm.is_none();
        (exploding && off).then(|| Change::set("training.clip_norm", Raw::number(1.0), Reason::GradientsExplode))
    }
}
