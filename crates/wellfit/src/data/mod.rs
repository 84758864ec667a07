//! From a file to the numbers a network sees: tables, schemas, splits and fitted preprocessing.

#[cfg(feature = "arrow")]
mod arrow;
mod aside;
mod augment;
mod cells;
mod column_reader;
mod column_type;
mod dataset;
pub mod demo;
mod error;
mod examples;
pub mod features;
mod fingerprint;
mod folds;
mod guarded;
mod infer;
mod labels;
mod load;
mod mixture;
mod normalize;
mod notation;
mod notice;
mod numbers;
mod pipeline;
mod place;
mod planning;
mod profile;
mod read;
mod read_plan;
mod recognition;
mod request;
mod required;
mod row_source;
mod schema;
mod source;
mod split;
mod subsets;
mod table;
mod target;
mod target_cells;
mod task;

pub use aside::{Aside, Reason};
pub use augment::Augment;
pub use column_type::ColumnType;
pub use dataset::Dataset;
pub use error::DataError;
pub use examples::{Examples, Targets};
pub use features::{ColumnPlaces, Feature, FeatureKind, Features};
pub use fingerprint::Fingerprint;
#[cfg(any(feature = "excel", feature = "parquet", feature = "trees"))]
pub(crate) use guarded::guarded;
pub use guarded::panics_are_caught;
pub use load::load;
pub use normalize::Normalize;
pub use notation::Decimal;
pub use notice::{DataNotice, PartCopies};
pub use numbers::Numbers;
pub use pipeline::{LabelledTable, NewTable, Pipeline, Step};
pub use place::{Origin, Place};
pub use request::{DataRequest, KeepWords};
pub use row_source::RowSource;
pub use source::DataSource;
pub use split::{Part, RowOrder, Split, SplitMethod, SplitRule, TrainRows};
pub(crate) use table::of_rows;
pub use table::{Column, MISSING, Table, Values};
pub use target::{Target, TargetValues, rarer_share};
pub use task::Task;

#[cfg(test)]
mod tests;
