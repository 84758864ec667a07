//! What needs the intrinsics of x86-64: which paths this machine has, vectors of AVX-512 and AVX2, and kernels written by hand.

mod amx;
mod lanes;
mod pairs;
mod transpose;

use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};

use crate::isa::Isa;

pub(crate) use amx::pairs as amx_pairs;
pub(crate) use lanes::{F32x8, F32x16, F64x4, F64x8, Pairs16, WidenedPairs8, WidenedPairs16};
pub(crate) use pairs::{fill_pairs, pack_pairs};
pub(crate) use transpose::transpose_16;

/// The paths that this machine can run, best first.
pub(crate) fn available() -> Vec<Isa> {
    let mut paths = Vec::new();
    let fma = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    let avx512 = fma
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512dq");
    let pairs = avx512 && is_x86_feature_detected!("avx512bf16");
    if pairs && amx::is_available() {
        paths.push(Isa::Amx);
    }
    if pairs {
        paths.push(Isa::Avx512Bf16);
    }
    if avx512 {
        paths.push(Isa::Avx512);
    }
    if fma {
        paths.push(Isa::Avx2);
    }
    paths
}

/// Asks for the line that holds `byte`, which may be any address, into the second cache: the first is full of panels.
#[inline(always)]
pub(crate) fn prefetch_line(byte: *const u8) {
    // SAFETY: a prefetch reads nothing; an address that is not mapped is ignored.
    unsafe { _mm_prefetch::<_MM_HINT_T1>(byte.cast()) }
}
