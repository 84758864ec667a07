//! `model.safetensors`: weights by name, and in its metadata the whole pipeline and network. Nothing in it runs.

use std::path::Path;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::data::{Pipeline, Task};
use crate::net::{Loss, Network, NetworkError, NetworkSpec, Param};
use crate::store::{Tensor, TensorError, read_tensors, tensor_file, write_tensors};
use crate::train::{Head, Metric};

/// The version of the file's metadata.
const FORMAT: u32 = 1;

/// Everything that predicts: preprocessing, network, weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Fitted preprocessing.
    pub pipeline: Pipeline,
    /// The network's shape.
    pub network: NetworkSpec,
    /// What its outputs mean.
    pub head: Head,
    /// What it is judged by.
    pub metric: Metric,
    /// Its parameters.
    pub theta: Vec<f32>,
}

/// A model that cannot be read.
#[derive(Debug, Error)]
pub enum ModelError {
    /// The file cannot be read, or a bit of it changed.
    #[error(transparent)]
    File(#[from] TensorError),
    /// The network in it cannot be built.
    #[error("{path}: {source}")]
    Network {
        /// The file.
        path: String,
        /// Why not.
        source: NetworkError,
    },
    /// Parts of it do not fit each other.
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
    format: u32,
    pipeline: Pipeline,
    network: NetworkSpec,
    head: Head,
    metric: Metric,
}

/// Writes a model, whole or not at all. The same model gives the same bytes: no time, path or thread count is in it.
pub fn write_model(path: &Path, model: &Model) -> Result<(), ModelError> {
    let network = build(path, &model.network)?;
    let mut rest = &model.theta[..];
    let tensors: Vec<_> = network
        .params()
        .map(|param| {
            let (values, after) = rest.split_at(param.len());
            rest = after;
            Tensor { name: param.name, dims: param.dims, values: values.to_vec() }
        })
        .collect();
    Ok(write_tensors(path, &content(model), &tensors)?)
}

/// Refuses a model whose description is too long for a file, so that nobody trains weights that cannot be kept.
pub fn check_description(path: &Path, model: &Model) -> Result<(), ModelError> {
    tensor_file(path, &content(model), &[])?;
    Ok(())
}

fn content(model: &Model) -> Content {
    Content {
        format: FORMAT,
        pipeline: model.pipeline.clone(),
        network: model.network.clone(),
        head: model.head.clone(),
        metric: model.metric,
    }
}

/// Reads a model and checks that its parts fit.
pub fn read_model(path: &Path) -> Result<Model, ModelError> {
    let misfit = |what: String| ModelError::Misfit { path: path.display().to_string(), what };
    let (content, tensors): (Content, _) = read_tensors(path)?;
    if content.format != FORMAT {
        return Err(misfit(format!("its format is {}, expected {FORMAT}", content.format)));
    }
    if content.pipeline.input() != content.network.input {
        return Err(misfit("its pipeline and its network disagree about the inputs".to_string()));
    }
    if !answers(&content) {
        return Err(misfit("its network, its target and what it predicts disagree".to_string()));
    }
    let network = build(path, &content.network)?;
    let held = tensors.iter().map(|tensor| tensor.values.len()).sum::<usize>();
    if held != network.parameters() {
        return Err(misfit(format!("it holds {held} parameters, its network has {}", network.parameters())));
    }
    let mut theta = Vec::with_capacity(network.parameters());
    for Param { name, dims, .. } in network.params() {
        match tensors.iter().find(|tensor| tensor.name == name) {
            Some(tensor) if tensor.dims == dims => theta.extend_from_slice(&tensor.values),
            Some(tensor) => return Err(misfit(format!("tensor {name} is {:?}, expected {dims:?}", tensor.dims))),
            None => return Err(misfit(format!("tensor {name} is missing"))),
        }
    }
    if !theta.iter().all(|weight| weight.is_finite()) {
        return Err(misfit("a weight in it is no finite number".to_string()));
    }
    let Content { pipeline, network, head, metric, .. } = content;
    Ok(Model { pipeline, network, head, metric, theta })
}

/// Whether the outputs of the network are those that the target asks for, and the head can read them.
fn answers(content: &Content) -> bool {
    let Content { pipeline, network, head, .. } = content;
    let classes = pipeline.classes().len();
    let (outputs, loss, enough) = match pipeline.task() {
        Task::Binary => (1, Loss::Sigmoid, classes == 2),
        Task::Multiclass => (classes, Loss::Softmax, classes > 2),
        Task::Regression => (1, Loss::Squared, classes == 0),
    };
    let head_holds = head.low <= head.high && head.mean.is_finite() && head.deviation.is_finite();
    enough && head_holds && head.task == pipeline.task() && network.outputs == outputs && network.loss == loss
}

fn build(path: &Path, spec: &NetworkSpec) -> Result<Network<f32>, ModelError> {
    Network::new(spec).map_err(|source| ModelError::Network { path: path.display().to_string(), source })
}
