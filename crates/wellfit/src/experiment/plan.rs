//! From a spec to a plan: every `auto` decided, every part checked against the others.

use thiserror::Error;
use wellfit_kernels::precision::Precision;

use crate::data::{Augment, Features, Targets, Task};
use crate::net::{DenseStack, Init, Loss, NetworkSpec, Penalty, StackStyle};
use crate::optim::{Optimizer, Schedule};
use crate::train::Recipe;

use super::defaults::Situation;
use super::goal::Goal;
use super::settings::{Auto, ClassWeights, NumberInput, Parametrization, one_for_each, one_if_equal};
use super::spec::Spec;

/// What the data brought: everything a plan must fit.
#[derive(Clone, Debug)]
pub struct DataSummary<'a> {
    /// Rows of train.
    pub train_rows: usize,
    /// Rows of dev.
    pub dev_rows: usize,
    /// What the pipeline gives.
    pub features: Features,
    /// Whether the inputs are pixels of images.
    pub pixels: bool,
    /// The task.
    pub task: Task,
    /// Names of the classes; empty for numbers.
    pub classes: &'a [String],
    /// Targets of train.
    pub targets: &'a Targets,
    /// Weights of train; empty where all are 1.
    pub weights: &'a [f32],
}

/// A complete, checked experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The spec with every `auto` replaced by what was chosen.
    pub spec: Spec,
    /// The network.
    pub network: NetworkSpec,
    /// How its weights start, where no file gives them.
    pub init: Init,
    /// How it is trained.
    pub recipe: Recipe,
    /// Networks that answer together.
    pub members: usize,
    /// Threads to use, where the user named a number.
    pub threads: Option<usize>,
    /// Weight of each class; empty where all are 1.
    pub class_weights: Vec<f64>,
}

/// Settings that do not fit the data or each other; all problems at once.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{}", .0.join("\n"))]
pub struct PlanError(pub Vec<String>);

impl Plan {
    /// Decides everything that `spec` leaves open.
    pub fn new(spec: &Spec, data: &DataSummary<'_>) -> Result<Plan, PlanError> {
        let mut problems = Vec::new();
        let (network, training) = (&spec.network, &spec.training);
        let situation = Situation {
            rows: data.train_rows,
            pixels: data.pixels,
            numbers: data.features.numbers(),
            task: data.task,
            has_dev: data.dev_rows > 0,
            preset: network.preset,
            effort: network.effort,
        };
        let activation = chosen(&network.activation, || situation.activation());
        let given_layers = network.layers.given();
        let hidden = match given_layers {
            Some(_) => Vec::new(),
            None => chosen(&network.hidden, || situation.hidden()),
        };
        let numbers = chosen(&network.numbers, || situation.numbers());
        // A learned factor for each input was not shown to pay (`benchmarks/NOTES.md`).
        let input_scale = chosen(&network.input_scale, || false);
        let learned_slope = chosen(&network.learned_slope, || situation.learned_slope());
        let parametrization = chosen(&network.parametrization, || situation.parametrization());
        let init = chosen(&network.init, || situation.init(activation));
        let keep_prob = chosen(&network.keep_prob, || situation.keep_prob(hidden.len().max(1)));
        let default_keep_prob = keep_prob.first().copied().unwrap_or(1.0);
        let keep_prob = match given_layers {
            Some(_) => Vec::new(),
            None => for_each_layer("network.keep_prob", &keep_prob, hidden.len(), "hidden layer", &mut problems),
        };
        if given_layers.is_some() && network.hidden.given().is_some() {
            problems.push("network.hidden: the layers stand in [[layers]]; leave one of them out".to_string());
        }
        if given_layers.is_some() && network.keep_prob.given().is_some_and(|keep| keep.len() > 1) {
            problems.push("network.keep_prob: [[layers]] has one for each layer; give one for all here".to_string());
        }
        let optimizer = chosen(&training.optimizer, || situation.optimizer());
        let rate = chosen(&training.lr, || situation.rate(optimizer));
        let (beta1, beta2) = situation.betas(optimizer);
        let betas = (chosen(&training.beta1, || beta1), chosen(&training.beta2, || beta2));
        let schedule = chosen(&training.schedule, || situation.schedule());
        let fade = chosen(&training.fade, || situation.fade());
        let batch = chosen(&training.batch, || situation.batch());
        let epochs = chosen(&training.epochs, || situation.epochs());
        let weight_decay = chosen(&training.weight_decay, || situation.weight_decay(optimizer));
        let smoothing = chosen(&training.label_smoothing, || situation.label_smoothing());
        let augment = chosen(&training.augment, Augment::default);
        let early_stopping = chosen(&training.early_stopping, || situation.early_stopping(epochs));
        let goal = Goal::new(training, data.task, &mut problems);
        let l2 = chosen(&training.l2, || vec![0.0]);
        let l1 = chosen(&training.l1, || vec![0.0]);
        let layers =
            given_layers.map_or(hidden.len(), |layers| layers.iter().filter(|layer| !layer.is_embed()).count()) + 1;
        let each_l2 = for_each_layer("training.l2", &l2, layers, "layer", &mut problems);
        let each_l1 = for_each_layer("training.l1", &l1, layers, "layer", &mut problems);
        if early_stopping.on().is_some() && data.dev_rows == 0 {
            problems.push(
                "training.early_stopping: there are no dev rows to stop on; give dev a share (--split 80/20/0) or write \
                 --early-stopping off"
                    .to_string(),
            );
        }
        if let Some(target) = training.target_error.filter(|target| *target > 1.0)
            && goal.metric.is_share()
        {
            problems.push(format!(
                "training.target_error: {target} is above 1; it is a share of rows, so {} percent is {}",
                target,
                target / 100.0
            ));
        }
        if data.task == Task::Regression && smoothing != 0.0 {
            problems.push("training.label_smoothing: the target is a number and has no classes".to_string());
        }
        let members = chosen(&network.ensemble, || situation.ensemble());
        if let Some(&folds) = spec.data.folds.on().filter(|&&folds| folds < members) {
            problems.push(format!(
                "network.ensemble: {members} networks need as many folds, and --folds says {folds}; leave one of the two out"
            ));
        }
        let class_weights = class_weights(&training.class_weights, data, &mut problems);
        if !problems.is_empty() {
            return Err(PlanError(problems));
        }
        let (loss, outputs) = match data.task {
            Task::Binary => (Loss::Sigmoid, 1),
            Task::Multiclass => (Loss::Softmax, data.classes.len()),
            Task::Regression => (Loss::Squared, 1),
        };
        let inputs = data.features.clone();
        let network_spec = match given_layers {
            Some(layers) => {
                NetworkSpec::of_hidden(inputs, layers.clone(), outputs, loss).complete(activation, default_keep_prob)
            }
            None => {
                let style = StackStyle {
                    periodic: numbers == NumberInput::Periodic,
                    input_scale,
                    learned_slope,
                    ntk: parametrization == Parametrization::Ntk,
                };
                let stack = DenseStack {
                    inputs,
                    hidden: hidden.clone(),
                    activation,
                    keep_prob: keep_prob.clone(),
                    outputs,
                    loss,
                };
                stack.network_in(style).map_err(|error| PlanError(vec![error.to_string()]))?
            }
        };
        // What stands before the first layer that has a penalty of its own shares that.
        let input_layers = network_spec.layers.len().saturating_sub(each_l2.len());
        let recipe = Recipe {
            epochs,
            batch: batch.rows().unwrap_or(data.train_rows).min(data.train_rows),
            optimizer,
            rate,
            betas,
            schedule,
            fade,
            penalties: penalties(&each_l2, &each_l1, input_layers, data.train_rows),
            weight_decay,
            smoothing,
            augment,
            clip_norm: training.clip_norm.on().copied(),
            patience: early_stopping.on().copied(),
            metric: goal.metric,
            threshold_for: goal.threshold_for,
            seed: training.seed,
            precision: training.precision,
            naive_loss: naive_loss(data),
        };
        let mut frozen = spec.clone();
        frozen.data.task = Auto::Given(data.task);
        if given_layers.is_none() {
            frozen.network.hidden = Auto::Given(hidden.clone());
        }
        frozen.network.activation = Auto::Given(activation);
        frozen.network.numbers = Auto::Given(numbers);
        frozen.network.input_scale = Auto::Given(input_scale);
        frozen.network.learned_slope = Auto::Given(learned_slope);
        frozen.network.parametrization = Auto::Given(parametrization);
        frozen.network.init = Auto::Given(init);
        frozen.network.keep_prob = Auto::Given(match one_if_equal(&keep_prob) {
            none if none.is_empty() && given_layers.is_some() => vec![default_keep_prob],
            none if none.is_empty() => vec![1.0],
            values => values,
        });
        let to = &mut frozen.training;
        to.optimizer = Auto::Given(optimizer);
        to.lr = Auto::Given(rate);
        (to.beta1, to.beta2) = (Auto::Given(betas.0), Auto::Given(betas.1));
        (to.schedule, to.fade) = (Auto::Given(schedule), Auto::Given(fade));
        to.batch = Auto::Given(batch);
        to.epochs = Auto::Given(epochs);
        (to.l2, to.l1) = (Auto::Given(l2), Auto::Given(l1));
        to.weight_decay = Auto::Given(weight_decay);
        to.label_smoothing = Auto::Given(smoothing);
        to.augment = Auto::Given(augment);
        to.early_stopping = Auto::Given(early_stopping);
        to.metric = Auto::Given(goal.metric);
        frozen.network.ensemble = Auto::Given(members);
        let threads = training.threads.given().copied();
        Ok(Plan { spec: frozen, network: network_spec, init, recipe, members, threads, class_weights })
    }

    /// The same plan with another number of epochs: how a time budget is spent.
    pub fn with_epochs(mut self, epochs: usize) -> Plan {
        self.spec.training.epochs = Auto::Given(epochs);
        self.recipe.epochs = epochs;
        self
    }

    /// Logistic or linear regression on the same data: the network with no hidden layer, trained to rest.
    pub fn linear(&self, train_rows: usize) -> (NetworkSpec, Recipe) {
        let NetworkSpec { inputs, loss, .. } = self.network.clone();
        let embedded = usize::from(inputs.codes() > 0);
        let network = NetworkSpec::of_hidden(inputs, Vec::new(), self.network.outputs(), loss);
        let batch = LINEAR_BATCH.min(train_rows);
        let recipe = Recipe {
            epochs: (LINEAR_STEPS * batch / train_rows.max(1)).max(20),
            batch,
            optimizer: Optimizer::Adam,
            rate: LINEAR_RATE,
            betas: Optimizer::Adam.default_betas(),
            schedule: Schedule::Cosine,
            fade: Schedule::Constant,
            penalties: vec![Penalty { l2: LINEAR_L2 / train_rows.max(1) as f64, l1: 0.0 }; 1 + embedded],
            weight_decay: 0.0,
            smoothing: 0.0,
            augment: Augment::default(),
            clip_norm: None,
            precision: Precision::F32,
            patience: None,
            ..self.recipe.clone()
        };
        (network, recipe)
    }
}

/// How the linear baseline is trained: enough small steps, at a falling rate, for a convex problem.
const LINEAR_STEPS: usize = 5_000;
const LINEAR_BATCH: usize = 128;
const LINEAR_RATE: f64 = 0.01;
/// The customary penalty (scikit-learn's C = 1), without which few rows and many inputs make it no rival.
const LINEAR_L2: f64 = 1.0;

fn chosen<T: Clone>(setting: &Auto<T>, default: impl FnOnce() -> T) -> T {
    setting.given().cloned().unwrap_or_else(default)
}

/// One value stands for every layer; otherwise there is one for each.
fn for_each_layer(key: &str, values: &[f64], layers: usize, kind: &str, problems: &mut Vec<String>) -> Vec<f64> {
    one_for_each(values, layers, kind).unwrap_or_else(|problem| {
        problems.push(format!("{key}: {problem}"));
        vec![1.0; layers]
    })
}

/// λ/m for each layer of the network; layers of inputs share the first layer's.
fn penalties(l2: &[f64], l1: &[f64], input_layers: usize, rows: usize) -> Vec<Penalty> {
    let rows = rows as f64;
    let each: Vec<_> = l2.iter().zip(l1).map(|(l2, l1)| Penalty { l2: l2 / rows, l1: l1 / rows }).collect();
    let first = each.first().copied().unwrap_or_default();
    std::iter::repeat_n(first, input_layers).chain(each).collect()
}

fn class_weights(setting: &ClassWeights, data: &DataSummary<'_>, problems: &mut Vec<String>) -> Vec<f64> {
    let counts = class_counts(data);
    match setting {
        ClassWeights::None => Vec::new(),
        _ if data.task == Task::Regression => {
            problems.push("training.class_weights: the target is a number and has no classes".to_string());
            Vec::new()
        }
        ClassWeights::Balanced => {
            let share = data.train_rows as f64 / counts.len() as f64;
            counts.iter().map(|&count| if count > 0.0 { share / count } else { 1.0 }).collect()
        }
        given => {
            let mut weights = vec![1.0; data.classes.len()];
            for (label, weight) in given.given() {
                match data.classes.iter().zip(&mut weights).find(|(class, _)| *class == label) {
                    Some((_, of_class)) => *of_class = *weight,
                    None => problems.push(format!(
                        "training.class_weights: there is no class \"{label}\"; there are {}",
                        data.classes.join(", ")
                    )),
                }
            }
            weights
        }
    }
}

/// Rows of train of each class, by weight.
fn class_counts(data: &DataSummary<'_>) -> Vec<f64> {
    let mut counts = vec![0.0; data.classes.len()];
    if let Targets::Classes(classes) = data.targets {
        for (row, &class) in classes.iter().enumerate() {
            if let Some(count) = counts.get_mut(class as usize) {
                *count += data.weights.get(row).map_or(1.0, |&w| f64::from(w));
            }
        }
    }
    counts
}

/// Loss of answering every row alike: the entropy of the classes in nats, or half the variance of the standardised target.
fn naive_loss(data: &DataSummary<'_>) -> f64 {
    if data.task == Task::Regression {
        return 0.5;
    }
    let counts = class_counts(data);
    let total: f64 = counts.iter().sum();
    counts.iter().filter(|&&count| count > 0.0).map(|count| -count / total * (count / total).ln()).sum()
}
