//! The model file: one file that predicts, and the predictor made from it.

mod file;
mod predictor;

pub use file::{Model, ModelError, check_description, read_model, write_model};
pub use predictor::Predictor;
