//! Where something stands, as messages name it.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::text::one_line;

/// What rows were read from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A file.
    File(PathBuf),
    /// A table in memory.
    Memory,
}

impl Origin {
    /// What to call it: a file or a table.
    pub(crate) fn noun(&self) -> &'static str {
        match self {
            Origin::File(_) => "file",
            Origin::Memory => "table",
        }
    }

    /// That it has none of what `noun` names, such as rows.
    pub(crate) fn lacks(&self, noun: &str) -> String {
        match self {
            Origin::File(_) => format!("a header and no {noun}"),
            Origin::Memory => format!("no {noun}"),
        }
    }

    /// What is counted in it.
    pub(crate) fn line_noun(&self) -> &'static str {
        match self {
            Origin::File(_) => "line",
            Origin::Memory => "row",
        }
    }

    /// The same, a file without its folders.
    pub(crate) fn short(&self) -> Origin {
        match self {
            Origin::File(path) => Origin::File(path.file_name().map_or_else(|| path.clone(), PathBuf::from)),
            Origin::Memory => Origin::Memory,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::File(path) => f.write_str(&one_line(&path.display().to_string())),
            Origin::Memory => f.write_str("the table"),
        }
    }
}

impl From<&Path> for Origin {
    fn from(path: &Path) -> Origin {
        Origin::File(path.to_path_buf())
    }
}

impl From<&PathBuf> for Origin {
    fn from(path: &PathBuf) -> Origin {
        Origin::File(path.clone())
    }
}

impl From<&Origin> for Origin {
    fn from(origin: &Origin) -> Origin {
        origin.clone()
    }
}

/// A place in data, written `file`, `file:line` or `file:line:column`; in a table in memory, `row 7, column 3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file or table.
    pub origin: Origin,
    /// Line of a text file, row of a sheet, a Parquet file or a table, counted from 1.
    pub line: Option<u64>,
    /// Column, counted from 1.
    pub column: Option<usize>,
}

impl Place {
    /// The same, a file without its folders.
    pub(crate) fn short(&self) -> Place {
        Place { origin: self.origin.short(), ..*self }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.origin, self.line, self.column) {
            (origin, None, None) => write!(f, "{origin}"),
            (Origin::File(_), Some(line), None) => write!(f, "{}:{line}", self.origin),
            (Origin::File(_), Some(line), Some(column)) => write!(f, "{}:{line}:{column}", self.origin),
            (Origin::File(_), None, Some(column)) => write!(f, "{}:{column}", self.origin),
            (Origin::Memory, Some(row), None) => write!(f, "row {row}"),
            (Origin::Memory, Some(row), Some(column)) => write!(f, "row {row}, column {column}"),
            (Origin::Memory, None, Some(column)) => write!(f, "column {column}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_as_editors_and_people_read_them() {
        let shown = |origin: Origin, line, column| Place { origin, line, column }.to_string();
        let file = || Origin::File("folder/x.csv".into());
        assert_eq!(shown(file(), Some(7), Some(3)), "folder/x.csv:7:3");
        assert_eq!(shown(file().short(), Some(7), None), "x.csv:7");
        assert_eq!(shown(Origin::Memory, Some(7), Some(3)), "row 7, column 3");
        assert_eq!(shown(Origin::Memory, None, None), "the table");
    }
}
