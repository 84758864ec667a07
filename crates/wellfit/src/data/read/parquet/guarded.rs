//! Calls into a library that panics on damaged files, as the Parquet reader does in places.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use crate::data::DataError;

thread_local! {
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic of this thread is about to be caught and turned into an error about a damaged file.
///
/// The library leaves the process's panic hook alone, so the standard one prints a message even then. A program that
/// does not want it sets a hook that asks this first.
pub fn panics_are_caught() -> bool {
    CAUGHT.get()
}

/// What `read` returns; a panic in it becomes the error that `path` is damaged.
///
/// `read` must not be used again after such an error: what it holds may be half done.
pub(super) fn guarded<T, E: std::fmt::Display>(
    path: &Path,
    read: impl FnOnce() -> Result<T, E>,
) -> Result<T, DataError> {
    let before = CAUGHT.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(read));
    CAUGHT.set(before);
    let unreadable = |reason: String| DataError::Unreadable { path: path.into(), source: reason.into() };
    match outcome {
        Ok(result) => result.map_err(|error| unreadable(error.to_string())),
        Err(_) => Err(unreadable("its content contradicts itself; the file is damaged".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_that_names_the_file() {
        let empty: Vec<u8> = Vec::new();
        let read = || {
            assert!(panics_are_caught());
            Ok::<_, String>(empty[empty.len()])
        };
        let error = guarded(Path::new("x.parquet"), read).unwrap_err();
        assert!(error.to_string().starts_with("x.parquet: cannot be read: its content"), "{error}");
        assert_eq!(guarded(Path::new("x"), || Ok::<_, String>(7)).unwrap(), 7);
        assert!(!panics_are_caught());
    }
}
