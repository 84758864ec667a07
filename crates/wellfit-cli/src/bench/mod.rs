//! `wellfit bench`: samples per second of the standard workloads, and the share of the machine's peak that they reach.

#![allow(clippy::indexing_slicing, reason = "rows, folds and epochs are counted by the workloads themselves")]

mod error;
mod grid;
mod peak;
mod workload;

use std::time::Instant;

use serde::Serialize;
use wellfit::data::Examples;
use wellfit::experiment::{engine, machine_threads};
use wellfit::kernels::isa::Isa;
use wellfit::kernels::precision::Precision;
use wellfit::net::Init;
use wellfit::train::{Engine, NotFinite, Progress, Recipe, next_step, row_order};

pub use error::BenchError;
use workload::{WORKLOADS, Workload};

/// Epochs that are timed, after one that is not; their median counts.
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
    /// Version of this layout.
    pub schema: u64,
    /// Threads.
    pub threads: usize,
    /// Billions of floating-point operations per second of the register tile alone, on operands that stay in the first
    /// cache, in the precision that was asked for, on all threads.
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
    /// Rows trained on, per second.
    pub samples_per_second: f64,
    /// Billions of floating-point operations of its products, per second.
    pub gflops: f64,
}

/// A figure, as soon as it is known.
#[derive(Clone, Copy, Debug)]
pub enum Figure<'a> {
    /// The machine's peak.
    Peak {
        /// Billions of floating-point operations per second.
        gflops: f64,
        /// The precision of products.
        precision: Precision,
        /// Threads.
        threads: usize,
        /// The instruction path.
        isa: Isa,
    },
    /// A workload, and the share of the peak that it reaches.
    Workload {
        /// What was measured.
        measured: &'a Measured,
        /// Its share of the peak.
        share_of_peak: f64,
    },
}

/// Trains on synthetic data in the shape of the workloads, times it, and passes each figure to `on_figure`.
pub fn bench(options: &BenchOptions, on_figure: &mut dyn FnMut(Figure<'_>)) -> Result<BenchReport, BenchError> {
    let chosen = chosen(options.workload.as_deref())?;
    let precision = options.precision;
    let threads = options.threads.unwrap_or_else(machine_threads);
    let peak_gflops = peak::gflops(precision, threads);
    on_figure(Figure::Peak { gflops: peak_gflops, precision, threads, isa: Isa::best() });
    let mut workloads = Vec::new();
    for (name, workload) in chosen {
        let samples_per_second = match name {
            grid::NAME => grid::samples_per_second(&workload, precision, threads)?,
            _ => samples_per_second(&workload, precision, options.threads)?,
        };
        let gflops = workload.operations() / workload.rows as f64 * samples_per_second / 1e9;
        let measured = Measured { name, precision: precision.name(), samples_per_second, gflops };
        on_figure(Figure::Workload { measured: &measured, share_of_peak: gflops / peak_gflops });
        workloads.push(measured);
    }
    Ok(BenchReport { schema: 1, threads, peak_gflops, workloads })
}

/// The workload of that name, or all that train one network.
fn chosen(name: Option<&str>) -> Result<Vec<(&'static str, Workload)>, BenchError> {
    let named = |workload: Workload| (workload.name, workload);
    match name {
        None => Ok(WORKLOADS.map(named).to_vec()),
        Some(grid::NAME) => Ok(vec![(grid::NAME, grid::WORKLOAD)]),
        Some(name) => match WORKLOADS.into_iter().find(|workload| workload.name == name) {
            Some(workload) => Ok(vec![named(workload)]),
            None => {
                let known = WORKLOADS.iter().map(|workload| workload.name).chain([grid::NAME]).collect();
                Err(BenchError::UnknownWorkload { name: name.to_owned(), known })
            }
        },
    }
}

/// The median over a few epochs of training one network.
fn samples_per_second(workload: &Workload, precision: Precision, threads: Option<usize>) -> Result<f64, BenchError> {
    let (recipe, examples) = (workload.recipe(precision, 0.0), workload.examples());
    let mut engine = engine(&workload.network()?, &recipe, threads)?;
    let theta = Init::He.theta(engine.network(), recipe.seed);
    engine.pack(&theta);
    let mut training = Progress::start(theta.into(), recipe.optimizer);
    let mut seconds = Vec::new();
    for epoch in 0..=EPOCHS {
        let begun = Instant::now();
        let order = row_order(&recipe, examples.rows(), epoch);
        train_epoch(&mut engine, &recipe, &examples, &order, &mut training)?;
        if epoch > 0 {
            seconds.push(begun.elapsed().as_secs_f64());
        }
    }
    seconds.sort_by(f64::total_cmp);
    Ok(workload.rows as f64 / seconds[EPOCHS / 2])
}

/// One epoch over the rows of `order`.
fn train_epoch(
    engine: &mut Engine<f32>,
    recipe: &Recipe,
    examples: &Examples,
    order: &[u32],
    training: &mut Progress,
) -> Result<(), NotFinite> {
    training.step_in_epoch = 0;
    (0..order.len().div_ceil(recipe.batch)).try_for_each(|_| next_step(engine, recipe, examples, order, training))
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
        let expected = "--workload \"small\": no such workload; there are tiny, table, mnist, wide, grid";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn operations_are_those_of_the_products() {
        // 16,384 rows of 2 · (2 · 30 · 64 + 3 · 64 · 32 + 3 · 32 · 2)
        assert_eq!(WORKLOADS[0].operations(), 16384.0 * 2.0 * (3840.0 + 6144.0 + 192.0));
    }
}
