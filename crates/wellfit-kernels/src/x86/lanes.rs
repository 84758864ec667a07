//! Vectors of AVX-512 and AVX2.

use std::arch::x86_64::*;
use std::ptr::read_unaligned;

use crate::lanes::Lanes;

/// Vectors of one kind: each function is one instruction, but for the `multiply_add` of pairs.
macro_rules! lanes {
    (
        $(#[$attribute:meta])*
        $name:ident: $count:literal words of $word:ident in $words:ident, sums of $sum:ident in $sums:ident,
        $zero:ident, $load_sums:ident, $store_sums:ident, $load:ident, $splat:ident, $multiply_add:ident
    ) => {
        $(#[$attribute])*
        pub(crate) struct $name;

        // SAFETY: loads and stores are the unaligned ones, of as many elements as a vector has.
        unsafe impl Lanes for $name {
            type Word = $word;
            type Sum = $sum;
            type Words = $words;
            type Sums = $sums;
            const COUNT: usize = $count;

            #[inline(always)]
            unsafe fn zero() -> $sums {
                // SAFETY: the caller's contract, here and below.
                unsafe { $zero() }
            }
            #[inline(always)]
            unsafe fn load_sums(from: *const $sum) -> $sums {
                // SAFETY: as above.
                unsafe { $load_sums(from) }
            }
            #[inline(always)]
            unsafe fn store_sums(to: *mut $sum, sums: $sums) {
                // SAFETY: as above.
                unsafe { $store_sums(to, sums) }
            }
            #[inline(always)]
            unsafe fn load(from: *const $word) -> $words {
                // SAFETY: as above.
                unsafe { $load(from.cast()) }
            }
            #[inline(always)]
            unsafe fn splat(from: *const $word) -> $words {
                // SAFETY: as above; a word of a pair is read as an `i32` of the same bits.
                unsafe { $splat(read_unaligned(from.cast())) }
            }
            #[inline(always)]
            unsafe fn multiply_add(left: $words, right: $words, sums: $sums) -> $sums {
                // SAFETY: as above.
                unsafe { $multiply_add(left, right, sums) }
            }
        }
    };
}

lanes!(
    /// Numbers, with AVX-512.
    F32x16: 16 words of f32 in __m512, sums of f32 in __m512,
    _mm512_setzero_ps, _mm512_loadu_ps, _mm512_storeu_ps, _mm512_loadu_ps, _mm512_set1_ps, _mm512_fmadd_ps
);
lanes!(
    /// Numbers, with AVX-512.
    F64x8: 8 words of f64 in __m512d, sums of f64 in __m512d,
    _mm512_setzero_pd, _mm512_loadu_pd, _mm512_storeu_pd, _mm512_loadu_pd, _mm512_set1_pd, _mm512_fmadd_pd
);
lanes!(
    /// Numbers, with AVX2 and FMA.
    F32x8: 8 words of f32 in __m256, sums of f32 in __m256,
    _mm256_setzero_ps, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_loadu_ps, _mm256_set1_ps, _mm256_fmadd_ps
);
lanes!(
    /// Numbers, with AVX2 and FMA.
    F64x4: 4 words of f64 in __m256d, sums of f64 in __m256d,
    _mm256_setzero_pd, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_loadu_pd, _mm256_set1_pd, _mm256_fmadd_pd
);
lanes!(
    /// Pairs of bf16, multiplied as they are, with AVX-512 and bf16.
    Pairs16: 16 words of u32 in __m512i, sums of f32 in __m512,
    _mm512_setzero_ps, _mm512_loadu_ps, _mm512_storeu_ps, _mm512_loadu_si512, _mm512_set1_epi32, dot_16
);
lanes!(
    /// Pairs of bf16, each half widened to `f32`, with AVX-512.
    WidenedPairs16: 16 words of u32 in __m512i, sums of f32 in __m512,
    _mm512_setzero_ps, _mm512_loadu_ps, _mm512_storeu_ps, _mm512_loadu_si512, _mm512_set1_epi32, widened_16
);
lanes!(
    /// Pairs of bf16, each half widened to `f32`, with AVX2 and FMA.
    WidenedPairs8: 8 words of u32 in __m256i, sums of f32 in __m256,
    _mm256_setzero_ps, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_loadu_si256, _mm256_set1_epi32, widened_8
);

/// # Safety
///
/// The machine has AVX-512 with bf16.
#[inline(always)]
unsafe fn dot_16(left: __m512i, right: __m512i, sums: __m512) -> __m512 {
    // SAFETY: the caller's contract; both types are 64 bytes of any content.
    unsafe {
        let halves = |words: __m512i| std::mem::transmute::<__m512i, __m512bh>(words);
        _mm512_dpbf16_ps(sums, halves(left), halves(right))
    }
}

/// # Safety
///
/// The machine has AVX-512.
#[inline(always)]
unsafe fn widened_16(left: __m512i, right: __m512i, sums: __m512) -> __m512 {
    // SAFETY: the caller's contract.
    unsafe {
        let first = |words| _mm512_castsi512_ps(_mm512_slli_epi32::<16>(words));
        let second = |words| _mm512_castsi512_ps(_mm512_and_si512(words, _mm512_set1_epi32(-0x1_0000)));
        _mm512_fmadd_ps(second(left), second(right), _mm512_fmadd_ps(first(left), first(right), sums))
    }
}

/// # Safety
///
/// The machine has AVX2 and FMA.
#[inline(always)]
unsafe fn widened_8(left: __m256i, right: __m256i, sums: __m256) -> __m256 {
    // SAFETY: the caller's contract.
    unsafe {
        let first = |words| _mm256_castsi256_ps(_mm256_slli_epi32::<16>(words));
        let second = |words| _mm256_castsi256_ps(_mm256_and_si256(words, _mm256_set1_epi32(-0x1_0000)));
        _mm256_fmadd_ps(second(left), second(right), _mm256_fmadd_ps(first(left), first(right), sums))
    }
}
