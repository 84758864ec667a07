//! What a fitted pipeline does, column by column, for those who carry it elsewhere.

use super::Pipeline;
use crate::data::ColumnType;
use crate::data::features::Encoding;

/// What becomes of one column.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Step<'p> {
    /// The column's name.
    pub column: &'p str,
    /// What it holds: `Numeric`, `Categorical`, `Boolean` or `Datetime`.
    pub kind: ColumnType,
    /// Texts that mean "missing" in this column, besides those that do in every column.
    pub missing: &'p [String],
    /// How it is turned into inputs.
    pub encoding: &'p Encoding,
}

impl Pipeline {
    /// The columns used, in the order of the inputs, and how each is encoded.
    pub fn steps(&self) -> impl ExactSizeIterator<Item = Step<'_>> {
        self.inputs.iter().map(|input| Step {
            column: &input.field.name,
            kind: input.field.kind,
            missing: &input.field.strays,
            encoding: &input.encoding,
        })
    }
}
