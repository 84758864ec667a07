//! `wellfit check RUN --integrity`: whether the files of a run are whole, belong together, and say what its data say.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::test::score;
use crate::data::load;
use crate::experiment::{data_hash, data_request, machine_threads};
use crate::fitted::Fitted;
use crate::runs::{FinishedRun, InputError, JobError, RunFolder};

/// What `wellfit check RUN --integrity --json` prints.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IntegrityReport {
    /// Version of this layout: 1.
    pub schema: u32,
    /// The run's folder.
    pub run: PathBuf,
    /// What was looked at, in order.
    pub checks: Vec<IntegrityCheck>,
    /// Whether nothing is wrong.
    pub whole: bool,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IntegrityCheck {
    /// The file, `data`, or `dev error`.
    pub of: String,
    /// What is wrong; null where nothing is.
    pub problem: Option<String>,
}

/// Errors on the same rows by two instruction paths differ by less than this part of them.
const SAME_ERROR: f64 = 1e-3;

impl IntegrityReport {
    /// The report again, or the error that counts what is wrong.
    pub fn into_result(self) -> Result<IntegrityReport, JobError> {
        let problems = self.checks.iter().filter(|check| check.problem.is_some()).count();
        if problems == 0 { Ok(self) } else { Err(InputError::NotWhole { run: self.run, problems }.into()) }
    }
}

/// Reads every file of a run, compares its data with their hash, and evaluates its model on the dev rows once more.
pub fn integrity(run: &Path) -> Result<IntegrityReport, JobError> {
    let folder = RunFolder::of_run(run)?;
    let mut checks = Vec::new();
    let mut look = |of: &str, problem: Option<String>| checks.push(IntegrityCheck { of: of.to_owned(), problem });
    look("config.toml", wrong(folder.read_config()));
    look("result.json", wrong(folder.read_result()));
    look("history.jsonl", wrong(folder.read_history()));
    look("evidence.json", wrong(folder.read_evidence()));
    for (name, problem) in [
        ("ablation.json", wrong(folder.read_ablation())),
        ("diagnosis.json", wrong(folder.read_diagnosis())),
        ("tune.json", wrong(folder.read_search())),
    ] {
        if folder.path.join(name).is_file() {
            look(name, problem);
        }
    }
    let fitted = Fitted::open(&folder.model(), machine_threads());
    look("model.safetensors", fitted.as_ref().err().map(ToString::to_string));
    if let (Ok(run), Ok(fitted)) = (FinishedRun::open(&folder.path), fitted) {
        let changed = match data_hash(&run.spec) {
            Ok(hash) if hash == run.result.data_sha256 => None,
            Ok(_) => Some(format!("{} (or its dev or test file) has changed since the training", run.data().display())),
            Err(error) => Some(error.to_string()),
        };
        let unchanged = changed.is_none();
        look("data", changed);
        if unchanged && let Some(dev) = &run.result.dev {
            look("dev error", dev_error(&run, fitted, dev.error.value)?);
        }
    }
    let whole = checks.iter().all(|check| check.problem.is_none());
    Ok(IntegrityReport { schema: 1, run: folder.path, checks, whole })
}

/// What is wrong with the dev error that a run states.
fn dev_error(run: &FinishedRun, mut fitted: Fitted, stated: f64) -> Result<Option<String>, JobError> {
    let dataset = load(&data_request(&run.spec))?;
    let dev = fitted.pipeline().examples(&dataset, &dataset.split.dev);
    let found = score(fitted.score_first(&dev), &fitted, &dev, Vec::new()).error.value;
    let apart = (found - stated).abs() > SAME_ERROR * stated.abs().max(1e-9);
    Ok(apart.then(|| format!("result.json says {stated}, the model gives {found}")))
}

fn wrong<T, E: Display>(read: Result<T, E>) -> Option<String> {
    read.err().map(|error| error.to_string())
}
