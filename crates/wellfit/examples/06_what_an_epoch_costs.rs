//! Times an epoch at growing rows and widths: the cost of training grows with the products, and with nothing else.
//!
//! Run it with `cargo run -p wellfit --example 06_what_an_epoch_costs`, and with `--release` for figures that count.

use std::time::Instant;

use wellfit::data::{Augment, Examples, Features, RowSource, Targets};
use wellfit::net::{Activation, DenseStack, Init, Loss, Network, Pass, Penalty};
use wellfit::optim::Optimizer;
use wellfit::train::{Engine, Progress, StepRule};

const INPUTS: usize = 100;
const BATCH: usize = 256;
const EPOCHS: u64 = 5;

/// Seconds of the fastest of a few epochs over `rows` rows through two hidden layers of `units` units.
fn epoch(rows: usize, units: usize, threads: usize) -> Result<f64, Box<dyn std::error::Error>> {
    let stack = DenseStack {
        inputs: Features::of_numbers(INPUTS),
        hidden: vec![units; 2],
        activation: Activation::Relu,
        keep_prob: vec![0.9; 2],
        outputs: 1,
        loss: Loss::Sigmoid,
    };
    let network = Network::<f32>::new(&stack.network()?)?;
    let examples = Examples {
        source: RowSource::of_matrix(
            rows,
            (0..rows * INPUTS).map(|i| (i % 1009) as f32 / 1009.0 - 0.5).collect(),
            Vec::new(),
        ),
        targets: Targets::Classes((0..rows as u32).map(|row| row % 2).collect()),
        ..Examples::default()
    };
    let mut training = Progress::start(network.member(Init::He.theta(&network, 0)), Optimizer::Adam);
    let mut engine = Engine::new(network, BATCH, threads);
    engine.pack(&training.weights.member.theta);
    let order: Vec<u32> = (0..rows as u32).collect();
    let mut fastest = f64::INFINITY;
    let mut step = 0;
    for _ in 0..EPOCHS {
        let begun = Instant::now();
        for batch in order.chunks(BATCH) {
            let rule = StepRule {
                update: Optimizer::Adam.update(1e-3, (0.9, 0.999), step + 1),
                keep: 1.0,
                penalties: &[Penalty::default(); 3],
                clip_norm: None,
                pass: Pass::Train { seed: 0, step, dropout: 1.0 },
                smoothing: 0.0,
                augment: Augment::default(),
            };
            engine.step(&mut training.weights, &examples, batch, &rule)?;
            step += 1;
        }
        fastest = fastest.min(begun.elapsed().as_secs_f64());
    }
    Ok(fastest)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for threads in [1, 2] {
        for (rows, units) in [(8192, 256), (32_768, 256), (131_072, 256), (32_768, 512), (32_768, 1024)] {
            let seconds = epoch(rows, units, threads)?;
            // Multiply-adds of the three products of each layer; the first has no input gradient.
            let products = (rows * (2 * INPUTS * units + 3 * units * units + 3 * units)) as f64;
            println!(
                "{threads} threads, {rows:>6} rows, {units:>4} units: {:7.1} ms an epoch, {:.1} ps a multiply-add",
                1e3 * seconds,
                1e12 * seconds / products
            );
        }
    }
    Ok(())
}
