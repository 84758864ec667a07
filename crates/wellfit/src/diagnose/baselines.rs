//! Models that a network is measured by.

use serde::{Deserialize, Serialize};

use crate::train::Metric;

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
    /// The baselines in a metric before any was measured.
    pub fn unmeasured(metric: Metric) -> Baselines {
        let naive_model = NaiveModel::of(metric);
        Baselines { naive_model, naive: None, linear: None, trees: None, linear_r2: None }
    }
}

/// A model that ignores its inputs: the best constant answer in a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum NaiveModel {
    /// Predicts the largest class of train.
    #[serde(rename = "majority class")]
    MajorityClass,
    /// Predicts the positive class.
    #[serde(rename = "positive class")]
    PositiveClass,
    /// Predicts the class whose mistakes cost less in train.
    #[serde(rename = "cheaper class")]
    CheaperClass,
    /// Predicts the shares of the classes of train as probabilities.
    #[serde(rename = "class shares")]
    ClassShares,
    /// Predicts the mean of train.
    #[serde(rename = "mean")]
    Mean,
    /// Predicts the median of train.
    #[serde(rename = "median")]
    Median,
}

impl NaiveModel {
    /// The best constant answer in a metric.
    pub fn of(metric: Metric) -> NaiveModel {
        match metric {
            Metric::Error | Metric::BalancedError => NaiveModel::MajorityClass,
            Metric::F1 => NaiveModel::PositiveClass,
            Metric::Cost => NaiveModel::CheaperClass,
            Metric::LogLoss | Metric::Auc => NaiveModel::ClassShares,
            Metric::Rmse | Metric::R2 => NaiveModel::Mean,
            Metric::Mae => NaiveModel::Median,
        }
    }
}
