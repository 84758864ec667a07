//! Prefetching on x86-64.

use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};

/// Prefetches the line that holds `byte`, which may be any address, into the second cache: the first is full of panels.
#[inline(always)]
pub(crate) fn prefetch_line(byte: *const u8) {
    // SAFETY: a prefetch reads nothing; an address that is not mapped is ignored.
    unsafe { _mm_prefetch::<_MM_HINT_T1>(byte.cast()) }
}
