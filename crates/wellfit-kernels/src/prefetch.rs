//! Asking for memory before it is needed: a hint, on which no result depends.

/// Bytes that a prefetch brings.
const LINE: usize = 64;

/// Prefetches all of `values`.
#[inline(always)]
pub fn prefetch<T>(values: &[T]) {
    for byte in (0..size_of_val(values)).step_by(LINE) {
        prefetch_line(values.as_ptr().cast::<u8>().wrapping_add(byte));
    }
}

/// Prefetches the line that holds `byte`, which may be any address.
#[inline(always)]
pub(crate) fn prefetch_line(byte: *const u8) {
    #[cfg(target_arch = "x86_64")]
    crate::x86::prefetch::prefetch_line(byte);
    #[cfg(not(target_arch = "x86_64"))]
    let _ = byte;
}
