//! More epochs, where the last ones still helped.

use crate::diagnose::{FindingKind, Verdict};
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// Four times the epochs, where dev loss still fell at the end.
pub struct LongerTraining;

impl Remedy for LongerTraining {
    fn name(&self) -> &'static str {
        "longer training"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitTrain
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighBias
    }

    fn doses(&self, case: &Case) -> Vec<Change> {
        // Training that was stopped early would stop there again.
        let reaches_the_end = case.epochs_trained >= case.knobs.epochs;
        let longer = [4, 10].into_iter().filter(|_| reaches_the_end).map(|times| times_as_long(case, times));
        longer.collect()
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        case.found(FindingKind::TrainingTooShort).then(|| times_as_long(case, 4))
    }
}

fn times_as_long(case: &Case, times: u64) -> Change {
    let (best_epoch, epochs) = (case.best_epoch, case.knobs.epochs);
    let reason = match case.found(FindingKind::TrainingTooShort) {
        true => Reason::StillImproving { best_epoch, epochs },
        false => Reason::FewEpochs(epochs),
    };
    Change::set("training.epochs", Raw::count(times * epochs), reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::Finding;
    use crate::improve::case::tests::case;

    #[test]
    fn longer_is_proposed_only_where_the_curve_still_falls() {
        let mut case = case(Verdict::HighBias);
        assert_eq!(LongerTraining.propose(&case), None);
        case.diagnosis.findings.push(Finding::StillImproving { epochs: 60, fall: 0.02 });
        assert_eq!(LongerTraining.propose(&case).unwrap().action.to_string(), "training.epochs = 240");
    }
}
