//! One network under a plan: its gradient check, its training, its predictions.

use std::num::NonZero;
use std::path::PathBuf;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use thiserror::Error;
use wellfit_kernels::random::{Purpose, Stream};

use crate::data::Examples;
use crate::net::{
    CheckError, CheckOptions, CheckReport, InitError, Member, Network, NetworkError, NetworkSpec, check,
    theta_from_safetensors,
};
use crate::store::{StoreError, read_limited};
use crate::train::{Engine, Head, Progress, Recipe, TrainError, Unobserved, fit};

use super::plan::Plan;

/// Rows that the gradient is checked on before training.
const CHECK_ROWS: usize = 16;
/// Most bytes of a file of starting weights.
const MAX_START_BYTES: u64 = 1 << 33;

/// A network that cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// It cannot be built.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The file of starting weights cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file of starting weights does not fit.
    #[error("{path}: {source}")]
    Init {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: InitError,
    },
}

/// Threads that this machine has.
pub fn machine_threads() -> usize {
    available_parallelism().map_or(1, NonZero::get)
}

/// Starting weights: drawn, or from the file that the plan names.
pub fn starting_member(plan: &Plan, network: &Network<f32>) -> Result<Member<f32>, StartError> {
    let theta = match &plan.spec.network.init_from {
        None => plan.init.theta(network, plan.recipe.seed),
        Some(path) => {
            let bytes = read_limited(path, MAX_START_BYTES)?;
            theta_from_safetensors(network, &bytes).map_err(|source| StartError::Init { path: path.clone(), source })?
        }
    };
    Ok(network.member(theta))
}

/// The engine of a plan's network. Without a number of threads, all of the machine's that make it faster.
pub fn engine(network: &NetworkSpec, recipe: &Recipe, threads: Option<usize>) -> Result<Engine<f32>, NetworkError> {
    let network = Network::new(network)?;
    let available = threads.unwrap_or_else(machine_threads);
    let mut engine = Engine::with_precision(network, recipe.batch, available, recipe.precision);
    if threads.is_none() {
        engine.share_where_faster();
    }
    Ok(engine)
}

/// Checks the gradient of a plan's network at θ over random rows of train, in `f64`.
pub fn check_gradient(
    plan: &Plan,
    network: &Network<f64>,
    theta: &[f32],
    train: &Examples,
    options: &CheckOptions,
) -> Result<CheckReport, CheckError> {
    let theta: Vec<f64> = theta.iter().map(|&w| f64::from(w)).collect();
    let mut rows = Stream::new(options.seed, Purpose::Check, 1 << 40).permutation(train.rows());
    rows.truncate(CHECK_ROWS);
    check(network, &theta, train, &rows, &plan.recipe.penalties, options)
}

/// A network trained in silence, as baselines are.
pub fn train_silently(
    engine: &mut Engine<f32>,
    recipe: &Recipe,
    member: Member<f32>,
    head: &Head,
    parts: (&Examples, Option<&Examples>),
) -> Result<Member<f32>, TrainError> {
    let mut progress = Progress::start(member, recipe.optimizer);
    fit(engine, recipe, head, parts, &mut progress, &mut Vec::new(), &mut Unobserved)?;
    Ok(progress.into_member(recipe))
}

/// How many epochs fit into `budget`, from timing steps on a copy of the weights: at least 1, at most the plan's.
pub fn epochs_within(
    plan: &Plan,
    member: &Member<f32>,
    head: &Head,
    parts: (&Examples, Option<&Examples>),
    budget: Duration,
) -> Result<usize, StartError> {
    let mut engine = engine(&plan.network, &plan.recipe, plan.threads)?;
    let one_epoch = Recipe { epochs: 1, patience: None, ..plan.recipe.clone() };
    let mut progress = Progress::start(member.clone(), plan.recipe.optimizer);
    let begun = Instant::now();
    // A trial epoch that diverges is timed all the same; training will say so.
    let _ = fit(&mut engine, &one_epoch, head, parts, &mut progress, &mut Vec::new(), &mut Unobserved);
    let an_epoch = begun.elapsed().as_secs_f64().max(1e-6);
    Ok(((budget.as_secs_f64() / an_epoch) as usize).clamp(1, plan.recipe.epochs))
}
