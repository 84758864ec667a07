//! Numbers that are not finite, injected everywhere: caught in the step in which they arise, the last epoch's weights kept.

#![allow(clippy::unwrap_used)] // the helpers are part of the tests: what cannot be built fails them

mod support;

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use support::{Case, Draw, Limits, change_numbers, count};
use wellfit::data::{Augment, Part, Targets, Task};
use wellfit::net::{Backward, Forward, Gradient, Init, Layer, Loss, Network, Param, Pass, Shape, TileShape};
use wellfit::optim::{Optimizer, Schedule};
use wellfit::store::StoreError;
use wellfit::train::{
    Ended, Engine, Head, Metric, NotFinite, Observer, Progress, Recipe, Record, StepRule, TrainError, Weights, fit,
};
use wellfit_kernels::packed::Packed;
use wellfit_kernels::precision::Precision;
use wellfit_kernels::random::{Purpose, Stream};

const LIMITS: Limits = Limits { rows: (20, 90), numeric: 8, units: 12, depth: 3 };
const EPOCHS: usize = 3;
const BAD: [f32; 3] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY];

fn recipe(draw: &Draw, case: &Case) -> Recipe {
    let optimizer = draw.pick(&Optimizer::ALL);
    Recipe {
        epochs: EPOCHS,
        batch: draw.pick(&[7, 16, case.examples.rows()]),
        optimizer,
        rate: 0.01,
        betas: optimizer.default_betas(),
        schedule: Schedule::Constant,
        fade: Schedule::Constant,
        penalties: case.penalties.clone(),
        weight_decay: draw.pick(&[0.0, 0.01]),
        smoothing: case.smoothing,
        augment: Augment::default(),
        clip_norm: draw.chance(0.25).then_some(1.0),
        patience: None,
        metric: if case.stack.loss == Loss::Squared { Metric::Rmse } else { Metric::Error },
        seed: draw.below(1000) as u64,
        precision: Precision::F32,
        threshold_for: None,
        naive_loss: 1.0,
    }
}

fn head(case: &Case) -> Head {
    let task = match case.stack.loss {
        Loss::Sigmoid => Task::Binary,
        Loss::Softmax => Task::Multiclass,
        Loss::Squared => Task::Regression,
    };
    Head { low: -10.0, high: 10.0, ..Head::plain(task) }
}

fn steps_an_epoch(case: &Case, recipe: &Recipe) -> usize {
    case.examples.rows().div_ceil(recipe.batch)
}

/// The rows of each step of an epoch, as training orders them.
fn batches(case: &Case, recipe: &Recipe, epoch: u64) -> Vec<Vec<u32>> {
    let rows = case.examples.rows();
    let order = match recipe.batch >= rows {
        true => case.rows(),
        false => Stream::new(recipe.seed, Purpose::Shuffle, epoch).permutation(rows),
    };
    order.chunks(recipe.batch).map(<[u32]>::to_vec).collect()
}

/// Arms a layer's fault before a step (counted from 1), and keeps θ of every whole epoch.
struct Watch {
    at_step: u64,
    steps: Cell<u64>,
    armed: Arc<AtomicBool>,
    /// The step before which it asks to stop.
    stop_before: Option<u64>,
    whole: Vec<Vec<f32>>,
}

impl Watch {
    fn new(start: &[f32]) -> Watch {
        let armed = Arc::new(AtomicBool::new(false));
        Watch { at_step: 0, steps: Cell::new(0), armed, stop_before: None, whole: vec![start.to_vec()] }
    }
}

impl Observer for Watch {
    fn stop_requested(&self) -> bool {
        self.steps.set(self.steps.get() + 1);
        self.armed.store(self.steps.get() == self.at_step, Ordering::SeqCst);
        self.stop_before == Some(self.steps.get())
    }
    fn may_save(&mut self, progress: &Progress, _history: &[Record], _due: bool) -> Result<(), StoreError> {
        self.whole.push(progress.weights.member.theta.clone());
        Ok(())
    }
}

/// How a training with something injected ended.
struct Training {
    result: Result<Ended, TrainError>,
    kept: Progress,
    history: Vec<Record>,
    watch: Watch,
}

fn train(case: &Case, dev: Option<&Case>, recipe: &Recipe, network: Network<f32>, watch: Watch) -> Training {
    let theta = watch.whole[0].clone();
    let mut engine = Engine::new(network, recipe.batch, 1);
    let (mut kept, mut history, mut watch) = (Progress::start(theta.into(), recipe.optimizer), Vec::new(), watch);
    let parts = (&case.examples, dev.map(|dev| &dev.examples));
    let result = fit(&mut engine, recipe, &head(case), parts, &mut kept, &mut history, &mut watch);
    Training { result, kept, history, watch }
}

impl Training {
    /// The place that the error names, after checking that what was kept is the last whole epoch's and finite.
    fn caught(&self) -> Result<(usize, u64, Part, String), String> {
        let weights = &self.kept.weights;
        if ![&weights.member.theta, &weights.first, &weights.second].iter().all(|part| all_finite(part)) {
            return Err("what was kept is not finite".to_string());
        }
        let written: Vec<Record> = self.history.iter().map(|r| read_back(r).unwrap()).collect();
        assert_eq!(written, self.history);
        let place = match &self.result {
            Ok(ended) => return Err(format!("training ended: {ended:?}")),
            Err(TrainError::NotFinite { epoch, step, part, what, .. }) => (*epoch, *step, *part, what.layer.clone()),
            Err(TrainError::Loss { epoch, .. }) => (*epoch, self.watch.steps.get(), Part::Train, String::new()),
            Err(other) => return Err(other.to_string()),
        };
        if self.kept.epoch + 1 != place.0 || weights.member.theta != self.watch.whole[place.0 - 1] {
            return Err(format!("not the weights of epoch {}", place.0 - 1));
        }
        Ok(place)
    }
}

fn read_back(record: &Record) -> serde_json::Result<Record> {
    serde_json::from_str(&serde_json::to_string(record)?)
}

fn all_finite(values: &[f32]) -> bool {
    values.iter().all(|value| value.is_finite())
}

fn start(case: &Case, seed: usize) -> (Network<f32>, Vec<f32>) {
    let network = Network::<f32>::new(&case.spec()).unwrap();
    let theta = Init::for_activation(case.stack.activation).theta(&network, seed as u64);
    (network, theta)
}

/// A cell of a train row: caught in the step that the row is in.
fn train_cell(draw: &Draw, number: usize) -> Result<(), String> {
    let mut case = Case::draw(draw, LIMITS);
    let recipe = recipe(draw, &case);
    let row = draw.below(case.examples.rows());
    let bad = draw.pick(&BAD);
    let (network, theta) = start(&case, number);
    let layers = network.layers();
    let (first, last) = (layers[0].name().to_string(), layers[layers.len() - 1].name().to_string());
    let numeric = case.stack.inputs.numbers();
    let mut layer = first;
    match (draw.below(4), &mut case.examples.targets) {
        (0, Targets::Values(values)) => {
            values[row] = bad;
            layer = last;
        }
        (1, _) if !case.examples.weights.is_empty() => {
            case.examples.weights[row] = bad;
            layer = last;
        }
        _ => {
            let cell = row * numeric + draw.below(numeric);
            change_numbers(&mut case.examples, |place, x| *x = if place == cell { bad } else { *x });
        }
    }
    let step = batches(&case, &recipe, 0).iter().position(|rows| rows.contains(&(row as u32))).unwrap() as u64 + 1;
    let found = train(&case, None, &recipe, network, Watch::new(&theta)).caught()?;
    expect(found, (1, step, Part::Train, layer))
}

/// A cell of a dev row: caught at the first look.
fn dev_cell(draw: &Draw, number: usize) -> Result<(), String> {
    let case = Case::draw(draw, LIMITS);
    let recipe = recipe(draw, &case);
    let mut dev = case.clone();
    let cell = draw.below(dev.examples.source.numbers().len());
    let bad = draw.pick(&BAD);
    change_numbers(&mut dev.examples, |place, x| *x = if place == cell { bad } else { *x });
    let (network, theta) = start(&case, number);
    let first = network.layers()[0].name().to_string();
    let found = train(&case, Some(&dev), &recipe, network, Watch::new(&theta)).caught()?;
    expect(found, (1, steps_an_epoch(&case, &recipe) as u64, Part::Dev, first))
}

/// A weight or an average, between two steps: caught in the next, its layer named.
fn weight(draw: &Draw, number: usize) -> Result<(), String> {
    let case = Case::draw(draw, LIMITS);
    let recipe = recipe(draw, &case);
    let (network, theta) = start(&case, number);
    let at_step = draw.below(EPOCHS * steps_an_epoch(&case, &recipe));
    let layer = draw.below(network.layers().len());
    let place = network.range(layer).start + draw.below(network.range(layer).len());
    let name = network.layers()[layer].name().to_string();
    let mut weights = Progress::start(theta.into(), recipe.optimizer).weights;
    let mut engine = Engine::new(network, recipe.batch, 1);
    engine.pack(&weights.member.theta);
    for number in 0..at_step {
        step(&mut engine, &mut weights, &case, &recipe, number).map_err(|error| format!("too early: {error}"))?;
    }
    let bad = draw.pick(&BAD);
    let averages: Vec<&mut Vec<f32>> =
        [&mut weights.first, &mut weights.second].into_iter().filter(|average| !average.is_empty()).collect();
    match averages.into_iter().nth(draw.below(4)) {
        Some(average) => average[place] = bad,
        None => weights.member.theta[place] = bad,
    }
    engine.pack(&weights.member.theta);
    match step(&mut engine, &mut weights, &case, &recipe, at_step) {
        Ok(_) => Err(format!("step {at_step} took it")),
        Err(found) if found.layer == name => Ok(()),
        Err(found) => Err(format!("{found}; it was in {name}")),
    }
}

/// Step `number` of a training, counted from 0.
fn step(
    engine: &mut Engine<f32>,
    weights: &mut Weights<f32>,
    case: &Case,
    recipe: &Recipe,
    number: usize,
) -> Result<f64, NotFinite> {
    let steps = steps_an_epoch(case, recipe);
    let rule = StepRule {
        update: recipe.optimizer.update(recipe.rate, recipe.betas, number as u64 + 1),
        keep: 1.0 - recipe.rate * recipe.weight_decay,
        penalties: &recipe.penalties,
        clip_norm: recipe.clip_norm,
        pass: Pass::Train { seed: recipe.seed, step: number as u64, dropout: 1.0 },
        smoothing: recipe.smoothing,
        augment: recipe.augment,
    };
    let rows = &batches(case, recipe, (number / steps) as u64)[number % steps];
    engine.step(weights, &case.examples, rows, &rule)
}

/// A layer whose gradient, or whose input gradient, holds a bad number when it is armed.
#[derive(Debug)]
struct Poisoned {
    inner: Box<dyn Layer<f32>>,
    armed: Arc<AtomicBool>,
    bad: f32,
    /// In the gradient of a parameter, or in what is passed down.
    in_gradient: bool,
}

impl Layer<f32> for Poisoned {
    fn name(&self) -> &str {
        self.inner.name()
    }
    fn output(&self) -> Shape {
        self.inner.output()
    }
    fn params(&self) -> Vec<Param> {
        self.inner.params()
    }
    fn tiles(&self) -> Vec<TileShape> {
        self.inner.tiles()
    }
    fn saved_for_backward(&self) -> usize {
        self.inner.saved_for_backward()
    }
    fn operands(&self) -> (usize, usize) {
        self.inner.operands()
    }
    fn packed(&self, tile: &TileShape, precision: Precision) -> Packed<f32> {
        self.inner.packed(tile, precision)
    }
    fn keep_prob(&self) -> f64 {
        self.inner.keep_prob()
    }
    fn forward(&self, io: Forward<'_, f32>) {
        self.inner.forward(io);
    }
    fn backward(&self, mut io: Backward<'_, f32>) {
        let dx = io.dx.take();
        let Some(dx) = dx else {
            self.inner.backward(io);
            return;
        };
        self.inner.backward(Backward { dx: Some(&mut *dx), ..io });
        if !self.in_gradient && self.armed.load(Ordering::SeqCst) {
            dx.fill(self.bad);
        }
    }
    fn gradient(&self, io: Gradient<'_, f32>) {
        let Gradient { layer, tile, blocks, next, gradient, isa } = io;
        self.inner.gradient(Gradient { layer, tile, blocks, next, gradient: &mut *gradient, isa });
        if self.in_gradient && self.armed.load(Ordering::SeqCst) {
            gradient[gradient.len() / 2] = self.bad;
        }
    }
}

/// A gradient, in some step of some epoch: caught in that step, its layer named.
fn gradient(draw: &Draw, number: usize) -> Result<(), String> {
    let case = Case::draw(draw, LIMITS);
    let recipe = recipe(draw, &case);
    let (_, theta) = start(&case, number);
    let mut watch = Watch::new(&theta);
    let steps = steps_an_epoch(&case, &recipe);
    watch.at_step = draw.between(1, EPOCHS * steps) as u64;
    let mut layers = case.layers::<f32>();
    let at = draw.below(layers.len());
    let in_gradient = at == 0 || draw.chance(0.5);
    let spoiled = layers[if in_gradient { at } else { at - 1 }].name().to_string();
    let inner = std::mem::replace(&mut layers[at], Box::new(case.embed()));
    let armed = Arc::clone(&watch.armed);
    layers[at] = Box::new(Poisoned { inner, armed, bad: draw.pick(&BAD), in_gradient });
    let network = Network::from_layers(case.stack.inputs.clone(), layers, case.stack.loss);
    let epoch = (watch.at_step as usize - 1) / steps + 1;
    let at_step = watch.at_step;
    let found = train(&case, None, &recipe, network, watch).caught()?;
    expect(found, (epoch, at_step, Part::Train, spoiled))
}

/// A rate that overflows: every step before the one that fails leaves only finite numbers. `Ok(false)`: it did not.
fn rate(draw: &Draw, number: usize) -> Result<bool, String> {
    let case = Case::draw(draw, LIMITS);
    let recipe = Recipe { rate: draw.pick(&[1e3, 1e10, 1e20, 1e30, 1e38, 1e60, 1e300]), ..recipe(draw, &case) };
    let (network, theta) = start(&case, number);
    let mut weights = Progress::start(theta.clone().into(), recipe.optimizer).weights;
    let mut engine = Engine::new(network, recipe.batch, 1);
    engine.pack(&weights.member.theta);
    for number in 0..EPOCHS * steps_an_epoch(&case, &recipe) {
        if step(&mut engine, &mut weights, &case, &recipe, number).is_err() {
            break;
        }
        if ![&weights.member.theta, &weights.first, &weights.second].iter().all(|part| all_finite(part)) {
            return Err(format!("step {number} left a number that is not finite"));
        }
    }
    let (network, _) = start(&case, number);
    let training = train(&case, Some(&case), &recipe, network, Watch::new(&theta));
    if training.result.is_ok() {
        let weights = &training.kept.weights;
        return if all_finite(&weights.member.theta) {
            Ok(false)
        } else {
            Err("ended with infinite weights".to_string())
        };
    }
    let (epoch, step, ..) = training.caught()?;
    // Step 0 of the next epoch is the look after this one.
    let steps = steps_an_epoch(&case, &recipe) as u64;
    match step.div_ceil(steps) == epoch as u64 {
        true => Ok(true),
        false => Err(format!("step {step} is not of epoch {epoch}")),
    }
}

fn expect(found: (usize, u64, Part, String), expected: (usize, u64, Part, String)) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("found {found:?}, expected {expected:?}")) }
}

#[test]
fn every_injection_is_caught_in_its_step_and_layer() {
    let wanted = count(100, 500);
    let (mut caught, mut harmless) = ([0; 5], 0);
    let mut missed = Vec::new();
    let mut number = 0;
    while caught.iter().sum::<usize>() + missed.len() < wanted {
        let draw = Draw::new(34, number);
        let kind = number % caught.len();
        let outcome = match kind {
            0 => train_cell(&draw, number),
            1 => dev_cell(&draw, number),
            2 => weight(&draw, number),
            3 => gradient(&draw, number),
            _ => match rate(&draw, number) {
                Ok(false) => {
                    harmless += 1;
                    number += 1;
                    continue;
                }
                other => other.map(|_| ()),
            },
        };
        match outcome {
            Ok(()) => caught[kind] += 1,
            Err(why) => missed.push(format!("{number}, kind {kind}: {why}")),
        }
        number += 1;
    }
    let [train_cells, dev_cells, weights, gradients, rates] = caught;
    println!(
        "proof: not a number: {} of {wanted} injections caught in their step and layer ({train_cells} train cells, \
         {dev_cells} dev cells, {weights} weights, {gradients} gradients, {rates} rates); {harmless} more rates stayed finite",
        caught.iter().sum::<usize>()
    );
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn a_training_taken_up_within_an_epoch_falls_back_to_that_step() {
    let draw = Draw::new(35, 0);
    let case = Case::draw(&draw, Limits { rows: (60, 60), ..LIMITS });
    let recipe = Recipe { batch: 7, optimizer: Optimizer::Adam, clip_norm: None, ..recipe(&draw, &case) };
    let (network, theta) = start(&case, 0);
    let stopped = train(&case, None, &recipe, network, Watch { stop_before: Some(13), ..Watch::new(&theta) });
    assert_eq!(stopped.result.unwrap(), Ended::Interrupted);
    let mut progress = stopped.kept.clone();
    let mut sick = case.examples.clone();
    change_numbers(&mut sick, |_, x| *x = f32::NAN);
    let mut engine = Engine::new(Network::new(&case.spec()).unwrap(), 7, 1);
    let parts = (&sick, None);
    let error = fit(&mut engine, &recipe, &head(&case), parts, &mut progress, &mut Vec::new(), &mut Watch::new(&theta));
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("in epoch 2, step 13, on train") && error.ends_with("the weights of step 12 are kept"),
        "{error}"
    );
    assert_eq!((&progress.weights.member.theta, progress.step_in_epoch), (&stopped.kept.weights.member.theta, 3));
}
