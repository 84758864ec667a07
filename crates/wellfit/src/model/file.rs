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
const FORMAT: u32 = 2;
/// The most members of a model.
const MAX_MEMBERS: usize = 1 << 10;

/// Everything that predicts: preprocessing, network, and the numbers of one or more trained networks.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Fitted preprocessing.
    pub pipeline: Pipeline,
    /// The network's shape, which all members share.
    pub network: NetworkSpec,
    /// What its outputs mean.
    pub head: Head,
    /// What it is judged by.
    pub metric: Metric,
    /// The trained networks, at least one; predictions are the mean of theirs.
    pub members: Vec<Member<f32>>,
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

/// What stands in the file beside the tensors. The network's inputs are those that the pipeline gives.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    format: u32,
    pipeline: Pipeline,
    layers: Vec<LayerSpec>,
    loss: Loss,
    head: Head,
    metric: Metric,
    members: usize,
}

/// Writes a model, whole or not at all. The same model gives the same bytes: no time, path or thread count is in it.
///
/// Panics if a member is of another network (a bug in the caller).
pub fn write_model(path: &Path, model: &Model) -> Result<(), ModelError> {
    let network = build(path, &model.network)?;
    let mut tensors = Vec::new();
    for (at, member) in model.members.iter().enumerate() {
        let mut numbers = member.theta.iter().chain(&member.state).copied();
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
    Content {
        format: FORMAT,
        pipeline: model.pipeline.clone(),
        layers: model.network.layers.clone(),
        loss: model.network.loss,
        head: model.head.clone(),
        metric: model.metric,
        members: model.members.len(),
    }
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
    let (content, tensors): (Content, _) = read_tensors(path)?;
    let Content { format, pipeline, layers, loss, head, metric, members } = content;
    if format != FORMAT {
        return Err(misfit(format!("its format is {format}, expected {FORMAT}")));
    }
    let network = NetworkSpec { inputs: pipeline.features(), layers, loss };
    if !answers(&pipeline, &network, &head) {
        return Err(misfit("its network, its target and what it predicts disagree".to_string()));
    }
    if let Some(what) = pipeline.misfit() {
        return Err(misfit(what));
    }
    if !(1..=MAX_MEMBERS).contains(&members) {
        return Err(misfit(format!("it has {members} members, a model has 1 to {MAX_MEMBERS}")));
    }
    let built = build(path, &network)?;
    let each = built.parameters() + built.states().map(|state| state.len()).sum::<usize>();
    let held = tensors.iter().map(|tensor| tensor.values.len()).sum::<usize>();
    if each.checked_mul(members) != Some(held) {
        return Err(misfit(format!("it holds {held} numbers, its {members} networks have {each} each")));
    }
    let mut read = Vec::with_capacity(members);
    for at in 0..members {
        let mut numbers = Vec::with_capacity(each);
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
        read.push(Member { theta: numbers, state });
    }
    Ok(Model { pipeline, network, head, metric, members: read })
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
    enough && head_holds && head.task == pipeline.task() && network.outputs() == outputs && network.loss == loss
}

fn build(path: &Path, spec: &NetworkSpec) -> Result<Network<f32>, ModelError> {
    Network::new(spec).map_err(|source| ModelError::Network { path: path.display().to_string(), source })
}
