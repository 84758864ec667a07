//! Many small networks as one job, as cross-validation needs them: each on one thread, side by side.

use std::time::Instant;

use wellfit_kernels::precision::Precision;
use wellfit_kernels::team::Team;

use crate::data::Examples;
use crate::net::{Init, Network};
use crate::runs::JobError;
use crate::train::{Engine, Progress, next_step, row_order};

use super::workload::{WORKLOADS, Workload};

/// What the workload is called.
pub const NAME: &str = "grid";
/// The network and rows of each.
pub const WORKLOAD: Workload = WORKLOADS[0];
/// Values of λ, each trained once without each of the folds.
const LAMBDAS: [f64; 8] = [0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];
const FOLDS: usize = 8;
/// Epochs of each network.
const EPOCHS: usize = 2;

/// One network: its λ, the fold that it does not see, and the rows that it was trained on, or why it was not.
struct Cell {
    lambda: f64,
    fold: usize,
    trained: Result<usize, String>,
}

/// Rows trained on by all networks together, a second. Each is scored on the fold that it has not seen.
pub fn samples_per_second(workload: &Workload, precision: Precision, threads: usize) -> Result<f64, JobError> {
    let examples = workload.examples();
    let cell = |i: usize| Cell { lambda: LAMBDAS[i / FOLDS], fold: i % FOLDS, trained: Ok(0) };
    let mut cells: Vec<Cell> = (0..LAMBDAS.len() * FOLDS).map(cell).collect();
    let begun = Instant::now();
    Team::new(threads).for_each(&mut vec![(); threads], &mut cells, |_, (), cell| {
        cell.trained = train(workload, precision, &examples, cell.lambda, cell.fold);
    });
    let seconds = begun.elapsed().as_secs_f64();
    let rows: Result<usize, String> = cells.into_iter().map(|cell| cell.trained).sum();
    Ok(rows.map_err(JobError::Diverged)? as f64 / seconds)
}

fn train(
    workload: &Workload,
    precision: Precision,
    examples: &Examples,
    lambda: f64,
    fold: usize,
) -> Result<usize, String> {
    let (held_out, rows): (Vec<u32>, Vec<u32>) =
        (0..examples.rows as u32).partition(|&row| row as usize * FOLDS / examples.rows == fold);
    let recipe = workload.recipe(precision, lambda / rows.len() as f64);
    let network = Network::new(&workload.network()).map_err(|error| error.to_string())?;
    let theta = Init::He.theta(&network, recipe.seed);
    let mut engine = Engine::with_precision(network, recipe.batch, 1, precision);
    engine.pack(&theta);
    let mut training = Progress::start(theta, recipe.optimizer);
    for epoch in 0..EPOCHS {
        let order: Vec<u32> =
            row_order(&recipe, rows.len(), epoch).into_iter().map(|place| rows[place as usize]).collect();
        training.step_in_epoch = 0;
        while training.step_in_epoch < rows.len().div_ceil(recipe.batch) {
            next_step(&mut engine, &recipe, examples, &order, &mut training).map_err(|error| error.to_string())?;
        }
    }
    let (_, loss) = engine.predict(&training.weights.theta, examples, &held_out);
    if loss.is_finite() {
        Ok(rows.len() * EPOCHS)
    } else {
        Err("the loss of a held-out fold is not finite".to_string())
    }
}
