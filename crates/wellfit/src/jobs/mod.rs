//! What the commands do: from a file to a verdict, and what can be asked of a run afterwards.

mod ablate;
mod arms;
mod audit;
mod check;
mod compare;
mod cross_validate;
mod demo;
mod diagnose;
mod diverged;
mod error;
mod evaluate;
mod folder;
mod improve;
mod judge;
mod learning_curve;
mod lines;
mod lr_find;
mod predict;
mod range_table;
mod record;
mod report;
mod resume;
mod runs;
mod same_rows;
mod test;
mod train;
mod tune;
mod watch;

pub use ablate::ablate;
pub use audit::{
    ClassReport, ColumnReport, DataReport, Detectable, NumberReport, PartsReport, SetAside, TargetReport, audit,
};
pub use check::check;
pub use compare::{ChangedSetting, CompareReport, ComparedRun, compare};
pub use demo::demo;
pub use diagnose::diagnose;
pub use error::JobError;
pub use improve::improve;
pub use lr_find::{LrReport, lr_find};
pub use predict::predict;
pub use report::report;
pub use runs::{RunSummary, runs};
pub use test::test;
pub use train::{RunOptions, TrainReport, train};
pub use tune::{TuneOptions, tune};
pub use watch::{Epoch, Progress, Watcher};
