//! A data set: typed rows, what to predict of them, and which rows are for what.

use std::collections::HashSet;

use super::aside::Aside;
use super::notice::DataNotice;
use super::read::Reading;
use super::read_plan::ReadPlan;
use super::split::Split;
use super::table::{Column, Table};
use super::target::Target;

/// Everything read: typed rows of all files, what to predict, and which rows are for what.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// The features: the main file's rows, then the dev file's, then the test file's.
    pub table: Table,
    /// The answers, one a row of the table.
    pub target: Target,
    /// Which rows are train, dev and test.
    pub split: Split,
    /// (rows,): weight of each row as in the file.
    pub weights: Option<Vec<f32>>,
    /// (rows,): group of each row.
    pub groups: Option<Vec<u32>>,
    /// Columns that are no feature. Those of one value may stand in the table all the same
    /// ([`DataRequest::keep_constant`](super::DataRequest::keep_constant)).
    pub aside: Vec<Aside>,
    /// What is worth knowing about how it was read and split.
    pub notices: Vec<DataNotice>,
    pub(crate) plan: ReadPlan,
    pub(crate) reading: Reading,
    /// For each file, in their order: its rows in the table, and those without a target, which are not.
    pub(super) left_out: Vec<(usize, Vec<u32>)>,
}

impl Dataset {
    /// The columns of the table that are features: those that are not set aside.
    pub fn used_columns(&self) -> impl Iterator<Item = &Column> {
        let aside: HashSet<&str> = self.aside.iter().map(|aside| aside.column.as_str()).collect();
        self.table.columns().iter().filter(move |column| !aside.contains(column.name.as_str()))
    }

    /// Where a row of the table stands in its file: the file (0 the main one, then those given for dev and test) and its number among
    /// the file's rows, from 1, the header not counted.
    pub fn place_in_file(&self, row: u32) -> (usize, u64) {
        let mut row = row as usize;
        let last = self.left_out.len().saturating_sub(1);
        for (file, (rows, left_out)) in self.left_out.iter().enumerate() {
            if row < *rows || file == last {
                // Each row left out before it moves it one further.
                let place =
                    left_out.iter().fold(row, |place, &out| if out as usize <= place { place + 1 } else { place });
                return (file, place as u64 + 1);
            }
            row -= rows;
        }
        (0, row as u64 + 1)
    }
}
