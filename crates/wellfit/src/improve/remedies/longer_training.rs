//! More epochs, where the last ones still helped.

use crate::diagnose::{FindingKind, Verdict};
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// Twice the epochs, if the best epoch was among the last.
pub struct LongerTraining;

impl Remedy for LongerTraining {
    fn name(&self) -> &'static str {
        "number of epochs"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitTrain
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighBias
    }

    fn doses(&self, case: &Case) -> Vec<Change> {
        let now = case.knobs.epochs;
        let longer = self
            .propose(case)
            .unwrap_or_else(|| Change::set("training.epochs", Raw::count(2 * now), Reason::FewEpochs(now)));
        // Fewer epochs end before the network overfits, and serve one purpose where early stopping serves two.
        let shorter =
            (now / 3 > 2).then(|| Change::set("training.epochs", Raw::count(now / 3), Reason::ManyEpochs(now)));
        std::iter::once(longer).chain(shorter).collect()
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let epochs = case.knobs.epochs;
        let still_falling = case.found(FindingKind::TrainingTooShort) || case.best_epoch * 10 > epochs * 9;
        let reason = Reason::StillImproving { best_epoch: case.best_epoch, epochs };
        still_falling.then(|| Change::set("training.epochs", Raw::count(2 * epochs), reason))
    }
}
