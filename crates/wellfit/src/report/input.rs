//! What the page is made from.

use serde::Deserialize;

use crate::experiment::Spec;
use crate::improve::AblationResult;
use crate::train::Record;
use crate::tune::TuneReport;

use super::diagnosis::{DiagnosisReport, LearningCurveReport};
use super::evidence::PageEvidence;
use super::full_diagnosis::LabelNoiseReport;
use super::result::{CrossValidation, RunResult};

/// Everything the page is made of: the files of a run's folder, read.
#[derive(Clone, Debug, PartialEq)]
pub struct PageInput {
    /// The run's result.
    pub result: RunResult,
    /// What was kept for the page alone.
    pub evidence: PageEvidence,
    /// The epochs that were evaluated, in order.
    pub history: Vec<Record>,
    /// The complete settings, as they can be run again.
    pub spec: Spec,
    /// The effect of each setting, where that was measured.
    pub ablation: Vec<AblationResult>,
    /// What `diagnose` added, where it was run.
    pub diagnosed: Option<Diagnosed>,
    /// The search that the settings come from.
    pub search: Option<TuneReport>,
    /// How often any run was evaluated on the test set.
    pub test_openings: u64,
    /// The version of the program.
    pub version: String,
}

impl PageInput {
    /// The verdict and its findings: what `diagnose` found, else what training did.
    pub fn diagnosis(&self) -> Option<&DiagnosisReport> {
        self.diagnosed.as_ref().map(|diagnosed| &diagnosed.diagnosis).or(self.result.diagnosis.as_ref())
    }

    /// Where a number of the diagnosis stands: the key of a file of the run.
    pub fn diagnosis_key(&self, key: &str) -> String {
        let file = if self.diagnosed.is_some() { "diagnosis.json#" } else { "" };
        format!("{file}/diagnosis/{key}")
    }

    /// The cross-validation that the verdict's variance is of, where it is of one.
    pub fn cross_validation(&self) -> Option<&CrossValidation> {
        let diagnosed = self.diagnosed.as_ref().and_then(|diagnosed| diagnosed.cross_validation.as_ref());
        diagnosed.or(self.result.cross_validation.as_ref())
    }
}

/// Of a [`FullDiagnosis`](super::FullDiagnosis), what the run's own result does not say.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Diagnosed {
    /// The verdict and all findings, by more than the run's dev rows where that was possible.
    pub diagnosis: DiagnosisReport,
    /// The cross-validation that its variance is of.
    pub cross_validation: Option<CrossValidation>,
    /// Labels that look wrong; null where there are no classes, or too few rows.
    pub label_noise: Option<LabelNoiseReport>,
    /// Dev error by rows of train.
    pub learning_curve: LearningCurveReport,
}
