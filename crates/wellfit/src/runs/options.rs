//! How to run, apart from the experiment itself, and the folder a new run gets.

use std::path::{Path, PathBuf};

use crate::report::CrossValidation;
use crate::store::{create_folder, create_run_dir, run_stem};

use super::error::JobError;
use super::folder::RunFolder;
use super::usage_error::UsageError;

/// Where runs are kept where nobody says.
const RUNS: &str = "runs";

/// How to run, apart from the experiment itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunOptions {
    /// The run's folder.
    pub out: Option<PathBuf>,
    /// The folder that holds runs, for a run without a folder of its own; `runs` where none is given.
    pub root: Option<PathBuf>,
    /// Resume the run that is there.
    pub resume: bool,
    /// Only say what would be done.
    pub dry_run: bool,
    /// Say where the time of training went.
    pub profile: bool,
    /// What a search found of the configuration: then it is not cross-validated, and no remedy is tried.
    pub searched: Option<Searched>,
}

/// What a search found of the configuration that it ends with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Searched {
    /// Its cross-validation, where there was one.
    pub cross_validation: Option<CrossValidation>,
    /// The names of the remedies that were tried beside it and not kept.
    pub tried: Vec<String>,
}

impl RunOptions {
    /// The folder that holds runs.
    pub(crate) fn runs_root(&self) -> PathBuf {
        self.root.clone().unwrap_or_else(|| PathBuf::from(RUNS))
    }
}

/// A folder that holds something is not written over.
pub(crate) fn refuse_taken_folder(options: &RunOptions) -> Result<(), JobError> {
    let Some(out) = options.out.as_ref().filter(|_| !options.resume && !options.dry_run) else { return Ok(()) };
    let holds_something = out.read_dir().is_ok_and(|mut entries| entries.next().is_some());
    if out.is_file() || holds_something {
        return Err(UsageError::OutTaken(out.clone()).into());
    }
    Ok(())
}

/// The folder of a new run: the one named, or the next of this data.
pub(crate) fn create_run_folder(options: &RunOptions, data: &Path) -> Result<RunFolder, JobError> {
    match &options.out {
        Some(out) => {
            create_folder(out)?;
            Ok(RunFolder::at(out))
        }
        None => Ok(RunFolder::at(&create_run_dir(&options.runs_root(), &run_stem(data))?)),
    }
}
