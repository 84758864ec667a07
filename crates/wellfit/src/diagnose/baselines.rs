//! Models that a network is measured by.

use serde::{Deserialize, Serialize};

use crate::data::Task;

/// Dev errors of other models.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Baselines {
    /// The model that ignores its inputs.
    pub naive_model: NaiveModel,
    /// Its dev error.
    pub naive: Option<f64>,
    /// Dev error of the linear model.
    pub linear: Option<f64>,
    /// Dev error of boosted trees.
    pub trees: Option<f64>,
    /// Share of the target's variance the linear model explains on dev; numbers only.
    pub linear_r2: Option<f64>,
}

impl Baselines {
    /// The baselines of a task before any was measured.
    pub fn unmeasured(task: Task) -> Baselines {
        Baselines { naive_model: NaiveModel::of_task(task), naive: None, linear: None, trees: None, linear_r2: None }
    }
}

/// A model that ignores its inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum NaiveModel {
    /// Predicts the largest class of train.
    #[serde(rename = "majority class")]
    MajorityClass,
    /// Predicts the mean of train.
    #[serde(rename = "mean")]
    Mean,
}

impl NaiveModel {
    /// The model of a task.
    pub fn of_task(task: Task) -> NaiveModel {
        if task.is_classification() { NaiveModel::MajorityClass } else { NaiveModel::Mean }
    }
}
