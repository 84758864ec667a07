//! Trains deep networks on tables, measures bias and variance with intervals, and prescribes the next remedy.
//!
//! [`fit`] takes rows, from memory or from a file, and gives back a network that predicts, with its verdict:
//!
//! ```
//! use wellfit::data::{Column, Table};
//! use wellfit::experiment::Spec;
//!
//! // A row is positive where its two numbers have the same sign; no straight line separates the classes.
//! let number = |row: usize, turn: f64| (row as f64 * turn).sin();
//! let numbers = |turn: f64| (0..600).map(|row| number(row, turn)).collect::<Vec<_>>();
//! let class = |row: usize| if number(row, 1.3) * number(row, 2.9) > 0.0 { "same" } else { "different" };
//! let table = Table::new(600, vec![
//!     Column::of_numbers("a", numbers(1.3)),
//!     Column::of_numbers("b", numbers(2.9)),
//!     Column::of_texts("signs", (0..600).map(|row| Some(class(row)))),
//! ]);
//!
//! let mut spec = Spec::default();
//! spec.data.target = Some("signs".to_string());
//! let mut fitted = wellfit::fit(&table, &spec)?;
//!
//! let diagnosis = fitted.diagnosis().expect("there are dev rows");
//! println!("{}", diagnosis.headline());
//! let dev = fitted.result().and_then(|result| result.dev.as_ref()).expect("there are dev rows");
//! assert!(dev.error.high < 0.3, "better than a straight line, which errs on half of the rows: {:?}", dev.error);
//!
//! fitted.predict(&table); // a probability for each class of each row
//! # Ok::<(), wellfit::runs::JobError>(())
//! ```
//!
//! What a command does is a function of [`jobs`]; training step by step, with layers of one's own, is in [`net`] and
//! [`train`]. The modules are floors of a house: each uses only those on a lower floor (see `ARCHITECTURE.md`, which a
//! test holds to this list).

#![forbid(unsafe_code)]
// What a user wrote is never indexed with: where an index cannot fail, a reason stands beside the exception.
#![warn(clippy::indexing_slicing, clippy::string_slice, clippy::panic, clippy::unreachable)]

#[cfg(test)]
mod proof; // 0: how many cases a test tries
pub mod store; // 0: files that are replaced whole or not at all
pub mod text; // 0: pieces of messages: counts, lists, likely names

pub mod data; // 1: table, schema, readers, split, pipeline
pub mod net; // 1: layers, activations, initialisation, losses, the network, its gradient check
pub mod optim; // 1: optimisers and schedules

pub mod train; // 2: the two-sweep step, the loop, history, metrics, checkpoint

pub mod model; // 3: the model file and what is in it

pub mod experiment; // 4: spec (as written) -> plan (checked, complete) -> run

pub mod diagnose; // 5: intervals, the error budget, findings

pub mod improve; // 6: remedies

pub mod tune; // 7: the search over hyperparameters

pub mod words; // 8: the catalogue of messages

pub mod report; // 9: figures and the page

pub mod fitted; // 10: a trained model at work

pub mod runs; // 10: runs on disk: folder, checkpoints, ledger, events

pub mod compare; // 11: evaluation and paired trials

pub mod jobs; // 12: what a command does, from file to verdict

/// What a layer of one's own is written with: number types ([`kernels::scalar::Scalar`]), products, elementwise kernels,
/// dropout masks, random numbers, and the instruction paths they run on.
pub use wellfit_kernels as kernels;

pub use jobs::{fit, fit_watched};

/// The README's program is compiled with the tests of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
