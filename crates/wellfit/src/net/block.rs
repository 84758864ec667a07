//! Blocks: the rows that a task of the rows sweep takes, with space for what every layer makes of them.

use wellfit_kernels::operand::Operand;
use wellfit_kernels::precision::Precision;
use wellfit_kernels::scalar::Scalar;

use crate::data::{Examples, Targets};

/// A block of rows on its way through the network; one task takes it.
#[derive(Clone, Debug)]
pub struct Block<T> {
    /// Rows it holds now.
    pub rows: usize,
    /// Place of its first row in the batch.
    pub first_row: usize,
    /// (rows, numbers): the inputs of the first layer.
    pub(super) numbers: Vec<T>,
    /// (rows, codes): its category codes.
    pub(super) codes: Vec<u32>,
    /// (rows, outputs): soft targets.
    pub(super) target: Vec<T>,
    /// (rows,): weight of each row in the loss.
    pub(super) weight: Vec<T>,
    /// (rows,): loss of each row, before its weight.
    pub(super) row_loss: Vec<T>,
    /// Room for another row of train, numbers and codes, that augmentation mixes in.
    pub(super) partner: (Vec<T>, Vec<u32>),
    pub(super) layers: Vec<LayerSpace<T>>,
}

/// What one layer writes for a block.
#[derive(Clone, Debug)]
pub(super) struct LayerSpace<T> {
    pub output: Vec<T>,
    pub saved_for_backward: Vec<T>,
    pub delta: Vec<T>,
    /// Sums over all rows of the block.
    pub sums: Vec<T>,
    /// Copies of its inputs.
    pub x: Operand<T>,
    /// Copies of d(cost)/dz.
    pub dz: Operand<T>,
}

/// How many numbers of each sort a row takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowSizes {
    pub numbers: usize,
    pub codes: usize,
    pub outputs: usize,
}

/// How many numbers of each sort a layer takes: for a row, but `sums` for a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct LayerSizes {
    pub outputs: usize,
    pub saved_for_backward: usize,
    pub sums: usize,
    /// (inputs, outputs) of products.
    pub operands: (usize, usize),
}

impl<T: Scalar> LayerSpace<T> {
    fn new(sizes: LayerSizes, capacity: usize, precision: Precision) -> LayerSpace<T> {
        let numbers = |count: usize| vec![T::ZERO; count];
        let (inputs, outputs) = sizes.operands;
        LayerSpace {
            output: numbers(capacity * sizes.outputs),
            saved_for_backward: numbers(capacity * sizes.saved_for_backward),
            delta: numbers(capacity * sizes.outputs),
            sums: numbers(sizes.sums),
            x: Operand::new(capacity, inputs, precision),
            dz: Operand::new(capacity, outputs, precision),
        }
    }
}

impl<T: Scalar> Block<T> {
    /// Space for up to `capacity` rows, with copies of `precision`; [`super::Network::block`] knows the sizes.
    pub(super) fn new(
        row: RowSizes,
        layers: impl Iterator<Item = LayerSizes>,
        capacity: usize,
        precision: Precision,
    ) -> Block<T> {
        let numbers = |width: usize| vec![T::ZERO; capacity * width];
        Block {
            rows: 0,
            first_row: 0,
            numbers: numbers(row.numbers),
            codes: vec![0; capacity * row.codes],
            target: numbers(row.outputs),
            weight: numbers(1),
            row_loss: numbers(1),
            partner: (vec![T::ZERO; row.numbers], vec![0; row.codes]),
            layers: layers.map(|sizes| LayerSpace::new(sizes, capacity, precision)).collect(),
        }
    }

    /// Gathers `rows` of `examples`; `first_row` is the place of the first in its batch.
    ///
    /// Class targets become soft targets: (1 − smoothing) for the class plus smoothing/classes for each (Szegedy et al.
    /// 2016, §7).
    pub fn gather(&mut self, examples: &Examples, rows: &[u32], first_row: usize, smoothing: f64) {
        let (count, width) = (self.weight.len(), self.numbers.len() / self.weight.len().max(1));
        assert!(rows.len() <= count, "a block holds {count} rows");
        let (codes, outputs) = (self.codes.len() / count, self.target.len() / count);
        let source = &examples.source;
        self.rows = rows.len();
        self.first_row = first_row;
        for (i, &row) in rows.iter().enumerate() {
            let row = row as usize;
            if let Some(&next) = rows.get(i + 1) {
                source.prefetch(next as usize);
            }
            source.read(row, &mut self.numbers[i * width..][..width], &mut self.codes[i * codes..][..codes]);
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
            0 => &self.numbers[..self.numbers.len() / self.weight.len() * self.rows],
            _ => self.output(layer - 1),
        }
    }

    /// (rows, saved) of layer `layer`, as the backward pass left it.
    pub fn saved(&self, layer: usize) -> &[T] {
        let space = &self.layers[layer].saved_for_backward;
        &space[..space.len() / self.weight.len() * self.rows]
    }

    /// Copies of the inputs of layer `layer`, and of its d(cost)/dz, for layers that asked for them.
    pub fn operands(&self, layer: usize) -> (&Operand<T>, &Operand<T>) {
        (&self.layers[layer].x, &self.layers[layer].dz)
    }

    /// Layer `layer`'s sums over all rows of the block, after the backward pass.
    pub fn sums(&self, layer: usize) -> &[T] {
        &self.layers[layer].sums
    }

    /// (rows, codes): the category codes.
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
