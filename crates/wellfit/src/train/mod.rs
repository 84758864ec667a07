//! Training: the two-sweep step, the loop, what is written down about it, and its checkpoints.

#![allow(
    clippy::indexing_slicing,
    reason = "lengths are fixed by the network, and rows are numbers below `Examples::rows`"
)]

mod binary_counts;
mod checkpoint;
mod decision;
mod dev_choice;
mod dev_evaluations;
mod engine;
mod evaluator;
mod fit;
mod head;
mod history;
mod metric;
mod metrics;
mod observer;
mod predictions;
mod profile;
mod progress;
mod range_choice;
mod range_test;
mod recipe;
mod row_losses;
mod stable_rate;
mod thread_tuner;
mod weights;

pub use binary_counts::{BinaryCounts, best_threshold};
pub use checkpoint::{Checkpoint, CheckpointError, latest_checkpoint, previous_checkpoint, write_checkpoint};
pub use decision::{Costs, Decision};
pub use dev_choice::DevChoice;
pub use dev_evaluations::DevEvaluations;
pub use engine::{Engine, NotFinite, Quantity, StepRule};
pub use fit::{Ended, TrainError, fit, next_step};
pub use head::Head;
pub use history::{LayerHealth, Record};
pub use metric::{Metric, UnknownMetric};
pub use metrics::{Metrics, auc, balanced_error, confusion, error_rate, log_loss, mae, r2, rmse};
pub use observer::{Observer, Unobserved};
pub use predictions::{Predictions, Truth};
pub use profile::Profile;
pub use progress::{Best, KeptWeights, Progress};
pub use range_choice::{RangeChoice, choose_rate};
pub use range_test::{RangePoint, RangeTest, range_test};
pub use recipe::{Recipe, row_order};
pub use stable_rate::{StableRate, largest_stable_rate};
pub use weights::Weights;
