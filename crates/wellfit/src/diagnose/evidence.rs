//! What a run knows when it is over, and the diagnosis made of it.

use serde::{Deserialize, Serialize};

use crate::data::Task;

use super::budget::ErrorBudget;
use super::findings::{Finding, find};
use super::verdict::{Verdict, sentence};
use super::words::Unit;
use crate::train::Record;

use super::{Interval, Leak, LossRows, TargetError, TargetRange};

/// Everything a diagnosis is made of.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// What is predicted.
    pub task: Task,
    /// Fixes the resamples of intervals.
    pub seed: u64,
    /// Losses of the train rows, in inference mode.
    pub train: LossRows,
    /// Losses of the dev rows; `None` without a dev set.
    pub dev: Option<LossRows>,
    /// The target error the user named.
    pub target_given: Option<f64>,
    /// What the data suggest where none is named.
    pub target_range: Option<TargetRange>,
    /// Dev errors of simpler models.
    pub baselines: Baselines,
    /// Train rows of each class, by name, in class order; empty for numbers.
    pub class_counts: Vec<(String, u64)>,
    /// Columns that give the target away.
    pub leaks: Vec<Leak>,
    /// The epochs that were evaluated, in order.
    pub history: Vec<HistoryPoint>,
    /// Epochs trained.
    pub epochs: u64,
    /// Epoch whose weights were kept.
    pub best_epoch: u64,
    /// Epochs without gain after which training stops; `None` when it runs to its end.
    pub early_stopping: Option<u64>,
    /// The looks at the network on the way, with the health of its layers; empty when not recorded.
    pub looks: Vec<Record>,
}

/// Dev errors of the models a network must beat.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Baselines {
    /// What the naive model does: `majority class` or `mean`.
    pub naive_name: String,
    /// Its dev error.
    pub naive: Option<f64>,
    /// Dev error of the linear model.
    pub linear: Option<f64>,
    /// Share of the target's variance the linear model explains on dev; numbers only.
    pub linear_r2: Option<f64>,
}

/// One evaluated epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryPoint {
    /// The epoch, counted from 1.
    pub epoch: u64,
    /// Loss on train.
    pub train_loss: f64,
    /// Loss on dev.
    #[serde(default)]
    pub dev_loss: Option<f64>,
    /// Error on dev.
    #[serde(default)]
    pub dev_error: Option<f64>,
}

/// The verdict and what supports it, as it stands in the result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Diagnosis {
    /// What the network suffers from.
    pub verdict: Verdict,
    /// What train error was judged against.
    pub target_error: TargetError,
    /// Train error less target error.
    pub avoidable_bias: Interval,
    /// Dev error less train error.
    pub variance: Interval,
    /// What else was seen, the verdict in a sentence first.
    pub findings: Vec<Finding>,
}

impl Diagnosis {
    /// The verdict in a sentence, numbers included.
    pub fn headline(&self) -> &str {
        let said = self.findings.iter().find(|finding| finding.kind == "verdict");
        said.map_or(self.verdict.name(), |finding| &finding.text)
    }
}

impl Evidence {
    /// How errors of this task are written.
    pub fn unit(&self) -> Unit {
        Unit::of_task(self.task)
    }

    /// The error budget of the run.
    pub fn budget(&self) -> ErrorBudget {
        let target = match self.target_given {
            Some(value) => TargetError::given(value),
            None => TargetError::assumed(self.target_range.as_ref(), self.unit()),
        };
        ErrorBudget::measure(self.task, target, &self.train, self.dev.as_ref(), self.seed)
    }
}

/// The diagnosis of a run; `None` without a dev set, since variance cannot then be known.
pub fn diagnose(evidence: &Evidence) -> Option<Diagnosis> {
    diagnose_budget(evidence, &evidence.budget())
}

/// As [`diagnose`], with the budget already measured.
pub fn diagnose_budget(evidence: &Evidence, budget: &ErrorBudget) -> Option<Diagnosis> {
    let (variance, standing) = (budget.variance?, budget.variance_standing()?);
    let dev_rows = evidence.dev.as_ref().map_or(0, LossRows::rows);
    let text = sentence(budget, evidence.unit(), evidence.train.rows(), dev_rows);
    let mut findings = vec![Finding { kind: "verdict".to_string(), text }];
    findings.extend(find(evidence, budget));
    Some(Diagnosis {
        verdict: Verdict::of(budget.bias_standing(), standing),
        target_error: budget.target.clone(),
        avoidable_bias: budget.avoidable_bias,
        variance,
        findings,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A healthy run: 4,225 train rows with 18% wrong, 1,409 dev rows with 18.2% wrong, target 17.9%.
    pub fn healthy() -> Evidence {
        let losses = |wrong: usize, rows: usize| LossRows {
            losses: (0..rows).map(|row| f64::from(row < wrong)).collect(),
            ..LossRows::default()
        };
        Evidence {
            task: Task::Binary,
            seed: 0,
            train: losses(4_000, 20_000),
            dev: Some(losses(2_020, 10_000)),
            target_given: Some(0.199),
            target_range: None,
            baselines: Baselines {
                naive_name: "majority class".to_string(),
                naive: Some(0.265),
                linear: Some(0.21),
                linear_r2: None,
            },
            class_counts: vec![("No".to_string(), 14_700), ("Yes".to_string(), 5_300)],
            leaks: Vec::new(),
            history: (1..=40)
                .map(|epoch| {
                    let loss = 0.4 + 0.3 / epoch as f64;
                    HistoryPoint {
                        epoch,
                        train_loss: loss,
                        dev_loss: Some(loss + 0.01 + 0.0004 * epoch.saturating_sub(20) as f64),
                        dev_error: Some(0.202),
                    }
                })
                .collect(),
            epochs: 40,
            best_epoch: 28,
            early_stopping: None,
            looks: Vec::new(),
        }
    }

    #[test]
    fn a_healthy_run_is_told_so_and_nothing_else() {
        let diagnosis = diagnose(&healthy()).unwrap();
        assert_eq!(diagnosis.verdict, Verdict::GoodFit);
        assert_eq!(diagnosis.findings.len(), 1, "{:?}", diagnosis.findings);
        assert!(diagnosis.headline().starts_with("good fit: bias 0.10 points"));
    }

    #[test]
    fn without_dev_there_is_no_diagnosis() {
        assert_eq!(diagnose(&Evidence { dev: None, ..healthy() }), None);
    }

    #[test]
    fn a_diagnosis_has_the_keys_of_the_contract() {
        let json = serde_json::to_value(diagnose(&healthy()).unwrap()).unwrap();
        let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let mut found = keys(&json);
        found.sort();
        assert_eq!(found, ["avoidable_bias", "findings", "target_error", "variance", "verdict"]);
        assert_eq!(json["verdict"], "good fit");
        assert_eq!(json["target_error"], serde_json::json!({"value": 0.199, "source": "given"}));
        assert_eq!(json["variance"].as_object().unwrap().len(), 3);
        let mut finding = keys(&json["findings"][0]);
        finding.sort();
        assert_eq!(finding, ["kind", "text"]);
    }

    #[test]
    fn an_assumed_target_is_named_as_such() {
        let range = TargetRange { low: 0.001, high: 0.162, queries: 1_000 };
        let evidence = Evidence { target_given: None, target_range: Some(range), ..healthy() };
        let diagnosis = diagnose(&evidence).unwrap();
        assert_eq!(diagnosis.target_error.value, 0.162);
        assert_eq!(
            diagnosis.target_error.source,
            "assumed: between 0.1% (conflicting duplicates) and 16.2% (nearest neighbours, 1,000 rows)"
        );
        assert!(diagnosis.findings.iter().any(|finding| finding.kind == "target error"));
    }
}
