//! Bias and variance with intervals, and what else the run shows.

#![allow(
    clippy::indexing_slicing,
    reason = "indices come from the lengths of the slices they go into, and class indices from the task's classes"
)]

mod ailment;
mod alike_units;
mod baselines;
mod bootstrap;
mod budget;
mod comparison;
mod course;
mod curve_refits;
mod diagnosis;
mod drift;
mod duplicates;
mod epoch_choice;
mod finding;
mod findings;
mod folds;
mod group_column;
mod input;
mod input_scale;
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
mod rare_class;
mod rates;
mod reached;
mod target;
mod verdict;

pub use ailment::{Ailment, LayerFinding};
pub use alike_units::alike_units;
pub use baselines::{Baselines, NaiveModel};
pub use bootstrap::{Confidence, RESAMPLES, bca, bca_at};
pub use budget::{Decides, ErrorBudget, JudgedBy, margin};
pub use comparison::{Comparison, Preference, compare};
pub use curve_refits::{CurvePoint, CurveSample};
pub use diagnosis::{Diagnosis, diagnose, diagnose_budget};
pub use drift::{Drift, GivenAway, drift};
pub use duplicates::{Copies, Duplicates, copies_by_chance, copies_in_train, duplicates};
pub use epoch_choice::optimism;
pub use finding::{Finding, FindingKind, SimplerModel};
pub use folds::FoldErrors;
pub use group_column::group_column;
pub use input::{DiagnosisInput, HistoryPoint};
pub use input_scale::{InputScale, input_scale};
pub use interval::{Interval, Standing};
pub use label_noise::{LabelNoise, Suspect, label_noise};
pub use layer_course::LayerSummary;
pub use leaks::{Leak, LeakColumn, LeakEvidence, LeakValues, find_leaks, leaks};
pub use learning_curve::{Forecast, LearningCurve, Outlook, learning_curve};
pub use losses::LossRows;
pub use mcnemar::{McNemar, mcnemar_p};
pub use mismatch::{Mismatch, is_found};
pub use paired::{Block, Gain, GainEstimate, Pool, Pooled, estimated_gain, paired_gain, pooled_gain};
pub use power_law::{Measured, PowerLaw};
pub use rare_class::RareClass;
pub use rates::{
    Z95, detectable_difference, detectable_share_of_rmse, difference, rounded_up, rows_for_half_width, rows_to_detect,
    rows_to_detect_share_of_rmse, wilson, wilson_missing,
};
pub use reached::{Reached, ReachedBy, Reference, reached};
pub use target::{TargetError, TargetRange, TargetSource, cover_hart, target_range};
pub use verdict::{RowsNeeded, Term, Verdict, VerdictBasis};
