//! What a run keeps for its page beyond result, history and config.

use serde::{Deserialize, Serialize};

use crate::data::Fingerprint;

use super::figures::{
    CalibrationBin, ColumnImportance, DecisionPlane, LayerHistogram, ScatterPoint, Thresholds, WorstRow,
};

/// What the page shows beyond result, history and config; kept in the run's folder as `evidence.json`.
///
/// What older runs lack is empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageEvidence {
    /// The data's name: its file.
    pub data: String,
    /// The target column.
    pub target: String,
    /// Class names in class order; empty for numbers.
    pub classes: Vec<String>,
    /// The network in a line: `45 inputs → 64 → 32 → 1, ReLU`.
    pub network: String,
    /// The optimiser and its settings in a line: `Adam 0.002, batch 128, L2 0.5`.
    pub training: String,
    /// What was noticed in the data, a sentence each.
    pub notices: Vec<String>,
    /// How much the scales of the inputs differ; `None` when not measured.
    pub conditioning: Option<Conditioning>,
    /// Calibration of a binary task on dev; empty otherwise.
    pub calibration: Vec<CalibrationBin>,
    /// What each threshold of a binary task would do on dev.
    #[serde(default)]
    pub thresholds: Option<Thresholds>,
    /// Predicted and actual values of a regression on dev; empty otherwise.
    pub scatter: Vec<ScatterPoint>,
    /// The dev rows that are most wrong, the worst first.
    #[serde(default)]
    pub worst: Vec<WorstRow>,
    /// Columns by what shuffling them does to the error, the largest rise first.
    #[serde(default)]
    pub importance: Vec<ColumnImportance>,
    /// What the units of each layer give out, input side first.
    #[serde(default)]
    pub activations: Vec<LayerHistogram>,
    /// Which class is given where, for two inputs.
    #[serde(default)]
    pub plane: Option<DecisionPlane>,
    /// The test rows: what the ledger is keyed by.
    pub test_rows: Option<Fingerprint>,
}

/// Largest over smallest standard deviation of the number columns in train, before and after normalisation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conditioning {
    /// Of the numbers as the file holds them.
    pub before: f64,
    /// Of the normalised numbers.
    pub after: f64,
}
