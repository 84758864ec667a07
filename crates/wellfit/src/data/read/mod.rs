//! Readers: from a file of any format, or a table in memory, to rows of cells.

#[cfg(feature = "excel")]
mod excel;
mod foreign;
#[cfg(any(feature = "excel", feature = "parquet"))]
mod guarded;
mod idx;
mod json_lines;
mod layout;
mod memory;
mod open;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(test)]
mod python;
mod separator;
mod text;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::notation::Decimal;
use super::notation::dates::moment;
use super::{DataError, DataNotice, DataSource, Origin};
use crate::text::{thousands, visible};
pub(crate) use idx::{Images, LABEL};
use json_lines::JsonLines;
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

impl Cell<'_> {
    /// The cell as a file of text would hold it.
    pub fn written(&self) -> String {
        match *self {
            Cell::Text(text) => text.to_owned(),
            Cell::Number(number) if number.is_nan() => String::new(),
            Cell::Number(number) => number.to_string(),
            Cell::Moment { seconds, clock } => moment(seconds, clock),
            Cell::Missing => String::new(),
        }
    }
}

/// Called with the line (or row) number and the cells of each row.
pub(crate) type Visit<'v> = dyn FnMut(u64, &[Cell<'_>]) -> Result<(), DataError> + 'v;

/// A table, opened: its column names are known, its rows can be visited as often as needed.
pub(crate) struct Source {
    origin: Origin,
    names: Vec<String>,
    /// Columns that have no name of their own.
    nameless: Vec<bool>,
    /// Names that stand there twice.
    twice: Vec<String>,
    places: HashMap<String, usize>,
    rows: Box<dyn Rows>,
}

/// Rows of cells, in whatever form they are kept.
trait Rows {
    /// Visits every row in their order.
    fn each_row(&self, visit: &mut Visit<'_>) -> Result<(), DataError>;
    /// Whether cells have types: a missing cell is none of its words.
    fn is_typed(&self) -> bool;
    /// What a column holds that has no place in a table, where it does.
    fn odd(&self, _column: usize) -> Option<&'static str> {
        None
    }
    /// The decimal sign of who writes such files, where they show it.
    fn decimal(&self) -> Option<Decimal> {
        None
    }
    /// What was passed over when the rows were visited last.
    fn passed_over(&self) -> Vec<DataNotice> {
        Vec::new()
    }
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
            Ok(File::Table(Source::new(names, Origin::Memory, Box::new(TableRows(table.clone())))))
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
    if json_lines::is_object(&start) {
        let (file, names) = JsonLines::open(path)?;
        return Ok(File::Table(Source::new(names, path.into(), Box::new(file))));
    }
    #[cfg(feature = "excel")]
    if start.starts_with(excel::ZIP)
        && let Some((book, names)) = excel::Workbook::open(path, reading)?
    {
        return Ok(File::Table(Source::new(names, path.into(), Box::new(book))));
    }
    if let Some(kind) = foreign::kind(&start) {
        let problem = format!(
            "no table: it is {kind} (read are CSV, TSV, JSON lines, .xlsx, Parquet and IDX, gzip and zstd or not)"
        );
        return Err(DataError::of(path, problem));
    }
    let (file, names) = TextFile::open(path, reading)?;
    Ok(File::Table(Source::new(names, path.into(), Box::new(file))))
}

#[cfg(feature = "parquet")]
fn open_parquet(path: &Path) -> Result<Source, DataError> {
    let (file, names) = parquet::ParquetFile::open(path)?;
    Ok(Source::new(names, path.into(), Box::new(file)))
}

#[cfg(not(feature = "parquet"))]
fn open_parquet(path: &Path) -> Result<Source, DataError> {
    let problem = "a Parquet file, and this program was built without Parquet: save the table as CSV, or build with `--features parquet`";
    Err(DataError::of(path, problem))
}

impl Source {
    fn new(mut names: Vec<String>, origin: Origin, rows: Box<dyn Rows>) -> Source {
        // What would break a line or steer a terminal is escaped once and for all.
        for name in &mut names {
            if let Cow::Owned(shown) = visible(name) {
                *name = shown;
            }
        }
        let nameless: Vec<bool> = names.iter().map(String::is_empty).collect();
        let given: HashSet<String> = names.iter().cloned().collect();
        let (mut taken, mut twice) = (HashSet::new(), Vec::new());
        for (i, name) in names.iter_mut().enumerate() {
            let own = if name.is_empty() { format!("c{}", i + 1) } else { name.clone() };
            let is_free = |free: &String| !taken.contains(free) && (free == name || !given.contains(free));
            // As pandas does: x, x.1, x.2.
            let numbered = (1..).map(|number| format!("{own}.{number}"));
            let free = std::iter::once(own.clone()).chain(numbered).find(is_free).unwrap_or_default();
            if !name.is_empty() && free != *name {
                twice.push(name.clone());
            }
            taken.insert(free.clone());
            *name = free;
        }
        let places = names.iter().enumerate().map(|(i, name)| (name.clone(), i)).collect();
        Source { origin, names, nameless, twice, places, rows }
    }

    /// Where it was read from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Names of the columns, all different.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether a column has no name in the file.
    pub fn is_nameless(&self, place: usize) -> bool {
        self.nameless.get(place).copied().unwrap_or(false)
    }

    /// Whether its cells have types: built-in words for missing cells are texts there.
    pub fn is_typed(&self) -> bool {
        self.rows.is_typed()
    }

    /// Rows that were passed over when they were visited last, and columns that had to be renamed.
    pub fn notices(&self) -> Vec<DataNotice> {
        let twice = (!self.twice.is_empty()).then(|| DataNotice::NamesTwice { names: self.twice.clone() });
        twice.into_iter().chain(self.rows.passed_over()).collect()
    }

    /// What a column holds that has no place in a table, where it does; its cells are missing.
    pub fn odd(&self, column: usize) -> Option<&'static str> {
        self.rows.odd(column)
    }

    /// The decimal sign of who writes such files, where they show it.
    pub fn decimal(&self) -> Option<Decimal> {
        self.rows.decimal()
    }

    /// Whether two columns have that name.
    pub fn is_twice(&self, name: &str) -> bool {
        self.twice.iter().any(|twice| twice == name)
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
