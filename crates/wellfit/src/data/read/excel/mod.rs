//! Workbooks of Excel (`.xlsx`): the first sheet that holds something, a row at a time.

mod archive;
mod parts;
mod sheet;
#[cfg(test)]
mod tests;
mod value;

use std::cell::RefCell;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};

use calamine::{Cell as Placed, DataRef, Reader, SheetType, SheetVisible, Xlsx};
use zip::ZipArchive;

use super::guarded::read_guarded;
use super::{Cell, Reading, Rows, Visit, columns_fit};
use crate::data::{DataError, DataNotice};
use crate::store::open_regular;
use crate::text::visible;
use archive::{Meter, Metered, is_sound_workbook};
use sheet::{cell_name, each_row, holds_cells};
use value::cell;

/// First bytes of an archive.
pub(super) const ZIP: &[u8] = b"PK\x03\x04";

/// A workbook and where its table stands.
pub(super) struct Workbook {
    path: PathBuf,
    book: RefCell<Xlsx<Metered>>,
    meter: Meter,
    /// The sheet that is read.
    sheet: String,
    /// The others that hold something.
    others: Vec<String>,
    table: Table,
}

/// Where a table stands in its sheet.
#[derive(Clone, Debug, PartialEq)]
struct Table {
    /// The row of the names, where there is one.
    header: Option<u32>,
    columns: Range<u32>,
}

impl Workbook {
    /// Finds the sheet and the names of its columns; `None` if the archive is no workbook.
    pub fn open(path: &Path, reading: &Reading) -> Result<Option<(Workbook, Vec<String>)>, DataError> {
        let open = || open_regular(path).map_err(|error| DataError::io(path, error));
        let length = open()?.metadata().map_err(|error| DataError::io(path, error))?.len();
        let mut start = Vec::new();
        open()?.take(ZIP.len() as u64).read_to_end(&mut start).map_err(|error| DataError::io(path, error))?;
        if start != ZIP {
            return Err(DataError::of(path, "a zip archive or a workbook, compressed once more: decompress it first"));
        }
        let (file, _) = Metered::new(open()?, length);
        let is_workbook = read_guarded(path, || {
            let mut archive = ZipArchive::new(file).map_err(|error| format!("a zip archive, and damaged: {error}"))?;
            is_sound_workbook(&mut archive, length)
        })?;
        if !is_workbook {
            return Ok(None);
        }
        let (file, meter) = Metered::new(open()?, length);
        let mut book = read_guarded(path, || Xlsx::new(file))?;
        meter.renew();
        let mut holding = sheets_with_cells(path, &mut book)?.into_iter();
        let Some(sheet) = holding.next() else {
            return Err(DataError::of(path, "a workbook whose sheets are all empty"));
        };
        let others = holding.collect();
        meter.renew();
        let (table, names) = find_table(path, &mut book, &sheet, reading.header)?;
        let book = RefCell::new(book);
        Ok(Some((Workbook { path: path.into(), book, meter, sheet, others, table }, names)))
    }
}

/// The sheets that hold something: those that are shown, or where none does, those that are hidden.
fn sheets_with_cells(path: &Path, book: &mut Xlsx<Metered>) -> Result<Vec<String>, DataError> {
    let sheets = book.sheets_metadata().to_vec();
    for is_shown in [true, false] {
        let mut holding = Vec::new();
        for sheet in &sheets {
            let is_asked = sheet.typ == SheetType::WorkSheet && (sheet.visible == SheetVisible::Visible) == is_shown;
            if is_asked && holds_cells(path, book, &sheet.name)? {
                holding.push(sheet.name.clone());
            }
        }
        if !holding.is_empty() {
            return Ok(holding);
        }
    }
    Ok(Vec::new())
}

/// Where the table of a sheet stands, and the names of its columns.
fn find_table(
    path: &Path,
    book: &mut Xlsx<Metered>,
    sheet: &str,
    has_header: bool,
) -> Result<(Table, Vec<String>), DataError> {
    let is_1904 = book.has_1904_epoch();
    let mut top: Option<(u32, Vec<(u32, String)>)> = None;
    let mut columns: Option<Range<u32>> = None;
    let mut beside = None;
    each_row(path, book, sheet, &mut |row, cells| {
        let places = cells.iter().map(|cell| cell.get_position().1);
        let (Some(first), Some(last)) = (places.clone().min(), places.max()) else { return Ok(()) };
        let before = columns.get_or_insert(first..last + 1).clone();
        let now = before.start.min(first)..before.end.max(last + 1);
        if now != before && beside.is_none() {
            beside = Some((row, if before.contains(&last) { first } else { last }));
        }
        columns = Some(now);
        top.get_or_insert_with(|| {
            let named = |placed: &Placed<DataRef<'_>>| {
                let name = cell(placed.get_value(), is_1904).written();
                (placed.get_position().1, name.trim().to_owned())
            };
            (row, cells.iter().map(named).collect())
        });
        Ok(())
    })?;
    let (Some((row, header)), Some(columns)) = (top, columns) else {
        return Err(DataError::of(path, format!("sheet {sheet} is empty")));
    };
    let width = columns.len();
    columns_fit(path, width)?;
    if !has_header {
        let names = (1..=width).map(|column| format!("c{column}")).collect();
        return Ok((Table { header: None, columns }, names));
    }
    let mut names = vec![String::new(); width];
    for (column, name) in header {
        if let Some(place) = names.get_mut((column - columns.start) as usize) {
            *place = name;
        }
    }
    let named = names.iter().filter(|name| !name.is_empty()).count();
    // An index has no name, and a column may lack one; a title above the table names next to none.
    if let Some((line, column)) = beside.filter(|_| 2 * named < width) {
        let problem = format!(
            "the first row that holds something names {named} of {width} columns (row {}), and {} holds something too: take away \
             what stands above the table or beside it, or say --no-header",
            row + 1,
            cell_name(line, column)
        );
        return Err(DataError::line(path, u64::from(line) + 1, problem));
    }
    Ok((Table { header: Some(row), columns }, names))
}

impl Rows for Workbook {
    fn each_row(&self, visit: &mut Visit<'_>) -> Result<(), DataError> {
        let busy = |_| DataError::of(&self.path, "it is being read");
        let mut book = self.book.try_borrow_mut().map_err(busy)?;
        self.meter.renew();
        let is_1904 = book.has_1904_epoch();
        let Table { header, columns } = &self.table;
        each_row(&self.path, &mut book, &self.sheet, &mut |row, placed| {
            if *header == Some(row) {
                return Ok(());
            }
            let mut cells = vec![Cell::Missing; columns.len()];
            for one in placed {
                let place = one.get_position().1.checked_sub(columns.start);
                if let Some(held) = place.and_then(|place| cells.get_mut(place as usize)) {
                    *held = cell(one.get_value(), is_1904);
                }
            }
            visit(u64::from(row) + 1, &cells)
        })
    }

    /// Numbers are numbers, but people type `NA` and dates as texts.
    fn is_typed(&self) -> bool {
        false
    }

    fn passed_over(&self) -> Vec<DataNotice> {
        if self.others.is_empty() {
            return Vec::new();
        }
        let shown = |name: &String| visible(name).into_owned();
        let others = self.others.iter().map(shown).collect();
        vec![DataNotice::OtherSheets { sheet: shown(&self.sheet), others }]
    }
}
