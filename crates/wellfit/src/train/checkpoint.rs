//! Checkpoints: how far training has come, in one file.

use std::path::Path;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::store::{Tensor, TensorError, read_tensors, write_tensors};

use super::engine::Weights;
use super::fit::{Best, Progress};

/// A checkpoint that cannot be used.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// The file cannot be read, or a bit of it changed.
    #[error(transparent)]
    File(#[from] TensorError),
    /// The file holds another run.
    #[error("{path}: the checkpoint is of another run: {what}")]
    Other {
        /// The file.
        path: String,
        /// What differs.
        what: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    /// What the run is, as its writer names it: a checkpoint goes on only in the same one.
    identity: String,
    epoch: usize,
    step_in_epoch: usize,
    step: u64,
    loss_sum: f64,
    seconds: f64,
    best: Option<BestLook>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BestLook {
    epoch: usize,
    value: f64,
    loss: f64,
}

/// Writes a checkpoint of the run that `identity` names, whole or not at all.
pub fn write_checkpoint(path: &Path, identity: &str, progress: &Progress) -> Result<(), TensorError> {
    let content = Content {
        identity: identity.to_string(),
        epoch: progress.epoch,
        step_in_epoch: progress.step_in_epoch,
        step: progress.step,
        loss_sum: progress.loss_sum,
        seconds: progress.seconds,
        best: progress.best.as_ref().map(|b| BestLook { epoch: b.epoch, value: b.value, loss: b.loss }),
    };
    let weights = &progress.weights;
    let mut tensors = Vec::new();
    let mut add = |name: &str, values: &[f32]| {
        tensors.push(Tensor { name: name.to_string(), dims: vec![values.len()], values: values.to_vec() });
    };
    add("theta", &weights.theta);
    add("first", &weights.first);
    add("second", &weights.second);
    if let Some(best) = &progress.best {
        add("best", &best.theta);
    }
    write_tensors(path, &content, &tensors)
}

/// Reads the checkpoint of the run that `identity` names, for a network of `parameters` parameters.
pub fn read_checkpoint(path: &Path, identity: &str, parameters: usize) -> Result<Progress, CheckpointError> {
    let other = |what: String| CheckpointError::Other { path: path.display().to_string(), what };
    let (content, mut tensors): (Content, _) = read_tensors(path)?;
    if content.identity != identity {
        return Err(other("its data or config differ".to_string()));
    }
    let mut take = |name: &str| match tensors.iter().position(|tensor| tensor.name == name) {
        Some(at) => Ok(tensors.swap_remove(at).values),
        None => Err(other(format!("tensor {name} is missing"))),
    };
    let weights = Weights { theta: take("theta")?, first: take("first")?, second: take("second")? };
    let best = match content.best {
        Some(look) => Some(Best { epoch: look.epoch, value: look.value, loss: look.loss, theta: take("best")? }),
        None => None,
    };
    let lengths = [weights.theta.len(), best.as_ref().map_or(parameters, |best| best.theta.len())];
    if let Some(found) = lengths.iter().find(|&&length| length != parameters) {
        return Err(other(format!("it holds {found} parameters, the network has {parameters}")));
    }
    Ok(Progress {
        weights,
        epoch: content.epoch,
        step_in_epoch: content.step_in_epoch,
        step: content.step,
        loss_sum: content.loss_sum,
        best,
        seconds: content.seconds,
    })
}
