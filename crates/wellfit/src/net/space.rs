//! Working space, allocated once: blocks of rows for the rows sweep, tiles of parameters for the parameter sweep.

use wellfit_kernels::operand::Operand;
use wellfit_kernels::packed::Packed;
use wellfit_kernels::precision::Precision;
use wellfit_kernels::prefetch::prefetch;
use wellfit_kernels::scalar::Scalar;

use crate::data::{Examples, Targets};

use super::layer::TileShape;
use super::network::Network;

/// A block of rows on its way through the network; one task takes it.
#[derive(Clone, Debug)]
pub struct Block<T> {
    /// Rows it holds now.
    pub rows: usize,
    /// Place of its first row in the batch.
    pub first_row: usize,
    /// (rows, numeric inputs).
    pub(super) numeric: Vec<T>,
    /// (rows, embedded columns).
    pub(super) codes: Vec<u32>,
    /// (rows, outputs): soft targets.
    pub(super) target: Vec<T>,
    /// (rows,): weight of each row in the loss.
    pub(super) weight: Vec<T>,
    /// (rows,): loss of each row, before its weight.
    pub(super) row_loss: Vec<T>,
    pub(super) layers: Vec<LayerSpace<T>>,
}

/// What one layer writes for a block.
#[derive(Clone, Debug)]
pub(super) struct LayerSpace<T> {
    pub output: Vec<T>,
    pub kept: Vec<T>,
    pub delta: Vec<T>,
    /// Copies of its inputs.
    pub x: Operand<T>,
    /// Copies of d(cost)/dz.
    pub dz: Operand<T>,
}

impl<T: Scalar> Block<T> {
    /// Space for up to `capacity` rows, with copies of `precision`.
    pub fn new(network: &Network<T>, capacity: usize, precision: Precision) -> Block<T> {
        let numbers = |width: usize| vec![T::ZERO; capacity * width];
        let layers = network.layers().iter().map(|layer| {
            let (inputs, outputs) = layer.operands();
            LayerSpace {
                output: numbers(layer.outputs()),
                kept: numbers(layer.kept()),
                delta: numbers(layer.outputs()),
                x: Operand::new(capacity, inputs, precision),
                dz: Operand::new(capacity, outputs, precision),
            }
        });
        Block {
            rows: 0,
            first_row: 0,
            numeric: numbers(network.input().numeric),
            codes: vec![0; capacity * network.input().embeddings.len()],
            target: numbers(network.outputs()),
            weight: numbers(1),
            row_loss: numbers(1),
            layers: layers.collect(),
        }
    }

    /// Gathers `rows` of `examples`; `first_row` is the place of the first in its batch.
    ///
    /// Class targets become soft targets: (1 − smoothing) for the class plus smoothing/classes for each (Szegedy et al.
    /// 2016, §7).
    pub fn gather(&mut self, examples: &Examples, rows: &[u32], first_row: usize, smoothing: f64) {
        let (count, width) = (self.weight.len(), self.numeric.len() / self.weight.len().max(1));
        assert!(rows.len() <= count, "a block holds {count} rows");
        let (codes, outputs) = (self.codes.len() / count, self.target.len() / count);
        self.rows = rows.len();
        self.first_row = first_row;
        for (i, &row) in rows.iter().enumerate() {
            let row = row as usize;
            if let Some(&next) = rows.get(i + 1) {
                prefetch(&examples.numeric[next as usize * width..][..width]);
            }
            let source = &examples.numeric[row * width..][..width];
            for (to, &from) in self.numeric[i * width..][..width].iter_mut().zip(source) {
                *to = T::from_f64(f64::from(from));
            }
            self.codes[i * codes..][..codes].copy_from_slice(&examples.codes[row * codes..][..codes]);
            self.weight[i] = examples.weights.get(row).map_or(T::ONE, |&w| T::from_f64(f64::from(w)));
            let target = &mut self.target[i * outputs..][..outputs];
            target.fill(T::ZERO);
            add_target(&examples.targets, row, smoothing, 1.0, target);
        }
    }

    /// (rows, outputs) of layer `layer`.
    pub fn output(&self, layer: usize) -> &[T] {
        let space = &self.layers[layer].output;
        &space[..space.len() / self.weight.len() * self.rows]
    }

    /// (rows, outputs): d(cost)/dz of layer `layer`, after the backward pass.
    pub fn delta(&self, layer: usize) -> &[T] {
        let space = &self.layers[layer].delta;
        &space[..space.len() / self.weight.len() * self.rows]
    }

    /// (rows, inputs) of layer `layer`.
    pub fn input(&self, layer: usize) -> &[T] {
        match layer {
            0 => &self.numeric[..self.numeric.len() / self.weight.len() * self.rows],
            _ => self.output(layer - 1),
        }
    }

    /// Copies of the inputs of layer `layer`, and of its d(cost)/dz, for layers that asked for them.
    pub fn operands(&self, layer: usize) -> (&Operand<T>, &Operand<T>) {
        (&self.layers[layer].x, &self.layers[layer].dz)
    }

    /// (rows, embedded columns).
    pub fn codes(&self) -> &[u32] {
        &self.codes[..self.codes.len() / self.weight.len() * self.rows]
    }

    /// (rows,): the loss of each row, before its weight.
    pub fn row_losses(&self) -> &[T] {
        &self.row_loss[..self.rows]
    }

    /// (rows,): weight times loss of each row.
    pub fn weighted_losses(&self) -> impl Iterator<Item = f64> {
        self.weight.iter().zip(self.row_losses()).map(|(weight, loss)| weight.to_f64() * loss.to_f64())
    }

    /// (rows,): the weight of each row in the loss.
    pub fn weights_mut(&mut self) -> &mut [T] {
        &mut self.weight[..self.rows]
    }
}

/// Adds `share` of the target of a row: the number, or the class softened by `smoothing`.
pub(super) fn add_target<T: Scalar>(targets: &Targets, row: usize, smoothing: f64, share: f64, target: &mut [T]) {
    match (targets, target) {
        (Targets::Absent, _) => {}
        (Targets::Values(values), target) => target[0] += T::from_f64(share * f64::from(values[row])),
        (Targets::Classes(classes), [probability]) => {
            *probability += T::from_f64(share * (f64::from(classes[row]) * (1.0 - smoothing) + smoothing / 2.0));
        }
        (Targets::Classes(classes), target) => {
            let each = smoothing / target.len() as f64;
            for (class, probability) in target.iter_mut().enumerate() {
                let own = if class == classes[row] as usize { 1.0 - smoothing + each } else { each };
                *probability += T::from_f64(share * own);
            }
        }
    }
}

/// A piece of a parameter with what belongs to it; one task takes it.
#[derive(Clone, Debug)]
pub struct Tile<T> {
    /// The layer it belongs to.
    pub layer: usize,
    /// Which part of the layer's parameters it is.
    pub shape: TileShape,
    /// Whether penalties and weight decay apply.
    pub decays: bool,
    /// The copy of its parameters that products read.
    pub packed: Packed<T>,
}

impl<T> AsRef<Packed<T>> for Tile<T> {
    fn as_ref(&self) -> &Packed<T> {
        &self.packed
    }
}
