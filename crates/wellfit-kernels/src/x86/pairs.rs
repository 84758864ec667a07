//! Rounding to pairs of bf16, both layouts at once, and their products, with AVX-512 and bf16.

use std::arch::x86_64::*;

use super::lanes::Pairs16;
use super::transpose::transpose;
use crate::job::{Job, Run};
use crate::panel::{PAIRS, PANEL};
use crate::tile;

/// Orders that interleave two rows, the elements of the second counted from PANEL on: first and second half of a panel.
const BETWEEN: [[u16; PANEL]; 2] = {
    let mut orders = [[0; PANEL]; 2];
    let mut i = 0;
    while i < 2 * PANEL {
        orders[i / PANEL][i % PANEL] = (i / 2 + i % 2 * PANEL) as u16;
        i += 1;
    }
    orders
};

/// Which numbers of a panel's width exist, `width` of them being left in the row, as masks of its two halves.
fn masks(width: usize) -> [__mmask16; 2] {
    [0, PANEL / 2].map(|skip| ((1u32 << width.saturating_sub(skip).min(PANEL / 2)) - 1) as __mmask16)
}

/// A panel's width of a row as bf16: pairs of neighbours, 16 words. What the masks leave out is 0.
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

/// Stores the pairs of elements of two rows in the same column, 32 words.
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

/// Rounds a block of activations, (rows, columns), to both layouts: `panels` with pairs along the rows, `pair_rows` with pairs
/// along the columns.
///
/// # Safety
///
/// The machine has AVX-512 with bf16.
#[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
pub(crate) unsafe fn round_activations(columns: usize, values: &[f32], panels: &mut [u32], pair_rows: &mut [u32]) {
    let (rows, count) = (values.len() / columns, columns.div_ceil(PANEL));
    let panel_words = panels.len() / count;
    assert!(rows.div_ceil(2) * PANEL <= panel_words && rows * count * PAIRS <= pair_rows.len(), "room for the rows");
    let (panel_to, row_to) = (panels.as_mut_ptr(), pair_rows.as_mut_ptr());
    for r in (0..rows).step_by(2) {
        let is_pair = r + 1 < rows;
        for panel in 0..count {
            let first = panel * PANEL;
            let masks = masks(columns - first);
            // SAFETY: rows and columns lie inside `values`; both layouts have room for the rows of each panel, as asserted.
            unsafe {
                let from = values.as_ptr().add(r * columns + first);
                let to = row_to.add((r * count + panel) * PAIRS);
                let a = halves(from, masks);
                _mm512_storeu_si512(to.cast(), a);
                let b = if is_pair { halves(from.add(columns), masks) } else { _mm512_setzero_si512() };
                if is_pair {
                    _mm512_storeu_si512(to.add(count * PAIRS).cast(), b);
                }
                store_between(a, b, panel_to.add(panel * panel_words + r / 2 * PANEL));
            }
        }
    }
}

/// Rounds up to PANEL rows of weights, (inputs, outputs), to both layouts: `forward` with pairs along the inputs, `backward`
/// along the outputs, transposed; `backward` may be empty.
///
/// # Safety
///
/// The machine has AVX-512 with bf16.
#[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
pub(crate) unsafe fn round_weights(outputs: usize, weights: &[f32], forward: &mut [u32], backward: &mut [u32]) {
    const WORDS: usize = PAIRS * PANEL;
    let inputs = weights.len() / outputs;
    assert!(inputs <= PANEL && forward.len() <= outputs.div_ceil(PANEL) * WORDS, "the weights of each panel");
    let mut backward = backward.chunks_exact_mut(WORDS);
    for (panel, forward) in forward.chunks_exact_mut(WORDS).enumerate() {
        let first = panel * PANEL;
        let masks = masks(outputs - first);
        let mut rows = [0u32; WORDS];
        for r in (0..inputs).step_by(2) {
            // SAFETY: rows and columns lie inside `weights`, since no panel begins beyond the outputs; `forward` holds PANEL/2
            // rows of PANEL words, and `rows` PANEL rows of half as many.
            unsafe {
                let from = weights.as_ptr().add(r * outputs + first);
                let is_pair = r + 1 < inputs;
                let a = halves(from, masks);
                let b = if is_pair { halves(from.add(outputs), masks) } else { _mm512_setzero_si512() };
                store_between(a, b, forward.as_mut_ptr().add(r / 2 * PANEL));
                _mm512_storeu_si512(rows.as_mut_ptr().add(r * PAIRS).cast(), a);
                _mm512_storeu_si512(rows.as_mut_ptr().add((r + 1) * PAIRS).cast(), b);
            }
        }
        if let Some(to) = backward.next() {
            // SAFETY: both hold PANEL · PANEL/2 words.
            unsafe { transpose(PAIRS, rows.as_ptr(), to.as_mut_ptr()) };
        }
    }
}

/// Computes a product of pairs in vectors.
///
/// # Safety
///
/// The job is valid, and the machine has AVX-512 with bf16.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma")]
pub(crate) unsafe fn multiply_pairs<I: Iterator<Item = Run<u32>>>(job: Job<'_, f32, impl Fn(usize) -> I>) {
    // SAFETY: the caller's contract is passed on.
    unsafe { tile::multiply::<Pairs16, 12, 2, I>(job) }
}
