//! The ledger: how many times the rows of a test set have been evaluated on, beside the runs and in the run's own folder.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::data::Fingerprint;
use crate::store::{append_line_with, read_lines};

use super::error::JobError;
use super::folder::{RunFolder, json_line};

/// One line of `ledger.jsonl`.
#[derive(Debug, Serialize, Deserialize)]
struct Opening {
    /// The rows.
    rows: Fingerprint,
    /// How many times they or most of them have been evaluated on, this one included.
    opening: u64,
    /// The run.
    run: String,
    /// The error found.
    error: f64,
}

/// Records an evaluation on test rows beside the runs and in the run's own folder; returns its number.
///
/// The ledger beside the runs counts for all of them, the run's own goes with it wherever it is moved.
pub(crate) fn record_opening(folder: &RunFolder, rows: &Fingerprint, error: f64) -> Result<u64, JobError> {
    let own = read_lines(&folder.openings())?;
    let mut opening = 0;
    let line = append_line_with(&folder.ledger(), |lines| {
        opening = count(lines, rows).max(count(&own, rows)).saturating_add(1);
        let run = folder.path.display().to_string();
        json_line(&Opening { rows: rows.clone(), opening, run, error })
    })?;
    append_line_with(&folder.openings(), |_| line)?;
    Ok(opening)
}

/// How many times these rows or most of them have been evaluated on, as far as this run's folder and the one around it know.
pub(crate) fn openings(folder: &RunFolder, rows: &Fingerprint) -> Result<u64, JobError> {
    let count_in = |ledger: &Path| Ok::<_, JobError>(count(&read_lines(ledger)?, rows));
    Ok(count_in(&folder.ledger())?.max(count_in(&folder.openings())?))
}

/// The number of the last evaluation on these rows, or how many there are where numbers were lost.
fn count(lines: &[String], rows: &Fingerprint) -> u64 {
    let openings = lines.iter().filter_map(|line| serde_json::from_str::<Opening>(line).ok());
    let of_these_rows: Vec<u64> =
        openings.filter(|opening| opening.rows.is_mostly(rows)).map(|opening| opening.opening).collect();
    of_these_rows.iter().copied().max().unwrap_or(0).max(of_these_rows.len() as u64)
}
