//! The columns of a table as they are read.

use std::collections::HashSet;

use serde::Serialize;

use crate::data::{Column, ColumnType, Dataset};

/// A column as it is read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColumnReport {
    /// Its name.
    pub name: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// Different values, in all files.
    pub distinct: u64,
    /// Share of rows without a value.
    pub missing: f64,
}

/// How each column of the table was read.
pub(super) fn columns(dataset: &Dataset) -> Vec<ColumnReport> {
    let rows = dataset.table.rows();
    let report = |column: &Column| {
        let missing = (0..rows as u32).filter(|&row| column.is_missing(row)).count();
        ColumnReport {
            name: column.name.clone(),
            kind: column.kind,
            distinct: distinct(column, rows),
            missing: missing as f64 / rows.max(1) as f64,
        }
    };
    dataset.table.columns().iter().map(report).collect()
}

fn distinct(column: &Column, rows: usize) -> u64 {
    let present = (0..rows as u32).filter(|&row| !column.is_missing(row));
    present.map(|row| column.identity(row)).collect::<HashSet<_>>().len() as u64
}
