//! Calls into the readers of Parquet files and workbooks, which panic on damaged files in places.

use std::path::Path;

use crate::data::{DataError, guarded};

/// What `read` returns; a panic in it becomes the error that `path` is damaged.
///
/// `read` must not be used again after such an error: what it holds may be half done.
pub(super) fn read_guarded<T, E: std::fmt::Display>(
    path: &Path,
    read: impl FnOnce() -> Result<T, E>,
) -> Result<T, DataError> {
    let unreadable = |reason: String| DataError::Unreadable { path: path.into(), source: reason.into() };
    match guarded(read) {
        Some(result) => result.map_err(|error| unreadable(error.to_string())),
        None => Err(unreadable("its content contradicts itself; the file is damaged".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_that_names_the_file() {
        let empty: Vec<u8> = Vec::new();
        let error = read_guarded(Path::new("x.parquet"), || Ok::<_, String>(empty[empty.len()])).unwrap_err();
        assert!(error.to_string().starts_with("x.parquet: cannot be read: its content"), "{error}");
        assert_eq!(read_guarded(Path::new("x"), || Ok::<_, String>(7)).unwrap(), 7);
    }
}
