//! How rows came to their parts.

use std::fmt;

use crate::text::thousands;

/// How the rows of a data set were split.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum SplitMethod {
    /// Every row of the main file is in train.
    AllTrain {
        /// Rows of the main file.
        rows: usize,
    },
    /// Each part has a share of the main file, or a file of its own.
    Shares {
        /// Share of train.
        train: f64,
        /// Share of dev; `None` if it has a file.
        dev: Option<f64>,
        /// Share of test; `None` if it has a file.
        test: Option<f64>,
        /// Which rows go where.
        order: RowOrder,
    },
    /// Train and dev rows of another split, split once more.
    Resplit,
    /// One fold of train and dev rows is dev, the others are train.
    Fold {
        /// Which fold, from 1.
        number: usize,
        /// How many there are.
        of: usize,
    },
    /// Train holds some of the rows it had.
    PartOfTrain {
        /// How many.
        rows: usize,
    },
    /// Train lacks one fold of its rows.
    HeldOut {
        /// How many folds there are.
        of: usize,
    },
}

/// Which rows of the main file go to which part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RowOrder {
    /// Any row to any part.
    Random,
    /// The same share of each class to each part.
    Stratified,
    /// All rows of a group to one part.
    Grouped,
    /// The oldest rows to train, the newest to test.
    Time,
}

impl fmt::Display for SplitMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            SplitMethod::AllTrain { rows } => write!(f, "all {} rows of the main file in train", thousands(rows)),
            SplitMethod::Shares { train, dev, test, order } => {
                let percent = |share: f64| (share * 1000.0).round() / 10.0;
                let part = |share: Option<f64>| share.map_or("its file".to_owned(), |share| percent(share).to_string());
                write!(f, "{}/{}/{} {order}", percent(train), part(dev), part(test))
            }
            SplitMethod::Resplit => f.write_str("re-split"),
            SplitMethod::Fold { number, of } => write!(f, "fold {number} of {of}"),
            SplitMethod::PartOfTrain { rows } => write!(f, "{} rows of train", thousands(rows)),
            SplitMethod::HeldOut { of } => write!(f, "one fold of {of} held out of train"),
        }
    }
}

impl fmt::Display for RowOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RowOrder::Random => "at random",
            RowOrder::Stratified => "at random, stratified by class",
            RowOrder::Grouped => "at random, groups kept together",
            RowOrder::Time => "by time, the newest rows last",
        })
    }
}
