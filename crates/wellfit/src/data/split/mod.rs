//! Which rows are train, dev and test.

mod classes;
mod groups;
mod method;
mod rows;
mod rule;
mod shares;
#[cfg(test)]
mod tests;
mod time;

use std::fmt;

pub use method::{RowOrder, SplitMethod};
pub(crate) use rows::{Order, split_rows};
pub use rule::SplitRule;
pub(crate) use shares::Given;

/// One of the three parts of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The rows to fit on.
    Train,
    /// The rows to choose with.
    Dev,
    /// The rows that are opened on purpose.
    Test,
}

impl Part {
    /// `train`, `dev` or `test`.
    pub fn name(self) -> &'static str {
        match self {
            Part::Train => "train",
            Part::Dev => "dev",
            Part::Test => "test",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Rows a pipeline may be fitted on and a network trained on; only a [`Split`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainRows(Vec<u32>);

impl TrainRows {
    /// Row numbers of the table, ascending.
    pub fn as_slice(&self) -> &[u32] {
        &self.0
    }
}

/// Row numbers of each part, ascending; no row is in two parts.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Split {
    /// To fit on.
    pub train: TrainRows,
    /// To choose with; may be empty.
    pub dev: Vec<u32>,
    /// To be opened on purpose; may be empty.
    pub test: Vec<u32>,
    /// How the rows were split.
    pub method: SplitMethod,
}

impl Split {
    /// A split of these parts; each is ascending, and no row is in two of them.
    pub(super) fn of_parts(train: Vec<u32>, dev: Vec<u32>, test: Vec<u32>, method: SplitMethod) -> Split {
        Split { train: TrainRows(train), dev, test, method }
    }
}
