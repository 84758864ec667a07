//! What a run keeps for its page beyond result, history and config.

use serde::{Deserialize, Serialize};

use crate::report::{CalibrationBin, Conditioning, ScatterPoint};

/// What the page shows beyond result, history and config; kept in the run's folder as `evidence.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageEvidence {
    pub data: String,
    pub target: String,
    pub classes: Vec<String>,
    pub network: String,
    pub training: String,
    pub notices: Vec<String>,
    pub conditioning: Option<Conditioning>,
    pub calibration: Vec<CalibrationBin>,
    pub scatter: Vec<ScatterPoint>,
    /// Fingerprint of the test rows: what the ledger is keyed by.
    pub test_rows: Option<String>,
}
