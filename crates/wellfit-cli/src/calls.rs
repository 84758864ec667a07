//! The jobs of the library, as this command calls them: until they are linked, each says so and ends.
#![allow(dead_code)]

use std::path::{Path, PathBuf};

use serde_json::Value;
use wellfit::experiment::Spec;

/// What a job tells while it runs.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'a> {
    /// Something the user should know and need not act on.
    Notice(&'a str),
    /// One line of the summary: `data`, `split`, .. and what there is to say.
    ///
    /// A `train` line right after epochs ends the bar and is added to it.
    Line { label: &'a str, text: &'a str },
    /// An epoch was evaluated.
    Epoch(Epoch),
    /// Nothing more will come.
    Done,
}

/// How training stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// Epochs done.
    pub epoch: usize,
    /// Epochs at most.
    pub epochs: usize,
    /// Loss on train.
    pub loss: f64,
    /// The metric on dev, if there is a dev set.
    pub dev: Option<f64>,
    /// The best metric on dev so far and its epoch.
    pub best: Option<(f64, usize)>,
    /// Whether the metric is a share that reads best in percent.
    pub percent: bool,
    /// Time since training began.
    pub seconds: f64,
}

/// Looks at a job; may ask it to stop.
pub trait Watcher {
    /// Takes note.
    fn progress(&mut self, event: Progress<'_>);
    /// Whether the job should save and stop.
    fn stop_requested(&self) -> bool;
}

/// How to run, apart from the experiment itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// The run's folder.
    pub out: Option<PathBuf>,
    /// Go on with the run that is there.
    pub resume: bool,
    /// Only say what would be done.
    pub dry_run: bool,
}

/// What `train` and `demo` leave behind.
#[derive(Clone, Debug)]
pub struct TrainReport {
    /// The contents of result.json; null if the run was interrupted before there was one.
    pub result_json: Value,
    /// The run's folder.
    pub run: PathBuf,
    /// Whether the user stopped it.
    pub interrupted: bool,
}

/// One line of `runs`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunSummary {
    /// The folder's name.
    pub name: String,
    /// The verdict, once there is one.
    pub verdict: Option<String>,
    /// The metric's name.
    pub metric: String,
    /// Train's metric.
    pub train: Option<f64>,
    /// Dev's metric.
    pub dev: Option<f64>,
    /// Epochs trained.
    pub epochs: Option<u64>,
    /// Time it took.
    pub seconds: Option<f64>,
}

/// A job that failed.
#[derive(Clone, Debug)]
pub struct JobError {
    code: u8,
    message: String,
}

impl JobError {
    /// The exit code of its kind.
    pub fn exit_code(&self) -> u8 {
        self.code
    }
}

impl std::fmt::Display for JobError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

fn absent<T>(watcher: &mut dyn Watcher) -> Result<T, JobError> {
    watcher.progress(Progress::Done);
    let message = if watcher.stop_requested() { "interrupted" } else { "this build holds no jobs" };
    Err(JobError { code: 1, message: message.to_owned() })
}

pub fn train(_: &Spec, _: &RunOptions, watcher: &mut dyn Watcher) -> Result<TrainReport, JobError> {
    absent(watcher)
}

pub fn demo(_: &str, _: &Spec, _: &RunOptions, watcher: &mut dyn Watcher) -> Result<TrainReport, JobError> {
    absent(watcher)
}

pub fn check(_: &Path, _: &Spec, watcher: &mut dyn Watcher) -> Result<Value, JobError> {
    absent(watcher)
}

pub fn test(_: &Path, _: Option<&Path>, watcher: &mut dyn Watcher) -> Result<Value, JobError> {
    absent(watcher)
}

pub fn predict(_: &Path, _: &Path, _: &Path, watcher: &mut dyn Watcher) -> Result<Value, JobError> {
    absent(watcher)
}

pub fn report(_: &Path, watcher: &mut dyn Watcher) -> Result<Value, JobError> {
    absent(watcher)
}

pub fn runs(_: &Path) -> Result<Vec<RunSummary>, JobError> {
    Ok(Vec::new())
}
