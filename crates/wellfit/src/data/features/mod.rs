//! Features: what each number and each category code of a network's input means.

mod feature;

pub use feature::{ColumnPlaces, Feature, FeatureKind, Features};
