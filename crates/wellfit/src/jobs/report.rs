//! `wellfit report`: the page of a run, from the files in its folder.

use crate::runs::{JobError, RunFolder, Watcher, write_page};
use std::path::Path;

use serde_json::{Value, json};

/// Writes the run's page again.
pub fn report(run: &Path, watcher: &mut dyn Watcher) -> Result<Value, JobError> {
    let folder = RunFolder::of_run(run)?;
    let result = folder.read_result()?;
    let history = folder.read_history()?;
    write_page(&folder, &result, &folder.read_evidence()?, &history)?;
    watcher.line("saved", &folder.report().display().to_string());
    Ok(json!({"schema": 1, "run": result.run, "report": folder.report()}))
}
