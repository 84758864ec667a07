//! Bias and variance with intervals, and what else the run shows.

#![allow(
    clippy::indexing_slicing,
    reason = "indices come from the lengths of the slices they go into, and class indices from the task's classes"
)]

mod bootstrap;
mod budget;
mod comparison;
mod course;
mod drift;
mod duplicates;
mod evidence;
mod findings;
mod interval;
mod label_noise;
mod layer_course;
mod leaks;
mod learning_curve;
mod losses;
mod mcnemar;
mod mismatch;
mod paired;
mod power_law;
mod rates;
mod target;
mod verdict;
pub mod words;

pub use bootstrap::{Confidence, RESAMPLES, bca, bca_at};
pub use budget::{Decides, ErrorBudget, margin};
pub use comparison::{Comparison, Preference, compare};
pub use drift::{Drift, GivenAway, drift};
pub use duplicates::{Copies, Duplicates, duplicates};
pub use evidence::{Baselines, Diagnosis, Evidence, HistoryPoint, diagnose, diagnose_budget};
pub use findings::Finding;
pub use interval::{Interval, Standing};
pub use label_noise::{LabelNoise, Suspect, label_noise};
pub use layer_course::layers_in_words;
pub use leaks::{Leak, LeakColumn, LeakValues, find_leaks, leaks};
pub use learning_curve::{CurvePoint, CurveSample, Forecast, LearningCurve, learning_curve};
pub use losses::LossRows;
pub use mcnemar::{McNemar, mcnemar_p};
pub use mismatch::Mismatch;
pub use paired::{Block, Gain, Pool, Pooled, paired_gain, pooled_gain};
pub use power_law::{Measured, PowerLaw};
pub use rates::{
    detectable_difference, detectable_share_of_rmse, difference, rows_for_half_width, rows_to_detect,
    rows_to_detect_share_of_rmse, wilson, wilson_missing,
};
pub use target::{TargetError, TargetRange, cover_hart, target_range};
pub use verdict::Verdict;
