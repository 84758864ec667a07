//! Panels: the order in which products read their operands.

/// Columns of a panel. A panel holds one step of a product's sum after the other, each a row of this many words, so that it
/// is read from end to end whatever the width of the matrix.
pub const PANEL: usize = 32;

/// Words of a panel's width of numbers that are rounded to bf16: two neighbours to a word.
pub(crate) const PAIRS: usize = PANEL / 2;
