//! What a person reads of each command, written from its typed report and events.

pub mod bench;
pub mod check;
mod columns;
pub mod compare;
pub mod config;
pub mod data;
mod drift;
pub mod lr_find;
mod parts;
mod range_table;
pub mod runs;
pub mod saved;
mod target;
pub mod test;

/// A label and its text, which may have several lines.
pub type Line = (&'static str, String);
