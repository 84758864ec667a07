//! Checkpoints: how far training has come, in one file, beside the one before it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::net::Member;
use crate::store::{Tensor, TensorError, read_tensors, replace_keeping, tensor_file};

use super::dev_evaluations::DevEvaluations;
use super::history::Record;
use super::progress::{Best, Progress};
use super::weights::Weights;

/// Where a run has come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Everything that training continues from.
    pub progress: Progress,
    /// What was written down so far.
    pub history: Vec<Record>,
    /// The instruction path that computed it: another one rounds differently.
    pub isa: String,
}

/// A checkpoint that cannot be used.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// The file cannot be read, or a bit of it changed.
    #[error(transparent)]
    File(#[from] TensorError),
    /// The file holds another run: its data or settings differ.
    #[error("{path}: the checkpoint is of another run")]
    OtherRun {
        /// The file.
        path: String,
    },
    /// The file is whole and yet does not fit its run.
    #[error("{path}: {what}; the file was not written by this version of wellfit")]
    Misfit {
        /// The file.
        path: String,
        /// What does not fit.
        what: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    /// Identifies the run: its data and settings. A checkpoint only continues the same run.
    identity: String,
    isa: String,
    epoch: usize,
    step_in_epoch: usize,
    step: u64,
    loss_sum: f64,
    seconds: f64,
    best: Option<BestEpoch>,
    dev: DevChosen,
    history: Vec<Record>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BestEpoch {
    epoch: usize,
    value: f64,
    loss: f64,
}

/// What stands in [`DevEvaluations`] beside its sums.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DevChosen {
    units: usize,
    scale: f64,
}

/// The file that holds the checkpoint before the one in `path`.
pub fn previous_checkpoint(path: &Path) -> PathBuf {
    path.with_extension("previous.safetensors")
}

/// Writes a checkpoint of the run that `identity` names, whole or not at all, and keeps the one before it.
pub fn write_checkpoint(path: &Path, identity: &str, checkpoint: &Checkpoint) -> Result<(), TensorError> {
    let progress = &checkpoint.progress;
    let content = Content {
        identity: identity.to_string(),
        isa: checkpoint.isa.clone(),
        epoch: progress.epoch,
        step_in_epoch: progress.step_in_epoch,
        step: progress.step,
        loss_sum: progress.loss_sum,
        seconds: progress.seconds,
        best: progress.best.as_ref().map(|b| BestEpoch { epoch: b.epoch, value: b.value, loss: b.loss }),
        dev: DevChosen { units: progress.dev.units, scale: progress.dev.scale },
        history: checkpoint.history.clone(),
    };
    let weights = &progress.weights;
    let mut tensors = Vec::new();
    let mut add = |name: &str, values: &[f32]| {
        tensors.push(Tensor { name: name.to_string(), dims: vec![values.len()], values: values.to_vec() });
    };
    add("theta", &weights.member.theta);
    add("state", &weights.member.state);
    add("first", &weights.first);
    add("second", &weights.second);
    if let Some(best) = &progress.best {
        add("best.theta", &best.member.theta);
        add("best.state", &best.member.state);
    }
    add("dev.errors", &progress.dev.errors);
    add("dev.losses", &progress.dev.losses);
    add("dev.weights", &progress.dev.weights);
    Ok(replace_keeping(path, &previous_checkpoint(path), &tensor_file(path, &content, &tensors)?)?)
}

/// The latest checkpoint of the run that `identity` names that can be read; `start` is the run before its first step.
///
/// With it comes, where the newest file is damaged and the one before it is not, what is wrong with the newest. `None`
/// where nothing was saved yet.
pub fn latest_checkpoint(
    path: &Path,
    identity: &str,
    start: &Progress,
) -> Result<Option<(Checkpoint, Option<CheckpointError>)>, CheckpointError> {
    let missing = |error: &CheckpointError| match error {
        CheckpointError::File(TensorError::Store(error)) => error.io.kind() == std::io::ErrorKind::NotFound,
        _ => false,
    };
    let newest = match read_checkpoint(path, identity, start) {
        Ok(checkpoint) => return Ok(Some((checkpoint, None))),
        Err(error @ CheckpointError::OtherRun { .. }) => return Err(error),
        Err(error) => error,
    };
    match read_checkpoint(&previous_checkpoint(path), identity, start) {
        Ok(checkpoint) if missing(&newest) => Ok(Some((checkpoint, None))),
        Ok(checkpoint) => Ok(Some((checkpoint, Some(newest)))),
        Err(error) if missing(&newest) && missing(&error) => Ok(None),
        Err(error) if missing(&newest) => Err(error),
        Err(_) => Err(newest),
    }
}

fn read_checkpoint(path: &Path, identity: &str, start: &Progress) -> Result<Checkpoint, CheckpointError> {
    let shown = || path.display().to_string();
    let misfit = |what: String| CheckpointError::Misfit { path: shown(), what };
    let (content, mut tensors): (Content, _) = read_tensors(path)?;
    if content.identity != identity {
        return Err(CheckpointError::OtherRun { path: shown() });
    }
    let mut take = |name: &str, expected: usize| {
        let Some(at) = tensors.iter().position(|tensor| tensor.name == name) else {
            return Err(misfit(format!("tensor {name} is missing")));
        };
        match tensors.swap_remove(at).values {
            values if values.len() == expected => Ok(values),
            values => Err(misfit(format!("tensor {name} holds {} numbers, this run's {expected}", values.len()))),
        }
    };
    let mut take_member = |theta: &str, state: &str| -> Result<_, CheckpointError> {
        let expected = &start.weights.member;
        Ok(Member { theta: take(theta, expected.theta.len())?, state: take(state, expected.state.len())? })
    };
    let member = take_member("theta", "state")?;
    let best = match content.best {
        Some(best) => {
            let member = take_member("best.theta", "best.state")?;
            Some(Best { epoch: best.epoch, value: best.value, loss: best.loss, member })
        }
        None => None,
    };
    let expected = &start.weights;
    let weights =
        Weights { member, first: take("first", expected.first.len())?, second: take("second", expected.second.len())? };
    let DevChosen { units, scale } = content.dev;
    let sums = units * content.history.len();
    let dev = DevEvaluations {
        units,
        scale,
        errors: take("dev.errors", sums)?,
        losses: take("dev.losses", sums)?,
        weights: take("dev.weights", units)?,
    };
    let progress = Progress {
        weights,
        epoch: content.epoch,
        step_in_epoch: content.step_in_epoch,
        step: content.step,
        loss_sum: content.loss_sum,
        best,
        dev,
        seconds: content.seconds,
    };
    Ok(Checkpoint { progress, history: content.history, isa: content.isa })
}
