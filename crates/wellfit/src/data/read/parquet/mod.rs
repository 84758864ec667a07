//! Parquet files, a batch of rows at a time, by Parquet's own column readers.

mod column;
mod kind;
mod pages;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::path::{Path, PathBuf};

use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::Type;

use super::guarded::read_guarded;
use super::{Cell, Rows, Visit, columns_fit, open};
use crate::data::DataError;
use crate::store::open_regular;
use crate::text::thousands;
use column::Column;
use kind::Kind;

/// Most rows in a batch ...
const BATCH_ROWS: usize = 4096;
/// ... and most cells, which counts where a table is wide.
const BATCH_CELLS: usize = 1 << 20;

/// A Parquet file and what its columns hold.
pub(super) struct ParquetFile {
    path: PathBuf,
    reader: SerializedFileReader<File>,
    /// What each column holds, and the place of its cells among those of all columns.
    kinds: Vec<(Kind, usize)>,
}

impl ParquetFile {
    /// Reads the column names and their types.
    pub fn open(path: &Path) -> Result<(ParquetFile, Vec<String>), DataError> {
        let file = open_regular(path).map_err(|error| DataError::io(path, error))?;
        let reader = read_guarded(path, || SerializedFileReader::new(file))?;
        let fields = reader.metadata().file_metadata().schema().get_fields();
        columns_fit(path, fields.len())?;
        plausible(path, reader.metadata(), fields.len())?;
        let mut names = Vec::new();
        let mut kinds = Vec::new();
        let mut place = 0;
        for field in fields {
            kinds.push((Kind::of(field), place));
            place += leaves(field);
            names.push(field.name().trim().to_owned());
        }
        Ok((ParquetFile { path: path.into(), reader, kinds }, names))
    }

    /// Visits the rows of a row group, which come after the row of that number; returns the number of the last one.
    fn each_row_of(&self, group: usize, mut row_number: u64, visit: &mut Visit<'_>) -> Result<u64, DataError> {
        let path = &self.path;
        let batch_rows = (BATCH_CELLS / self.kinds.len().max(1)).clamp(1, BATCH_ROWS);
        let (mut columns, mut left) = read_guarded(path, || {
            let group = self.reader.get_row_group(group)?;
            let rows = rows_of(group.metadata(), &self.kinds)?;
            let column = |&(kind, place): &(Kind, usize)| match kind {
                Kind::Odd(_) => Ok(None),
                _ => Column::open(&*group, place, kind).map(Some),
            };
            let columns = self.kinds.iter().map(column).collect::<Result<Vec<_>, _>>()?;
            Ok::<_, parquet::errors::ParquetError>((columns, rows))
        })?;
        while left > 0 {
            let rows = batch_rows.min(left);
            read_guarded(path, || columns.iter_mut().flatten().try_for_each(|column| column.read(rows)))?;
            for row in 0..rows {
                row_number += 1;
                let mut cells: Vec<Cell<'_>> = Vec::with_capacity(columns.len());
                for (place, column) in columns.iter().enumerate() {
                    let cell = column.as_ref().map_or(Ok(Cell::Missing), |column| column.cell(row));
                    cells.push(cell.map_err(|problem| DataError::cell(path, row_number, place, problem))?);
                }
                visit(row_number, &cells)?;
            }
            left -= rows;
        }
        Ok(row_number)
    }
}

impl Rows for ParquetFile {
    fn is_typed(&self) -> bool {
        true
    }

    fn odd(&self, column: usize) -> Option<&'static str> {
        match self.kinds.get(column) {
            Some((Kind::Odd(held), _)) => Some(held),
            _ => None,
        }
    }

    fn each_row(&self, visit: &mut Visit<'_>) -> Result<(), DataError> {
        let groups = 0..self.reader.metadata().num_row_groups();
        groups.into_iter().try_fold(0, |row_number, group| self.each_row_of(group, row_number, visit)).map(|_| ())
    }
}

/// Columns without columns in them that a field has.
fn leaves(field: &Type) -> usize {
    if field.is_group() { field.get_fields().iter().map(|field| leaves(field)).sum() } else { 1 }
}

/// How many rows a group has. That is how many cells each column has that is not nested.
fn rows_of(group: &RowGroupMetaData, kinds: &[(Kind, usize)]) -> parquet::errors::Result<usize> {
    let plain = kinds.iter().filter(|(kind, _)| !matches!(kind, Kind::Odd(_)));
    let mut columns = plain.filter_map(|(_, place)| group.columns().get(*place));
    match columns.find(|column| column.num_values() != group.num_rows()) {
        None => Ok(usize::try_from(group.num_rows())?),
        Some(column) => Err(parquet::errors::ParquetError::General(format!(
            "a group of {} rows with {} cells in column {}",
            group.num_rows(),
            column.num_values(),
            column.column_path().string()
        ))),
    }
}

/// Refuses files that say they hold far more than their size allows: the cells, or the bytes of their pages.
fn plausible(path: &Path, metadata: &ParquetMetaData, columns: usize) -> Result<(), DataError> {
    let size = std::fs::metadata(path).map_err(|error| DataError::io(path, error))?.len();
    let sum = |numbers: &mut dyn Iterator<Item = i64>| {
        numbers.fold(0, |sum: u64, number| sum.saturating_add(number.unsigned_abs()))
    };
    let rows = sum(&mut metadata.row_groups().iter().map(|group| group.num_rows()));
    let chunks = metadata.row_groups().iter().flat_map(|group| group.columns());
    let pages = sum(&mut chunks.map(|chunk| chunk.uncompressed_size()));
    let most = open::BOMB_BYTES.max(size.saturating_mul(open::MAX_RATIO));
    let cells = rows.saturating_mul(columns as u64);
    for (found, what) in [(cells, "cells"), (pages, "bytes of data")] {
        if found > most {
            let (found, size) = (thousands(found as usize), thousands(size as usize));
            let problem = format!(
                "it says that its {size} bytes hold {found} {what}, more than {} times as many, as a decompression bomb does; \
                 if the file is right, write it as CSV",
                open::MAX_RATIO
            );
            return Err(DataError::of(path, problem));
        }
    }
    Ok(())
}
