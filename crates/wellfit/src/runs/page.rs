//! Writes a run's page from the files in its folder.

use crate::diagnose::HistoryPoint;
use crate::report::{PageEvidence, PageInput, RunResult, page};
use crate::store::replace;
use crate::train::Record;

use super::error::JobError;
use super::folder::RunFolder;
use super::ledger::openings;

/// Writes `report.html`.
pub(crate) fn write_page(
    folder: &RunFolder,
    result: &RunResult,
    evidence: &PageEvidence,
    history: &[Record],
) -> Result<(), JobError> {
    let input = PageInput {
        result: result.clone(),
        evidence: evidence.clone(),
        history: history.to_vec(),
        spec: folder.read_config()?,
        ablation: folder.read_ablation()?,
        diagnosed: folder.read_diagnosis()?,
        search: folder.read_search()?,
        test_openings: match &evidence.test_rows {
            Some(rows) => openings(folder, rows)?,
            None => 0,
        },
        version: env!("CARGO_PKG_VERSION").to_string(),
    };
    Ok(replace(&folder.report(), page(&input)?.as_bytes())?)
}

/// History as a diagnosis reads it.
pub(crate) fn points(history: &[Record]) -> Vec<HistoryPoint> {
    let point = |record: &Record| HistoryPoint {
        epoch: record.epoch as u64,
        train_loss: record.train_loss,
        dev_loss: record.dev_loss,
        dev_error: record.dev_error,
    };
    history.iter().map(point).collect()
}
