//! Features: what each number and each category code of a network's input means, and how a column becomes them.

mod binary;
mod category;
mod date;
mod encoding;
mod feature;
mod lookup;
mod number;
mod one_hot;
mod pixels;
mod sample;
mod scale;
mod stats;
#[cfg(test)]
mod tests;

pub use binary::Binary;
pub use category::Category;
pub use date::Date;
pub use feature::{ColumnPlaces, Feature, FeatureKind, Features};
pub use number::Number;
pub use one_hot::OneHot;
pub use scale::Scale;

pub(crate) use encoding::Inputs;
pub(crate) use lookup::Lookup;
pub(crate) use pixels::Pixels;
pub(crate) use sample::Sample;
pub(crate) use stats::Stats;

// A column gets the first encoding that suits it.
encoding::encodings! {
    Date: "The course of time, and its phases as points on a circle.",
    Number: "A number on a scale, and whether it was missing.",
    Binary: "One of two categories.",
    OneHot: "An input for each of a few categories.",
    Category: "A code for each of many categories, for a layer to look up.",
}
