//! An experiment: as written ([`Spec`]), checked and complete, and run.

mod config_file;
mod defaults;
mod gather;
mod parts;
mod plan;
mod prepare;
pub mod settings;
pub mod spec;
mod trial;
mod trials;

pub use config_file::{MAX_CONFIG_BYTES, Source, config_toml, source};
pub(crate) use gather::unknown_key;
pub use gather::{Gather, Problem, SpecError};
pub use parts::{PartLosses, PartsError, train_on_parts};
pub use plan::{Facts, Plan, PlanError};
pub use prepare::{Prepared, data_hash, data_request, prepare, prepare_dataset, with_absolute_paths, with_positive};
pub use spec::{SECTIONS, SETTINGS, Spec};
pub use trial::{StartError, check_gradient, engine, epochs_within, machine_threads, starting_member, train_silently};
pub use trials::{Losses, Trial, TrialError, TrialOutcome, run_trials, run_trials_telling};
