//! What was read and how it was split, in the numbers that a person wants to see first.

use serde::Serialize;

use crate::data::{Dataset, Task};
use crate::diagnose::detectable_difference;

/// A table as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DataOverview {
    /// Rows of all files.
    pub rows: usize,
    /// Columns that are features.
    pub columns: usize,
    /// Columns that are set aside.
    pub set_aside: usize,
    /// The target's column.
    pub target: String,
    /// The task.
    pub task: Task,
    /// The classes in their order, the positive one of two last; none for a number.
    pub classes: Vec<String>,
}

/// Rows of each part.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SplitOverview {
    /// Rows of train.
    pub train: usize,
    /// Rows of dev.
    pub dev: usize,
    /// Rows of test.
    pub test: usize,
    /// The smallest rise of the error rate that dev detects in four cases of five, at 95%; `None` for numbers or without dev.
    pub detectable: Option<f64>,
}

impl DataOverview {
    pub(crate) fn of(dataset: &Dataset) -> DataOverview {
        DataOverview {
            rows: dataset.table.rows(),
            columns: dataset.used_columns().count(),
            set_aside: dataset.aside.len(),
            target: dataset.target.name.clone(),
            task: dataset.target.task,
            classes: dataset.target.classes.clone(),
        }
    }
}

impl SplitOverview {
    pub(crate) fn of(dataset: &Dataset) -> SplitOverview {
        let (split, task) = (&dataset.split, dataset.target.task);
        let detects = task.is_classification() && !split.dev.is_empty();
        SplitOverview {
            train: split.train.as_slice().len(),
            dev: split.dev.len(),
            test: split.test.len(),
            detectable: detects.then(|| detectable_difference(naive_error(dataset), split.dev.len() as u64)),
        }
    }
}

/// The error of answering the majority class of train. Before training it is all there is to judge by.
pub(crate) fn naive_error(dataset: &Dataset) -> f64 {
    let train = dataset.split.train.as_slice();
    let most = dataset.target.class_counts(train).into_iter().max().unwrap_or(0) as f64;
    1.0 - most / train.len().max(1) as f64
}
