//! Rows as the network sees them: numbers and category codes, targets and weights.

use serde::{Deserialize, Serialize};

/// Prepared rows, held row by row so that a batch is gathered with one copy a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Examples {
    /// Number of rows.
    pub rows: usize,
    /// (rows, numeric width), row-major: standardised numbers, one-hot columns, missing-indicators.
    pub numeric: Vec<f32>,
    /// (rows, embedded columns), row-major: each code is below its embedding's `categories`; code 0 is "unseen or missing".
    pub codes: Vec<u32>,
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

/// Width of what [`Examples`] carry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputShape {
    /// Columns of `numeric`.
    pub numeric: usize,
    /// One entry for each column of `codes`.
    pub embeddings: Vec<EmbeddingShape>,
}

/// One learned embedding table: `categories` rows of `width` numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmbeddingShape {
    /// Number of codes, the code 0 for unseen and missing included.
    pub categories: usize,
    /// Numbers each code is turned into.
    pub width: usize,
}

impl InputShape {
    /// Inputs of the first dense layer: numbers and all embeddings side by side.
    pub fn width(&self) -> usize {
        self.embeddings.iter().fold(self.numeric, |width, embedding| width.saturating_add(embedding.width))
    }
}
