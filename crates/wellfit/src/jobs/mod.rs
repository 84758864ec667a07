//! What the commands do: from a file to a verdict, and what can be asked of a run afterwards.

mod ablate;
mod audit;
mod check;
mod clock;
mod compare;
mod demo;
mod diagnose;
mod diverged;
mod fit;
mod improve;
mod integrity;
mod lr_find;
mod predict;
mod report;
mod test;
mod train;
mod tune;

pub use ablate::{AblationReport, ablate};
pub use audit::{
    Assumption, ClassReport, ColumnReport, DataReport, Detectable, DetectableUnit, NumberReport, PartsReport, SetAside,
    TargetReport, audit,
};
pub use check::{GradientReport, check};
pub use compare::{ChangedSetting, CompareReport, ComparedRun, compare};
pub use demo::demo;
pub use diagnose::diagnose;
pub use fit::{fit, fit_watched};
pub use improve::improve;
pub use integrity::{IntegrityCheck, IntegrityReport, integrity};
pub use lr_find::{LrReport, lr_find};
pub use predict::{PredictReport, predict};
pub use report::{PageReport, report};
pub use test::{TestReport, test};
pub use train::{TrainReport, train};
pub use tune::{TuneOptions, tune};
