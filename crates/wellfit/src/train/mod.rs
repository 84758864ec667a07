//! train

mod metric;
mod metrics;

pub use metric::{Metric, UnknownMetric};
pub use metrics::{Metrics, Predictions, Truth, auc, confusion, error_rate, log_loss, mae, r2, rmse, row_losses};
