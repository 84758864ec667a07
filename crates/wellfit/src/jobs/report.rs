//! `wellfit report`: the page of a run, from the files in its folder.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::diagnose::HistoryPoint;
use crate::experiment::config_toml;
use crate::report::{CalibrationBin, Conditioning, LayerSnapshot, PageInput, RunResult, ScatterPoint, page};
use crate::store::replace;
use crate::train::Record;

use super::error::JobError;
use super::folder::RunFolder;
use super::test::openings;
use super::watch::{Progress, Watcher};

/// What the page shows beyond result, history and config; kept in the run's folder as `evidence.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Extras {
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

/// Writes the run's page again.
pub fn report(run: &Path, watcher: &mut dyn Watcher) -> Result<Value, JobError> {
    let folder = RunFolder::of_run(run)?;
    let result = folder.read_result()?;
    let history = folder.read_history()?;
    write_page(&folder, &result, &folder.read_extras()?, &history)?;
    watcher.line("saved", &folder.report().display().to_string());
    watcher.progress(Progress::Done);
    Ok(json!({"schema": 1, "run": result.run, "report": folder.report()}))
}

/// Writes `report.html`.
pub(super) fn write_page(
    folder: &RunFolder,
    result: &RunResult,
    extras: &Extras,
    history: &[Record],
) -> Result<(), JobError> {
    let input = PageInput {
        result: result.clone(),
        data: extras.data.clone(),
        target: extras.target.clone(),
        classes: extras.classes.clone(),
        network: extras.network.clone(),
        training: extras.training.clone(),
        history: points(history),
        config: config_toml(&folder.read_config()?),
        notices: extras.notices.clone(),
        layers: history
            .iter()
            .map(|record| LayerSnapshot { epoch: record.epoch as u64, layers: record.layers.clone() })
            .collect(),
        conditioning: extras.conditioning,
        calibration: extras.calibration.clone(),
        scatter: extras.scatter.clone(),
        ablation: folder.read_ablation()?,
        test_openings: match &extras.test_rows {
            Some(rows) => openings(folder, rows)?,
            None => 0,
        },
        version: env!("CARGO_PKG_VERSION").to_string(),
    };
    Ok(replace(&folder.report(), page(&input)?.as_bytes())?)
}

/// History as diagnosis and page read it.
pub(super) fn points(history: &[Record]) -> Vec<HistoryPoint> {
    let point = |record: &Record| HistoryPoint {
        epoch: record.epoch as u64,
        train_loss: record.train_loss,
        dev_loss: record.dev_loss,
        dev_error: record.dev_error,
    };
    history.iter().map(point).collect()
}
