//! What every encoding does, and the macro that makes one type of them all.

use std::ops::Range;

use super::FeatureKind;
use super::scale::Scale;
use crate::data::Column;

/// A fitted way to turn a column into inputs.
pub(crate) trait Encode {
    /// The features it makes, in the order of their inputs, each with its width.
    fn features(&self) -> Vec<(FeatureKind, usize)>;

    /// Writes the numbers of `rows`, if it makes any.
    fn write_numbers(&self, _column: &Column, _rows: &[u32], _inputs: Inputs<'_, f32>) {}

    /// Writes the category codes of `rows`, if it makes any.
    fn write_codes(&self, _column: &Column, _rows: &[u32], _inputs: Inputs<'_, u32>) {}

    /// The categories it knows, sorted, if it has any.
    fn categories(&self) -> &[String] {
        &[]
    }

    /// How its number is scaled, if it has one.
    fn scale(&self) -> Option<&Scale> {
        None
    }
}

/// The inputs that one encoding fills in: the same places of several rows.
pub(crate) struct Inputs<'a, T> {
    block: &'a mut [T],
    stride: usize,
    places: Range<usize>,
}

impl<'a, T> Inputs<'a, T> {
    /// The `places` of each row of `block`, whose rows are `stride` long.
    pub fn new(block: &'a mut [T], stride: usize, places: Range<usize>) -> Inputs<'a, T> {
        Inputs { block, stride, places }
    }

    /// The places of one row after the other.
    pub fn rows(self) -> impl Iterator<Item = &'a mut [T]> {
        let Inputs { block, stride, places } = self;
        block.chunks_exact_mut(stride.max(1)).filter_map(move |row| row.get_mut(places.clone()))
    }
}

/// Declares the encodings, the first that suits a column first: a variant of `Encoding` for each, named like its type.
macro_rules! encodings {
    ($($name:ident: $about:literal,)+) => {
        /// How one column becomes inputs, with what was fitted on train.
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Encoding {
            $(#[doc = $about] $name($name),)+
        }

        impl Encoding {
            /// Fits a column; `None` where it is constant in train and has no gaps.
            pub(crate) fn fit(sample: &Sample, normalize: crate::data::Normalize) -> Option<Encoding> {
                None$(.or_else(|| $name::fit(sample, normalize).map(Encoding::$name)))+
            }

            /// What it does.
            pub(crate) fn encoder(&self) -> &dyn encoding::Encode {
                match self {
                    $(Encoding::$name(encoding) => encoding,)+
                }
            }
        }
    };
}
pub(super) use encodings;
