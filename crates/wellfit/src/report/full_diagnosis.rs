//! What `wellfit diagnose` answers: the diagnosis in full, key by key.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::diagnose::{Finding, Interval};
use crate::text::counted;
use crate::train::Metric;

use super::diagnosis::{DiagnosisReport, LearningCurveReport, SourceReport};
use super::result::CrossValidation;

/// The diagnosis of a run in full.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FullDiagnosis {
    /// Version of this layout: 1.
    pub schema: u32,
    /// The run's folder.
    pub run: PathBuf,
    /// What errors hold: `error` or `rmse`.
    pub metric: Metric,
    /// The errors from the target to the test set.
    pub chain: Vec<ErrorLink>,
    /// The verdict and all findings.
    pub diagnosis: DiagnosisReport,
    /// The cross-validation that the verdict's variance is of; null where there was none, or the run's own is.
    pub cross_validation: Option<CrossValidation>,
    /// What a wider network came to; null where none was tried.
    pub wider_network: Option<WiderNetwork>,
    /// Labels that look wrong; null where there are no classes, or too few rows.
    pub label_noise: Option<LabelNoiseReport>,
    /// Dev error by rows of train.
    pub learning_curve: LearningCurveReport,
}

/// A link in the chain of errors.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ErrorLink {
    /// Which error it is.
    pub name: LinkName,
    /// The error with its interval: no width for a target that was given, the whole range for one that was assumed.
    pub error: Interval,
    /// Where it comes from.
    pub source: LinkSource,
    /// What lies between the link before and this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<ErrorStep>,
}

/// The error that a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkName {
    /// What could be reached.
    Target,
    /// That on the rows trained on.
    Train,
    /// That on rows held out of train.
    TrainDev,
    /// That on dev.
    Dev,
    /// That on the test set.
    Test,
}

/// Where the error of a link comes from; a few words as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub enum LinkSource {
    /// The target, given or assumed.
    Target(SourceReport),
    /// So many rows of train.
    Train(u64),
    /// So many rows held out of train.
    HeldOut(u64),
    /// So many rows of dev.
    Dev(u64),
    /// So many rows of test, evaluated before.
    Test(u64),
}

/// The difference of a link to the one before.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ErrorStep {
    /// What it is called.
    pub name: StepName,
    /// This link's error less that of the one before.
    pub difference: Interval,
}

/// What the difference of two links is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum StepName {
    /// Train less target.
    #[serde(rename = "avoidable bias")]
    AvoidableBias,
    /// Dev, or train-dev, less train.
    #[serde(rename = "variance")]
    Variance,
    /// Dev less train-dev.
    #[serde(rename = "mismatch")]
    Mismatch,
    /// Test less dev.
    #[serde(rename = "overfit to dev")]
    OverfitToDev,
}

/// What a wider network came to, on the same rows under the same seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WiderNetwork {
    /// How many times as wide it is.
    #[serde(skip)]
    pub times: usize,
    /// Units of each of its hidden layers.
    pub hidden: Vec<usize>,
    /// Train error of the run's configuration less that of the wider network.
    pub train: Interval,
    /// The same for rows that neither has seen.
    pub dev: Interval,
    /// Whether it lowers both significantly.
    pub firm: bool,
}

/// The range of label noise, and the rows to look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelNoiseReport {
    /// The share of wrong labels, at least.
    pub low: f64,
    /// The share of wrong labels, at most.
    pub high: f64,
    /// Rows judged, each by a network that has not seen it.
    pub judged: u64,
    /// Rows whose label is doubted; the most doubtful are named.
    pub doubted: u64,
    /// The most doubtful rows.
    pub rows: Vec<DoubtedRow>,
}

/// A row of a file, numbered from 1, the header not counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoubtedRow {
    /// Its number.
    pub row: u64,
    /// The file, where it is dev's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The label in the file.
    pub given: String,
    /// The label that is more likely.
    pub suggested: String,
}

impl WiderNetwork {
    /// What it says of the bias.
    pub fn finding(&self) -> Finding {
        Finding::WiderNetwork { times: self.times, train: self.train, dev: self.dev, firm: self.firm }
    }
}

impl From<LinkSource> for String {
    fn from(source: LinkSource) -> String {
        match source {
            LinkSource::Target(source) => source.into(),
            LinkSource::Train(rows) => format!("{}, without dropout", counted(rows, "row")),
            LinkSource::HeldOut(rows) => {
                format!("{} held out of train, by a network trained on the rest", counted(rows, "row"))
            }
            LinkSource::Dev(rows) => counted(rows, "row"),
            LinkSource::Test(rows) => format!("{}, evaluated before", counted(rows, "row")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_has_the_keys_and_names_of_the_contract() {
        let step = ErrorStep { name: StepName::OverfitToDev, difference: Interval::exact(0.0) };
        let link = ErrorLink {
            name: LinkName::TrainDev,
            error: Interval::exact(0.1),
            source: LinkSource::HeldOut(1),
            step: Some(step),
        };
        let json = serde_json::to_value(&link).unwrap();
        assert_eq!((&json["name"], &json["step"]["name"]), (&"train-dev".into(), &"overfit to dev".into()));
        assert_eq!(json["source"], "1 row held out of train, by a network trained on the rest");
        let given =
            ErrorLink { name: LinkName::Target, source: LinkSource::Target(SourceReport::Given), step: None, ..link };
        let json = serde_json::to_value(&given).unwrap();
        assert_eq!((&json["source"], json.get("step")), (&"given".into(), None));
    }
}
