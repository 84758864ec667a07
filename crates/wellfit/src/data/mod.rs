//! From a file to the numbers a network sees: tables, schemas, splits and fitted preprocessing.

mod examples;
mod task;

pub use examples::{EmbeddingShape, Examples, InputShape, Targets};
pub use task::Task;
