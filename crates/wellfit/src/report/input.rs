//! What the page is made from.

use serde::Deserialize;

use crate::experiment::Spec;
use crate::improve::AblationResult;
use crate::train::Record;
use crate::tune::TuneReport;

use super::diagnosis::LearningCurveReport;
use super::evidence::PageEvidence;
use super::full_diagnosis::LabelNoiseReport;
use super::result::RunResult;

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

/// Of a [`FullDiagnosis`](super::FullDiagnosis), what the run's own result does not say.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Diagnosed {
    /// Labels that look wrong; null where there are no classes, or too few rows.
    pub label_noise: Option<LabelNoiseReport>,
    /// Dev error by rows of train.
    pub learning_curve: LearningCurveReport,
}
