//! The rows of a sheet, one after the other: where a cell stands takes no memory.

use std::path::Path;

use calamine::{Cell as Placed, DataRef, Xlsx, XlsxCellReader};

use super::archive::Metered;
use super::value::is_blank;
use crate::data::DataError;
use crate::data::read::guarded::read_guarded;
use crate::text::thousands;

/// Rows and columns of a sheet of Excel.
const ROWS: u32 = 1 << 20;
const COLUMNS: u32 = 1 << 14;

/// A cell with its row and its column, which count from 0.
type At<'b> = Placed<DataRef<'b>>;

/// Called with the row's index and its cells that hold something.
pub(super) type VisitCells<'v> = dyn FnMut(u32, &[At<'_>]) -> Result<(), DataError> + 'v;

/// Visits the rows of a sheet that hold something.
pub(super) fn each_row(
    path: &Path,
    book: &mut Xlsx<Metered>,
    sheet: &str,
    visit: &mut VisitCells<'_>,
) -> Result<(), DataError> {
    let reader = read_guarded(path, || book.worksheet_cells_reader(sheet))?;
    let mut rows = Rows { reader, cells: Vec::new(), first: None, last: None, ended: false };
    while let Some(row) = read_guarded(path, || {
        rows.next().map_err(|problem| {
            let at = rows.last.map_or_else(String::new, |row| format!(", at or below row {}", row + 1));
            format!("sheet {sheet}{at}: {problem}")
        })
    })? {
        visit(row, &rows.cells)?;
    }
    Ok(())
}

/// Whether a sheet holds anything.
pub(super) fn holds_cells(path: &Path, book: &mut Xlsx<Metered>, sheet: &str) -> Result<bool, DataError> {
    read_guarded(path, || {
        let mut reader = book.worksheet_cells_reader(sheet)?;
        while let Some(cell) = reader.next_cell()? {
            if !is_blank(cell.get_value()) {
                return Ok(true);
            }
        }
        Ok::<_, calamine::XlsxError>(false)
    })
}

/// The rows of a sheet.
struct Rows<'b> {
    reader: XlsxCellReader<'b, Metered>,
    /// The cells of the row that was read last ...
    cells: Vec<At<'b>>,
    /// ... and the first one of the row behind it.
    first: Option<At<'b>>,
    /// The row of the last cell that was read.
    last: Option<u32>,
    ended: bool,
}

impl<'b> Rows<'b> {
    /// Reads the cells of the next row; returns its index.
    fn next(&mut self) -> Result<Option<u32>, String> {
        self.cells.clear();
        self.cells.extend(self.first.take());
        while let Some(cell) = self.next_cell()? {
            let (row, column) = cell.get_position();
            if row >= ROWS || column >= COLUMNS {
                return Err("a cell lies beyond the last row or column that a sheet has; it is damaged".to_owned());
            }
            self.last = Some(row);
            match self.cells.first().map(|cell| cell.get_position().0) {
                Some(this) if row > this => {
                    self.first = Some(cell);
                    break;
                }
                Some(this) if row < this => return Err(format!("row {} comes once more; it is damaged", row + 1)),
                _ if self.cells.len() >= COLUMNS as usize => {
                    let most = thousands(COLUMNS as usize);
                    return Err(format!("row {} holds more than {most} cells; it is damaged", row + 1));
                }
                _ => self.cells.push(cell),
            }
        }
        Ok(self.cells.first().map(|cell| cell.get_position().0))
    }

    /// The next cell that holds something.
    fn next_cell(&mut self) -> Result<Option<At<'b>>, String> {
        while !self.ended {
            match self.reader.next_cell().map_err(|error| error.to_string())? {
                Some(cell) if is_blank(cell.get_value()) => {}
                Some(cell) => return Ok(Some(cell)),
                None => self.ended = true,
            }
        }
        Ok(None)
    }
}

/// What Excel calls a cell: `B7`.
pub(super) fn cell_name(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut left = u64::from(column) + 1;
    while left > 0 {
        letters.push(char::from(b'A' + ((left - 1) % 26) as u8));
        left = (left - 1) / 26;
    }
    format!("{}{}", letters.iter().rev().collect::<String>(), u64::from(row) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_excel_names_them() {
        for (row, column, name) in [(0, 0, "A1"), (6, 25, "Z7"), (0, 26, "AA1"), (1_048_575, 16_383, "XFD1048576")] {
            assert_eq!(cell_name(row, column), name);
        }
    }
}
