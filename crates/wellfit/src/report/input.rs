//! What the page is made from.

use serde::{Deserialize, Serialize};

use crate::diagnose::HistoryPoint;
use crate::improve::AblationResult;

use super::figures::{CalibrationBin, LayerSnapshot, ScatterPoint};
use super::result::RunResult;

/// Everything the page is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageInput {
    /// The run's result.
    pub result: RunResult,
    /// The data's name: the file's stem.
    pub data: String,
    /// The target column.
    pub target: String,
    /// Class names in class order; empty for numbers.
    pub classes: Vec<String>,
    /// The network in a line: `45 inputs → 64 → 32 → 1, ReLU`.
    pub network: String,
    /// The optimiser and its settings in a line: `Adam 0.002, batch 128, L2 0.5`.
    pub training: String,
    /// The epochs that were evaluated, in order.
    pub history: Vec<HistoryPoint>,
    /// The complete config, as it can be run again.
    pub config: String,
    /// What was noticed in the data, a sentence each.
    pub notices: Vec<String>,
    /// Health of the layers over time; empty when not recorded.
    pub layers: Vec<LayerSnapshot>,
    /// How much the scales of the inputs differ; `None` when not measured.
    pub conditioning: Option<Conditioning>,
    /// Calibration of a binary task on dev; empty otherwise.
    pub calibration: Vec<CalibrationBin>,
    /// Predicted and actual values of a regression on dev; empty otherwise.
    pub scatter: Vec<ScatterPoint>,
    /// The effect of each setting, where that was measured.
    #[serde(default)]
    pub ablation: Vec<AblationResult>,
    /// How often any run was evaluated on the test set.
    pub test_openings: u64,
    /// The version of the program.
    pub version: String,
}

/// Largest over smallest standard deviation of the number columns in train, before and after normalisation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conditioning {
    /// Of the numbers as the file holds them.
    pub before: f64,
    /// Of the normalised numbers.
    pub after: f64,
}
