//! What a run leaves behind: its result as data, and a page a person likes to read.

mod details;
mod diagnosis;
mod figures;
mod full_diagnosis;
mod improvement;
mod input;
mod page;
mod result;
mod scale;
mod svg;
mod trail;
mod view;

pub use diagnosis::{DiagnosisReport, FindingReport, LeakReport, LearningCurveReport, SourceReport, TargetErrorReport};
pub use figures::{CalibrationBin, LayerSnapshot, ScatterPoint, calibration_bins, scatter_points};
pub use full_diagnosis::{
    DoubtedRow, ErrorLink, ErrorStep, FullDiagnosis, LabelNoiseReport, LinkName, LinkSource, StepName, WiderNetwork,
};
pub use improvement::{ImprovementReport, PrescriptionReport, ProbeReport, StepReport};
pub use input::{Conditioning, PageInput};
pub use page::{ReportError, page};
pub use result::{
    Baseline, CrossValidation, LinearBaseline, NaiveBaseline, PartScore, RowsOfParts, RunResult, TestScore,
    TreesBaseline,
};
