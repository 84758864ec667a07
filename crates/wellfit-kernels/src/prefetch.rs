//! Asking for memory before it is needed. A hint: nothing is read, and no result depends on it.

/// Bytes that come at once.
const LINE: usize = 64;

/// Asks for all of `values`.
#[inline(always)]
pub fn prefetch<T>(values: &[T]) {
    for byte in (0..size_of_val(values)).step_by(LINE) {
        prefetch_line(values.as_ptr().cast::<u8>().wrapping_add(byte));
    }
}

/// Asks for the line that holds `byte`, which may be any address.
#[inline(always)]
pub(crate) fn prefetch_line(byte: *const u8) {
    #[cfg(target_arch = "x86_64")]
    crate::x86::prefetch_line(byte);
    #[cfg(not(target_arch = "x86_64"))]
    let _ = byte;
}
