//! Copies of activations in the order in which products read them.

use crate::isa::Isa;
use crate::panel::{PAIRS, PANEL};
use crate::precision::Precision;
use crate::scalar::Scalar;

/// Copies of a block of activations, (rows, columns), in panels of [`PANEL`] columns.
///
/// A panel that is wider than its matrix ends with zeros. With [`Precision::Bf16`] a word is a pair of bf16: two steps of a
/// product's sum in one.
#[derive(Clone, Debug)]
pub struct Operand<T> {
    pub(crate) columns: usize,
    /// Rows that it has room for.
    pub(crate) capacity: usize,
    pub(crate) precision: Precision,
    /// F32: (panels, rows, PANEL).
    pub(crate) panels: Vec<T>,
    /// Bf16: (panels, rows/2, PANEL), with pairs along the rows.
    pub(crate) pair_panels: Vec<u32>,
    /// Bf16: (rows, panels · PANEL/2), with pairs along the columns.
    pub(crate) pair_rows: Vec<u32>,
}

impl<T: Scalar> Operand<T> {
    /// Allocates room for up to `capacity` rows of `columns` numbers.
    pub fn new(capacity: usize, columns: usize, precision: Precision) -> Operand<T> {
        let panels = columns.div_ceil(PANEL);
        let (numbers, pair_panels, pair_rows) = match precision {
            Precision::F32 => (panels * capacity * PANEL, 0, 0),
            Precision::Bf16 => (0, panels * capacity.div_ceil(2) * PANEL, capacity * panels * PAIRS),
        };
        Operand {
            columns,
            capacity,
            precision,
            panels: vec![T::ZERO; numbers],
            pair_panels: vec![0; pair_panels],
            pair_rows: vec![0; pair_rows],
        }
    }

    /// Copies `values`, (rows, columns). Without `for_gradient` only what forward products read is refreshed.
    ///
    /// Panics if there are more rows than it has room for (a bug in the caller).
    pub fn fill(&mut self, isa: Isa, values: &[T], for_gradient: bool) {
        if self.columns == 0 {
            return;
        }
        let rows = values.len() / self.columns;
        assert!(rows <= self.capacity && values.len() == rows * self.columns, "the block holds {} rows", self.capacity);
        match self.precision {
            Precision::F32 if for_gradient => self.fill_panels(values),
            Precision::F32 => {}
            Precision::Bf16 => {
                T::round_activations(isa, self.columns, values, &mut self.pair_panels, &mut self.pair_rows);
            }
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
}
