//! Where data come from: a file, or a table in memory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Origin, Table};

/// Rows to learn from, to judge by or to predict.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DataSource {
    /// A file of any format that can be read.
    File(PathBuf),
    /// A table in memory. What its columns are is inferred from their cells, as in a file.
    Table(Arc<Table>),
}

impl DataSource {
    /// What messages name it.
    pub fn origin(&self) -> Origin {
        match self {
            DataSource::File(path) => Origin::File(path.clone()),
            DataSource::Table(_) => Origin::Memory,
        }
    }
}

impl From<PathBuf> for DataSource {
    fn from(path: PathBuf) -> DataSource {
        DataSource::File(path)
    }
}

impl From<&Path> for DataSource {
    fn from(path: &Path) -> DataSource {
        DataSource::File(path.to_path_buf())
    }
}

impl From<&Table> for DataSource {
    fn from(table: &Table) -> DataSource {
        DataSource::Table(Arc::new(table.clone()))
    }
}

impl From<Table> for DataSource {
    fn from(table: Table) -> DataSource {
        DataSource::Table(Arc::new(table))
    }
}

impl From<Arc<Table>> for DataSource {
    fn from(table: Arc<Table>) -> DataSource {
        DataSource::Table(table)
    }
}
