//! Why rows of train and dev cannot be cross-validated.

use thiserror::Error;

use crate::text::{counted, thousands};

/// Why rows of train and dev cannot be cross-validated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NoFolds {
    /// Dev is a file of its own.
    #[error("dev rows come from a file of their own (--dev), so train rows cannot stand in for them")]
    DevFile,
    /// Rows are split by time.
    #[error("rows are split by time (--time), and folds would judge older rows by newer ones")]
    ByTime,
    /// There are fewer rows, or groups of rows, than folds.
    #[error("train and dev hold {}, too few for {folds} folds", counted(*units as u64, if *grouped { "group" } else { "row" }))]
    TooFew {
        /// Rows, or groups of rows.
        units: usize,
        /// Whether rows stay together in groups.
        grouped: bool,
        /// The folds.
        folds: usize,
    },
    /// Images take much memory.
    #[error("images are many numbers, which --folds K would copy K times")]
    Images,
    /// The inputs of all folds do not fit into memory.
    #[error("{folds} copies of the inputs are {} numbers, more than is held in memory", thousands(*numbers as u64))]
    TooLarge {
        /// The folds.
        folds: usize,
        /// Numbers of all copies.
        numbers: usize,
    },
}
