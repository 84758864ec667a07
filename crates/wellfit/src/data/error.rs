//! What can be wrong with data, in one line: where, what was found, what to do.

use std::path::{Path, PathBuf};

use super::{Origin, Place};
use crate::text;
use crate::text::one_line;

/// Why data could not be read, split or prepared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The path leads nowhere.
    #[error("{}: no such file{}", shown(.path), .meant.as_deref().map_or(String::new(), hint))]
    NoSuchFile {
        /// The path.
        path: PathBuf,
        /// Name of the file beside it that was probably meant.
        meant: Option<String>,
    },
    /// The path leads to a folder.
    #[error("{}: cannot be read: it is a folder; name a table in it (CSV, TSV, JSON lines, .xlsx, Parquet or IDX)", shown(.path))]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// The operating system, a decompressor or a file's own format got in the way.
    #[error("{}: cannot be read: {}", shown(.path), one_line(&.source.to_string()))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The content of a file or table is wrong at a place.
    #[error("{place}: {}", one_line(.problem))]
    Invalid {
        /// Where.
        place: Place,
        /// What was found and what to do.
        problem: String,
    },
    /// The request does not fit the data: an unknown column, a split that cannot be made.
    #[error("{}", one_line(.0))]
    Request(String),
}

impl DataError {
    /// A problem of the whole file or table.
    pub(crate) fn of(origin: impl Into<Origin>, problem: impl Into<String>) -> DataError {
        DataError::Invalid { place: Place { origin: origin.into(), line: None, column: None }, problem: problem.into() }
    }

    pub(crate) fn line(origin: impl Into<Origin>, line: u64, problem: impl Into<String>) -> DataError {
        let place = Place { origin: origin.into(), line: Some(line), column: None };
        DataError::Invalid { place, problem: problem.into() }
    }

    /// `column` counts from 0, as slices do; it is shown from 1.
    pub(crate) fn cell(origin: impl Into<Origin>, line: u64, column: usize, problem: impl Into<String>) -> DataError {
        let place = Place { origin: origin.into(), line: Some(line), column: Some(column + 1) };
        DataError::Invalid { place, problem: problem.into() }
    }

    pub(crate) fn io(path: &Path, error: std::io::Error) -> DataError {
        let path = path.to_path_buf();
        match error.kind() {
            std::io::ErrorKind::NotFound => DataError::NoSuchFile { meant: file_meant(&path), path },
            std::io::ErrorKind::IsADirectory => DataError::Folder { path },
            _ => DataError::Unreadable { path, source: error.into() },
        }
    }
}

/// A path as messages name it.
fn shown(path: &Path) -> String {
    one_line(&path.display().to_string())
}

fn hint(name: &str) -> String {
    format!(" (did you mean {}?)", one_line(name))
}

/// The file beside a path that leads nowhere which was probably meant.
fn file_meant(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut names: Vec<String> =
        folder.read_dir().ok()?.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    text::meant(&name, &names).map(str::to_owned)
}
