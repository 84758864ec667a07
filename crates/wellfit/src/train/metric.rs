//! The score a run is judged by.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::data::Task;

/// What a run measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Share of rows given the wrong class.
    Error,
    /// Root of the mean squared difference, in the target's unit.
    Rmse,
    /// Mean negative log probability of the true class, in nats.
    LogLoss,
    /// Area under the receiver operating curve of a binary task.
    Auc,
    /// Harmonic mean of the positive class's precision and recall, of a binary task.
    F1,
    /// Mean of the error rates of the classes.
    BalancedError,
    /// Mean cost of a row of a binary task, from the costs of its two kinds of mistake.
    Cost,
    /// Mean absolute difference, in the target's unit.
    Mae,
    /// Share of the target's variance explained.
    R2,
}

/// A metric's name that is not one of ours.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "unknown metric \"{0}\"; use one of error, log_loss, balanced_error, auc, f1, cost (classes) or rmse, mae, r2 (numbers)"
)]
pub struct UnknownMetric(pub String);

impl Metric {
    /// Every metric, in the order the help shows them.
    pub const ALL: [Metric; 9] = [
        Metric::Error,
        Metric::LogLoss,
        Metric::BalancedError,
        Metric::Auc,
        Metric::F1,
        Metric::Cost,
        Metric::Rmse,
        Metric::Mae,
        Metric::R2,
    ];

    /// The metric of a task when none is asked for, which is also the one the verdict is about.
    pub fn of_task(task: Task) -> Metric {
        if task.is_classification() { Metric::Error } else { Metric::Rmse }
    }

    /// Whether the metric can be measured on a task.
    pub fn suits(self, task: Task) -> bool {
        match self {
            Metric::Error | Metric::LogLoss | Metric::BalancedError => task.is_classification(),
            Metric::Auc | Metric::F1 | Metric::Cost => task == Task::Binary,
            Metric::Rmse | Metric::Mae | Metric::R2 => task == Task::Regression,
        }
    }

    /// Whether a larger score is a better one.
    pub fn larger_is_better(self) -> bool {
        matches!(self, Metric::Auc | Metric::F1 | Metric::R2)
    }

    /// Whether its error lies between 0 and 1.
    pub fn is_share(self) -> bool {
        matches!(self, Metric::Error | Metric::BalancedError | Metric::Auc | Metric::F1)
    }

    /// Whether it depends on the threshold so much that the threshold is chosen for it.
    pub fn chooses_threshold(self) -> bool {
        matches!(self, Metric::F1 | Metric::BalancedError | Metric::Cost)
    }

    /// The name used in configs, on the command line and in results.
    pub fn name(self) -> &'static str {
        match self {
            Metric::Error => "error",
            Metric::Rmse => "rmse",
            Metric::LogLoss => "log_loss",
            Metric::Auc => "auc",
            Metric::F1 => "f1",
            Metric::BalancedError => "balanced_error",
            Metric::Cost => "cost",
            Metric::Mae => "mae",
            Metric::R2 => "r2",
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Metric {
    type Err = UnknownMetric;

    fn from_str(name: &str) -> Result<Metric, UnknownMetric> {
        Metric::ALL.into_iter().find(|metric| metric.name() == name).ok_or_else(|| UnknownMetric(name.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_is_found_by_its_name_in_text_and_in_json() {
        for metric in Metric::ALL {
            assert_eq!(metric.to_string().parse::<Metric>(), Ok(metric));
            assert_eq!(serde_json::to_string(&metric).unwrap(), format!("\"{metric}\""));
        }
        assert!("accuracy".parse::<Metric>().unwrap_err().to_string().contains("\"accuracy\""));
    }

    #[test]
    fn every_task_has_a_metric_that_suits_it() {
        for task in [Task::Binary, Task::Multiclass, Task::Regression] {
            assert!(Metric::of_task(task).suits(task));
            assert!(!Metric::of_task(task).larger_is_better());
        }
        assert!(!Metric::Auc.suits(Task::Multiclass));
    }
}
