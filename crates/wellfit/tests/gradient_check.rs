//! The gradient check over every part that trains, and over planted faults.

#![allow(clippy::unwrap_used)] // the helpers are part of the tests: what cannot be built fails them

use wellfit::data::{Augment, Examples, Features, RowSource, Targets};
use wellfit::net::layers::{CondenseSpec, Dense, PeriodicSpec, ScaleSpec};
use wellfit::net::{
    Activation, Backward, BlockCheck, CheckOptions, CheckReport, Coverage, DenseStack, Forward, Gradient, Init, Layer,
    LayerSpec, Loss, Network, NetworkSpec, Param, Pass, Penalty, Shape, TileShape, check, theta_from_safetensors,
};
use wellfit::train::{Engine, StepRule};
use wellfit_kernels::packed::Packed;
use wellfit_kernels::precision::Precision;
use wellfit_kernels::random::{Purpose, Stream};
use wellfit_kernels::update::Update;

/// Random rows: `numeric` numbers, codes below 5 for each embedding, classes below `classes` (0: numbers), row weights.
fn examples(rows: usize, numeric: usize, embeddings: usize, classes: usize) -> Examples {
    let stream = |lane| Stream::new(9, Purpose::Sample, lane);
    let numbers = |lane, count: usize| (0..count as u64).map(|i| stream(lane).normal(i) as f32).collect::<Vec<_>>();
    Examples {
        source: RowSource::of_matrix(
            rows,
            numbers(0, rows * numeric),
            (0..(rows * embeddings) as u64).map(|i| stream(1).below(i, 5) as u32).collect(),
        ),
        targets: match classes {
            0 => Targets::Values(numbers(2, rows)),
            _ => Targets::Classes((0..rows as u64).map(|i| stream(3).below(i, classes as u64) as u32).collect()),
        },
        weights: (0..rows as u64).map(|i| 0.5 + stream(4).uniform(i) as f32).collect(),
    }
}

fn spec(hidden: &[usize], activation: Activation, keep: f64, embeddings: usize, loss: Loss) -> NetworkSpec {
    DenseStack {
        inputs: (0..embeddings).fold(Features::of_numbers(7), |inputs, _| inputs.and_category(5)),
        hidden: hidden.to_vec(),
        activation,
        keep_prob: vec![keep; hidden.len()],
        outputs: if loss == Loss::Softmax { 3 } else { 1 },
        loss,
    }
    .network()
    .unwrap()
}

fn all() -> CheckOptions {
    CheckOptions { coverage: Coverage::All, smoothing: 0.1, ..CheckOptions::default() }
}

fn check_spec(spec: &NetworkSpec, init: Init, penalty: Penalty, options: &CheckOptions) -> CheckReport {
    let network = Network::<f64>::new(spec).unwrap();
    let theta = init.theta(&network, 3);
    let classes = match spec.loss {
        Loss::Squared => 0,
        Loss::Sigmoid => 2,
        Loss::Softmax => 3,
    };
    let examples = examples(16, spec.inputs.numbers(), spec.inputs.codes(), classes);
    let rows: Vec<u32> = (0..16).collect();
    let penalties = vec![penalty; network.layers().len()];
    check(&network, &theta, &examples, &rows, &penalties, options).unwrap()
}

#[test]
fn every_activation_loss_penalty_and_dropout_passes_under_1e_7() {
    let penalty = Penalty { l2: 0.03, l1: 0.02 };
    for activation in Activation::ALL {
        for loss in [Loss::Sigmoid, Loss::Softmax, Loss::Squared] {
            for keep in [1.0, 0.7] {
                for (hidden, embeddings) in [(&[6, 5][..], 0), (&[6], 2), (&[], 0), (&[], 1)] {
                    let spec = spec(hidden, activation, keep, embeddings, loss);
                    for penalty in [Penalty::default(), penalty] {
                        let report = check_spec(&spec, Init::for_activation(activation), penalty, &all());
                        let worst = report.blocks.iter().filter_map(|block| block.relative_error).fold(0.0, f64::max);
                        assert!(report.passed && worst < 1e-7, "{spec:?} {penalty:?}: {report:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_cheap_form_passes_too_and_zero_weights_are_no_fault() {
    let spec = spec(&[6, 5], Activation::Tanh, 0.7, 1, Loss::Softmax);
    let report = check_spec(&spec, Init::Xavier, Penalty { l2: 0.1, l1: 0.0 }, &CheckOptions::default());
    assert!(report.relative_error < 1e-7, "{report:?}");
    assert!(check_spec(&spec, Init::Zeros, Penalty::default(), &all()).passed);
}

/// A dense layer whose gradient of one parameter is multiplied by a factor.
#[derive(Debug)]
struct Faulty {
    dense: Dense,
    param: usize,
    factor: f64,
}

impl Layer<f64> for Faulty {
    fn name(&self) -> &str {
        &self.dense.name
    }
    fn output(&self) -> Shape {
        Layer::<f64>::output(&self.dense)
    }
    fn params(&self) -> Vec<Param> {
        Layer::<f64>::params(&self.dense)
    }
    fn tiles(&self) -> Vec<TileShape> {
        Layer::<f64>::tiles(&self.dense)
    }
    fn saved_for_backward(&self) -> usize {
        Layer::<f64>::saved_for_backward(&self.dense)
    }
    fn has_kink(&self) -> bool {
        Layer::<f64>::has_kink(&self.dense)
    }
    fn forward(&self, io: Forward<'_, f64>) {
        self.dense.forward(io);
    }
    fn backward(&self, io: Backward<'_, f64>) {
        self.dense.backward(io);
    }
    fn operands(&self) -> (usize, usize) {
        Layer::<f64>::operands(&self.dense)
    }
    fn packed(&self, tile: &TileShape, precision: Precision) -> Packed<f64> {
        self.dense.packed(tile, precision)
    }
    fn gradient(&self, io: Gradient<'_, f64>) {
        let Gradient { layer, tile, blocks, next, gradient, isa } = io;
        self.dense.gradient(Gradient { layer, tile, blocks, next, gradient: &mut *gradient, isa });
        if tile.param == self.param {
            gradient.iter_mut().for_each(|g| *g *= self.factor);
        }
    }
}

#[test]
fn waves_scales_and_learned_slopes_are_checked_together() {
    for (loss, activation, keep) in [
        (Loss::Softmax, Activation::Selu, 0.8),
        (Loss::Squared, Activation::Mish, 1.0),
        (Loss::Sigmoid, Activation::Relu, 0.5),
    ] {
        for embeddings in [0, 2] {
            let mut spec = spec(&[6, 5], activation, keep, embeddings, loss);
            for layer in &mut spec.layers {
                if let LayerSpec::Dense(dense) = layer {
                    dense.ntk = true;
                    dense.learned_slope = dense.activation != Some(Activation::Identity);
                }
            }
            let at = usize::from(embeddings > 0);
            let inputs = [
                LayerSpec::Periodic(PeriodicSpec { waves: Some(4), deviation: Some(0.7) }),
                LayerSpec::Condense(CondenseSpec { waves: Some(4), units: Some(2) }),
                LayerSpec::Scale(ScaleSpec {}),
            ];
            spec.layers.splice(at..at, inputs);
            let report = check_spec(&spec, Init::Lecun, Penalty { l2: 0.1, l1: 0.05 }, &all());
            assert!(report.passed && report.relative_error < 1e-7, "{loss:?} {embeddings}: {report:?}");
        }
    }
}

/// The course's exercise: 4-5-3-1, ReLU, three rows, with the factors that its planted faults put on dW2 and db1.
struct Exercise {
    network: Network<f64>,
    theta: Vec<f64>,
    examples: Examples,
    /// (3, 4): the inputs with all their digits.
    x: Vec<f64>,
}

fn dense(name: &str, inputs: usize, outputs: usize, activation: Activation, first: bool) -> Dense {
    Dense {
        name: name.to_string(),
        inputs,
        outputs,
        activation,
        keep_prob: 1.0,
        ntk: false,
        learned_slope: false,
        first,
    }
}

impl Exercise {
    fn open(factor_w2: f64, factor_b1: f64) -> Option<Exercise> {
        let Some(folder) = std::env::var_os("WELLFIT_DATA") else {
            println!("skipped: WELLFIT_DATA is not set, so the course's literals cannot be read");
            return None;
        };
        let path = std::path::Path::new(&folder).join("course_start/gradient_check.safetensors");
        let bytes = std::fs::read(path).unwrap();
        let layers: Vec<Box<dyn Layer<f64>>> = vec![
            Box::new(Faulty { dense: dense("dense1", 4, 5, Activation::Relu, true), param: 1, factor: factor_b1 }),
            Box::new(Faulty { dense: dense("dense2", 5, 3, Activation::Relu, false), param: 0, factor: factor_w2 }),
            Box::new(dense("dense3", 3, 1, Activation::Identity, false)),
        ];
        let input = Features::of_numbers(4);
        let network = Network::from_layers(input, layers, Loss::Sigmoid);
        let theta = theta_from_safetensors(&network, &bytes).unwrap();
        let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let numbers = |name| {
            let tensor = file.tensor(name).unwrap();
            tensor.data().as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect::<Vec<_>>()
        };
        let x = numbers("x");
        let examples = Examples::new(
            RowSource::of_matrix(3, x.iter().map(|&x| x as f32).collect(), Vec::new()),
            Targets::Classes(numbers("y").into_iter().map(|y| y as u32).collect()),
        );
        Some(Exercise { network, theta, examples, x })
    }

    fn check(&self, epsilon: f64) -> CheckReport {
        let options = CheckOptions { epsilon, scaled: false, coverage: Coverage::All, ..CheckOptions::default() };
        let penalties = [Penalty::default(); 3];
        check(&self.network, &self.theta, &self.examples, &[0, 1, 2], &penalties, &options).unwrap()
    }

    /// The cost as the course writes it, −log(a) and −log(1 − a) of a rounded a: its digits are what its check shows.
    fn course_cost(&self, theta: &[f64]) -> f64 {
        let (weights1, rest) = theta.split_at(20);
        let (bias1, rest) = rest.split_at(5);
        let (weights2, rest) = rest.split_at(15);
        let (bias2, rest) = rest.split_at(3);
        let (weights3, bias3) = rest.split_at(3);
        let layer = |x: &[f64], weights: &[f64], bias: &[f64]| -> Vec<f64> {
            let unit = |j: usize| (0..x.len()).map(|i| x[i] * weights[i * bias.len() + j]).sum::<f64>() + bias[j];
            (0..bias.len()).map(unit).collect()
        };
        let relu = |z: Vec<f64>| z.into_iter().map(|z| z.max(0.0)).collect::<Vec<_>>();
        let Targets::Classes(labels) = &self.examples.targets else { return f64::NAN };
        let mut cost = 0.0;
        for (x, &label) in self.x.chunks(4).zip(labels) {
            let hidden = relu(layer(&relu(layer(x, weights1, bias1)), weights2, bias2));
            let a = 1.0 / (1.0 + (-layer(&hidden, weights3, bias3)[0]).exp());
            cost -= if label == 1 { a.ln() } else { (1.0 - a).ln() };
        }
        cost / 3.0
    }

    /// Relative error of wellfit's gradient against differences of the course's cost.
    ///
    /// Inputs are `f32`, the course's are not: a first layer whose weights are the three rows, fed with one 1 each, hands
    /// them on with all their digits.
    fn against_course(&self, epsilon: f64) -> f64 {
        let layers: Vec<Box<dyn Layer<f64>>> = vec![
            Box::new(dense("rows", 3, 4, Activation::Identity, true)),
            Box::new(dense("dense1", 4, 5, Activation::Relu, false)),
            Box::new(dense("dense2", 5, 3, Activation::Relu, false)),
            Box::new(dense("dense3", 3, 1, Activation::Identity, false)),
        ];
        let network = Network::from_layers(Features::of_numbers(3), layers, Loss::Sigmoid);
        let theta = [&self.x[..], &[0.0; 4], &self.theta].concat();
        let ones = vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
        let ones = Examples::new(RowSource::of_matrix(3, ones, Vec::new()), self.examples.targets.clone());
        let rule = StepRule {
            update: Update::Descent { rate: 0.0 },
            keep: 1.0,
            penalties: &[Penalty::default(); 4],
            clip_norm: None,
            pass: Pass::Infer,
            smoothing: 0.0,
            augment: Augment::default(),
        };
        let (gradient, _) = Engine::new(network, 3, 1).gradient(&theta.into(), &ones, &[0, 1, 2], &rule).unwrap();
        let gradient = &gradient[16..];
        let moved = |i: usize, by: f64| {
            let mut theta = self.theta.clone();
            theta[i] += by;
            self.course_cost(&theta)
        };
        let norm = |values: &[f64]| values.iter().map(|v| v * v).sum::<f64>().sqrt();
        let numeric: Vec<f64> =
            (0..gradient.len()).map(|i| (moved(i, epsilon) - moved(i, -epsilon)) / (2.0 * epsilon)).collect();
        let difference: Vec<f64> = gradient.iter().zip(&numeric).map(|(a, n)| a - n).collect();
        norm(&difference) / (norm(gradient) + norm(&numeric))
    }
}

#[test]
fn the_courses_example_agrees_and_its_planted_faults_are_found() {
    let Some(sound) = Exercise::open(1.0, 1.0) else { return };
    let (coarse, fine) = (sound.against_course(1e-5), sound.against_course(1e-7));
    println!("gradient against the course's cost: {coarse:e} at 1e-5, {fine:e} at 1e-7");
    // Published: 1.19e-7 at ε = 1e-7, and with the same formulas 9.3e-10 at 1e-5. Both are rounding of log(1 − a) alone.
    // The order of sums moves their third digit.
    assert!((fine / 1.19e-7 - 1.0).abs() < 0.02 && (coarse / 9.3e-10 - 1.0).abs() < 0.02);
    let (coarse, fine) = (sound.check(1e-5), sound.check(1e-7));
    println!("wellfit's check: {:e} at 1e-5, {:e} at 1e-7", coarse.relative_error, fine.relative_error);
    // wellfit's loss keeps the digits that log(1 − a) loses, so its own check is a hundred times finer.
    assert!(coarse.passed && coarse.relative_error < 1e-11 && fine.relative_error < 1e-8);
    let faulty = Exercise::open(2.0, 4.0).unwrap().check(1e-7);
    println!("planted faults: {:e} {:?}", faulty.relative_error, faulty.blocks);
    // The course prints 0.285093156781.
    assert!((faulty.relative_error - 0.285_093).abs() < 1e-4, "{}", faulty.relative_error);
    assert_eq!(faulty.topmost_fault(), Some("dense2.weight"));
    let bad: Vec<_> = faulty.blocks.iter().filter(|b| b.relative_error > Some(1e-5)).map(|b| b.name.as_str()).collect();
    assert_eq!(bad, ["dense1.bias", "dense2.weight"]);
}

#[test]
fn an_exploding_network_is_told_from_a_faulty_one() {
    let spec = spec(&[64; 30], Activation::Tanh, 1.0, 0, Loss::Sigmoid);
    let options = CheckOptions::default();
    let report = check_spec(&spec, Init::Normal(3.0), Penalty::default(), &options);
    let chaotic = report.chaotic.clone().unwrap();
    assert!(report.passed && report.relative_error < 1e-5, "{report:?}");
    // Near the outputs the cost still tells, and each layer by itself is as exact as a shallow network.
    let exact = |block: &BlockCheck| block.relative_error < Some(if block.by_layer { 1e-7 } else { 1e-5 });
    assert!(report.blocks.iter().all(|block| block.relative_error.is_some() && exact(block)), "{report:?}");
    assert!(report.blocks[0].by_layer && !report.blocks[61].by_layer, "{report:?}");
    let of_chaos = |block: &&BlockCheck| block.name.starts_with(&format!("{chaotic}."));
    assert!(report.blocks.iter().filter(of_chaos).any(|block| block.by_layer), "{chaotic}: {report:?}");

    let report = check_spec(&spec, Init::Xavier, Penalty::default(), &options);
    assert!(report.passed && report.chaotic.is_none(), "{report:?}");
    assert!(!report.blocks.iter().any(|block| block.by_layer), "{report:?}");
}

#[test]
fn a_block_whose_every_row_stands_on_a_kink_is_not_said_to_agree() {
    let spec = spec(&[6], Activation::Relu, 1.0, 0, Loss::Sigmoid);
    let network = Network::<f64>::new(&spec).unwrap();
    let mut theta = Init::He.theta(&network, 3);
    // The first layer's weights and biases: its units are at 0, and what is above them would move.
    theta[..7 * 6 + 6].fill(0.0);
    let rows: Vec<u32> = (0..16).collect();
    let penalties = [Penalty::default(); 2];
    let report = check(&network, &theta, &examples(16, 7, 0, 2), &rows, &penalties, &all()).unwrap();
    let errors: Vec<_> = report.blocks.iter().map(|block| block.relative_error.is_some()).collect();
    assert!(report.passed && report.chaotic.is_none(), "{report:?}");
    assert_eq!(errors, [false, false, true, true], "{report:?}");
}

#[test]
fn unscaled_inputs_and_the_rounding_of_a_large_cost_are_no_fault() {
    for activation in [Activation::Identity, Activation::Gelu, Activation::Tanh] {
        for (loss, classes) in [(Loss::Sigmoid, 2), (Loss::Squared, 0)] {
            for scale in [1e3, 1e6, 1e9] {
                let spec = spec(&[6, 5], activation, 0.9, 1, loss);
                let network = Network::<f64>::new(&spec).unwrap();
                let theta = Init::Normal(1.0).theta(&network, 3);
                let mut examples = examples(16, 7, 1, classes);
                let scaled = examples.source.numbers().iter().map(|x| x * scale).collect();
                let codes = examples.source.codes().into_owned();
                examples.source = RowSource::of_matrix(16, scaled, codes);
                let rows: Vec<u32> = (0..16).collect();
                let penalties = vec![Penalty { l2: 0.03, l1: 0.02 }; network.layers().len()];
                let report = check(&network, &theta, &examples, &rows, &penalties, &all()).unwrap();
                assert!(report.passed, "{activation} {loss:?} inputs times {scale}: {report:?}");
            }
        }
    }
}
