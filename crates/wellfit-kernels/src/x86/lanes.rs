//! Vectors of AVX-512 and AVX2.

use std::arch::x86_64::*;

use crate::lanes::Lanes;

/// Vectors of numbers: each function is one instruction.
macro_rules! full {
    ($name:ident, $number:ident x $count:literal, $vector:ident, $zero:ident, $load:ident, $store:ident, $set1:ident, $fma:ident) => {
        pub(crate) struct $name;

        // SAFETY: loads and stores are the unaligned ones, of as many elements as a vector has.
        unsafe impl Lanes for $name {
            type Word = $number;
            type Number = $number;
            type Words = $vector;
            type Sums = $vector;
            const COUNT: usize = $count;

            #[inline(always)]
            unsafe fn zero() -> $vector {
                // SAFETY: the caller's contract, here and below.
                unsafe { $zero() }
            }
            #[inline(always)]
            unsafe fn load_sums(from: *const $number) -> $vector {
                // SAFETY: as above.
                unsafe { $load(from) }
            }
            #[inline(always)]
            unsafe fn store_sums(to: *mut $number, sums: $vector) {
                // SAFETY: as above.
                unsafe { $store(to, sums) }
            }
            #[inline(always)]
            unsafe fn load(from: *const $number) -> $vector {
                // SAFETY: as above.
                unsafe { $load(from) }
            }
            #[inline(always)]
            unsafe fn splat(from: *const $number) -> $vector {
                // SAFETY: as above.
                unsafe { $set1(from.read_unaligned()) }
            }
            #[inline(always)]
            unsafe fn multiply_add(left: $vector, right: $vector, sums: $vector) -> $vector {
                // SAFETY: as above.
                unsafe { $fma(left, right, sums) }
            }
        }
    };
}

full!(
    F32x16,
    f32 x 16,
    __m512,
    _mm512_setzero_ps,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_set1_ps,
    _mm512_fmadd_ps
);
full!(
    F64x8,
    f64 x 8,
    __m512d,
    _mm512_setzero_pd,
    _mm512_loadu_pd,
    _mm512_storeu_pd,
    _mm512_set1_pd,
    _mm512_fmadd_pd
);
full!(
    F32x8,
    f32 x 8,
    __m256,
    _mm256_setzero_ps,
    _mm256_loadu_ps,
    _mm256_storeu_ps,
    _mm256_set1_ps,
    _mm256_fmadd_ps
);
full!(
    F64x4,
    f64 x 4,
    __m256d,
    _mm256_setzero_pd,
    _mm256_loadu_pd,
    _mm256_storeu_pd,
    _mm256_set1_pd,
    _mm256_fmadd_pd
);

/// Vectors of bf16 pairs, summed in `f32`: `$multiply_add` is written for each.
macro_rules! pairs {
    ($name:ident, $count:literal, $sums:ident, $words:ident, $zero:ident, $load_sums:ident, $store:ident, $load:ident, $set1:ident, $multiply_add:ident) => {
        pub(crate) struct $name;

        // SAFETY: loads and stores are the unaligned ones, of as many elements as a vector has.
        unsafe impl Lanes for $name {
            type Word = u32;
            type Number = f32;
            type Words = $words;
            type Sums = $sums;
            const COUNT: usize = $count;

            #[inline(always)]
            unsafe fn zero() -> $sums {
                // SAFETY: the caller's contract, here and below.
                unsafe { $zero() }
            }
            #[inline(always)]
            unsafe fn load_sums(from: *const f32) -> $sums {
                // SAFETY: as above.
                unsafe { $load_sums(from) }
            }
            #[inline(always)]
            unsafe fn store_sums(to: *mut f32, sums: $sums) {
                // SAFETY: as above.
                unsafe { $store(to, sums) }
            }
            #[inline(always)]
            unsafe fn load(from: *const u32) -> $words {
                // SAFETY: as above.
                unsafe { $load(from.cast()) }
            }
            #[inline(always)]
            unsafe fn splat(from: *const u32) -> $words {
                // SAFETY: as above.
                unsafe { $set1(from.read_unaligned().cast_signed()) }
            }
            #[inline(always)]
            unsafe fn multiply_add(left: $words, right: $words, sums: $sums) -> $sums {
                // SAFETY: as above.
                unsafe { $multiply_add(left, right, sums) }
            }
        }
    };
}

pairs!(
    Pairs16,
    16,
    __m512,
    __m512i,
    _mm512_setzero_ps,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_loadu_si512,
    _mm512_set1_epi32,
    dot_16
);
pairs!(
    WidenedPairs16,
    16,
    __m512,
    __m512i,
    _mm512_setzero_ps,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_loadu_si512,
    _mm512_set1_epi32,
    widened_16
);
pairs!(
    WidenedPairs8,
    8,
    __m256,
    __m256i,
    _mm256_setzero_ps,
    _mm256_loadu_ps,
    _mm256_storeu_ps,
    _mm256_loadu_si256,
    _mm256_set1_epi32,
    widened_8
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
