//! Parquet files, a batch of rows at a time.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, Float64Array, Int64Array, StringArray};
use arrow_schema::{DataType, TimeUnit};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::guarded::guarded;
use super::{Cell, Visit, columns_fit, open};
use crate::data::DataError;
use crate::store::open_regular;
use crate::text::thousands;

const BATCH_ROWS: usize = 4096;

/// A Parquet file whose columns all have a type that can be read.
pub(super) struct ParquetFile {
    path: PathBuf,
}

impl ParquetFile {
    /// Reads the column names and checks the types.
    pub fn open(path: &Path) -> Result<(ParquetFile, Vec<String>), DataError> {
        let builder = builder(path)?;
        columns_fit(path, builder.schema().fields().len())?;
        plausible(path, &builder)?;
        let mut names = Vec::new();
        for field in builder.schema().fields() {
            if target(field.data_type()).is_none() {
                let problem =
                    format!("column {} holds {}, which has no place in a table", field.name(), field.data_type());
                return Err(DataError::file(path, problem));
            }
            names.push(field.name().trim().to_owned());
        }
        Ok((ParquetFile { path: path.into() }, names))
    }

    /// Visits every row; rows are counted from 1.
    pub fn each_row(&self, visit: &mut Visit<'_>) -> Result<(), DataError> {
        let path = &self.path;
        let builder = builder(path)?.with_batch_size(BATCH_ROWS);
        let mut reader = guarded(path, || builder.build())?;
        let mut row_number = 0;
        while let Some(batch) = guarded(path, || reader.next().transpose())? {
            let columns =
                guarded(path, || batch.columns().iter().map(Cells::from_array).collect::<Result<Vec<_>, _>>())?;
            for row in 0..batch.num_rows() {
                row_number += 1;
                let cells: Vec<Cell<'_>> = columns.iter().map(|column| column.get(row)).collect();
                visit(row_number, &cells)?;
            }
        }
        Ok(())
    }
}

fn builder(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>, DataError> {
    let file = open_regular(path).map_err(|error| DataError::io(path, error))?;
    guarded(path, || ParquetRecordBatchReaderBuilder::try_new(file))
}

/// Refuses files that say they hold far more than their size allows: the cells, or the bytes of their pages.
fn plausible(path: &Path, builder: &ParquetRecordBatchReaderBuilder<File>) -> Result<(), DataError> {
    let size = std::fs::metadata(path).map_err(|error| DataError::io(path, error))?.len();
    let metadata = builder.metadata();
    let sum = |numbers: &mut dyn Iterator<Item = i64>| {
        numbers.fold(0, |sum: u64, number| sum.saturating_add(number.unsigned_abs()))
    };
    let rows = sum(&mut metadata.row_groups().iter().map(|group| group.num_rows()));
    let chunks = metadata.row_groups().iter().flat_map(|group| group.columns());
    let pages = sum(&mut chunks.map(|chunk| chunk.uncompressed_size()));
    let most = open::BOMB_BYTES.max(size.saturating_mul(open::MAX_RATIO));
    let cells = rows.saturating_mul(builder.schema().fields().len() as u64);
    for (found, what) in [(cells, "cells"), (pages, "bytes of data")] {
        if found > most {
            let (found, size) = (thousands(found as usize), thousands(size as usize));
            let problem = format!(
                "it says that its {size} bytes hold {found} {what}, more than {} times as many, as a decompression bomb does; \
                 if the file is right, write it as CSV",
                open::MAX_RATIO
            );
            return Err(DataError::file(path, problem));
        }
    }
    Ok(())
}

/// What a column is turned into.
#[derive(Clone, Copy)]
enum Target {
    Number,
    Text,
    Boolean,
    Date,
    Time,
}

fn target(kind: &DataType) -> Option<Target> {
    match kind {
        kind if kind.is_numeric() => Some(Target::Number),
        DataType::Null | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Some(Target::Text),
        DataType::Boolean => Some(Target::Boolean),
        DataType::Date32 | DataType::Date64 => Some(Target::Date),
        DataType::Timestamp(..) => Some(Target::Time),
        DataType::Dictionary(_, values) => match target(values)? {
            Target::Text => Some(Target::Text),
            Target::Number => Some(Target::Number),
            _ => None,
        },
        _ => None,
    }
}

/// A column of one batch in the few types that matter here.
enum Cells {
    Numbers(Float64Array),
    Texts(StringArray),
    Booleans(arrow_array::BooleanArray),
    Days(Int64Array),
    Microseconds(Int64Array),
}

impl Cells {
    fn from_array(array: &ArrayRef) -> Result<Cells, arrow_schema::ArrowError> {
        let cast = |array: &ArrayRef, kind: &DataType| arrow_cast::cast(array, kind);
        Ok(match target(array.data_type()) {
            Some(Target::Number) => {
                Cells::Numbers(cast(array, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
            }
            Some(Target::Boolean) => Cells::Booleans(array.as_boolean().clone()),
            Some(Target::Date) => {
                let days = cast(&cast(array, &DataType::Date32)?, &DataType::Int32)?;
                Cells::Days(cast(&days, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
            }
            Some(Target::Time) => {
                // The zone only says how to show a moment; the count is of UTC already.
                let micros = cast(array, &DataType::Timestamp(TimeUnit::Microsecond, zone(array)))?;
                Cells::Microseconds(cast(&micros, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
            }
            Some(Target::Text) | None => Cells::Texts(cast(array, &DataType::Utf8)?.as_string::<i32>().clone()),
        })
    }

    fn get(&self, row: usize) -> Cell<'_> {
        let array: &dyn Array = match self {
            Cells::Numbers(array) => array,
            Cells::Texts(array) => array,
            Cells::Booleans(array) => array,
            Cells::Days(array) | Cells::Microseconds(array) => array,
        };
        if array.is_null(row) {
            return Cell::Missing;
        }
        match self {
            Cells::Numbers(array) => Cell::Number(array.value(row)),
            Cells::Texts(array) => Cell::Text(array.value(row)),
            Cells::Booleans(array) => Cell::Text(if array.value(row) { "true" } else { "false" }),
            Cells::Days(array) => Cell::Moment { seconds: array.value(row) as f64 * 86_400.0, clock: false },
            Cells::Microseconds(array) => Cell::Moment { seconds: array.value(row) as f64 / 1e6, clock: true },
        }
    }
}

fn zone(array: &ArrayRef) -> Option<Arc<str>> {
    match array.data_type() {
        DataType::Timestamp(_, zone) => zone.clone(),
        _ => None,
    }
}
