//! From a file to the numbers a network sees: tables, schemas, splits and fitted preprocessing.

mod dataset;
mod dates;
pub mod demo;
mod error;
mod examples;
mod gather;
mod pipeline;
mod profile;
mod read;
mod request;
mod schema;
mod split;
mod table;
mod target;
mod task;
mod value;
mod words;

pub use dataset::{Dataset, fingerprint, load};
pub use error::{DataError, Place};
pub use examples::{EmbeddingShape, Examples, InputShape, Targets};
pub use pipeline::Pipeline;
pub use request::{ColumnType, DataRequest, Normalize, SplitRule};
pub use split::{Split, TrainRows};
pub use table::{Column, MISSING, Table, Values};
pub use target::{Target, TargetValues};
pub use task::Task;

#[cfg(test)]
mod tests;
