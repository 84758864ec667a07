//! `wellfit bench`: samples a second of the standard workloads, and the share of the machine's peak that they reach.

#![allow(clippy::indexing_slicing, reason = "rows, folds and epochs are counted by the workloads themselves")]

mod grid;
mod peak;
mod workload;

use std::time::Instant;

use serde::Serialize;
use wellfit_kernels::isa::Isa;
use wellfit_kernels::precision::Precision;

use crate::experiment::{engine, machine_threads};
use crate::net::Init;
use crate::runs::{Event, JobError, Watcher};
use crate::train::{Progress as Training, next_step, row_order};

use workload::{WORKLOADS, Workload};

/// Epochs that are timed, after one that is not; the median counts.
const EPOCHS: usize = 3;

/// What to measure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BenchOptions {
    /// One workload by name; without, all but the grid.
    pub workload: Option<String>,
    /// The precision of products.
    pub precision: Precision,
    /// Threads; without, all of the machine's that make a step faster.
    pub threads: Option<usize>,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BenchReport {
    /// Version of this shape.
    pub schema: u64,
    /// Threads.
    pub threads: usize,
    /// Billions of floating-point operations a second of the register tile alone, on operands that stay in the first cache,
    /// in the precision that was asked for, on all threads.
    pub peak_gflops: f64,
    /// One entry for each workload.
    pub workloads: Vec<Measured>,
}

/// One workload.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// Its name.
    pub name: &'static str,
    /// The precision of products.
    pub precision: &'static str,
    /// Rows trained on, a second.
    pub samples_per_second: f64,
    /// Billions of floating-point operations of its products, a second.
    pub gflops: f64,
}

/// Trains made-up data in the shape of the workloads, and times it.
pub fn bench(options: &BenchOptions, watcher: &mut dyn Watcher) -> Result<BenchReport, JobError> {
    let chosen = chosen(options.workload.as_deref())?;
    let threads = options.threads.unwrap_or_else(machine_threads);
    let peak_gflops = peak::gflops(options.precision, threads);
    let (path, precision) = (Isa::best().name(), options.precision.name());
    watcher.line("peak", &format!("{peak_gflops:.0} GFLOP/s of {precision} products, {threads} threads, {path}"));
    let mut workloads = Vec::new();
    for (name, workload) in chosen {
        let samples_per_second = match name {
            grid::NAME => grid::samples_per_second(&workload, options.precision, threads)?,
            _ => samples_per_second(&workload, options.precision, options.threads)?,
        };
        let gflops = workload.operations() / workload.rows as f64 * samples_per_second / 1e9;
        let share = 100.0 * gflops / peak_gflops;
        watcher.line(
            name,
            &format!("{samples_per_second:>10.0} samples/s  {gflops:>5.0} GFLOP/s  {share:>3.0}% of the peak"),
        );
        workloads.push(Measured { name, precision, samples_per_second, gflops });
    }
    watcher.event(Event::Done);
    Ok(BenchReport { schema: 1, threads, peak_gflops, workloads })
}

/// The workload of that name, or all that train one network.
fn chosen(name: Option<&str>) -> Result<Vec<(&'static str, Workload)>, JobError> {
    let named = |workload: Workload| (workload.name, workload);
    match name {
        None => Ok(WORKLOADS.map(named).to_vec()),
        Some(grid::NAME) => Ok(vec![(grid::NAME, grid::WORKLOAD)]),
        Some(name) => match WORKLOADS.into_iter().find(|workload| workload.name == name) {
            Some(workload) => Ok(vec![named(workload)]),
            None => {
                let names: Vec<_> = WORKLOADS.iter().map(|workload| workload.name).chain([grid::NAME]).collect();
                Err(JobError::Usage(format!("--workload {name:?}: there are {}", names.join(", "))))
            }
        },
    }
}

/// The median over a few epochs of training one network.
fn samples_per_second(workload: &Workload, precision: Precision, threads: Option<usize>) -> Result<f64, JobError> {
    let (recipe, examples) = (workload.recipe(precision, 0.0), workload.examples());
    let mut engine = engine(&workload.network(), &recipe, threads)?;
    let theta = Init::He.theta(engine.network(), recipe.seed);
    engine.pack(&theta);
    let mut training = Training::start(theta, recipe.optimizer);
    let mut seconds = Vec::new();
    for epoch in 0..=EPOCHS {
        let begun = Instant::now();
        let order = row_order(&recipe, examples.rows, epoch);
        training.step_in_epoch = 0;
        while training.step_in_epoch < examples.rows.div_ceil(recipe.batch) {
            next_step(&mut engine, &recipe, &examples, &order, &mut training)
                .map_err(|error| JobError::Diverged(error.to_string()))?;
        }
        if epoch > 0 {
            seconds.push(begun.elapsed().as_secs_f64());
        }
    }
    seconds.sort_by(f64::total_cmp);
    Ok(workload.rows as f64 / seconds[EPOCHS / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_workload_is_found_by_its_name_and_others_are_refused() {
        for name in ["tiny", "table", "mnist", "wide", "grid"] {
            assert_eq!(chosen(Some(name)).unwrap()[0].0, name);
        }
        assert_eq!(chosen(None).unwrap().len(), 4);
        let error = chosen(Some("small")).unwrap_err();
        assert_eq!(error.to_string(), "--workload \"small\": there are tiny, table, mnist, wide, grid");
    }

    #[test]
    fn operations_are_those_of_the_products() {
        // 16,384 rows of 2 · (2 · 30 · 64 + 3 · 64 · 32 + 3 · 32 · 2)
        assert_eq!(WORKLOADS[0].operations(), 16384.0 * 2.0 * (3840.0 + 6144.0 + 192.0));
    }
}
