//! The runs in a folder.

use std::fs;
use std::path::Path;

use serde::{Serialize, Serializer};

use crate::diagnose::Verdict;
use crate::train::Metric;

use super::error::JobError;
use super::folder::RunFolder;
use super::input_error::InputError;

/// What `wellfit runs --json` prints.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunList {
    /// Version of this layout: 1.
    pub schema: u32,
    /// The runs, by name.
    pub runs: Vec<RunSummary>,
}

/// One run.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RunSummary {
    /// The folder's name.
    #[serde(rename = "run")]
    pub name: String,
    /// The verdict, once there is one.
    pub verdict: Option<Verdict>,
    /// The metric, once the run is finished.
    #[serde(serialize_with = "name_or_nothing")]
    pub metric: Option<Metric>,
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
pub fn list(root: &Path) -> Result<RunList, JobError> {
    if !root.exists() {
        return Ok(RunList { schema: 1, runs: Vec::new() });
    }
    let failed = |source| InputError::Unlisted { folder: root.to_owned(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(root).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let Ok(folder) = RunFolder::of_run(&path) else { continue };
        found.push(summary(&folder));
    }
    found.sort_by_key(|run| natural(&run.name));
    Ok(RunList { schema: 1, runs: found })
}

/// An unfinished run has a metric without a name in JSON.
fn name_or_nothing<S: Serializer>(metric: &Option<Metric>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(metric.map_or("", Metric::name))
}

fn summary(folder: &RunFolder) -> RunSummary {
    let name = folder.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    match folder.read_result() {
        Err(_) => RunSummary { name, ..RunSummary::default() },
        Ok(result) => RunSummary {
            name,
            verdict: result.diagnosis.as_ref().map(|diagnosis| diagnosis.verdict),
            metric: Some(result.metric),
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
