//! `wellfit bench`: samples a second of the standard workloads.

mod workload;

use std::time::Instant;

use wellfit_kernels::isa::Isa;
use wellfit_kernels::precision::Precision;

use crate::experiment::engine;
use crate::train::{Progress, next_step, row_order};

use super::error::JobError;
use workload::{WORKLOADS, Workload};

/// Epochs that are timed, after one that is not; the median counts.
const EPOCHS: usize = 3;

/// What to measure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BenchOptions {
    /// One workload by name; all without.
    pub workload: Option<String>,
    /// The precision of products.
    pub precision: Precision,
    /// Threads; what is fastest without.
    pub threads: Option<usize>,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct BenchReport {
    /// One entry for each workload.
    pub workloads: Vec<(String, f64, f64)>,
}

/// Trains the workloads and times their epochs.
pub fn bench(options: &BenchOptions, mut measured: impl FnMut(&str)) -> Result<BenchReport, JobError> {
    let mut workloads = Vec::new();
    for workload in WORKLOADS {
        if options.workload.as_deref().is_none_or(|name| name == workload.name) {
            let (samples, loss) = time(&workload, options.precision, options.threads)?;
            let gflops = workload.operations() / workload.rows as f64 * samples / 1e9;
            measured(&format!(
                "{} {} {samples:.0} samples/s {gflops:.1} GFLOP/s loss {loss:.4}",
                workload.name,
                Isa::best().name()
            ));
            workloads.push((workload.name.to_string(), samples, gflops));
        }
    }
    Ok(BenchReport { workloads })
}

fn time(workload: &Workload, precision: Precision, threads: Option<usize>) -> Result<(f64, f64), JobError> {
    let (recipe, examples) = (workload.recipe(precision), workload.examples());
    let mut engine = engine(&workload.network(), &recipe, threads)?;
    let theta = crate::net::Init::He.theta(engine.network(), 0);
    engine.pack(&theta);
    let mut progress = Progress::start(theta, recipe.optimizer);
    let mut seconds = Vec::new();
    let mut loss = 0.0;
    for epoch in 0..=EPOCHS {
        let begun = Instant::now();
        let order = row_order(&recipe, examples.rows, epoch);
        (progress.step_in_epoch, progress.loss_sum) = (0, 0.0);
        while progress.step_in_epoch < examples.rows.div_ceil(recipe.batch) {
            next_step(&mut engine, &recipe, &examples, &order, &mut progress)
                .map_err(|error| JobError::Diverged(error.to_string()))?;
        }
        loss = progress.loss_sum / examples.rows as f64;
        if epoch > 0 {
            seconds.push(begun.elapsed().as_secs_f64());
        }
    }
    seconds.sort_by(f64::total_cmp);
    Ok((workload.rows as f64 / seconds.get(EPOCHS / 2).copied().unwrap_or(f64::NAN), loss))
}
