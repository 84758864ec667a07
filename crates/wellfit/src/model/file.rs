//! `model.safetensors`: the numbers of one or more members by name, and in its metadata the whole pipeline and network.
//! Nothing in it runs. The format is written down in `docs/model-format.md`.

use std::path::Path;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::data::{Pipeline, Task};
use crate::net::{LayerSpec, Loss, Member, Network, NetworkError, NetworkSpec};
use crate::store::{Tensor, TensorError, read_tensors, tensor_file, write_tensors};
use crate::train::{Head, Metric};

/// The version of the file's metadata.
const FORMAT: u32 = 3;
/// The most members of a model.
const MAX_MEMBERS: usize = 1 << 10;

/// Everything that predicts: one or more trained networks.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// What it is judged by.
    pub metric: Metric,
    /// The networks, at least one; predictions are the weighted mean of theirs. The first is the one that a run reports on.
    pub members: Vec<Predictor>,
}

/// A trained network with the preprocessing that was fitted on the rows it was trained on.
#[derive(Clone, Debug, PartialEq)]
pub struct Predictor {
    /// Fitted preprocessing.
    pub pipeline: Pipeline,
    /// The network's shape.
    pub network: NetworkSpec,
    /// What its outputs mean.
    pub head: Head,
    /// Its numbers.
    pub numbers: Member<f32>,
    /// What it counts among the members, from 0 to 1.
    pub weight: f64,
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

/// What stands in the file beside the tensors.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    format: u32,
    metric: Metric,
    members: Vec<Description>,
}

/// What stands there of each member. The network's inputs are those that the pipeline gives.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    pipeline: Pipeline,
    layers: Vec<LayerSpec>,
    loss: Loss,
    head: Head,
    weight: f64,
}

/// Writes a model, whole or not at all. The same model gives the same bytes: no time, path or thread count is in it.
///
/// Panics if a member's numbers are those of another network (a bug in the caller).
pub fn write_model(path: &Path, model: &Model) -> Result<(), ModelError> {
    let mut tensors = Vec::new();
    for (at, member) in model.members.iter().enumerate() {
        let network = build(path, &member.network)?;
        let mut numbers = member.numbers.theta.iter().chain(&member.numbers.state).copied();
        for (name, dims) in described(&network) {
            let values = numbers.by_ref().take(dims.iter().product()).collect();
            tensors.push(Tensor { name: tensor_name(at, &name), dims, values });
        }
        assert!(numbers.next().is_none(), "a member has the numbers of its network");
    }
    Ok(write_tensors(path, &content(model), &tensors)?)
}

/// Refuses a model whose description is too long for a file, before any time is spent on training it.
pub fn check_description(path: &Path, model: &Model) -> Result<(), ModelError> {
    tensor_file(path, &content(model), &[])?;
    Ok(())
}

fn content(model: &Model) -> Content {
    let description = |member: &Predictor| Description {
        pipeline: member.pipeline.clone(),
        layers: member.network.layers.clone(),
        loss: member.network.loss,
        head: member.head.clone(),
        weight: member.weight,
    };
    Content { format: FORMAT, metric: model.metric, members: model.members.iter().map(description).collect() }
}

/// Names and dimensions of all tensors of a member: parameters in the order of θ, then the state of layers.
fn described(network: &Network<f32>) -> impl Iterator<Item = (String, Vec<usize>)> {
    let params = network.params().map(|param| (param.name, param.dims));
    params.chain(network.states().map(|state| (state.name, state.dims)))
}

/// The name of a member's tensor in the file: the first member's stand alone.
fn tensor_name(member: usize, name: &str) -> String {
    match member {
        0 => name.to_string(),
        _ => format!("member{}.{name}", member + 1),
    }
}

/// Reads a model and checks that its parts fit.
pub fn read_model(path: &Path) -> Result<Model, ModelError> {
    let misfit = |what: String| ModelError::Misfit { path: path.display().to_string(), what };
    let (Content { format, metric, members }, tensors): (Content, _) = read_tensors(path)?;
    if format != FORMAT {
        return Err(misfit(format!("its format is {format}, expected {FORMAT}")));
    }
    if !(1..=MAX_MEMBERS).contains(&members.len()) {
        return Err(misfit(format!("it has {} members, a model has 1 to {MAX_MEMBERS}", members.len())));
    }
    let mut networks = Vec::with_capacity(members.len());
    if members.iter().any(|member| !(0.0..=1.0).contains(&member.weight)) || members.iter().all(|one| one.weight == 0.0)
    {
        return Err(misfit("the weights of its networks are none".to_string()));
    }
    for Description { pipeline, layers, loss, head, .. } in &members {
        let network = NetworkSpec { inputs: pipeline.features(), layers: layers.clone(), loss: *loss };
        if !answers(pipeline, &network, head) {
            return Err(misfit("its network, its target and what it predicts disagree".to_string()));
        }
        if let Some(what) = pipeline.misfit() {
            return Err(misfit(what));
        }
        networks.push((build(path, &network)?, network));
    }
    if let Some(what) = Pipeline::disagreement(members.iter().map(|member| &member.pipeline)) {
        return Err(misfit(what));
    }
    let expected = networks.iter().try_fold(0usize, |sum, (built, _)| sum.checked_add(count(built)));
    let held = tensors.iter().map(|tensor| tensor.values.len()).sum::<usize>();
    if expected != Some(held) {
        let all = expected.map_or("more than memory".to_string(), |all| all.to_string());
        return Err(misfit(format!("it holds {held} numbers, its {} networks have {all}", members.len())));
    }
    let mut read = Vec::with_capacity(members.len());
    for (at, (Description { pipeline, head, weight, .. }, (built, network))) in
        members.into_iter().zip(networks).enumerate()
    {
        let mut numbers = Vec::with_capacity(count(&built));
        for (name, dims) in described(&built) {
            let name = tensor_name(at, &name);
            match tensors.binary_search_by(|tensor| tensor.name.as_str().cmp(&name)).ok().and_then(|i| tensors.get(i)) {
                Some(tensor) if tensor.dims == dims => numbers.extend_from_slice(&tensor.values),
                Some(tensor) => return Err(misfit(format!("tensor {name} is {:?}, expected {dims:?}", tensor.dims))),
                None => return Err(misfit(format!("tensor {name} is missing"))),
            }
        }
        if !numbers.iter().all(|number| number.is_finite()) {
            return Err(misfit("a weight in it is no finite number".to_string()));
        }
        let state = numbers.split_off(built.parameters());
        read.push(Predictor { pipeline, network, head, numbers: Member { theta: numbers, state }, weight });
    }
    Ok(Model { metric, members: read })
}

/// Numbers of a member: its parameters and the state of its layers.
fn count(network: &Network<f32>) -> usize {
    network.parameters() + network.states().map(|state| state.len()).sum::<usize>()
}

/// Whether the outputs of the network are those that the target asks for, and the head can read them.
fn answers(pipeline: &Pipeline, network: &NetworkSpec, head: &Head) -> bool {
    let classes = pipeline.classes().len();
    let (outputs, loss, enough) = match pipeline.task() {
        Task::Binary => (1, Loss::Sigmoid, classes == 2),
        Task::Multiclass => (classes, Loss::Softmax, classes > 2),
        Task::Regression => (1, Loss::Squared, classes == 0),
    };
    let head_holds = head.low <= head.high && head.mean.is_finite() && head.deviation.is_finite();
    let head_holds = head_holds && head.temperature > 0.0 && head.temperature.is_finite();
    enough && head_holds && head.task == pipeline.task() && network.outputs() == outputs && network.loss == loss
}

fn build(path: &Path, spec: &NetworkSpec) -> Result<Network<f32>, ModelError> {
    Network::new(spec).map_err(|source| ModelError::Network { path: path.display().to_string(), source })
}
