//! A run's folder: its files, and how each is read and written.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::experiment::{MAX_CONFIG_BYTES, Spec, SpecBuilder, config_toml};
use crate::improve::AblationResult;
use crate::report::{Diagnosed, FullDiagnosis, PageEvidence, RunResult};
use crate::store::{StoreError, read_limited, replace};
use crate::train::{Record, previous_checkpoint};
use crate::tune::TuneReport;

use super::error::JobError;
use super::input_error::InputError;
use super::usage_error::UsageError;

/// Most bytes of a JSON or TOML file in a run's folder.
const MAX_TEXT_BYTES: u64 = 1 << 28;

/// The folder of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunFolder {
    pub path: PathBuf,
}

impl RunFolder {
    pub fn at(path: &Path) -> RunFolder {
        RunFolder { path: path.to_owned() }
    }

    /// The folder of a run that exists.
    pub fn of_run(path: &Path) -> Result<RunFolder, JobError> {
        let folder = RunFolder::at(path);
        if folder.config().is_file() {
            return Ok(folder);
        }
        let path = path.to_owned();
        Err(if path.is_dir() { InputError::NoRun(path) } else { InputError::NoSuchRun(path) }.into())
    }

    /// Keeps other processes from working on this run, for as long as the claim is held.
    ///
    /// `None` where folders cannot be locked: there, nobody is kept away.
    pub fn claim(&self) -> Result<Option<File>, JobError> {
        let Ok(claim) = File::open(&self.path) else { return Ok(None) };
        match claim.try_lock() {
            Ok(()) => Ok(Some(claim)),
            Err(TryLockError::WouldBlock) => Err(UsageError::Busy(self.path.clone()).into()),
            Err(TryLockError::Error(_)) => Ok(None),
        }
    }

    pub fn config(&self) -> PathBuf {
        self.path.join("config.toml")
    }

    pub fn model(&self) -> PathBuf {
        self.path.join("model.safetensors")
    }

    pub fn checkpoint(&self) -> PathBuf {
        self.path.join("checkpoint.safetensors")
    }

    pub fn report(&self) -> PathBuf {
        self.path.join("report.html")
    }

    fn result(&self) -> PathBuf {
        self.path.join("result.json")
    }

    fn history(&self) -> PathBuf {
        self.path.join("history.jsonl")
    }

    fn evidence(&self) -> PathBuf {
        self.path.join("evidence.json")
    }

    fn ablation(&self) -> PathBuf {
        self.path.join("ablation.json")
    }

    fn diagnosis(&self) -> PathBuf {
        self.path.join("diagnosis.json")
    }

    /// What a search in this folder found: it has ended when this is there.
    fn search(&self) -> PathBuf {
        self.path.join("tune.json")
    }

    /// The ledger of evaluations on test sets: beside the runs.
    pub fn ledger(&self) -> PathBuf {
        let absolute = std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone());
        absolute.parent().unwrap_or(Path::new(".")).join("ledger.jsonl")
    }

    /// The run's own ledger of evaluations on test sets.
    pub fn openings(&self) -> PathBuf {
        self.path.join("openings.jsonl")
    }

    /// Whether a file of this name in this folder is the run's own, there or yet to come.
    pub fn owns(&self, name: &OsStr) -> bool {
        const OTHERS: [&str; 4] = ["improve.json", "tune.jsonl", "best.toml", "checkpoint.previous.safetensors"];
        let named = [
            self.config(),
            self.model(),
            self.checkpoint(),
            self.report(),
            self.result(),
            self.history(),
            self.evidence(),
            self.ablation(),
            self.diagnosis(),
            self.search(),
            self.openings(),
        ];
        self.config().is_file()
            && (OTHERS.iter().any(|other| name == *other) || named.iter().any(|own| own.file_name() == Some(name)))
    }

    pub fn is_finished(&self) -> bool {
        self.result().is_file()
    }

    /// Writes the config; one that could not be read again is refused, before anything is trained.
    pub fn write_config(&self, spec: &Spec) -> Result<(), JobError> {
        let text = config_toml(spec);
        if text.len() as u64 > MAX_CONFIG_BYTES {
            return Err(UsageError::LongConfig { bytes: text.len(), most: MAX_CONFIG_BYTES }.into());
        }
        Ok(replace(&self.config(), text.as_bytes())?)
    }

    pub fn read_config(&self) -> Result<Spec, JobError> {
        let mut builder = SpecBuilder::new();
        builder.config_file(&self.config());
        Ok(builder.finish().map_err(InputError::Settings)?)
    }

    pub fn write_result(&self, result: &RunResult) -> Result<(), StoreError> {
        replace(&self.result(), result.to_json().as_bytes())
    }

    pub fn read_result(&self) -> Result<RunResult, JobError> {
        read_json(&self.result())
    }

    pub fn write_evidence(&self, evidence: &PageEvidence) -> Result<(), JobError> {
        let text = serde_json::to_string(evidence)?;
        Ok(replace(&self.evidence(), (text + "\n").as_bytes())?)
    }

    pub fn read_evidence(&self) -> Result<PageEvidence, JobError> {
        read_json(&self.evidence())
    }

    pub fn write_ablation(&self, knobs: &[AblationResult]) -> Result<(), JobError> {
        let text = serde_json::to_string_pretty(knobs)?;
        Ok(replace(&self.ablation(), (text + "\n").as_bytes())?)
    }

    /// The effect of each setting; empty where that was not measured.
    pub fn read_ablation(&self) -> Result<Vec<AblationResult>, JobError> {
        if self.ablation().is_file() { read_json(&self.ablation()) } else { Ok(Vec::new()) }
    }

    pub fn write_diagnosis(&self, diagnosis: &FullDiagnosis) -> Result<(), JobError> {
        let text = serde_json::to_string_pretty(diagnosis)?;
        Ok(replace(&self.diagnosis(), (text + "\n").as_bytes())?)
    }

    /// What `diagnose` added; `None` where it was not run.
    pub fn read_diagnosis(&self) -> Result<Option<Diagnosed>, JobError> {
        self.diagnosis().is_file().then(|| read_json(&self.diagnosis())).transpose()
    }

    pub fn write_search(&self, report: &TuneReport) -> Result<(), JobError> {
        let text = serde_json::to_string_pretty(report)?;
        Ok(replace(&self.search(), (text + "\n").as_bytes())?)
    }

    /// What a search in this folder found; `None` where there was none, or it has not ended.
    pub fn read_search(&self) -> Result<Option<TuneReport>, JobError> {
        self.search().is_file().then(|| read_json(&self.search())).transpose()
    }

    pub fn write_history(&self, records: &[Record]) -> Result<(), StoreError> {
        let mut text = String::new();
        for record in records {
            text += &json_line(record);
            text.push('\n');
        }
        replace(&self.history(), text.as_bytes())
    }

    pub fn read_history(&self) -> Result<Vec<Record>, JobError> {
        let path = self.history();
        let bytes = read_limited(&path, MAX_TEXT_BYTES)?;
        let text = String::from_utf8_lossy(&bytes);
        let record = |(i, line): (usize, &str)| {
            let damaged = |source| InputError::Damaged { path: path.clone(), line: Some(i + 1), source };
            Ok(serde_json::from_str(line).map_err(damaged)?)
        };
        text.lines().enumerate().map(record).collect()
    }

    /// Removes the checkpoints of a run that is finished.
    pub fn remove_checkpoints(&self) -> Result<(), StoreError> {
        remove(&[self.checkpoint(), previous_checkpoint(&self.checkpoint())])
    }

    /// Makes room for another training in this folder: what the last one came to no longer stands for the run. The model stays until
    /// it is replaced.
    pub fn reopen(&self) -> Result<(), StoreError> {
        // Without a result the run is unfinished, whatever else is there.
        remove(&[self.result(), self.config()])?;
        self.remove_checkpoints()
    }
}

fn remove(paths: &[PathBuf]) -> Result<(), StoreError> {
    for path in paths {
        match fs::remove_file(path) {
            Err(io) if io.kind() != io::ErrorKind::NotFound => {
                return Err(StoreError { path: path.clone(), doing: "remove", io });
            }
            _ => {}
        }
    }
    Ok(())
}

/// One line of JSON. Numbers that JSON cannot say become null.
pub(crate) fn json_line(value: &impl Serialize) -> String {
    // Our records hold no maps with keys other than text, the one thing that cannot be written.
    serde_json::to_string(value).unwrap_or_default()
}

pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, JobError> {
    let bytes = read_limited(path, MAX_TEXT_BYTES)?;
    let damaged = |source| InputError::Damaged { path: path.to_owned(), line: None, source };
    Ok(serde_json::from_slice(&bytes).map_err(damaged)?)
}
