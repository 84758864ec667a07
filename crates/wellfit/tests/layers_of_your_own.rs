//! What the engine has room for beside dense layers: statistics over groups of rows, state that training writes, and
//! gradients that are summed in the rows sweep. None of it may depend on the number of threads.

#![allow(clippy::unwrap_used)] // the helpers are part of the tests: what cannot be built fails them

use wellfit::data::{Augment, Examples, Features, RowSource, Targets};
use wellfit::kernels::random::{Purpose, Stream};
use wellfit::kernels::scalar::Scalar;
use wellfit::net::layers::Dense;
use wellfit::net::{
    Activation, Backward, BetweenSweeps, CheckOptions, Coverage, Forward, Gradient, Init, Layer, Loss, Network, Param,
    Pass, Penalty, Shape, Start, State, TileShape, check,
};
use wellfit::optim::Optimizer;
use wellfit::train::{Checkpoint, Engine, Progress, StepRule, latest_checkpoint, write_checkpoint};

const INPUTS: usize = 5;
const UNITS: usize = 7;
const GROUP: usize = 8;
const ROWS: usize = 200;

/// Batch normalisation without parameters, over groups of rows (Ioffe and Szegedy 2015; Hoffer et al. 2017 for the groups).
/// Its running mean and variance are state.
#[derive(Debug)]
struct Norm;

const EPSILON: f64 = 1e-5;
const KEPT: f64 = 0.9;

/// Mean and variance of unit `unit` over rows.
fn moments<T: Scalar>(rows: &[T], unit: usize) -> (T, T) {
    let count = T::from_f64((rows.len() / UNITS) as f64);
    let mean = rows.iter().skip(unit).step_by(UNITS).copied().sum::<T>() / count;
    let squares = rows.iter().skip(unit).step_by(UNITS).map(|&x| (x - mean) * (x - mean));
    (mean, squares.sum::<T>() / count)
}

impl<T: Scalar> Layer<T> for Norm {
    fn name(&self) -> &str {
        "norm1"
    }
    fn output(&self) -> Shape {
        Shape::units(UNITS)
    }
    fn params(&self) -> Vec<Param> {
        Vec::new()
    }
    fn tiles(&self) -> Vec<TileShape> {
        Vec::new()
    }
    fn state(&self) -> Vec<State> {
        let state = |name: &str, start| State { name: format!("norm1.{name}"), dims: vec![UNITS], start };
        vec![state("mean", 0.0), state("variance", 1.0)]
    }
    fn group_rows(&self) -> usize {
        GROUP
    }
    fn saved_for_backward(&self) -> usize {
        UNITS
    }
    fn forward(&self, io: Forward<'_, T>) {
        let group = GROUP * UNITS;
        let parts = io.x.chunks(group).zip(io.y.chunks_mut(group)).zip(io.saved_for_backward.chunks_mut(group));
        for ((x, y), saved) in parts {
            for unit in 0..UNITS {
                let (mean, variance) = match io.pass {
                    Pass::Train { .. } => moments(x, unit),
                    Pass::Infer => (io.state[unit], io.state[UNITS + unit]),
                };
                let scale = T::ONE / (variance + T::from_f64(EPSILON)).sqrt();
                for at in (unit..x.len()).step_by(UNITS) {
                    y[at] = (x[at] - mean) * scale;
                    saved[at] = scale;
                }
            }
        }
    }
    fn backward(&self, io: Backward<'_, T>) {
        let Some(dx) = io.dx else { return };
        let group = GROUP * UNITS;
        let parts = io.y.chunks(group).zip(io.delta.chunks(group)).zip(io.saved_for_backward.chunks(group));
        for (((y, delta), scale), dx) in parts.zip(dx.chunks_mut(group)) {
            let count = T::from_f64((y.len() / UNITS) as f64);
            for unit in 0..UNITS {
                let places = || (unit..y.len()).step_by(UNITS);
                let mean = places().map(|at| delta[at]).sum::<T>() / count;
                let along = places().map(|at| delta[at] * y[at]).sum::<T>() / count;
                for at in places() {
                    dx[at] = scale[at] * (delta[at] - mean - y[at] * along);
                }
            }
        }
    }
    fn between_sweeps(&self, io: BetweenSweeps<'_, T>) {
        let (old, new) = (T::from_f64(KEPT), T::from_f64(1.0 - KEPT));
        for block in io.blocks.iter().filter(|block| block.rows > 0) {
            for unit in 0..UNITS {
                let (mean, variance) = moments(block.input(io.layer), unit);
                io.state[unit] = old * io.state[unit] + new * mean;
                io.state[UNITS + unit] = old * io.state[UNITS + unit] + new * variance;
            }
        }
    }
    fn gradient(&self, _io: Gradient<'_, T>) {}
}

/// y = g ⊙ x, whose gradient is summed over the rows of a block in the rows sweep. Its learning rate is halved.
#[derive(Debug)]
struct Gain;

impl<T: Scalar> Layer<T> for Gain {
    fn name(&self) -> &str {
        "gain1"
    }
    fn output(&self) -> Shape {
        Shape::units(UNITS)
    }
    fn params(&self) -> Vec<Param> {
        let start = Start::Constant(1.0);
        vec![Param {
            name: "gain1.gain".into(),
            dims: vec![UNITS],
            start,
            decays: false,
            rate_factor: 0.5,
            decay_factor: 0.5,
        }]
    }
    fn tiles(&self) -> Vec<TileShape> {
        vec![TileShape { param: 0, rows: 0..UNITS, len: UNITS }]
    }
    fn sums(&self) -> usize {
        UNITS
    }
    fn forward(&self, io: Forward<'_, T>) {
        for (at, (y, &x)) in io.y.iter_mut().zip(io.x).enumerate() {
            *y = io.theta[at % UNITS] * x;
        }
    }
    fn backward(&self, io: Backward<'_, T>) {
        io.sums.fill(T::ZERO);
        for (at, (&delta, &x)) in io.delta.iter().zip(io.x).enumerate() {
            io.sums[at % UNITS] += delta * x;
        }
        let Some(dx) = io.dx else { return };
        for (at, (dx, &delta)) in dx.iter_mut().zip(&*io.delta).enumerate() {
            *dx = io.theta[at % UNITS] * delta;
        }
    }
    fn gradient(&self, io: Gradient<'_, T>) {
        io.gradient.fill(T::ZERO);
        for block in io.blocks.iter().filter(|block| block.rows > 0) {
            for (sum, &more) in io.gradient.iter_mut().zip(block.sums(io.layer)) {
                *sum += more;
            }
        }
    }
}

fn network<T: Scalar>() -> Network<T> {
    let dense = |name: &str, inputs, outputs, activation, first| Dense {
        name: name.to_owned(),
        inputs,
        outputs,
        activation,
        keep_prob: 1.0,
        ntk: false,
        learned_slope: false,
        first,
    };
    let layers: Vec<Box<dyn Layer<T>>> = vec![
        Box::new(dense("dense1", INPUTS, UNITS, Activation::Tanh, true)),
        Box::new(Norm),
        Box::new(Gain),
        Box::new(dense("dense2", UNITS, 1, Activation::Identity, false)),
    ];
    Network::from_layers(Features::of_numbers(INPUTS), layers, Loss::Sigmoid)
}

fn examples() -> Examples {
    let stream = Stream::new(4, Purpose::Sample, 0);
    let numbers: Vec<f32> = (0..(ROWS * INPUTS) as u64).map(|i| stream.normal(i) as f32).collect();
    let classes = numbers.chunks_exact(INPUTS).map(|x| u32::from(x[0] * x[1] > 0.0)).collect();
    Examples::new(RowSource::of_matrix(ROWS, numbers, Vec::new()), Targets::Classes(classes))
}

/// Training for a few epochs of batches of `batch` rows.
fn trained(threads: usize, batch: usize, clip_norm: Option<f64>) -> Progress {
    let examples = examples();
    let mut engine = Engine::new(network::<f32>(), batch, threads);
    let member = engine.network().member(Init::Xavier.theta(engine.network(), 1));
    let mut progress = Progress::start(member, Optimizer::Adam);
    engine.pack(&progress.weights.member.theta);
    let rows: Vec<u32> = (0..ROWS as u32).collect();
    for step in 0..12 {
        let first = step as usize * batch % ROWS;
        let rows = &rows[first..ROWS.min(first + batch)];
        let rule = StepRule {
            update: Optimizer::Adam.update(0.01, (0.9, 0.999), step + 1),
            keep: 1.0,
            penalties: &[Penalty::default(); 4],
            clip_norm,
            pass: Pass::Train { seed: 0, step, dropout: 1.0 },
            smoothing: 0.0,
            augment: Augment::default(),
        };
        engine.step(&mut progress.weights, &examples, rows, &rule).unwrap();
    }
    progress
}

#[test]
fn any_number_of_threads_gives_the_same_parameters_and_the_same_state() {
    for (batch, clip) in [(64, None), (50, None), (64, Some(0.1))] {
        let alone = trained(1, batch, clip);
        assert_ne!(alone.weights.member.state[..UNITS], [0.0; UNITS], "the running mean moved");
        for threads in [2, 3, 5] {
            assert_eq!(trained(threads, batch, clip).weights, alone.weights, "{threads} threads, batch {batch}");
        }
    }
}

#[test]
fn their_gradients_pass_the_check() {
    let network = network::<f64>();
    let theta: Vec<f64> = Init::Xavier.theta(&network, 3);
    let rows: Vec<u32> = (0..2 * GROUP as u32).collect();
    let options = CheckOptions { coverage: Coverage::All, ..CheckOptions::default() };
    let report = check(&network, &theta, &examples(), &rows, &[Penalty::default(); 4], &options).unwrap();
    assert!(report.passed && report.relative_error < 1e-7, "{report:?}");
}

#[test]
fn predictions_use_the_state_and_not_the_rows_beside_them() {
    let progress = trained(2, 64, None);
    let examples = examples();
    let mut engine = Engine::new(network::<f32>(), 64, 2);
    let all: Vec<u32> = (0..ROWS as u32).collect();
    let (together, _) = engine.predict(&progress.weights.member, &examples, &all);
    for row in [0, 7, 199] {
        assert_eq!(engine.predict(&progress.weights.member, &examples, &[row]).0, [together[row as usize]]);
    }
}

#[test]
fn a_factor_slows_a_parameter_down() {
    // Adam's first step is its rate, whatever the gradient.
    let start = Init::Xavier.theta(&network::<f32>(), 1);
    let progress = trained(1, ROWS, None);
    let gain = INPUTS * UNITS + UNITS;
    assert!(progress.weights.member.theta[gain..gain + UNITS].iter().all(|g| (g - 1.0).abs() <= 12.0 * 0.005 + 1e-6));
    assert!(progress.weights.member.theta.iter().zip(&start).any(|(now, then)| (now - then).abs() > 12.0 * 0.005));
}

#[test]
fn a_checkpoint_brings_the_state_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    let progress = trained(1, 64, None);
    let checkpoint = Checkpoint { progress: progress.clone(), history: Vec::new(), isa: "any".into() };
    write_checkpoint(&path, "a run", &checkpoint).unwrap();
    let network = network::<f32>();
    let start = Progress::start(network.member(vec![0.0; network.parameters()]), Optimizer::Adam);
    let (read, damage) = latest_checkpoint(&path, "a run", &start).unwrap().unwrap();
    assert!(damage.is_none());
    assert_eq!(read.progress, progress);
}
