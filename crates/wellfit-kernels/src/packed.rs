//! Copies of weights in the order in which products read them.

use crate::isa::Isa;
use crate::panel::PANEL;
use crate::precision::Precision;
use crate::scalar::Scalar;

/// Copies of up to [`PANEL`] rows of a weight matrix (inputs, outputs).
#[derive(Clone, Debug)]
pub struct Packed<T> {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    pub(crate) precision: Precision,
    /// F32: (panels of outputs, PANEL inputs, PANEL).
    pub(crate) forward: Vec<T>,
    /// F32: (panels of outputs · PANEL, PANEL inputs), transposed. Empty if no input gradient is asked for.
    pub(crate) backward: Vec<T>,
    /// Bf16: (panels of outputs, PANEL/2, PANEL), with pairs along the inputs.
    pub(crate) forward_pairs: Vec<u32>,
    /// Bf16: (panels of outputs · PANEL/2, PANEL inputs), with pairs along the outputs.
    pub(crate) backward_pairs: Vec<u32>,
}

impl<T: Scalar> Packed<T> {
    /// Allocates room for `inputs` rows, at most [`PANEL`], of `outputs` weights. Without inputs nothing is packed; without
    /// `backward` no input gradient can be computed.
    ///
    /// Panics if there are more inputs (a bug in the caller).
    pub fn new(inputs: usize, outputs: usize, backward: bool, precision: Precision) -> Packed<T> {
        assert!(inputs <= PANEL, "at most {PANEL} rows are packed");
        let words = outputs.div_ceil(PANEL) * PANEL * PANEL;
        let (numbers, pairs) = match precision {
            Precision::F32 => (words, 0),
            Precision::Bf16 => (0, words / 2),
        };
        let (backward, backward_pairs) = if backward { (numbers, pairs) } else { (0, 0) };
        Packed {
            inputs,
            outputs,
            precision,
            forward: vec![T::ZERO; numbers],
            backward: vec![T::ZERO; backward],
            forward_pairs: vec![0; pairs],
            backward_pairs: vec![0; backward_pairs],
        }
    }

    /// Copies `weights`, (inputs, outputs), row-major.
    ///
    /// Panics if they have another shape (a bug in the caller).
    pub fn pack(&mut self, isa: Isa, weights: &[T]) {
        if self.inputs * self.outputs == 0 {
            return;
        }
        assert_eq!(weights.len(), self.inputs * self.outputs, "the weights are (inputs, outputs)");
        match self.precision {
            Precision::F32 => self.pack_numbers(isa, weights),
            Precision::Bf16 => {
                T::round_weights(isa, self.outputs, weights, &mut self.forward_pairs, &mut self.backward_pairs);
            }
        }
    }

    fn pack_numbers(&mut self, isa: Isa, weights: &[T]) {
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
                T::transpose(isa, PANEL, forward, to);
            }
        }
    }
}
