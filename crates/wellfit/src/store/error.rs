//! What can go wrong with a file.

use std::io;
use std::path::{Path, PathBuf};

use crate::text::one_line;

/// A file or folder that could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {}", one_line(&self.path.display().to_string()), self.reason())]
pub struct StoreError {
    /// The file or folder.
    pub path: PathBuf,
    /// What was being done: `read`, `write`, `create the folder`.
    pub doing: &'static str,
    /// What the system said.
    #[source]
    pub io: io::Error,
}

impl StoreError {
    /// For use in `map_err`.
    pub(crate) fn at<'a>(path: &'a Path, doing: &'static str) -> impl Fn(io::Error) -> StoreError + 'a {
        move |io| StoreError { path: path.to_owned(), doing, io }
    }

    /// What went wrong, in words, without the path.
    pub fn reason(&self) -> String {
        let what = match self.io.kind() {
            io::ErrorKind::NotFound => "no such file or folder".to_owned(),
            io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            io::ErrorKind::StorageFull => "the disk is full".to_owned(),
            io::ErrorKind::QuotaExceeded => "the disk quota is used up".to_owned(),
            io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
            io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
            _ => self.io.to_string(),
        };
        format!("cannot {}: {what}", self.doing)
    }
}
