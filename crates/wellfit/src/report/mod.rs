//! What a run leaves behind: its result as data, and a page a person likes to read.

mod details;
mod diagnosis;
mod evidence;
mod figures;
mod full_diagnosis;
mod improvement;
mod input;
mod own_numbers;
mod page;
mod plot;
mod result;
mod sections;
mod trail;
mod view;
mod why;

pub use diagnosis::{DiagnosisReport, FindingReport, LeakReport, LearningCurveReport, SourceReport, TargetErrorReport};
pub use evidence::{Conditioning, PageEvidence};
pub use figures::{
    CalibrationBin, ColumnImportance, DecisionPlane, LayerHistogram, MOST_CLASSES, Miss, SIDE, ScatterPoint,
    ThresholdPoint, Thresholds, WorstRow, calibration_bins, layer_histogram, scatter_points, thresholds,
};
pub use full_diagnosis::{
    DoubtedRow, ErrorLink, ErrorStep, FullDiagnosis, LabelNoiseReport, LinkName, LinkSource, StepName, WiderNetwork,
};
pub use improvement::{ImprovementReport, PrescriptionReport, ProbeReport, StepReport};
pub use input::{Diagnosed, PageInput};
pub use page::{ReportError, page};
pub use result::{
    Baseline, CrossValidation, EnsembleReport, LinearBaseline, NaiveBaseline, PartScore, RowsOfParts, RunResult,
    TestScore, TreesBaseline,
};
