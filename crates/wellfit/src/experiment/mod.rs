//! An experiment: as written ([`Spec`]), checked and complete, and run.

mod config_file;
mod gather;
pub mod settings;
pub mod spec;

pub use config_file::{MAX_CONFIG_BYTES, Source, config_toml, source};
pub use gather::{Gather, Problem, SpecError};
pub use spec::{SECTIONS, SETTINGS, Spec};
