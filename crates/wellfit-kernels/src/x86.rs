//! What needs the intrinsics of x86-64: vectors of AVX-512 and AVX2, and which of them this machine has.

use std::arch::x86_64::*;

use crate::isa::Isa;
use crate::lanes::Lanes;
use crate::operand::{Operand, PANEL, Packed};

/// The paths that this machine can run, best first.
pub(crate) fn available() -> Vec<Isa> {
    let mut paths = Vec::new();
    let fma = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    let avx512 = fma
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512dq");
    if avx512 && is_x86_feature_detected!("avx512bf16") {
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

/// Transposes (32, columns) words into (columns, 32), in blocks of 16 by 16.
///
/// # Safety
///
/// Both hold 32 · columns words, columns is a multiple of 16, and the machine has AVX-512.
#[target_feature(enable = "avx512f")]
pub(crate) unsafe fn transpose_16(columns: usize, from: *const u32, to: *mut u32) {
    for r in (0..32).step_by(16) {
        for c in (0..columns).step_by(16) {
            // SAFETY: rows r to r + 16 and columns c to c + 16 lie inside, and so do their mirrors.
            unsafe {
                let rows: [__m512i; 16] =
                    std::array::from_fn(|i| _mm512_loadu_si512(from.add((r + i) * columns + c).cast()));
                // Pairs of rows, then fours, by words within 128 bits ..
                let pairs: [__m512i; 16] = std::array::from_fn(|i| {
                    let (a, b) = (rows[i / 2 * 2], rows[i / 2 * 2 + 1]);
                    if i % 2 == 0 { _mm512_unpacklo_epi32(a, b) } else { _mm512_unpackhi_epi32(a, b) }
                });
                let fours: [__m512i; 16] = std::array::from_fn(|i| {
                    let (a, b) = (pairs[i / 4 * 4 + i % 4 / 2], pairs[i / 4 * 4 + i % 4 / 2 + 2]);
                    if i % 2 == 0 { _mm512_unpacklo_epi64(a, b) } else { _mm512_unpackhi_epi64(a, b) }
                });
                // .. then the 128-bit pieces: column 4q + i is piece q of fours[i], fours[4 + i], fours[8 + i], fours[12 + i].
                for i in 0..4 {
                    let (a, b, e, f) = (fours[i], fours[4 + i], fours[8 + i], fours[12 + i]);
                    let (ab02, ab13) = (_mm512_shuffle_i32x4::<0x88>(a, b), _mm512_shuffle_i32x4::<0xdd>(a, b));
                    let (ef02, ef13) = (_mm512_shuffle_i32x4::<0x88>(e, f), _mm512_shuffle_i32x4::<0xdd>(e, f));
                    let columns_of = [
                        _mm512_shuffle_i32x4::<0x88>(ab02, ef02),
                        _mm512_shuffle_i32x4::<0x88>(ab13, ef13),
                        _mm512_shuffle_i32x4::<0xdd>(ab02, ef02),
                        _mm512_shuffle_i32x4::<0xdd>(ab13, ef13),
                    ];
                    for (q, column) in columns_of.into_iter().enumerate() {
                        _mm512_storeu_si512(to.add((c + 4 * q + i) * 32 + r).cast(), column);
                    }
                }
            }
        }
    }
}

/// Orders that put element i of one row beside element i of another (counted from PANEL on): first and second half of a panel.
const BETWEEN: [[u16; PANEL]; 2] = {
    let mut orders = [[0; PANEL]; 2];
    let mut i = 0;
    while i < 2 * PANEL {
        orders[i / PANEL][i % PANEL] = (i / 2 + i % 2 * PANEL) as u16;
        i += 1;
    }
    orders
};

/// Which of a panel's numbers are there, as masks of its two halves.
fn masks(width: usize) -> [__mmask16; 2] {
    [0, PANEL / 2].map(|skip| ((1u32 << width.saturating_sub(skip).min(PANEL / 2)) - 1) as __mmask16)
}

/// A panel's width of a row as bf16: the pairs of neighbours, 16 words. What the masks leave out counts as 0.
///
/// # Safety
///
/// The numbers that the masks let in can be read at `row`, and the machine has AVX-512 with bf16.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
unsafe fn halves(row: *const f32, [low, high]: [__mmask16; 2]) -> __m512i {
    // SAFETY: the caller's contract; __m512bh and __m512i are 64 bytes of any content.
    unsafe {
        let low = _mm512_maskz_loadu_ps(low, row);
        let high = _mm512_maskz_loadu_ps(high, row.wrapping_add(PANEL / 2));
        std::mem::transmute::<__m512bh, __m512i>(_mm512_cvtne2ps_pbh(high, low))
    }
}

/// The pairs of elements of two rows that stand below each other, 32 words.
///
/// # Safety
///
/// 32 words can be written at `to`, and the machine has AVX-512.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
unsafe fn store_between(a: __m512i, b: __m512i, to: *mut u32) {
    // SAFETY: the caller's contract; each order is 64 bytes.
    unsafe {
        for (half, order) in BETWEEN.iter().enumerate() {
            let words = _mm512_permutex2var_epi16(a, _mm512_loadu_si512(order.as_ptr().cast()), b);
            _mm512_storeu_si512(to.add(half * PANEL / 2).cast(), words);
        }
    }
}

/// Both layouts of bf16 pairs of a block of activations.
///
/// # Safety
///
/// The machine has AVX-512 with bf16.
#[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
pub(crate) unsafe fn fill_pairs(operand: &mut Operand<f32>, values: &[f32], rows: usize) {
    let (columns, panels) = (operand.columns, operand.columns.div_ceil(PANEL));
    let panel_words = operand.capacity.div_ceil(2) * PANEL;
    assert!(values.len() >= rows * columns && rows <= operand.capacity, "the block's rows");
    let (panel_to, row_to) = (operand.pair_panels.as_mut_ptr(), operand.pair_rows.as_mut_ptr());
    for r in (0..rows).step_by(2) {
        let is_pair = r + 1 < rows;
        for panel in 0..panels {
            let first = panel * PANEL;
            let masks = masks(columns - first);
            // SAFETY: rows and columns lie inside `values`, asserted above; `Operand::new` made room for `capacity` rows of
            // each panel in both layouts.
            unsafe {
                let from = values.as_ptr().add(r * columns + first);
                let to = row_to.add((r * panels + panel) * PANEL / 2);
                let a = halves(from, masks);
                _mm512_storeu_si512(to.cast(), a);
                let b = if is_pair { halves(from.add(columns), masks) } else { _mm512_setzero_si512() };
                if is_pair {
                    _mm512_storeu_si512(to.add(panels * PANEL / 2).cast(), b);
                }
                store_between(a, b, panel_to.add(panel * panel_words + r / 2 * PANEL));
            }
        }
    }
}

/// Both layouts of bf16 pairs of a tile of weights.
///
/// # Safety
///
/// The machine has AVX-512 with bf16.
#[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
pub(crate) unsafe fn pack_pairs(packed: &mut Packed<f32>, weights: &[f32]) {
    const WORDS: usize = PANEL * PANEL / 2;
    let (inputs, outputs) = (packed.inputs, packed.outputs);
    assert!(weights.len() >= inputs * outputs && inputs <= PANEL, "the tile's weights");
    let mut backward = packed.backward_pairs.chunks_exact_mut(WORDS);
    for (panel, forward) in packed.forward_pairs.chunks_exact_mut(WORDS).enumerate() {
        let first = panel * PANEL;
        let masks = masks(outputs - first);
        let mut rows = [0u32; WORDS];
        for r in (0..inputs).step_by(2) {
            // SAFETY: rows and columns lie inside `weights`, asserted above; `forward` and `rows` hold PANEL/2 rows of PANEL
            // words and PANEL rows of half as many.
            unsafe {
                let from = weights.as_ptr().add(r * outputs + first);
                let is_pair = r + 1 < inputs;
                let a = halves(from, masks);
                let b = if is_pair { halves(from.add(outputs), masks) } else { _mm512_setzero_si512() };
                store_between(a, b, forward.as_mut_ptr().add(r / 2 * PANEL));
                _mm512_storeu_si512(rows.as_mut_ptr().add(r * PANEL / 2).cast(), a);
                _mm512_storeu_si512(rows.as_mut_ptr().add((r + 1) * PANEL / 2).cast(), b);
            }
        }
        if let Some(to) = backward.next() {
            // SAFETY: both hold PANEL · PANEL/2 words.
            unsafe { transpose_16(PANEL / 2, rows.as_ptr(), to.as_mut_ptr()) };
        }
    }
}
