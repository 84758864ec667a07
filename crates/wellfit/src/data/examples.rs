//! Rows as the network sees them: numbers and category codes, targets and weights.

use super::row_source::RowSource;

/// Prepared rows with what is to be learned from them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Examples {
    /// The inputs.
    pub source: RowSource,
    /// What is to be predicted, one a row; [`Targets::Absent`] for rows to predict.
    pub targets: Targets,
    /// (rows,): weight of each row in the loss, with mean 1 over train; empty means every row weighs 1.
    pub weights: Vec<f32>,
}

/// The targets of [`Examples`].
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Targets {
    /// No targets: rows to be predicted.
    #[default]
    Absent,
    /// (rows,): index of the class; binary tasks use 0 and 1 (the positive class).
    Classes(Vec<u32>),
    /// (rows,): the target standardised with train's mean and deviation.
    Values(Vec<f32>),
}

impl Examples {
    /// Rows of equal weight.
    pub fn new(source: RowSource, targets: Targets) -> Examples {
        Examples { source, targets, weights: Vec::new() }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.source.rows()
    }
}
