//! Copies of activations and weights in the order in which products read them.
//!
//! Everything a product multiplies by lies in panels of [`PANEL`] columns, one step of the sum after the other, so that it is
//! read from end to end. A panel that is wider than its matrix ends with zeros. With [`Precision::Bf16`] a word is a pair of
//! bf16: two steps of the sum in one.

use std::array::from_fn;

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
    pub(crate) fn fill_pairs(&mut self, values: &[T], rows: usize) {
        let panels = self.columns.div_ceil(PANEL);
        let panel_words = self.capacity.div_ceil(2) * PANEL;
        for r in (0..rows).step_by(2) {
            let (first, second) = values[r * self.columns..].split_at(self.columns);
            for panel in 0..panels {
                let width = PANEL.min(self.columns - panel * PANEL);
                // An odd last row stands above zeros.
                let piece = |row: &[T]| row.get(panel * PANEL..).map_or([0; PANEL], |row| halves(row, width));
                let (a, b) = (piece(first), piece(second));
                self.pair_panels[panel * panel_words + r / 2 * PANEL..][..PANEL].copy_from_slice(&along_rows(a, b));
                self.pair_rows[(r * panels + panel) * PAIRS..][..PAIRS].copy_from_slice(&along_columns(a));
                if r + 1 < rows {
                    self.pair_rows[((r + 1) * panels + panel) * PAIRS..][..PAIRS].copy_from_slice(&along_columns(b));
                }
            }
        }
    }
}

/// The first `width` of `values` as bf16; the rest of the panel is 0.
#[inline(always)]
fn halves<T: Scalar>(values: &[T], width: usize) -> [u16; PANEL] {
    match values.first_chunk::<PANEL>() {
        Some(values) if width == PANEL => from_fn(|i| bf16(values[i].to_f64() as f32)),
        _ => from_fn(|i| if i < width { values.get(i).map_or(0, |v| bf16(v.to_f64() as f32)) } else { 0 }),
    }
}

/// Pairs of the elements of two rows that stand below each other.
#[inline(always)]
fn along_rows(a: [u16; PANEL], b: [u16; PANEL]) -> [u32; PANEL] {
    from_fn(|i| pair(a[i], b[i]))
}

/// Pairs of neighbours of one row.
#[inline(always)]
fn along_columns(a: [u16; PANEL]) -> [u32; PAIRS] {
    from_fn(|i| pair(a[2 * i], a[2 * i + 1]))
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
    pub(crate) fn pack_pairs(&mut self, isa: Isa, weights: &[T]) {
        let mut backward = self.backward_pairs.chunks_exact_mut(PAIRS * PANEL);
        for (panel, forward) in self.forward_pairs.chunks_exact_mut(PAIRS * PANEL).enumerate() {
            let first = panel * PANEL;
            let width = PANEL.min(self.outputs - first);
            let row = |row: usize| match row < self.inputs {
                true => halves(&weights[row * self.outputs + first..], width),
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
                transpose(isa, PAIRS, &rows, to);
            }
        }
    }
}
