//! Copies of activations and weights in the order in which products read them.
//!
//! Everything a product multiplies by lies in panels of [`PANEL`] columns, one step of the sum after the other, so that it is
//! read from end to end. A panel that is wider than its matrix ends with zeros. With [`Precision::Bf16`] a word is a pair of
//! bf16: two steps of the sum in one.

use crate::isa::Isa;
use crate::precision::{Precision, bf16, pair};
use crate::scalar::Scalar;
use crate::transpose::transpose;

/// Columns of a panel.
pub const PANEL: usize = 32;
/// Words of a row of bf16 pairs in a panel's width.
const PAIRS: usize = PANEL / 2;

/// Copies of a block of activations (rows, columns).
#[derive(Clone, Debug)]
pub struct Operand<T> {
    pub(crate) columns: usize,
    /// Rows it has space for.
    pub(crate) capacity: usize,
    pub(crate) precision: Precision,
    /// F32: (panels, rows, PANEL).
    pub(crate) panels: Vec<T>,
    /// Bf16: (panels, rows/2, PANEL), pairs along the rows.
    pub(crate) pair_panels: Vec<u32>,
    /// Bf16: (rows, panels · PANEL/2), pairs along the columns.
    pub(crate) pair_rows: Vec<u32>,
}

impl<T: Scalar> Operand<T> {
    /// Space for up to `capacity` rows of `columns` numbers.
    pub fn new(capacity: usize, columns: usize, precision: Precision) -> Operand<T> {
        let panels = columns.div_ceil(PANEL);
        let (full, halves) = match precision {
            Precision::F32 => (panels * capacity * PANEL, 0),
            Precision::Bf16 => (0, panels * PANEL),
        };
        Operand {
            columns,
            capacity,
            precision,
            panels: vec![T::ZERO; full],
            pair_panels: vec![0; halves * capacity.div_ceil(2)],
            pair_rows: vec![0; halves / 2 * capacity],
        }
    }

    /// Copies `values`, (rows, columns). Without `for_gradient` only what forward products read is refreshed.
    pub fn fill(&mut self, isa: Isa, values: &[T], for_gradient: bool) {
        if self.columns == 0 {
            return;
        }
        let rows = values.len() / self.columns;
        assert!(rows <= self.capacity && values.len() == rows * self.columns, "the block holds {} rows", self.capacity);
        match self.precision {
            Precision::F32 if for_gradient => self.fill_panels(values),
            Precision::F32 => {}
            Precision::Bf16 => T::fill_pairs(isa, self, values, rows),
        }
    }

    fn fill_panels(&mut self, values: &[T]) {
        let panel = self.capacity * PANEL;
        for (r, row) in values.chunks_exact(self.columns).enumerate() {
            let (whole, rest) = row.as_chunks::<PANEL>();
            let mut places = self.panels[r * PANEL..].chunks_mut(panel);
            for (piece, to) in whole.iter().zip(&mut places) {
                to[..PANEL].copy_from_slice(piece);
            }
            if let Some(to) = places.next() {
                to[..rest.len()].copy_from_slice(rest);
            }
        }
    }

    /// Both layouts of pairs, two rows at a time; the naive twin of the instructions that convert.
    #[inline(always)]
    pub(crate) fn fill_pairs(&mut self, values: &[T], rows: usize) {
        let (columns, panel) = (self.columns, self.capacity.div_ceil(2) * PANEL);
        let row_words = columns.div_ceil(PANEL) * PAIRS;
        let half = |values: &[T], row: usize, column: usize| match row < rows && column < columns {
            true => bf16(values[row * columns + column].to_f64() as f32),
            false => 0,
        };
        for r in (0..rows).step_by(2) {
            for c in 0..columns {
                let word = pair(half(values, r, c), half(values, r + 1, c));
                self.pair_panels[c / PANEL * panel + r / 2 * PANEL + c % PANEL] = word;
            }
        }
        for r in 0..rows {
            for c in (0..columns).step_by(2) {
                self.pair_rows[r * row_words + c / 2] = pair(half(values, r, c), half(values, r, c + 1));
            }
        }
    }
}

/// Copies of up to [`PANEL`] rows of a weight matrix (inputs, outputs).
#[derive(Clone, Debug)]
pub struct Packed<T> {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    pub(crate) precision: Precision,
    /// F32: (panels of outputs, PANEL inputs, PANEL).
    pub(crate) forward: Vec<T>,
    /// F32: (panels of outputs · PANEL, PANEL inputs): transposed. Empty where nobody asks for the input gradient.
    pub(crate) backward: Vec<T>,
    /// Bf16: (panels of outputs, PANEL/2, PANEL), pairs along the inputs.
    pub(crate) forward_pairs: Vec<u32>,
    /// Bf16: (panels of outputs · PANEL/2, PANEL inputs), pairs along the outputs.
    pub(crate) backward_pairs: Vec<u32>,
}

impl<T: Scalar> Packed<T> {
    /// Space for `inputs` rows, at most [`PANEL`], of `outputs` weights; without inputs nothing is packed. `backward`: the input gradient is wanted too.
    pub fn new(inputs: usize, outputs: usize, backward: bool, precision: Precision) -> Packed<T> {
        assert!(inputs <= PANEL, "a packed tile holds {PANEL} rows");
        let words = outputs.div_ceil(PANEL) * PANEL * PANEL;
        let (full, halves) = match precision {
            Precision::F32 => (words, 0),
            Precision::Bf16 => (0, words / 2),
        };
        let (full_back, halves_back) = if backward { (full, halves) } else { (0, 0) };
        Packed {
            inputs,
            outputs,
            precision,
            forward: vec![T::ZERO; full],
            backward: vec![T::ZERO; full_back],
            forward_pairs: vec![0; halves],
            backward_pairs: vec![0; halves_back],
        }
    }

    /// Copies `weights`, (inputs, outputs) row-major.
    pub fn pack(&mut self, isa: Isa, weights: &[T]) {
        if self.inputs == 0 {
            return;
        }
        assert_eq!(weights.len(), self.inputs * self.outputs, "the tile's weights");
        match self.precision {
            Precision::F32 => self.pack_full(isa, weights),
            Precision::Bf16 => T::pack_pairs(isa, self, weights),
        }
    }

    fn pack_full(&mut self, isa: Isa, weights: &[T]) {
        let mut backward = self.backward.chunks_exact_mut(PANEL * PANEL);
        for (panel, forward) in self.forward.chunks_exact_mut(PANEL * PANEL).enumerate() {
            let first = panel * PANEL;
            let width = PANEL.min(self.outputs - first);
            for (row, to) in weights.chunks_exact(self.outputs).zip(forward.chunks_exact_mut(PANEL)) {
                match row[first..].first_chunk::<PANEL>() {
                    Some(whole) => to.copy_from_slice(whole),
                    None => to[..width].copy_from_slice(&row[first..]),
                }
            }
            if let Some(to) = backward.next() {
                transpose(isa, PANEL, forward, to);
            }
        }
    }

    /// Both layouts of pairs; the naive twin of the instructions that convert.
    #[inline(always)]
    pub(crate) fn pack_pairs(&mut self, isa: Isa, weights: &[T]) {
        let half = |row: usize, column: usize| match row < self.inputs && column < self.outputs {
            true => bf16(weights[row * self.outputs + column].to_f64() as f32),
            false => 0,
        };
        let mut backward = self.backward_pairs.chunks_exact_mut(PAIRS * PANEL);
        for (panel, forward) in self.forward_pairs.chunks_exact_mut(PAIRS * PANEL).enumerate() {
            let first = panel * PANEL;
            for (i, word) in forward.iter_mut().enumerate() {
                let (row, column) = (i / PANEL * 2, first + i % PANEL);
                *word = pair(half(row, column), half(row + 1, column));
            }
            if let Some(to) = backward.next() {
                let rows: [u32; PANEL * PAIRS] = std::array::from_fn(|i| {
                    let (row, column) = (i / PAIRS, first + i % PAIRS * 2);
                    pair(half(row, column), half(row, column + 1))
                });
                transpose(isa, PAIRS, &rows, to);
            }
        }
    }
}
