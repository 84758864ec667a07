//! An experiment: as written ([`Spec`]), checked and complete, and run.

mod assignment;
mod config_file;
mod config_toml;
mod defaults;
mod goal;
mod input_kind;
mod parts;
mod plan;
mod prepare;
mod problem;
pub mod settings;
pub mod spec;
mod spec_builder;
mod trial;
mod trials;

pub use assignment::Assignment;
pub use config_file::MAX_CONFIG_BYTES;
pub use config_toml::config_toml;
pub use input_kind::{InputKind, input_kind};
pub use parts::{PartLosses, PartsError, train_on_parts};
pub use plan::{DataSummary, Plan, PlanError};
pub use prepare::{
    Prepared, data_hash, data_request, file_hash, prepare, prepare_dataset, same_contents, with_absolute_paths,
    with_positive,
};
pub(crate) use problem::unknown_key;
pub use problem::{Problem, SpecError};
pub use spec::{SECTIONS, SETTINGS, Setting, Spec};
pub use spec_builder::SpecBuilder;
pub use trial::{StartError, check_gradient, engine, epochs_within, machine_threads, starting_member, train_silently};
pub use trials::{Losses, Trial, TrialError, TrialOutcome, run_trials, run_trials_telling};
