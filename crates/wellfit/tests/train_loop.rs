//! The whole training loop on every instruction path and in every precision, against a twin of plain loops in `f64`.

#![allow(clippy::unwrap_used)] // the helpers are part of the tests: what cannot be built fails them

use wellfit::data::{Augment, Examples, Features, RowSource, Targets, Task};
use wellfit::net::{Activation, DenseStack, Init, Loss, Network, Penalty};
use wellfit::optim::{Optimizer, Schedule};
use wellfit::train::{Engine, Head, Metric, Progress, Recipe, Unobserved, fit, row_order};
use wellfit_kernels::isa::Isa;
use wellfit_kernels::precision::Precision;
use wellfit_kernels::random::{Purpose, Stream};

const INPUTS: usize = 37;
const HIDDEN: [usize; 2] = [50, 33];
const CLASSES: usize = 3;
const ROWS: usize = 203;
const BATCH: usize = 45;
const RATE: f64 = 1e-3;
const L2: f64 = 1e-2;

fn examples() -> Examples {
    let stream = Stream::new(1, Purpose::Sample, 0);
    let numeric: Vec<f32> = (0..(ROWS * INPUTS) as u64).map(|i| stream.normal(i) as f32).collect();
    let class = |row: &[f32]| (row[0] > 0.3) as u32 + (row[1] + row[2] > 0.0) as u32;
    let classes = numeric.chunks_exact(INPUTS).map(class).collect();
    Examples::new(RowSource::of_matrix(ROWS, numeric, Vec::new()), Targets::Classes(classes))
}

fn recipe(precision: Precision) -> Recipe {
    Recipe {
        epochs: 6,
        batch: BATCH,
        optimizer: Optimizer::Adam,
        rate: RATE,
        betas: (0.9, 0.999),
        schedule: Schedule::Constant,
        fade: Schedule::Constant,
        penalties: vec![Penalty { l2: L2, l1: 0.0 }; 3],
        weight_decay: 0.0,
        smoothing: 0.0,
        augment: Augment::default(),
        clip_norm: None,
        patience: None,
        metric: Metric::Error,
        seed: 5,
        precision,
        threshold_for: None,
        naive_loss: 1.0,
    }
}

fn network() -> Network<f32> {
    let spec = DenseStack {
        inputs: Features::of_numbers(INPUTS),
        hidden: HIDDEN.to_vec(),
        activation: Activation::Tanh,
        keep_prob: vec![1.0; HIDDEN.len()],
        outputs: CLASSES,
        loss: Loss::Softmax,
    };
    Network::new(&spec.network().unwrap()).unwrap()
}

/// θ after training with plain loops: no kernels, no blocks, no tiles.
fn naive(theta: &[f32], examples: &Examples) -> Vec<f64> {
    let recipe = recipe(Precision::F32);
    let Targets::Classes(classes) = &examples.targets else { panic!("classes") };
    let widths = [INPUTS, HIDDEN[0], HIDDEN[1], CLASSES];
    let mut theta: Vec<f64> = theta.iter().map(|&w| f64::from(w)).collect();
    let (mut first, mut second) = (vec![0.0; theta.len()], vec![0.0; theta.len()]);
    let mut step = 0;
    for epoch in 0..recipe.epochs {
        for rows in row_order(&recipe, ROWS, epoch).chunks(BATCH) {
            let mut gradient = vec![0.0; theta.len()];
            for &row in rows {
                let row = row as usize;
                let x = examples.source.numbers()[row * INPUTS..][..INPUTS].iter().map(|&x| f64::from(x)).collect();
                add_gradient(&theta, &widths, x, classes[row] as usize, rows.len(), &mut gradient);
            }
            let mut start = 0;
            for pair in widths.windows(2) {
                for i in start..start + pair[0] * pair[1] {
                    gradient[i] += L2 * theta[i];
                }
                start += (pair[0] + 1) * pair[1];
            }
            step += 1;
            let (c1, c2) = (1.0 - 0.9f64.powi(step), 1.0 - 0.999f64.powi(step));
            for (i, g) in gradient.into_iter().enumerate() {
                first[i] = 0.9 * first[i] + 0.1 * g;
                second[i] = 0.999 * second[i] + 0.001 * g * g;
                theta[i] -= RATE * (first[i] / c1) / ((second[i] / c2).sqrt() + 1e-8);
            }
        }
    }
    theta
}

/// Adds the gradient of one row's loss over a batch of `count` rows.
fn add_gradient(theta: &[f64], widths: &[usize], x: Vec<f64>, class: usize, count: usize, gradient: &mut [f64]) {
    let mut outputs = vec![x];
    let mut starts = vec![0];
    for (layer, pair) in widths.windows(2).enumerate() {
        let (start, x) = (starts[layer], &outputs[layer]);
        let unit = |j: usize| {
            let weight = |i: usize| theta[start + i * pair[1] + j];
            let z = theta[start + pair[0] * pair[1] + j] + (0..pair[0]).map(|i| x[i] * weight(i)).sum::<f64>();
            if layer + 2 == widths.len() { z } else { z.tanh() }
        };
        let y = (0..pair[1]).map(unit).collect();
        outputs.push(y);
        starts.push(start + (pair[0] + 1) * pair[1]);
    }
    let exponents: Vec<f64> = outputs[widths.len() - 1].iter().map(|z| z.exp()).collect();
    let sum: f64 = exponents.iter().sum();
    let target = |j: usize| if j == class { 1.0 } else { 0.0 };
    let mut delta: Vec<f64> = (0..CLASSES).map(|j| (exponents[j] / sum - target(j)) / count as f64).collect();
    for layer in (0..widths.len() - 1).rev() {
        let (inputs, units, start) = (widths[layer], widths[layer + 1], starts[layer]);
        for (i, x) in outputs[layer].iter().enumerate() {
            for j in 0..units {
                gradient[start + i * units + j] += x * delta[j];
            }
        }
        for j in 0..units {
            gradient[start + inputs * units + j] += delta[j];
        }
        let back = |i: usize| {
            let sum: f64 = (0..units).map(|j| theta[start + i * units + j] * delta[j]).sum();
            sum * (1.0 - outputs[layer][i].powi(2))
        };
        delta = (0..inputs).map(back).collect();
    }
}

#[test]
fn every_path_trains_to_the_weights_of_the_naive_twin() {
    let examples = examples();
    let theta = Init::Xavier.theta(&network(), 3);
    let expected = naive(&theta, &examples);
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>().sqrt();
    let moved = norm(&mut expected.iter().zip(&theta).map(|(e, &w)| e - f64::from(w)));
    let head = Head::plain(Task::Multiclass);
    // Adam divides by the size of a gradient: where one is near 0, its rounding counts as much as that of a large one.
    for (precision, bound) in [(Precision::F32, 1e-3), (Precision::Bf16, 0.1)] {
        for isa in Isa::available() {
            for threads in [1, 2] {
                let mut engine = Engine::with_precision(network(), BATCH, threads, precision);
                engine.set_isa(isa);
                let recipe = recipe(precision);
                let mut training = Progress::start(theta.clone().into(), recipe.optimizer);
                let parts = (&examples, Some(&examples));
                fit(&mut engine, &recipe, &head, parts, &mut training, &mut Vec::new(), &mut Unobserved).unwrap();
                let found = training.weights.member.theta;
                let apart = norm(&mut expected.iter().zip(&found).map(|(e, &f)| e - f64::from(f))) / moved;
                println!("{} {precision}, {threads} threads: {apart:.1e} of the way trained", isa.name());
                assert!(apart <= bound, "{isa:?} {precision}: {apart}");
            }
        }
    }
}
