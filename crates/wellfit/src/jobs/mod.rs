//! What the commands do: from a file to a verdict, and what can be asked of a run afterwards.

mod ablate;
mod arms;
mod bench;
mod check;
mod demo;
mod diagnose;
mod diverged;
mod error;
mod evaluate;
mod folder;
mod improve;
mod lines;
mod predict;
mod record;
mod report;
mod resume;
mod runs;
mod test;
mod train;
mod watch;

pub use ablate::ablate;
pub use bench::{BenchOptions, BenchReport, Measured, bench};
pub use check::check;
pub use demo::demo;
pub use diagnose::diagnose;
pub use error::JobError;
pub use improve::improve;
pub use predict::predict;
pub use report::report;
pub use runs::{RunSummary, runs};
pub use test::test;
pub use train::{RunOptions, TrainReport, train};
pub use watch::{Epoch, Progress, Watcher};
