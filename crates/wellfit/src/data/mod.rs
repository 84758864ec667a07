//! From a file to the numbers a network sees: tables, schemas, splits and fitted preprocessing.

mod augment;
mod cells;
mod dataset;
mod dates;
pub mod demo;
mod error;
mod examples;
pub mod features;
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
mod row_source;
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
pub use examples::{Examples, Targets};
pub use features::{ColumnPlaces, Feature, FeatureKind, Features};
pub use fingerprint::fingerprint;
pub use pipeline::{Pipeline, Step};
pub(crate) use planning::MISSING_NOTICE;
#[cfg(feature = "parquet")]
pub use read::panics_are_caught;
pub use request::{ColumnType, DataRequest, Normalize};
pub use row_source::RowSource;
pub use split::{Split, TrainRows};
pub use split_rule::SplitRule;
pub(crate) use table::of_rows;
pub use table::{Column, MISSING, Table, Values};
pub use target::{Target, TargetValues};
pub use task::Task;

#[cfg(test)]
mod tests;
