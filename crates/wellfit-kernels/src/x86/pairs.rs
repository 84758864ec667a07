//! Rounding to pairs of bf16, both layouts at once, with AVX-512 and bf16.

use std::arch::x86_64::*;

use super::transpose_16;
use crate::operand::{Operand, PANEL, Packed};

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
