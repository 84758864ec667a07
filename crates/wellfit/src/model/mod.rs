//! A trained model, and the file that keeps it.

mod file;

pub use file::{Model, ModelError, Predictor, check_description, read_model, write_model};
