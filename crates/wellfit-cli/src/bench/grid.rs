//! Many small networks as one job, as cross-validation needs them: each on one thread, side by side.

use std::time::Instant;

use wellfit::data::Examples;
use wellfit::kernels::precision::Precision;
use wellfit::kernels::team::Team;
use wellfit::net::{Init, Network};
use wellfit::train::{Engine, Progress, row_order};

use super::error::BenchError;
use super::train_epoch;
use super::workload::{WORKLOADS, Workload};

/// The name of this workload.
pub const NAME: &str = "grid";
/// The network and rows of each training.
pub const WORKLOAD: Workload = WORKLOADS[0];
/// Values of λ, each trained once for every held-out fold.
const LAMBDAS: [f64; 8] = [0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];
const FOLDS: usize = 8;
/// Epochs of each network.
const EPOCHS: usize = 2;

/// One network: its λ, the fold held out, and the rows that it was trained on.
struct Cell {
    lambda: f64,
    fold: usize,
    rows_trained: Result<usize, BenchError>,
}

/// Rows that all networks together are trained on, per second. Each is scored on its held-out fold.
pub fn samples_per_second(workload: &Workload, precision: Precision, threads: usize) -> Result<f64, BenchError> {
    let examples = workload.examples();
    let cell = |i: usize| Cell { lambda: LAMBDAS[i / FOLDS], fold: i % FOLDS, rows_trained: Ok(0) };
    let mut cells: Vec<Cell> = (0..LAMBDAS.len() * FOLDS).map(cell).collect();
    let begun = Instant::now();
    Team::new(threads).for_each(&mut vec![(); threads], &mut cells, |_, (), cell| {
        cell.rows_trained = train(workload, precision, &examples, cell.lambda, cell.fold);
    });
    let seconds = begun.elapsed().as_secs_f64();
    let rows = cells.into_iter().map(|cell| cell.rows_trained).sum::<Result<usize, BenchError>>()?;
    Ok(rows as f64 / seconds)
}

fn train(
    workload: &Workload,
    precision: Precision,
    examples: &Examples,
    lambda: f64,
    fold: usize,
) -> Result<usize, BenchError> {
    let (held_out, rows): (Vec<u32>, Vec<u32>) =
        (0..examples.rows() as u32).partition(|&row| row as usize * FOLDS / examples.rows() == fold);
    let recipe = workload.recipe(precision, lambda / rows.len() as f64);
    let network = Network::new(&workload.network()?)?;
    let theta = Init::He.theta(&network, recipe.seed);
    let mut engine = Engine::with_precision(network, recipe.batch, 1, precision);
    engine.pack(&theta);
    let mut training = Progress::start(theta.into(), recipe.optimizer);
    for epoch in 0..EPOCHS {
        let order: Vec<u32> =
            row_order(&recipe, rows.len(), epoch).into_iter().map(|place| rows[place as usize]).collect();
        train_epoch(&mut engine, &recipe, examples, &order, &mut training)?;
    }
    let (_, loss) = engine.predict(&training.weights.member, examples, &held_out);
    if loss.is_finite() { Ok(rows.len() * EPOCHS) } else { Err(BenchError::HeldOutLoss) }
}
