//! Rounding to pairs of bf16, in the layouts that products read.
//!
//! A word is a pair of bf16: two steps of a sum in one. Operands are kept in two layouts, one with pairs along the rows and
//! one with pairs along the columns, since what is a step in one product is a row of the output in another.

use std::array::from_fn;

use crate::bf16::{bf16, pair};
use crate::isa::Isa;
use crate::number::Number;
use crate::panel::{PAIRS, PANEL};
use crate::transpose::Transpose;

/// Numbers that can be rounded to pairs of bf16 on every instruction path.
pub trait ToPairs: Number {
    /// Rounds a block of activations, (rows, columns), to both layouts: `panels`, (panels, capacity/2, PANEL), with pairs
    /// along the rows, and `pair_rows`, (rows, panels · PANEL/2), with pairs along the columns.
    ///
    /// `columns` is not 0. Panics if a layout has no room for the rows (a bug in the caller).
    fn round_activations(isa: Isa, columns: usize, values: &[Self], panels: &mut [u32], pair_rows: &mut [u32]);
    /// Rounds up to PANEL rows of weights, (inputs, outputs), to both layouts: `forward`, (panels, PANEL/2, PANEL), with
    /// pairs along the inputs, and `backward`, (panels · PANEL/2, PANEL), with pairs along the outputs; `backward` may be
    /// empty.
    ///
    /// `outputs` is not 0. Panics if a layout has no room for the weights (a bug in the caller).
    fn round_weights(isa: Isa, outputs: usize, weights: &[Self], forward: &mut [u32], backward: &mut [u32]);
}

impl ToPairs for f32 {
    fn round_activations(isa: Isa, columns: usize, values: &[f32], panels: &mut [u32], pair_rows: &mut [u32]) {
        match isa {
            // SAFETY: `Isa::available` gives a path only where the machine has it.
            #[cfg(target_arch = "x86_64")]
            isa if isa.has_avx512_bf16() => unsafe {
                crate::x86::pairs::round_activations(columns, values, panels, pair_rows);
            },
            _ => round_activations_naive(columns, values, panels, pair_rows),
        }
    }

    fn round_weights(isa: Isa, outputs: usize, weights: &[f32], forward: &mut [u32], backward: &mut [u32]) {
        match isa {
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            isa if isa.has_avx512_bf16() => unsafe {
                crate::x86::pairs::round_weights(outputs, weights, forward, backward);
            },
            _ => round_weights_naive(isa, outputs, weights, forward, backward),
        }
    }
}

impl ToPairs for f64 {
    fn round_activations(_isa: Isa, columns: usize, values: &[f64], panels: &mut [u32], pair_rows: &mut [u32]) {
        round_activations_naive(columns, values, panels, pair_rows);
    }

    fn round_weights(isa: Isa, outputs: usize, weights: &[f64], forward: &mut [u32], backward: &mut [u32]) {
        round_weights_naive(isa, outputs, weights, forward, backward);
    }
}

/// The naive twin of [`ToPairs::round_activations`].
fn round_activations_naive<T: Number>(columns: usize, values: &[T], panels: &mut [u32], pair_rows: &mut [u32]) {
    let (rows, count) = (values.len() / columns, columns.div_ceil(PANEL));
    let panel_words = panels.len() / count;
    for r in (0..rows).step_by(2) {
        let (first, second) = values[r * columns..].split_at(columns);
        for panel in 0..count {
            let width = PANEL.min(columns - panel * PANEL);
            // An odd last row is paired with zeros.
            let piece = |row: &[T]| row.get(panel * PANEL..).map_or([0; PANEL], |row| halves(row, width));
            let (a, b) = (piece(first), piece(second));
            panels[panel * panel_words + r / 2 * PANEL..][..PANEL].copy_from_slice(&along_rows(a, b));
            pair_rows[(r * count + panel) * PAIRS..][..PAIRS].copy_from_slice(&along_columns(a));
            if r + 1 < rows {
                pair_rows[((r + 1) * count + panel) * PAIRS..][..PAIRS].copy_from_slice(&along_columns(b));
            }
        }
    }
}

/// The naive twin of [`ToPairs::round_weights`].
fn round_weights_naive<T: Number>(isa: Isa, outputs: usize, weights: &[T], forward: &mut [u32], backward: &mut [u32]) {
    let inputs = weights.len() / outputs;
    let mut backward = backward.chunks_exact_mut(PAIRS * PANEL);
    for (panel, forward) in forward.chunks_exact_mut(PAIRS * PANEL).enumerate() {
        let first = panel * PANEL;
        let width = PANEL.min(outputs - first);
        let row = |row: usize| match row < inputs {
            true => halves(&weights[row * outputs + first..], width),
            false => [0; PANEL],
        };
        for (r, to) in forward.chunks_exact_mut(PANEL).enumerate() {
            to.copy_from_slice(&along_rows(row(2 * r), row(2 * r + 1)));
        }
        if let Some(to) = backward.next() {
            let mut rows = [0; PANEL * PAIRS];
            for (r, words) in rows.chunks_exact_mut(PAIRS).enumerate() {
                words.copy_from_slice(&along_columns(row(r)));
            }
            u32::transpose(isa, PAIRS, &rows, to);
        }
    }
}

/// The first `width` of `values` as bf16; the rest of the panel's width is 0.
#[inline(always)]
fn halves<T: Number>(values: &[T], width: usize) -> [u16; PANEL] {
    match values.first_chunk::<PANEL>() {
        Some(values) if width == PANEL => from_fn(|i| bf16(values[i].to_f64() as f32)),
        _ => from_fn(|i| if i < width { values.get(i).map_or(0, |v| bf16(v.to_f64() as f32)) } else { 0 }),
    }
}

/// Pairs of the elements of two rows in the same column.
#[inline(always)]
fn along_rows(a: [u16; PANEL], b: [u16; PANEL]) -> [u32; PANEL] {
    from_fn(|i| pair(a[i], b[i]))
}

/// Pairs of neighbours in one row.
#[inline(always)]
fn along_columns(a: [u16; PANEL]) -> [u32; PAIRS] {
    from_fn(|i| pair(a[2 * i], a[2 * i + 1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Stream};

    #[test]
    fn every_path_agrees_with_the_naive_twin() {
        let stream = Stream::new(1, Purpose::Sample, 1);
        for isa in Isa::available() {
            for (rows, columns) in [(1usize, 1usize), (3, 31), (4, 32), (5, 70)] {
                let values: Vec<f32> = (0..(rows * columns) as u64).map(|i| stream.normal(i) as f32).collect();
                let count = columns.div_ceil(PANEL);
                // Room for more rows than there are.
                let activations = |round: &dyn Fn(&mut [u32], &mut [u32])| {
                    let (mut panels, mut pair_rows) = (vec![7; count * 4 * PANEL], vec![7; 8 * count * PAIRS]);
                    round(&mut panels, &mut pair_rows);
                    (panels, pair_rows)
                };
                assert_eq!(
                    activations(&|panels, rows| f32::round_activations(isa, columns, &values, panels, rows)),
                    activations(&|panels, rows| round_activations_naive(columns, &values, panels, rows)),
                    "{isa:?}"
                );
                let weights = |round: &dyn Fn(&mut [u32], &mut [u32])| {
                    let (mut forward, mut backward) = (vec![0; count * PAIRS * PANEL], vec![0; count * PAIRS * PANEL]);
                    round(&mut forward, &mut backward);
                    (forward, backward)
                };
                assert_eq!(
                    weights(&|forward, backward| f32::round_weights(isa, columns, &values, forward, backward)),
                    weights(&|forward, backward| round_weights_naive(isa, columns, &values, forward, backward)),
                    "{isa:?}"
                );
            }
        }
    }
}
