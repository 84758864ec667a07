//! Calls into a library that panics on damaged files, as the Parquet reader does in places.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Once;

use crate::data::DataError;

thread_local! {
    /// Whether a panic of this thread is an error in the making.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// What `read` returns; a panic in it becomes the error that `path` is damaged, and prints nothing.
///
/// `read` must not be used again after such an error: what it holds may be half done.
pub(super) fn guarded<T, E: std::fmt::Display>(
    path: &Path,
    read: impl FnOnce() -> Result<T, E>,
) -> Result<T, DataError> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                usual(panic);
            }
        }));
    });
    let before = GUARDED.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(before);
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
        let error = guarded(Path::new("x.parquet"), || Ok::<_, String>(empty[empty.len()])).unwrap_err();
        assert!(error.to_string().starts_with("x.parquet: cannot be read: its content"), "{error}");
        assert_eq!(guarded(Path::new("x"), || Ok::<_, String>(7)).unwrap(), 7);
    }
}
