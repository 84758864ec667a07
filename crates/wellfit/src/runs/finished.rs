//! A run that was trained to its end, and whether its data are still those it was trained on.

use std::path::{Path, PathBuf};

use crate::experiment::{Spec, data_hash};
use crate::report::RunResult;

use super::error::JobError;
use super::folder::RunFolder;
use super::input_error::InputError;

/// A finished run, as its folder holds it.
pub(crate) struct FinishedRun {
    pub folder: RunFolder,
    pub spec: Spec,
    pub result: RunResult,
}

impl FinishedRun {
    /// Reads the run in this folder; refuses one that is not finished.
    pub fn open(path: &Path) -> Result<FinishedRun, JobError> {
        let folder = RunFolder::of_run(path)?;
        if !folder.is_finished() {
            return Err(InputError::Unfinished(path.to_owned()).into());
        }
        let (spec, result) = (folder.read_config()?, folder.read_result()?);
        Ok(FinishedRun { folder, spec, result })
    }

    /// The file or folder it was trained on.
    pub fn data(&self) -> PathBuf {
        self.spec.data.path.clone().unwrap_or_default()
    }

    /// Refuses data that are not those that the run was trained on.
    pub fn refuse_changed_data(&self) -> Result<(), JobError> {
        if data_hash(&self.spec)? == self.result.data_sha256 {
            return Ok(());
        }
        Err(InputError::DataChanged { run: self.folder.path.clone(), data: self.data() }.into())
    }
}
