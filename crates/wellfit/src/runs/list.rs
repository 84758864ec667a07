//! The runs in a folder.

use std::fs;
use std::path::Path;

use super::error::JobError;
use super::folder::RunFolder;
use super::input_error::InputError;

/// One line of `wellfit runs`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunSummary {
    /// The folder's name.
    pub name: String,
    /// The verdict, once there is one.
    pub verdict: Option<String>,
    /// The metric's name.
    pub metric: String,
    /// Train's error.
    pub train: Option<f64>,
    /// Dev's error.
    pub dev: Option<f64>,
    /// Epochs trained.
    pub epochs: Option<u64>,
    /// Seconds it took.
    pub seconds: Option<f64>,
}

/// The runs in a folder, by name; unfinished ones without numbers. A folder that is not there holds none.
pub fn list(root: &Path) -> Result<Vec<RunSummary>, JobError> {
    if !root.exists() {
        return Ok(Vec::new());
    }
    let failed = |source| InputError::Unlisted { folder: root.to_owned(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(root).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let Ok(folder) = RunFolder::of_run(&path) else { continue };
        found.push(summary(&folder));
    }
    found.sort_by_key(|run| natural(&run.name));
    Ok(found)
}

fn summary(folder: &RunFolder) -> RunSummary {
    let name = folder.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    match folder.read_result() {
        Err(_) => RunSummary { name, ..RunSummary::default() },
        Ok(result) => RunSummary {
            name,
            verdict: result.diagnosis.as_ref().map(|diagnosis| diagnosis.verdict.name().to_string()),
            metric: result.metric.name().to_string(),
            train: Some(result.train.error.value),
            dev: result.dev.as_ref().map(|dev| dev.error.value),
            epochs: Some(result.epochs),
            seconds: Some(result.seconds),
        },
    }
}

/// Sorts `telco-9` before `telco-10`.
fn natural(name: &str) -> (String, u64) {
    match name.rsplit_once('-') {
        Some((stem, number)) => (stem.to_string(), number.parse().unwrap_or(u64::MAX)),
        None => (name.to_string(), 0),
    }
}
