//! `wellfit report`: the page of a run, from the files in its folder.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::runs::{JobError, RunFolder, write_page};

/// Where the page is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PageReport {
    /// Version of this layout: 1.
    pub schema: u32,
    /// The run, as its result names it.
    pub run: String,
    /// The page.
    pub report: PathBuf,
}

/// Writes the run's page again.
pub fn report(run: &Path) -> Result<PageReport, JobError> {
    let folder = RunFolder::of_run(run)?;
    let result = folder.read_result()?;
    let history = folder.read_history()?;
    write_page(&folder, &result, &folder.read_evidence()?, &history)?;
    Ok(PageReport { schema: 1, run: result.run, report: folder.report() })
}
