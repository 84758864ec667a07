//! Readers: from a file of any format, or a table in memory, to rows of cells.

mod foreign;
mod idx;
mod memory;
mod open;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(test)]
mod python;
mod separator;
mod text;

use std::collections::HashMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{DataError, DataSource, Origin, Place};
use crate::text::{list, thousands};
pub(crate) use idx::{Images, LABEL};
use memory::TableRows;
use text::TextFile;

/// How files of a data set are to be read; part of the pipeline, so that new data are read the same way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reading {
    /// What stands between cells; `None` finds it in each file.
    pub separator: Option<char>,
    /// Whether the first line names the columns.
    pub header: bool,
    /// Words that mean "missing" besides the built-in ones.
    pub missing: Vec<String>,
}

/// One cell as the file holds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    /// Text, spaces and quotes and all.
    Text(&'a str),
    /// A number from a file that has types.
    Number(f64),
    /// A moment from a file that has types, in seconds since 1970; `clock` says whether it has a time of day.
    Moment { seconds: f64, clock: bool },
    /// Nothing.
    Missing,
}

/// Called with the line (or row) number and the cells of each row.
pub(crate) type Visit<'v> = dyn FnMut(u64, &[Cell<'_>]) -> Result<(), DataError> + 'v;

/// A table, opened: its column names are known, its rows can be visited as often as needed.
pub(crate) struct Source {
    origin: Origin,
    names: Vec<String>,
    places: HashMap<String, usize>,
    rows: Box<dyn Rows>,
}

/// Rows of cells, in whatever form they are kept.
trait Rows {
    /// Visits every row in their order.
    fn each_row(&self, visit: &mut Visit<'_>) -> Result<(), DataError>;
}

/// Examples: a table or images.
pub(crate) enum File {
    Table(Source),
    Images(Images),
}

/// Most columns of a table, most pixels of an image.
const MAX_COLUMNS: usize = 1 << 16;

/// Refuses tables too wide to be learned from.
fn columns_fit(origin: impl Into<Origin>, columns: usize) -> Result<(), DataError> {
    if columns <= MAX_COLUMNS {
        return Ok(());
    }
    let (found, most) = (thousands(columns), thousands(MAX_COLUMNS));
    Err(DataError::of(origin, format!("{found} columns; at most {most} are taken: keep those that matter")))
}

/// Opens what there is to read.
pub(crate) fn open(source: &DataSource, reading: &Reading) -> Result<File, DataError> {
    match source {
        DataSource::File(path) => open_file(path, reading),
        DataSource::Table(table) => {
            columns_fit(&Origin::Memory, table.columns().len())?;
            let names = table.columns().iter().map(|column| column.name.clone()).collect();
            let place = Place { origin: Origin::Memory, line: None, column: None };
            Source::new(names, place, Box::new(TableRows(table.clone()))).map(File::Table)
        }
    }
}

/// Opens a file, finding its format by its first bytes.
fn open_file(path: &Path, reading: &Reading) -> Result<File, DataError> {
    let start = open::start(path)?;
    if start.starts_with(b"PAR1") {
        return open_parquet(path).map(File::Table);
    }
    if idx::is_idx(&start) {
        return Images::read(path).map(File::Images);
    }
    if let Some(kind) = foreign::kind(&start) {
        let problem = format!("no table: it is {kind} (read are CSV, TSV, Parquet and IDX, gzip and zstd or not)");
        return Err(DataError::of(path, problem));
    }
    let (file, names) = TextFile::open(path, reading)?;
    let place = Place { origin: path.into(), line: Some(1), column: None };
    Source::new(names, place, Box::new(file)).map(File::Table)
}

#[cfg(feature = "parquet")]
fn open_parquet(path: &Path) -> Result<Source, DataError> {
    let (file, names) = parquet::ParquetFile::open(path)?;
    let place = Place { origin: path.into(), line: None, column: None };
    Source::new(names, place, Box::new(file))
}

#[cfg(not(feature = "parquet"))]
fn open_parquet(path: &Path) -> Result<Source, DataError> {
    let problem = "a Parquet file, and this program was built without Parquet: save the table as CSV, or build with `--features parquet`";
    Err(DataError::of(path, problem))
}

impl Source {
    /// `names_at` is where an error about the names points.
    fn new(mut names: Vec<String>, names_at: Place, rows: Box<dyn Rows>) -> Result<Source, DataError> {
        for (i, name) in names.iter_mut().enumerate() {
            if name.is_empty() {
                *name = format!("c{}", i + 1);
            }
        }
        let mut sorted: Vec<(&str, usize)> = names.iter().enumerate().map(|(i, name)| (name.as_str(), i + 1)).collect();
        sorted.sort_unstable();
        let twice: Vec<String> = sorted
            .iter()
            .zip(sorted.iter().skip(1))
            .filter(|(one, next)| one.0 == next.0)
            .map(|(one, next)| format!("{} (columns {} and {})", one.0, one.1, next.1))
            .collect();
        if !twice.is_empty() {
            let problem = format!("column names appear twice: {}; every column needs its own", list(&twice, 5));
            return Err(DataError::Invalid { place: names_at, problem });
        }
        let places = names.iter().enumerate().map(|(i, name)| (name.clone(), i)).collect();
        Ok(Source { origin: names_at.origin, names, places, rows })
    }

    /// Where it was read from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Names of the columns, all different.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Index of a column.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// Visits every row in their order.
    pub fn each_row(&self, visit: &mut Visit<'_>) -> Result<(), DataError> {
        self.rows.each_row(visit)
    }
}
