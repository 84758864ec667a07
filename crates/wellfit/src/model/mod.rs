//! A trained model, and the file that keeps it.

mod file;

pub use file::{Model, ModelError, check_description, read_model, write_model};
