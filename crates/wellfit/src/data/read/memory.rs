//! A table in memory, as rows of cells.

use std::sync::Arc;

use super::{Cell, Rows, Visit};
use crate::data::{Column, ColumnType, DataError, Table, Values};

/// A table whose cells are read as those of a file that has types.
pub(super) struct TableRows(pub Arc<Table>);

impl Rows for TableRows {
    fn is_typed(&self) -> bool {
        true
    }

    fn each_row(&self, visit: &mut Visit<'_>) -> Result<(), DataError> {
        let columns: Vec<Cells<'_>> = self.0.columns().iter().map(Cells::of).collect();
        let mut cells = Vec::with_capacity(columns.len());
        for row in 0..self.0.rows() {
            cells.clear();
            cells.extend(columns.iter().map(|column| column.get(row)));
            visit(row as u64 + 1, &cells)?;
        }
        Ok(())
    }
}

/// The cells of a column.
struct Cells<'t> {
    column: &'t Column,
    /// Whether its times have a time of day.
    clock: bool,
}

impl<'t> Cells<'t> {
    fn of(column: &'t Column) -> Cells<'t> {
        let clock = match &column.values {
            Values::Numbers(seconds) => seconds.iter().any(|seconds| seconds % 86_400.0 != 0.0 && !seconds.is_nan()),
            _ => false,
        };
        Cells { column, clock }
    }

    fn get(&self, row: usize) -> Cell<'t> {
        let number = match &self.column.values {
            Values::Numbers(numbers) => numbers.get(row).unwrap_or(f64::NAN),
            Values::Bytes(bytes) => bytes.get(row).copied().map_or(f64::NAN, f64::from),
            Values::Categorical { codes, categories } => {
                let code = codes.get(row).copied().unwrap_or(u32::MAX);
                return categories.get(code as usize).map_or(Cell::Missing, |text| Cell::Text(text));
            }
        };
        match self.column.kind {
            _ if number.is_nan() => Cell::Missing,
            ColumnType::Datetime => Cell::Moment { seconds: number, clock: self.clock },
            _ => Cell::Number(number),
        }
    }
}
