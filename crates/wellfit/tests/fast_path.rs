//! The path that trains: the same gradients as in `f64`, the same bits for any threads and however training is cut up.

#![allow(clippy::unwrap_used)] // the helpers are part of the tests: what cannot be built fails them

mod support;

use support::{Case, Draw, Limits, count};
use wellfit::data::{Augment, Examples, Features, RowSource, Targets, Task};
use wellfit::net::{Activation, DenseStack, Init, Loss, Network, NetworkSpec, Param, Pass, Penalty};
use wellfit::optim::{Optimizer, Schedule};
use wellfit::train::{Ended, Engine, Head, Metric, Observer, Progress, Recipe, StepRule, Weights, fit};
use wellfit_kernels::isa::Isa;
use wellfit_kernels::precision::Precision;
use wellfit_kernels::random::{Purpose, Stream};
use wellfit_kernels::scalar::Scalar;
use wellfit_kernels::update::Update;

fn examples(rows: usize, classes: usize) -> Examples {
    let stream = |lane| Stream::new(5, Purpose::Sample, lane);
    let numbers = |lane, count: usize| (0..count as u64).map(|i| stream(lane).normal(i) as f32).collect::<Vec<_>>();
    Examples {
        source: RowSource::of_matrix(
            rows,
            numbers(0, rows * 9),
            (0..rows as u64).map(|i| stream(1).below(i, 20) as u32).collect(),
        ),
        targets: match classes {
            0 => Targets::Values(numbers(2, rows)),
            _ => Targets::Classes((0..rows as u64).map(|i| stream(3).below(i, classes as u64) as u32).collect()),
        },
        weights: Vec::new(),
    }
}

fn spec(activation: Activation, loss: Loss) -> NetworkSpec {
    DenseStack {
        inputs: Features::of_numbers(9).and_category(20),
        hidden: vec![70, 33],
        activation,
        keep_prob: vec![0.8, 0.5],
        outputs: if loss == Loss::Softmax { 3 } else { 1 },
        loss,
    }
    .network()
    .unwrap()
}

fn recipe(network: &NetworkSpec, batch: usize) -> Recipe {
    Recipe {
        epochs: 4,
        batch,
        optimizer: Optimizer::Adam,
        rate: 0.01,
        betas: (0.9, 0.999),
        schedule: Schedule::Cosine,
        fade: Schedule::Constant,
        penalties: vec![Penalty { l2: 1e-3, l1: 1e-4 }; network.layers.len()],
        weight_decay: 0.01,
        smoothing: 0.1,
        augment: Augment::default(),
        clip_norm: None,
        patience: None,
        metric: Metric::Error,
        seed: 3,
        precision: Precision::F32,
        threshold_for: None,
        naive_loss: 1.0,
    }
}

const HEAD: Head = Head::plain(Task::Multiclass);

#[test]
fn fast_gradients_agree_with_f64_on_every_path() {
    for activation in Activation::ALL {
        for (loss, classes) in [(Loss::Sigmoid, 2), (Loss::Softmax, 3), (Loss::Squared, 0)] {
            let spec = spec(activation, loss);
            let examples = examples(150, classes);
            let rows: Vec<u32> = (0..150).rev().collect();
            let penalties = vec![Penalty { l2: 0.01, l1: 0.001 }; 4];
            let rule = StepRule {
                update: Update::Descent { rate: 0.0 },
                keep: 1.0,
                penalties: &penalties,
                clip_norm: None,
                pass: Pass::Train { seed: 1, step: 7, dropout: 1.0 },
                smoothing: 0.1,
                augment: Augment::default(),
            };
            let exact = |precision| Engine::with_precision(Network::<f64>::new(&spec).unwrap(), 150, 1, precision);
            let mut full = exact(Precision::F32);
            let theta = Init::for_activation(activation).theta(full.network(), 2);
            let params: Vec<Param> = full.network().params().collect();
            let gradient =
                |engine: &mut Engine<f64>| engine.gradient(&theta.clone().into(), &examples, &rows, &rule).unwrap().0;
            let (full, rounded) = (gradient(&mut full), gradient(&mut exact(Precision::Bf16)));
            let narrow: Vec<f32> = theta.iter().map(|&w| w as f32).collect();
            // The design's bounds for a block: sums of a few hundred products of 1e-7 relative rounding, and of 4e-3. At a
            // kink, rounding to 8 bits puts a few units on the other side: there the twin in f64 rounds the same operands.
            let twin = if activation.has_kink() { &rounded } else { &full };
            let bounds =
                [(Precision::F32, &full, 1e-4), (Precision::Bf16, &rounded, 2e-2), (Precision::Bf16, twin, 2e-2)];
            for (isa, (precision, expected, bound)) in
                Isa::available().into_iter().flat_map(|isa| bounds.map(|b| (isa, b)))
            {
                let mut fast = Engine::with_precision(Network::<f32>::new(&spec).unwrap(), 150, 2, precision);
                fast.set_isa(isa);
                let (found, _) = fast.gradient(&narrow.clone().into(), &examples, &rows, &rule).unwrap();
                let found: Vec<f64> = found.iter().map(|&g| f64::from(g)).collect();
                for (name, difference) in relative_differences(&params, expected, &found) {
                    let what = format!("{activation} {loss:?} {isa:?} {precision} {name}");
                    assert!(difference <= bound, "{what}: {difference}");
                }
            }
        }
    }
}

/// ‖expected − found‖ / ‖expected‖ of each parameter, with its name.
fn relative_differences(params: &[Param], expected: &[f64], found: &[f64]) -> Vec<(String, f64)> {
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>().sqrt();
    let mut start = 0;
    let of = |param: &Param| {
        let here = start..start + param.len();
        start = here.end;
        let pairs = || expected[here.clone()].iter().zip(&found[here.clone()]);
        let difference = norm(&mut pairs().map(|(e, f)| e - f));
        let size = norm(&mut pairs().map(|(e, _)| *e));
        (param.name.clone(), if difference == 0.0 { 0.0 } else { difference / size })
    };
    params.iter().map(of).collect()
}

/// The gradient that a step takes, penalties and clipping included: with β = 0 the first average is it.
fn step_gradient<T: Scalar>(
    engine: &mut Engine<T>,
    theta: &[f64],
    case: &Case,
    rows: &[u32],
    rule: &StepRule<'_>,
) -> Vec<f64> {
    let theta: Vec<T> = theta.iter().map(|&w| T::from_f64(w)).collect();
    let mut weights = Weights { first: vec![T::ZERO; theta.len()], second: Vec::new(), member: theta.into() };
    engine.pack(&weights.member.theta);
    engine.step(&mut weights, &case.examples, rows, rule).unwrap();
    weights.first.into_iter().map(T::to_f64).collect()
}

/// The design's bound for f32.
const BOUND: f64 = 1e-4;

/// How much smaller each parameter's gradient is than the mean size of those of single rows: 1 where no two cancel.
fn cancellation(params: &[Param], theta: &[f64], case: &Case, rows: &[u32], rule: &StepRule<'_>) -> Vec<f64> {
    let gradient = |rows: &[u32]| {
        let exact = Network::<f64>::new(&case.spec()).unwrap();
        step_gradient(&mut Engine::new(exact, rows.len(), 1), theta, case, rows, rule)
    };
    let mut start = 0;
    let ranges: Vec<_> = params
        .iter()
        .map(|param| {
            start += param.len();
            start - param.len()..start
        })
        .collect();
    let norms = |gradient: &[f64]| -> Vec<f64> {
        ranges.iter().map(|range| gradient[range.clone()].iter().map(|g| g * g).sum::<f64>().sqrt()).collect()
    };
    let together = norms(&gradient(rows));
    let mut alone = vec![0.0; params.len()];
    for row in rows {
        alone.iter_mut().zip(norms(&gradient(&[*row]))).for_each(|(sum, norm)| *sum += norm / rows.len() as f64);
    }
    together.iter().zip(alone).map(|(together, alone)| together / alone).collect()
}

#[test]
fn fast_steps_of_random_networks_agree_with_f64_on_every_path() {
    let cases = count(40, 200);
    let (mut blocks, mut cancelled, mut largest) = (0, 0, (0.0f64, String::new()));
    for number in 0..cases {
        let draw = Draw::new(33, number);
        let size = |rows, numeric, units, depth| Limits { rows, numeric, units, depth };
        let case = Case::draw(
            &draw,
            match number % 10 {
                // more rows than are in flight at once
                0 => size((4097, 6000), 8, 20, 2),
                1..4 => size((1, 40), 40, 130, 4),
                _ => size((41, 700), 70, 70, 4),
            },
        );
        let mut rows = case.rows();
        rows.reverse();
        let clip_norm = draw.chance(0.4).then(|| draw.size(1e-3, 1.0));
        let rule = StepRule {
            update: Update::Momentum { rate: 0.0, beta: 0.0, nesterov: false },
            keep: 1.0,
            penalties: &case.penalties,
            clip_norm,
            pass: Pass::Train { seed: 1, step: number as u64, dropout: 1.0 },
            smoothing: case.smoothing,
            augment: Augment { noise: 0.1, swap: 0.1, mixup: 0.3 },
        };
        let exact = Network::<f64>::new(&case.spec()).unwrap();
        let params: Vec<Param> = exact.params().collect();
        // The same θ for both: numbers that f32 holds.
        let theta = Init::for_activation(case.stack.activation).theta(&exact, 2);
        let theta: Vec<f64> = theta.iter().map(|&w| f64::from(w as f32)).collect();
        let expected = step_gradient(&mut Engine::new(exact, rows.len(), 1), &theta, &case, &rows, &rule);
        for isa in Isa::available() {
            let threads = draw.between(1, 3);
            let mut fast = Engine::new(Network::<f32>::new(&case.spec()).unwrap(), rows.len(), threads);
            fast.set_isa(isa);
            let found = step_gradient(&mut fast, &theta, &case, &rows, &rule);
            let differences = relative_differences(&params, &expected, &found);
            let cancels = differences.iter().any(|(_, relative)| *relative > BOUND);
            // Rows that cancel leave a gradient far smaller than what was rounded on the way to it.
            let left =
                if cancels { cancellation(&params, &theta, &case, &rows, &rule) } else { vec![1.0; params.len()] };
            for ((name, relative), left) in differences.into_iter().zip(left) {
                cancelled += usize::from(relative > BOUND);
                let relative = if relative > BOUND { relative * left } else { relative };
                if relative > largest.0 {
                    largest = (relative, format!("{number} {isa:?} {name}: {:?}", case.stack));
                }
                blocks += 1;
            }
        }
    }
    let paths: Vec<_> = Isa::available().iter().map(|isa| isa.name()).collect();
    println!(
        "proof: fast path against f64: {cases} random configurations on {}, {blocks} blocks, largest relative difference {:.1e}; \
         of {cancelled} blocks whose rows cancel relative to the gradients of single rows",
        paths.join(", "),
        largest.0
    );
    assert!(largest.0 <= BOUND, "{largest:?}");
}

fn trained(threads: usize, rows: usize, recipe: &Recipe, spec: &NetworkSpec) -> Progress {
    let examples = examples(rows, 3);
    let mut engine = Engine::new(Network::<f32>::new(spec).unwrap(), recipe.batch, threads);
    let mut progress = Progress::start(Init::He.theta(engine.network(), 1).into(), recipe.optimizer);
    let mut history = Vec::new();
    fit(&mut engine, recipe, &HEAD, (&examples, None), &mut progress, &mut history, &mut Never).unwrap();
    progress
}

struct Never;
impl Observer for Never {}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let spec = spec(Activation::Relu, Loss::Softmax);
    for (rows, batch, clip_norm) in [(300, 32, None), (300, 300, None), (300, 100, Some(0.5))] {
        let recipe = Recipe { clip_norm, ..recipe(&spec, batch) };
        let one = trained(1, rows, &recipe, &spec).weights;
        for threads in [2, 3, 8] {
            assert_eq!(one, trained(threads, rows, &recipe, &spec).weights, "{batch} {threads}");
        }
    }
}

#[test]
fn a_batch_larger_than_the_space_goes_through_in_pieces_to_the_same_gradient() {
    let spec = spec(Activation::Tanh, Loss::Softmax);
    let examples = examples(5000, 3);
    let rows: Vec<u32> = (0..5000).collect();
    let penalties = vec![Penalty::default(); 4];
    let rule = StepRule {
        update: Update::Descent { rate: 0.0 },
        keep: 1.0,
        penalties: &penalties,
        clip_norm: None,
        pass: Pass::Train { seed: 1, step: 0, dropout: 1.0 },
        smoothing: 0.0,
        augment: Augment { noise: 0.1, swap: 0.1, mixup: 0.3 },
    };
    let gradient = |batch: usize| {
        let network = Network::<f64>::new(&spec).unwrap();
        let theta = Init::Xavier.theta(&network, 2);
        Engine::new(network, batch, 1).gradient(&theta.clone().into(), &examples, &rows, &rule).unwrap().0
    };
    let (whole, pieces) = (gradient(5000), gradient(640));
    let largest = whole.iter().map(|g| g.abs()).fold(0.0, f64::max);
    // the same 5,000 products, summed in other pieces
    assert!(whole.iter().zip(&pieces).all(|(a, b)| (a - b).abs() <= 1e-12 * largest));
}

/// Asks to stop before a given step.
struct StopAt {
    steps_left: std::cell::Cell<usize>,
}

impl Observer for StopAt {
    fn stop_requested(&self) -> bool {
        self.steps_left.set(self.steps_left.get().saturating_sub(1));
        self.steps_left.get() == 0
    }
}

#[test]
fn training_stopped_anywhere_and_gone_on_with_ends_the_same() {
    let spec = spec(Activation::Silu, Loss::Softmax);
    let recipe = recipe(&spec, 64);
    let examples = examples(300, 3);
    let parts = (&examples, Some(&examples));
    let network = || Network::<f32>::new(&spec).unwrap();
    let start = Progress::start(Init::He.theta(&network(), 1).into(), recipe.optimizer);
    let mut whole = start.clone();
    let mut whole_history = Vec::new();
    fit(&mut Engine::new(network(), 64, 1), &recipe, &HEAD, parts, &mut whole, &mut whole_history, &mut Never).unwrap();
    for steps in [1, 2, 5, 6, 13, 19] {
        let mut progress = start.clone();
        let mut history = Vec::new();
        let mut stop = StopAt { steps_left: std::cell::Cell::new(steps) };
        let mut engine = Engine::new(network(), 64, 2);
        let ended = fit(&mut engine, &recipe, &HEAD, parts, &mut progress, &mut history, &mut stop).unwrap();
        assert_eq!(ended, Ended::Interrupted);
        // A new engine, as in a new process.
        let mut engine = Engine::new(network(), 64, 1);
        fit(&mut engine, &recipe, &HEAD, parts, &mut progress, &mut history, &mut Never).unwrap();
        assert_eq!(progress, whole, "stopped before step {steps}");
        assert_eq!(history, whole_history, "stopped before step {steps}");
    }
}

#[test]
fn a_rate_far_too_high_is_caught_and_the_last_whole_epochs_weights_stay() {
    let spec = spec(Activation::Relu, Loss::Squared);
    let recipe = Recipe { optimizer: Optimizer::Gd, rate: 1e6, metric: Metric::Rmse, ..recipe(&spec, 64) };
    let examples = examples(300, 0);
    let head = Head { task: Task::Regression, low: -1e9, high: 1e9, ..HEAD };
    let mut engine = Engine::new(Network::<f32>::new(&spec).unwrap(), 64, 1);
    let theta = Init::He.theta(engine.network(), 1);
    let mut progress = Progress::start(theta.clone().into(), recipe.optimizer);
    let ended = fit(&mut engine, &recipe, &head, (&examples, None), &mut progress, &mut Vec::new(), &mut Never);
    let message = ended.unwrap_err().to_string();
    assert!(message.starts_with("diverged") && message.contains("epoch 1"), "{message}");
    assert_eq!(progress.weights.member.theta, theta);
}
