//! `result.json`: what a run came to, for scripts.

use serde::{Deserialize, Serialize};

use crate::data::Task;
use crate::diagnose::{FoldErrors, Interval, NaiveModel};
use crate::net::CheckReport;
use crate::train::{DevChoice, Metric, Metrics};

use super::diagnosis::DiagnosisReport;
use super::improvement::{ImprovementReport, PrescriptionReport, ProbeReport, StepReport};

/// The result of a run, key by key as scripts read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunResult {
    /// Version of this layout: 1.
    pub schema: u32,
    /// The run's folder, as given.
    pub run: String,
    /// What is predicted.
    pub task: Task,
    /// What `error` holds: `error` or `rmse`.
    pub metric: Metric,
    /// Rows of each part.
    pub rows: RowsOfParts,
    /// Trained numbers.
    pub parameters: u64,
    /// The seed of everything random.
    pub seed: u64,
    /// SHA-256 of the data files' bytes, in the order data, dev, test.
    #[serde(default)]
    pub data_sha256: String,
    /// Threads used; they change no number.
    pub threads: u64,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Epochs trained.
    pub epochs: u64,
    /// Epoch whose weights were kept.
    pub best_epoch: u64,
    /// Why training stopped, in words.
    pub stopped: String,
    /// Epoch a resumed run went on from.
    pub resumed_from_epoch: Option<u64>,
    /// The gradient check made before training.
    pub gradient_check: CheckReport,
    /// Other models on the same dev rows.
    pub baseline: Baseline,
    /// Error and loss on train, in inference mode.
    pub train: PartScore,
    /// Error and loss on dev; null without a dev set.
    pub dev: Option<PartScore>,
    /// Scores on test; null until it is opened.
    pub test: Option<TestScore>,
    /// Further scores on dev (on train without a dev set).
    pub metrics: Metrics,
    /// What was chosen on dev, which makes the scores on it a little too good.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chosen_on_dev: Vec<DevChoice>,
    /// What answers together; absent where it is one network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ensemble: Option<EnsembleReport>,
    /// The configuration judged by folds; absent unless that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cross_validation: Option<CrossValidation>,
    /// Verdict and findings; null without a dev set.
    pub diagnosis: Option<DiagnosisReport>,
    /// The next moves.
    pub prescription: Vec<PrescriptionReport>,
    /// The changes that were tried after training, in the order of the ladder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub probes: Vec<ProbeReport>,
    /// What `improve` tried, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<StepReport>>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub improvement: Option<ImprovementReport>,
}

impl RunResult {
    /// The text of `result.json`, a line break at its end.
    pub fn to_json(&self) -> String {
        // Nothing in a result fails to be written: its maps have text for keys, and numbers that are not finite become null.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// A configuration judged by networks that were trained on all folds but one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrossValidation {
    /// Number of folds.
    pub folds: u64,
    /// The error over all rows of train and dev, each judged by the network that has not seen it.
    pub error: Interval,
    /// The error on the rows trained on, over all trainings.
    pub train_error: f64,
    /// The error of each fold.
    pub per_fold: Vec<f64>,
}

impl CrossValidation {
    /// What it says of the variance; `rows`: of train and dev together.
    pub fn errors(&self, rows: u64) -> FoldErrors {
        FoldErrors { folds: self.folds, rows, error: self.error, train_error: self.train_error }
    }
}

/// Networks whose mean is the answer of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnsembleReport {
    /// How many networks.
    pub networks: u64,
    /// What share of the answer the linear models have that were fitted beside them.
    pub linear_share: f64,
    /// The error over all rows of train and dev, each judged by the network and the linear model that have not seen it; null where
    /// some row has been seen by all. The mean of all networks errs no more than they do in log loss and squared error.
    pub error: Option<Interval>,
}

/// Rows of the parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowsOfParts {
    /// Rows trained on.
    pub train: u64,
    /// Rows of dev; 0 without one.
    pub dev: u64,
    /// Rows of test; 0 without one.
    pub test: u64,
}

/// Dev errors of other models.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// A model that ignores its inputs.
    pub naive: NaiveBaseline,
    /// A linear model.
    pub linear: LinearBaseline,
    /// Boosted trees.
    #[serde(default)]
    pub trees: TreesBaseline,
}

/// A model that ignores its inputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NaiveBaseline {
    /// The model.
    pub name: NaiveModel,
    /// Its dev error; null without a dev set.
    pub dev: Option<f64>,
}

/// A linear model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinearBaseline {
    /// Its dev error; null without a dev set.
    pub dev: Option<f64>,
}

/// Boosted trees.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TreesBaseline {
    /// Their dev error; null without a dev set, and where they do not suit the data.
    pub dev: Option<f64>,
}

/// Scores of train or dev.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartScore {
    /// The error with its interval.
    pub error: Interval,
    /// The loss that was trained on, without penalties.
    pub loss: f64,
}

/// Scores of an opened test set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestScore {
    /// The error with its interval.
    pub error: Interval,
    /// The loss that was trained on, without penalties.
    pub loss: f64,
    /// Further scores.
    pub metrics: Metrics,
}

#[cfg(test)]
mod tests {
    use super::*;

    // DESIGN 6, with numbers as printed there.
    const CONTRACT: &str = r#"{"schema":1,"run":"runs/telco-1","task":"binary","metric":"error","rows":{"train":4225,"dev":1409,"test":1409},
 "parameters":4801,"seed":0,"threads":2,"seconds":3.1,"epochs":41,"best_epoch":33,"stopped":"no gain for 8 epochs","resumed_from_epoch":null,
 "gradient_check":{"passed":true,"relative_error":3.1e-9,"blocks":[{"name":"dense1.weight","relative_error":2.0e-9}]},
 "baseline":{"naive":{"name":"majority class","dev":0.265},"linear":{"dev":0.198}},
 "train":{"error":{"value":0.18,"low":0.17,"high":0.19},"loss":0.40},
 "dev":{"error":{"value":0.19,"low":0.17,"high":0.21},"loss":0.41},
 "test":null,"metrics":{"auc":0.84},
 "diagnosis":{"verdict":"high bias","target_error":{"value":0.1,"source":"given"},
   "avoidable_bias":{"value":0.08,"low":0.07,"high":0.09},"variance":{"value":0.01,"low":-0.01,"high":0.016},
   "findings":[{"kind":"bias","text":"..."}]},
 "prescription":[{"remedy":"bigger network","purpose":"fit train","reason":"...","change":"network.hidden = [128, 64]"}]}"#;

    #[test]
    fn the_contract_is_read_and_written_back_key_by_key() {
        let result: RunResult = serde_json::from_str(CONTRACT).unwrap();
        let contract: serde_json::Value = serde_json::from_str(CONTRACT).unwrap();
        let mut written = serde_json::to_value(&result).unwrap();
        // Keys beyond the contract.
        written.as_object_mut().unwrap().remove("data_sha256");
        written["baseline"].as_object_mut().unwrap().remove("trees");
        written["gradient_check"].as_object_mut().unwrap().remove("skipped");
        assert_eq!(written, contract);
    }

    #[test]
    fn a_run_without_dev_has_nulls_in_its_place() {
        let mut result: RunResult = serde_json::from_str(CONTRACT).unwrap();
        (result.dev, result.diagnosis) = (None, None);
        let json = serde_json::to_value(&result).unwrap();
        assert!(json["dev"].is_null() && json["diagnosis"].is_null());
    }
}
