//! Prescriptions, and what an improvement tried, as results hold them.

use serde::{Deserialize, Serialize};

use crate::diagnose::{Forecast, Interval};
use crate::experiment::settings::Purpose;
use crate::improve::{JudgedOn, Outcome, Prescription, Probe, Step, Trial};
use crate::words::{Unit, improvement, remedies};

/// One move that may make the network better.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrescriptionReport {
    /// The remedy's name.
    pub remedy: String,
    /// What the setting it changes is for.
    pub purpose: Purpose,
    /// Why this, for this run.
    pub reason: String,
    /// The change as it would stand in the config (`network.hidden = [128, 64]`), or the command to give, or what to do about
    /// the data.
    pub change: String,
    /// What it did to dev error in trainings of its own; absent where it was not tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial: Option<Trial>,
    /// Of more data: what twice the train rows would gain, going by what half of them lose; absent where that was not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_gain: Option<f64>,
}

impl PrescriptionReport {
    /// The prescription with its sentence.
    pub fn of(prescription: &Prescription) -> PrescriptionReport {
        PrescriptionReport {
            remedy: prescription.remedy.to_string(),
            purpose: prescription.purpose,
            reason: remedies::reason(&prescription.change.reason),
            change: prescription.change.action.to_string(),
            trial: prescription.trial,
            expected_gain: prescription.expected_gain,
        }
    }
}

/// A change that was tried after training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeReport {
    /// The remedy's name.
    pub remedy: String,
    /// The change, as an edit of the config.
    pub change: String,
    /// Dev error before, over all trainings of the probe.
    pub before: f64,
    /// Dev error after, over the same rows and seeds.
    pub after: f64,
    /// Before less after, with its 95% interval.
    pub gain: Interval,
    /// Whether the gain is significant, as one of all changes that were tried.
    pub significant: bool,
    /// Whether train error fell significantly, as one of all changes that were tried.
    pub fits_train_better: bool,
}

impl ProbeReport {
    /// The probe with its change in words.
    pub fn of(probe: &Probe) -> ProbeReport {
        ProbeReport {
            remedy: probe.candidate.remedy.to_string(),
            change: probe.candidate.change.to_string(),
            before: probe.before,
            after: probe.after,
            gain: probe.gain,
            significant: probe.significant,
            fits_train_better: probe.fits_train_better,
        }
    }
}

/// One remedy that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepReport {
    /// The remedy's name.
    pub remedy: String,
    /// What the setting it changes is for.
    pub purpose: Purpose,
    /// The change, as an edit of the config.
    pub change: String,
    /// Dev error before, over all seeds of the probe.
    pub before: f64,
    /// Dev error after, over the same rows and seeds.
    pub after: f64,
    /// Before less after, with its 95% interval over rows and seeds.
    pub gain: Interval,
    /// Whether the change was kept.
    pub accepted: bool,
    /// Whether it could not be trained, so that errors and gain say nothing.
    pub failed: bool,
    /// Why, or why not.
    pub reason: String,
}

impl StepReport {
    /// The step with its sentence.
    pub fn of(step: &Step) -> StepReport {
        StepReport {
            remedy: step.remedy.clone(),
            purpose: step.purpose,
            change: step.changes().map(ToString::to_string).collect::<Vec<_>>().join(" and "),
            before: step.before,
            after: step.after,
            gain: step.gain,
            accepted: step.accepted(),
            failed: matches!(step.outcome, Outcome::Failed(_)),
            reason: improvement::outcome(&step.outcome),
        }
    }
}

/// The whole of an improvement, beside its steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImprovementReport {
    /// Number of folds of the cross-validation that errors come from; null where they are those of dev rows.
    #[serde(default)]
    pub folds: Option<u64>,
    /// Error of the configuration at the start, over all seeds.
    pub before: f64,
    /// Error of the configuration at the end, over the same rows and seeds.
    pub after: f64,
    /// The rule by which a change is kept.
    pub rule: String,
    /// Tests that could have kept a change.
    pub judgements: u64,
    /// Rounds of tests: the evaluations on dev that were corrected for, each for all its candidates.
    #[serde(default)]
    pub rounds: u64,
    /// Why it ended.
    pub ended: String,
    /// The same comparison on train and dev rows re-split; null where nothing changed or rows cannot be re-split.
    pub confirmation: Option<Interval>,
    /// What twice the train rows would bring to the configuration at the end, by its learning curve; null where that cannot
    /// be told, or no time was left.
    #[serde(default)]
    pub more_rows: Option<Forecast>,
    /// Seconds in all.
    pub seconds: f64,
}

impl ImprovementReport {
    /// Which rows configurations were judged on.
    pub fn judged_on(&self) -> JudgedOn {
        JudgedOn::of_folds(self.folds)
    }

    /// The errors at the start and at the end, in words.
    pub fn before_and_after(&self, unit: Unit) -> String {
        improvement::before_and_after(self.judged_on(), [self.before, self.after], unit)
    }

    /// How many of these trials kept their change, and why there were no more, in words.
    pub fn end(&self, steps: &[StepReport]) -> String {
        let kept = steps.iter().filter(|step| step.accepted).count();
        improvement::end(kept, steps.len(), self.seconds, &self.ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::settings::Raw;
    use crate::improve::{Change, Reason};

    #[test]
    fn a_prescription_has_the_keys_of_the_contract() {
        let change = Change::set("network.hidden", Raw::counts(&[128, 64]), Reason::FewWeights(4_801));
        let prescription = Prescription {
            remedy: "bigger network",
            purpose: Purpose::FitTrain,
            cures: false,
            change,
            trial: None,
            expected_gain: None,
        };
        let json = serde_json::to_value(PrescriptionReport::of(&prescription)).unwrap();
        assert_eq!(json["remedy"], "bigger network");
        assert_eq!(json["purpose"], "fit train");
        assert_eq!(json["change"], "network.hidden = [128, 64]");
        assert_eq!(json.as_object().unwrap().len(), 4);
    }
}
