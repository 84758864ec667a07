//! Writes a run's page from the files in its folder.

use crate::diagnose::HistoryPoint;
use crate::experiment::config_toml;
use crate::report::{LayerSnapshot, PageInput, RunResult, page};
use crate::store::replace;
use crate::train::Record;

use super::error::JobError;
use super::folder::RunFolder;
use super::ledger::openings;
use super::page_evidence::PageEvidence;

/// Writes `report.html`.
pub(crate) fn write_page(
    folder: &RunFolder,
    result: &RunResult,
    evidence: &PageEvidence,
    history: &[Record],
) -> Result<(), JobError> {
    let input = PageInput {
        result: result.clone(),
        data: evidence.data.clone(),
        target: evidence.target.clone(),
        classes: evidence.classes.clone(),
        network: evidence.network.clone(),
        training: evidence.training.clone(),
        history: points(history),
        config: config_toml(&folder.read_config()?),
        notices: evidence.notices.clone(),
        layers: history
            .iter()
            .map(|record| LayerSnapshot { epoch: record.epoch as u64, layers: record.layers.clone() })
            .collect(),
        conditioning: evidence.conditioning,
        calibration: evidence.calibration.clone(),
        scatter: evidence.scatter.clone(),
        ablation: folder.read_ablation()?,
        test_openings: match &evidence.test_rows {
            Some(rows) => openings(folder, rows)?,
            None => 0,
        },
        version: env!("CARGO_PKG_VERSION").to_string(),
    };
    Ok(replace(&folder.report(), page(&input)?.as_bytes())?)
}

/// History as diagnosis and page read it.
pub(crate) fn points(history: &[Record]) -> Vec<HistoryPoint> {
    let point = |record: &Record| HistoryPoint {
        epoch: record.epoch as u64,
        train_loss: record.train_loss,
        dev_loss: record.dev_loss,
        dev_error: record.dev_error,
    };
    history.iter().map(point).collect()
}
