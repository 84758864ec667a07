//! A network: its layers, and the two sweeps over them.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use wellfit_kernels::dropout::Mask;
use wellfit_kernels::isa::Isa;
use wellfit_kernels::precision::Precision;
use wellfit_kernels::random::{Purpose, Stream};
use wellfit_kernels::scalar::Scalar;

use crate::data::InputShape;

use super::activation::Activation;
use super::layer::{Backward, Forward, Gradient, Layer, Param, Pass};
use super::layers::{Dense, Embed};
use super::loss::Loss;
use super::space::{Block, Tile};

/// The most parameters a network may have: 2^29, 2 GiB of `f32`.
pub const MAX_PARAMETERS: usize = 1 << 29;
/// The most layers a network may have.
const MAX_LAYERS: usize = 1 << 10;
/// Layers that the random stream of a step keeps apart.
const LAYER_LANES: u64 = 1 << 12;

/// What a network is made of, as kept in a model file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkSpec {
    /// What comes in.
    pub input: InputShape,
    /// Units of each hidden layer; none is logistic or linear regression.
    pub hidden: Vec<usize>,
    /// Activation of the hidden layers.
    pub activation: Activation,
    /// Probability of keeping a unit in training, one for each hidden layer.
    pub keep_prob: Vec<f64>,
    /// Outputs.
    pub outputs: usize,
    /// The loss of the outputs.
    pub loss: Loss,
}

/// A network that cannot be built.
#[derive(Debug, Error, PartialEq)]
pub enum NetworkError {
    /// No inputs at all.
    #[error("the network has no inputs: every column was set aside or is constant in train")]
    NoInputs,
    /// A layer without units.
    #[error("hidden layer {0} has no units")]
    NoUnits(usize),
    /// `keep_prob` does not fit the layers.
    #[error("{found} values of keep_prob for {hidden} hidden layers; give one for all or one each")]
    KeepProbCount {
        /// Values given.
        found: usize,
        /// Hidden layers.
        hidden: usize,
    },
    /// A probability outside (0, 1].
    #[error("keep_prob {0} is not in (0, 1]; it is the probability of keeping a unit")]
    KeepProb(f64),
    /// More parameters or layers than wellfit takes.
    #[error(
        "a network of {layers} layers and {parameters} parameters is too large; at most {MAX_LAYERS} and {MAX_PARAMETERS}"
    )]
    TooLarge {
        /// Layers asked for.
        layers: usize,
        /// Parameters asked for, or the most a number holds.
        parameters: usize,
    },
}

/// A network of layers; θ and all working space are lent by the caller.
#[derive(Debug)]
pub struct Network<T> {
    input: InputShape,
    layers: Vec<Box<dyn Layer<T>>>,
    loss: Loss,
    /// Where each layer's parameters stand in θ.
    ranges: Vec<Range<usize>>,
    /// Where each layer's tiles stand among all tiles.
    tile_ranges: Vec<Range<usize>>,
}

impl NetworkSpec {
    fn check(&self) -> Result<(), NetworkError> {
        if self.input.width() == 0 {
            return Err(NetworkError::NoInputs);
        }
        if let Some(layer) = self.hidden.iter().position(|&units| units == 0) {
            return Err(NetworkError::NoUnits(layer + 1));
        }
        if self.keep_prob.len() != self.hidden.len() {
            return Err(NetworkError::KeepProbCount { found: self.keep_prob.len(), hidden: self.hidden.len() });
        }
        if let Some(&keep) = self.keep_prob.iter().find(|&&keep| !(keep > 0.0 && keep <= 1.0)) {
            return Err(NetworkError::KeepProb(keep));
        }
        let (mut parameters, mut inputs) = (0usize, self.input.width());
        for embedding in &self.input.embeddings {
            parameters = parameters.saturating_add(embedding.categories.saturating_mul(embedding.width));
        }
        for &units in self.hidden.iter().chain([&self.outputs]) {
            parameters = parameters.saturating_add(inputs.saturating_add(1).saturating_mul(units));
            inputs = units;
        }
        if parameters > MAX_PARAMETERS || self.hidden.len() >= MAX_LAYERS {
            return Err(NetworkError::TooLarge { layers: self.hidden.len() + 1, parameters });
        }
        Ok(())
    }

    /// Hidden and output layers, each with inputs and outputs.
    fn dense(&self) -> impl Iterator<Item = Dense> {
        let embedded = !self.input.embeddings.is_empty();
        let last = self.hidden.len();
        let mut inputs = self.input.width();
        self.hidden.iter().copied().chain([self.outputs]).enumerate().map(move |(i, outputs)| {
            let dense = Dense {
                name: format!("dense{}", i + 1),
                inputs,
                outputs,
                activation: if i == last { Activation::Identity } else { self.activation },
                keep_prob: self.keep_prob.get(i).copied().unwrap_or(1.0),
                first: i == 0 && !embedded,
            };
            inputs = outputs;
            dense
        })
    }
}

impl<T: Scalar> Network<T> {
    /// Builds the layers of a spec.
    pub fn new(spec: &NetworkSpec) -> Result<Network<T>, NetworkError> {
        spec.check()?;
        let mut layers: Vec<Box<dyn Layer<T>>> = Vec::new();
        if !spec.input.embeddings.is_empty() {
            layers.push(Box::new(Embed { input: spec.input.clone() }));
        }
        for dense in spec.dense() {
            layers.push(Box::new(dense));
        }
        Ok(Network::from_layers(spec.input.clone(), layers, spec.loss))
    }

    /// A network of your own layers. The last layer's outputs go to the loss.
    pub fn from_layers(input: InputShape, layers: Vec<Box<dyn Layer<T>>>, loss: Loss) -> Network<T> {
        let consecutive = |lengths: Vec<usize>| {
            let mut end = 0;
            let range = |length| {
                end += length;
                end - length..end
            };
            lengths.into_iter().map(range).collect::<Vec<_>>()
        };
        let ranges = consecutive(layers.iter().map(|layer| layer.params().iter().map(Param::len).sum()).collect());
        let tile_ranges = consecutive(layers.iter().map(|layer| layer.tiles().len()).collect());
        Network { input, layers, loss, ranges, tile_ranges }
    }

    /// What comes in.
    pub fn input(&self) -> &InputShape {
        &self.input
    }

    /// The layers, first to last.
    pub fn layers(&self) -> &[Box<dyn Layer<T>>] {
        &self.layers
    }

    /// The loss of the outputs.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// Outputs for a row.
    pub fn outputs(&self) -> usize {
        self.layers.last().map_or(0, |layer| layer.outputs())
    }

    /// Length of θ.
    pub fn parameters(&self) -> usize {
        self.ranges.last().map_or(0, |range| range.end)
    }

    /// Every parameter, in the order of θ.
    pub fn params(&self) -> impl Iterator<Item = Param> {
        self.layers.iter().flat_map(|layer| layer.params())
    }

    /// Where layer `layer` stands in θ.
    pub fn range(&self, layer: usize) -> Range<usize> {
        self.ranges[layer].clone()
    }

    /// The tiles of all layers, in the order of θ, with space for their packed copies.
    pub fn tiles(&self, precision: Precision) -> Vec<Tile<T>> {
        let mut tiles = Vec::new();
        for (layer, kernels) in self.layers.iter().enumerate() {
            let params = kernels.params();
            for shape in kernels.tiles() {
                tiles.push(Tile {
                    layer,
                    decays: params[shape.param].decays(),
                    packed: kernels.packed(&shape, precision),
                    shape,
                });
            }
        }
        tiles
    }

    /// Refreshes the packed copies of all tiles.
    pub fn pack(&self, theta: &[T], tiles: &mut [Tile<T>], isa: Isa) {
        let mut rest = theta;
        for tile in tiles {
            let (part, after) = rest.split_at(tile.shape.len);
            tile.packed.pack(isa, part);
            rest = after;
        }
    }

    /// Rows sweep, forward half: the outputs of a gathered block. `tiles` hold packed copies of `theta`; `learns` says
    /// that [`Network::backward`] will follow.
    pub fn forward(
        &self,
        theta: &[T],
        tiles: &[Tile<T>],
        block: &mut Block<T>,
        (pass, learns): (Pass, bool),
        isa: Isa,
    ) {
        let capacity = block.weight.len();
        for (i, layer) in self.layers.iter().enumerate() {
            let (before, from) = block.layers.split_at_mut(i);
            let space = &mut from[0];
            let width = |buffer: &Vec<T>| buffer.len() / capacity;
            let x = before.last().map_or(&block.numeric, |space| &space.output);
            let (inputs, outputs, kept) = (width(x), width(&space.output), width(&space.kept));
            let codes = block.codes.len() / capacity;
            layer.forward(Forward {
                rows: block.rows,
                first_row: block.first_row,
                x: &x[..block.rows * inputs],
                codes: &block.codes[..block.rows * codes],
                theta: &theta[self.range(i)],
                tiles: &tiles[self.tile_ranges[i].clone()],
                copies: &mut space.x,
                learns,
                y: &mut space.output[..block.rows * outputs],
                kept: &mut space.kept[..block.rows * kept],
                mask: mask(pass, i, layer.keep_prob()),
                isa,
            });
        }
    }

    /// The loss of a block after [`Network::forward`], and d(cost)/d(outputs) for a batch of `batch_rows` rows.
    pub fn loss_of(&self, block: &mut Block<T>, batch_rows: usize) {
        let outputs = self.outputs();
        let Some(space) = block.layers.last_mut() else { return };
        let scale = T::ONE / T::from_f64(batch_rows as f64);
        for row in 0..block.rows {
            let here = row * outputs..(row + 1) * outputs;
            let delta = &mut space.delta[here.clone()];
            let loss = self.loss.row(&space.output[here.clone()], &block.target[here], delta);
            let weight = block.weight[row];
            block.row_loss[row] = loss;
            delta.iter_mut().for_each(|d| *d *= weight * scale);
        }
    }

    /// Rows sweep, backward half: every layer's delta of a block, after [`Network::loss_of`].
    pub fn backward(&self, theta: &[T], tiles: &[Tile<T>], block: &mut Block<T>, pass: Pass, isa: Isa) {
        let capacity = block.weight.len();
        for (i, layer) in self.layers.iter().enumerate().rev() {
            let (before, from) = block.layers.split_at_mut(i);
            let space = &mut from[0];
            let width = |buffer: &Vec<T>| buffer.len() / capacity;
            let (outputs, kept) = (width(&space.output), width(&space.kept));
            layer.backward(Backward {
                rows: block.rows,
                first_row: block.first_row,
                y: &space.output[..block.rows * outputs],
                kept: &space.kept[..block.rows * kept],
                delta: &mut space.delta[..block.rows * outputs],
                dx: before.last_mut().map(|space| {
                    let inputs = width(&space.delta);
                    &mut space.delta[..block.rows * inputs]
                }),
                theta: &theta[self.range(i)],
                tiles: &tiles[self.tile_ranges[i].clone()],
                copies: &mut space.dz,
                mask: mask(pass, i, layer.keep_prob()),
                isa,
            });
        }
    }

    /// Parameter sweep: the gradient of one tile from all blocks of the batch, without penalties. `next` is what the update
    /// will read, see [`Gradient::next`].
    pub fn gradient(&self, tile: &Tile<T>, blocks: &[Block<T>], next: [&[T]; 3], gradient: &mut [T], isa: Isa) {
        let io = Gradient { layer: tile.layer, tile: &tile.shape, blocks, next, gradient, isa };
        self.layers[tile.layer].gradient(io);
    }

    /// The layer in whose outputs a number first is NaN or infinite, if any is.
    pub fn first_not_finite(&self, block: &Block<T>) -> Option<&str> {
        let bad = |i: &usize| block.output(*i).iter().any(|value| !value.is_finite());
        (0..self.layers.len()).find(bad).map(|i| self.layers[i].name())
    }
}

fn mask(pass: Pass, layer: usize, keep_prob: f64) -> Option<Mask> {
    match pass {
        Pass::Train { seed, step } if keep_prob < 1.0 => {
            let lane = step * LAYER_LANES + layer as u64;
            Some(Mask::new(Stream::new(seed, Purpose::Dropout, lane), keep_prob))
        }
        _ => None,
    }
}
