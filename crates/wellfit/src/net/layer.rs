//! What a layer is: shapes and three kernels; the numbers are lent.

use std::fmt::Debug;
use std::ops::Range;

use wellfit_kernels::dropout::Mask;
use wellfit_kernels::isa::Isa;
use wellfit_kernels::operand::Operand;
use wellfit_kernels::packed::Packed;
use wellfit_kernels::precision::Precision;
use wellfit_kernels::scalar::Scalar;

use super::space::{Block, Tile};

/// A layer of a network. `T` is `f32` to train and `f64` to check gradients: the same source.
///
/// Layers hold shapes, never trained numbers: parameters, outputs and gradients are lent for a call.
pub trait Layer<T: Scalar>: Debug + Send + Sync {
    /// The name its parameters start with, such as `dense1`.
    fn name(&self) -> &str;
    /// Units it gives for a row.
    fn outputs(&self) -> usize;
    /// Its parameters, in the order of θ.
    fn params(&self) -> Vec<Param>;
    /// The tiles that the parameter sweep shares out: together they cover the parameters once, in the order of θ.
    fn tiles(&self) -> Vec<TileShape>;
    /// Numbers of [`Forward::kept`] that a row needs.
    fn kept(&self) -> usize {
        0
    }
    /// Whether its slope jumps where an output passes 0.
    fn has_kink(&self) -> bool {
        false
    }
    /// The probability that a unit is kept in training; 1 without dropout.
    fn keep_prob(&self) -> f64 {
        1.0
    }
    /// (inputs, outputs) of a layer of products: [`Forward::copies`] and [`Backward::copies`] have that many columns.
    fn operands(&self) -> (usize, usize) {
        (0, 0)
    }
    /// Space for the packed copy of one of its tiles.
    fn packed(&self, _tile: &TileShape, precision: Precision) -> Packed<T> {
        Packed::new(0, 0, false, precision)
    }
    /// Rows sweep: outputs from inputs, one block of rows.
    fn forward(&self, io: Forward<'_, T>);
    /// Rows sweep: turns `delta` from d(cost)/d(outputs) into what [`Layer::gradient`] needs, and writes d(cost)/d(inputs).
    fn backward(&self, io: Backward<'_, T>);
    /// Parameter sweep: writes d(cost)/dθ of one tile from all rows of the batch, blocks in order.
    fn gradient(&self, io: Gradient<'_, T>);
}

/// One parameter tensor of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its name in files, such as `dense1.weight`.
    pub name: String,
    /// Its dimensions, row-major.
    pub dims: Vec<usize>,
    /// How it starts.
    pub start: ParamStart,
}

/// How a parameter starts, and with it whether penalties and decay apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamStart {
    /// Weights from `fan_in` inputs to `fan_out` units, drawn as the network's [`super::Init`] says.
    Weight {
        /// Inputs of a unit.
        fan_in: usize,
        /// Units an input feeds.
        fan_out: usize,
    },
    /// Zeros.
    Bias,
    /// Rows of an embedding table, drawn from N(0, 1/width).
    Embedding {
        /// Numbers in a row.
        width: usize,
    },
}

impl Param {
    /// Count of numbers.
    pub fn len(&self) -> usize {
        self.dims.iter().product()
    }

    /// Whether it has no numbers.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether penalties and weight decay apply: biases stay out, since shrinking one shifts the output without
    /// simplifying the function.
    pub fn decays(&self) -> bool {
        self.start != ParamStart::Bias
    }
}

/// A piece of one parameter: whole rows of a matrix, or a whole vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileShape {
    /// Which of the layer's parameters.
    pub param: usize,
    /// The rows of that parameter that the tile covers.
    pub rows: Range<usize>,
    /// Numbers in the tile.
    pub len: usize,
}

/// Whether dropout acts, and with which masks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Dropout off.
    Infer,
    /// Dropout on, with the masks of this seed and step.
    Train {
        /// The run's seed.
        seed: u64,
        /// The step, counted from 0 over all epochs.
        step: u64,
    },
}

/// What [`Layer::forward`] is lent.
pub struct Forward<'a, T> {
    /// Rows of the block.
    pub rows: usize,
    /// Place of the block's first row in the batch; masks depend on it.
    pub first_row: usize,
    /// (rows, inputs), row-major.
    pub x: &'a [T],
    /// (rows, embedded columns), row-major.
    pub codes: &'a [u32],
    /// The layer's parameters.
    pub theta: &'a [T],
    /// The layer's tiles, with their packed copies of the parameters.
    pub tiles: &'a [Tile<T>],
    /// For copies of x in the order of products.
    pub copies: &'a mut Operand<T>,
    /// Whether `backward` and `gradient` will follow.
    pub learns: bool,
    /// (rows, outputs), row-major: receives the outputs.
    pub y: &'a mut [T],
    /// (rows, kept): receives what `backward` needs beside the outputs.
    pub kept: &'a mut [T],
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
    /// (rows, outputs): what `forward` gave.
    pub y: &'a [T],
    /// (rows, kept): what `forward` kept.
    pub kept: &'a [T],
    /// (rows, outputs): d(cost)/dy on entry, d(cost)/dz on return.
    pub delta: &'a mut [T],
    /// (rows, inputs): receives d(cost)/dx; `None` for the first layer.
    pub dx: Option<&'a mut [T]>,
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
