//! From a file to the numbers a network sees: tables, schemas, splits and fitted preprocessing.

mod augment;
mod cells;
mod dataset;
mod dates;
pub mod demo;
mod error;
mod examples;
mod features;
mod fingerprint;
mod folds;
mod gather;
mod images;
mod infer;
mod labels;
mod mixture;
mod pipeline;
mod planning;
mod profile;
mod read;
mod request;
mod schema;
mod split;
mod split_rule;
mod subsets;
mod table;
mod target;
mod task;
mod value;

pub use augment::Augment;
pub use dataset::{Dataset, load};
pub use error::{DataError, Place};
pub use examples::{EmbeddingShape, Examples, InputShape, Targets};
pub use features::{ColumnPlaces, Feature, FeatureKind, Features};
pub use fingerprint::fingerprint;
pub use pipeline::Pipeline;
pub(crate) use planning::MISSING_NOTICE;
pub use request::{ColumnType, DataRequest, Normalize};
pub use split::{Split, TrainRows};
pub use split_rule::SplitRule;
pub(crate) use table::of_rows;
pub use table::{Column, MISSING, Table, Values};
pub use target::{Target, TargetValues};
pub use task::Task;

#[cfg(test)]
mod tests;
