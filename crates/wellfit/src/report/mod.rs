//! What a run leaves behind: its result as data, and a page a person likes to read.

mod details;
mod figures;
mod input;
mod page;
mod result;
mod scale;
mod svg;
mod trail;
mod view;

pub use figures::{CalibrationBin, ScatterPoint, calibration_bins, scatter_points};
pub use input::{Conditioning, LayerSnapshot, PageInput};
pub use page::{ReportError, page};
pub use result::{
    Baseline, BlockError, CrossValidation, GradientCheck, LinearBaseline, NaiveBaseline, PartScore, RowsOfParts,
    RunResult, TestScore,
};
