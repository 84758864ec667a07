//! Calls into libraries that panic where an error would do.

use std::cell::Cell;

thread_local! {
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic of this thread is about to be caught: a library's, which is answered like an error.
///
/// The process's panic hook is left alone, so the standard one prints a message even then. A program that does not want
/// it sets a hook that asks this first.
pub fn panics_are_caught() -> bool {
    CAUGHT.get()
}

/// What `call` returns; `None` if it panicked.
///
/// What `call` holds must not be used again after a panic: it may be half done.
#[cfg(any(feature = "excel", feature = "parquet", feature = "trees"))]
pub(crate) fn guarded<T>(call: impl FnOnce() -> T) -> Option<T> {
    let before = CAUGHT.replace(true);
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(call));
    CAUGHT.set(before);
    outcome.ok()
}

#[cfg(all(test, any(feature = "excel", feature = "parquet", feature = "trees")))]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_caught_and_known_to_be_while_it_lasts() {
        let empty: Vec<u8> = Vec::new();
        assert_eq!(guarded(|| empty[empty.len()]), None);
        assert_eq!(guarded(panics_are_caught), Some(true));
        assert!(!panics_are_caught());
    }
}
