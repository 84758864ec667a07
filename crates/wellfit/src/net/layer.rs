//! What a layer is: shapes and three kernels; the numbers are lent.

use std::fmt::Debug;

use wellfit_kernels::dropout::Mask;
use wellfit_kernels::isa::Isa;
use wellfit_kernels::operand::Operand;
use wellfit_kernels::packed::Packed;
use wellfit_kernels::precision::Precision;
use wellfit_kernels::scalar::Scalar;

use super::activation::Activation;
use super::block::Block;
use super::param::{Param, State};
use super::shape::Shape;
use super::tile::{Tile, TileShape};

/// A layer of a network. `T` is `f32` to train and `f64` to check gradients: the same source.
///
/// Layers hold shapes, never trained numbers: parameters, state, outputs and gradients are lent for a call. What a
/// plain layer does without has a default, and costs nothing where no layer asks for it.
pub trait Layer<T: Scalar>: Debug + Send + Sync {
    /// The name its parameters start with, such as `dense1`.
    fn name(&self) -> &str;
    /// The shape of what it gives for a row.
    fn output(&self) -> Shape;
    /// Its parameters, in the order of θ.
    fn params(&self) -> Vec<Param>;
    /// The tiles that the parameter sweep shares out: together they cover the parameters once, in the order of θ.
    fn tiles(&self) -> Vec<TileShape>;
    /// The function that its outputs have gone through, if there is one: what saturation and dead units are judged by.
    fn activation(&self) -> Option<Activation> {
        None
    }
    /// Returns true if its slope jumps where an output passes 0.
    fn has_kink(&self) -> bool {
        self.activation().is_some_and(Activation::has_kink)
    }
    /// Numbers of [`Forward::saved_for_backward`] that a row needs.
    fn saved_for_backward(&self) -> usize {
        0
    }
    /// The probability that a unit is kept in training; 1 without dropout.
    fn keep_prob(&self) -> f64 {
        1.0
    }
    /// Returns true if it reads the category codes of a row, as only the first layer can.
    fn reads_codes(&self) -> bool {
        false
    }
    /// (inputs, outputs) of a layer of products: [`Forward::copies`] and [`Backward::copies`] have that many columns.
    fn operands(&self) -> (usize, usize) {
        (0, 0)
    }
    /// Space for the packed copy of one of its tiles.
    fn packed(&self, _tile: &TileShape, precision: Precision) -> Packed<T> {
        Packed::new(0, 0, false, precision)
    }
    /// What it keeps beside its parameters, such as running statistics. [`Layer::between_sweeps`] writes it.
    fn state(&self) -> Vec<State> {
        Vec::new()
    }
    /// Rows over which it takes statistics together: blocks hold whole groups, but for a batch's last.
    fn group_rows(&self) -> usize {
        1
    }
    /// Numbers that each block keeps of all its rows ([`Backward::sums`]): a layer whose gradient is a sum over more than
    /// rows takes it in the rows sweep.
    fn sums(&self) -> usize {
        0
    }
    /// Rows sweep: outputs from inputs, one block of rows.
    fn forward(&self, io: Forward<'_, T>);
    /// Rows sweep: turns `delta` from d(cost)/d(outputs) into what [`Layer::gradient`] needs, and writes d(cost)/d(inputs).
    fn backward(&self, io: Backward<'_, T>);
    /// Between the sweeps of a training step, for a layer with [`Layer::state`]: all rows of the batch are there.
    fn between_sweeps(&self, _io: BetweenSweeps<'_, T>) {}
    /// Parameter sweep: writes d(cost)/dθ of one tile from all rows of the batch, blocks in order.
    fn gradient(&self, io: Gradient<'_, T>);
}

/// Whether dropout acts, and with which masks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pass {
    /// Dropout off, statistics as they were kept.
    Infer,
    /// Dropout on, with the masks of this seed and step; statistics of the rows at hand.
    Train {
        /// The run's seed.
        seed: u64,
        /// The step, counted from 0 over all epochs.
        step: u64,
        /// The share of dropout that acts: 1 for all of it.
        dropout: f64,
    },
}

/// What [`Layer::forward`] is lent.
pub struct Forward<'a, T> {
    /// Rows of the block.
    pub rows: usize,
    /// Place of the block's first row in the batch; masks depend on it.
    pub first_row: usize,
    /// Whether it trains or predicts.
    pub pass: Pass,
    /// (rows, inputs), row-major.
    pub x: &'a [T],
    /// (rows, codes), row-major: the category codes of the rows.
    pub codes: &'a [u32],
    /// The layer's parameters.
    pub theta: &'a [T],
    /// The layer's state.
    pub state: &'a [T],
    /// The layer's tiles, with their packed copies of the parameters.
    pub tiles: &'a [Tile<T>],
    /// For copies of x in the order of products.
    pub copies: &'a mut Operand<T>,
    /// Whether `backward` and `gradient` will follow.
    pub learns: bool,
    /// (rows, outputs), row-major: receives the outputs.
    pub y: &'a mut [T],
    /// (rows, saved): receives what `backward` needs beside the outputs.
    pub saved_for_backward: &'a mut [T],
    /// The dropout mask, in training.
    pub mask: Option<Mask>,
    /// The instruction path.
    pub isa: Isa,
}

/// What [`Layer::backward`] is lent.
pub struct Backward<'a, T> {
    /// Rows of the block.
    pub rows: usize,
    /// Place of the block's first row in the batch.
    pub first_row: usize,
    /// (rows, inputs): what `forward` read.
    pub x: &'a [T],
    /// (rows, outputs): what `forward` gave.
    pub y: &'a [T],
    /// (rows, saved): what `forward` saved; what [`Layer::gradient`] shall find there may be written over it.
    pub saved_for_backward: &'a mut [T],
    /// (rows, outputs): d(cost)/dy on entry, d(cost)/dz on return.
    pub delta: &'a mut [T],
    /// (rows, inputs): receives d(cost)/dx; `None` for the first layer.
    pub dx: Option<&'a mut [T]>,
    /// (sums,): receives the block's sums.
    pub sums: &'a mut [T],
    /// The layer's parameters.
    pub theta: &'a [T],
    /// The layer's tiles, with their packed copies of the parameters.
    pub tiles: &'a [Tile<T>],
    /// For copies of d(cost)/dz in the order of products.
    pub copies: &'a mut Operand<T>,
    /// The mask that `forward` used.
    pub mask: Option<Mask>,
    /// The instruction path.
    pub isa: Isa,
}

/// What [`Layer::between_sweeps`] is lent.
pub struct BetweenSweeps<'a, T> {
    /// Which layer of the network it is.
    pub layer: usize,
    /// The rows of the batch (of the piece of it that is in flight), as `forward` and `backward` left them, in order.
    pub blocks: &'a [Block<T>],
    /// The layer's state.
    pub state: &'a mut [T],
}

/// What [`Layer::gradient`] is lent.
pub struct Gradient<'a, T> {
    /// Which layer of the network it is.
    pub layer: usize,
    /// The tile.
    pub tile: &'a TileShape,
    /// All rows of the batch, as `forward` and `backward` left them.
    pub blocks: &'a [Block<T>],
    /// What the update reads next, each (tile's numbers,) or empty: may be asked for while the gradient is computed.
    pub next: [&'a [T]; 3],
    /// (tile's numbers,): receives d(cost)/dθ.
    pub gradient: &'a mut [T],
    /// The instruction path.
    pub isa: Isa,
}
