//! A network: its layers, and the two sweeps over them.

use std::ops::Range;

use wellfit_kernels::dropout::Mask;
use wellfit_kernels::isa::Isa;
use wellfit_kernels::precision::Precision;
use wellfit_kernels::random::{Purpose, Stream};
use wellfit_kernels::scalar::Scalar;

use crate::data::{Augment, Examples, Features};

use super::augment::InputPlaces;
use super::block::{Block, LayerSizes, RowSizes};
use super::layer::{Backward, BetweenSweeps, Forward, Gradient, Layer, Pass};
use super::loss::Loss;
use super::member::Member;
use super::param::{Param, State};
use super::spec::{NetworkError, NetworkSpec};
use super::tile::Tile;

/// Layers that the random stream of a step keeps apart.
const LAYER_LANES: u64 = 1 << 12;

/// A network of layers; θ, state and all working space are lent by the caller.
#[derive(Debug)]
pub struct Network<T> {
    features: Features,
    places: InputPlaces,
    layers: Vec<Box<dyn Layer<T>>>,
    /// Outputs for a row.
    outputs: usize,
    loss: Loss,
    /// Where each layer's parameters stand in θ.
    ranges: Vec<Range<usize>>,
    /// Where each layer's state stands.
    state_ranges: Vec<Range<usize>>,
    /// Where each layer's tiles stand among all tiles.
    tile_ranges: Vec<Range<usize>>,
}

impl<T: Scalar> Network<T> {
    /// Builds the layers of a spec.
    pub fn new(spec: &NetworkSpec) -> Result<Network<T>, NetworkError> {
        Ok(Network::from_layers(spec.inputs.clone(), spec.build()?, spec.loss))
    }

    /// A network of your own layers. The last layer's outputs go to the loss.
    pub fn from_layers(features: Features, layers: Vec<Box<dyn Layer<T>>>, loss: Loss) -> Network<T> {
        let ranges = consecutive(layers.iter().map(|layer| layer.params().iter().map(Param::len).sum()));
        let state_ranges = consecutive(layers.iter().map(|layer| layer.state().iter().map(State::len).sum()));
        let tile_ranges = consecutive(layers.iter().map(|layer| layer.tiles().len()));
        let places = InputPlaces::of(&features);
        let outputs = layers.last().map_or(0, |layer| layer.output().len());
        Network { features, places, layers, outputs, loss, ranges, state_ranges, tile_ranges }
    }

    /// What it reads of a row.
    pub fn features(&self) -> &Features {
        &self.features
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
        self.outputs
    }

    /// Length of θ.
    pub fn parameters(&self) -> usize {
        self.ranges.last().map_or(0, |range| range.end)
    }

    /// Every parameter, in the order of θ.
    pub fn params(&self) -> impl Iterator<Item = Param> {
        self.layers.iter().flat_map(|layer| layer.params())
    }

    /// Every tensor of state, in the order of [`Member::state`].
    pub fn states(&self) -> impl Iterator<Item = State> {
        self.layers.iter().flat_map(|layer| layer.state())
    }

    /// These parameters, beside state as it starts.
    pub fn member(&self, theta: Vec<T>) -> Member<T> {
        let start = |state: State| std::iter::repeat_n(T::from_f64(state.start), state.len());
        Member { theta, state: self.states().flat_map(start).collect() }
    }

    /// The fewest rows, a multiple of `rows`, that hold whole groups of every layer ([`Layer::group_rows`]).
    pub fn whole_groups(&self, rows: usize) -> usize {
        self.layers.iter().fold(rows, |rows, layer| least_common_multiple(rows, layer.group_rows()))
    }

    /// Returns true if results depend on where a batch is cut into blocks, so that the cuts must follow from the batch alone
    /// and not from the number of threads.
    pub fn depends_on_blocks(&self) -> bool {
        self.layers.iter().any(|layer| layer.group_rows() > 1 || layer.sums() > 0)
    }

    /// Space for a block of up to `capacity` rows, with copies of `precision`.
    pub fn block(&self, capacity: usize, precision: Precision) -> Block<T> {
        let (numbers, codes) = (self.features.numbers(), self.features.codes());
        let row = RowSizes { numbers, codes, outputs: self.outputs() };
        let layers = self.layers.iter().map(|layer| LayerSizes {
            outputs: layer.output().len(),
            saved_for_backward: layer.saved_for_backward(),
            sums: layer.sums(),
            operands: layer.operands(),
        });
        Block::new(row, layers, capacity, precision)
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
                let param = &params[shape.param];
                tiles.push(Tile {
                    layer,
                    decays: param.decays,
                    rate_factor: param.rate_factor,
                    decay_factor: param.decay_factor,
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

    /// Changes the gathered rows of a block, all of them rows of train, as training wants them: swaps, then mixture, then
    /// noise. What is drawn depends on seed, step and place in the batch alone.
    pub fn augment(
        &self,
        block: &mut Block<T>,
        examples: &Examples,
        augment: Augment,
        smoothing: f64,
        seed_and_step: (u64, u64),
    ) {
        block.augment(examples, &self.places, augment, smoothing, seed_and_step);
    }

    /// Rows sweep, forward half: the outputs of a gathered block. `tiles` hold packed copies of θ; `learns` says that
    /// [`Network::backward`] will follow.
    pub fn forward(
        &self,
        member: &Member<T>,
        tiles: &[Tile<T>],
        block: &mut Block<T>,
        (pass, learns): (Pass, bool),
        isa: Isa,
    ) {
        (0..self.layers.len()).for_each(|i| self.forward_layer(i, member, tiles, block, (pass, learns), isa));
    }

    /// [`Network::forward`] of one layer, from the outputs of the layer before it.
    pub(super) fn forward_layer(
        &self,
        i: usize,
        member: &Member<T>,
        tiles: &[Tile<T>],
        block: &mut Block<T>,
        (pass, learns): (Pass, bool),
        isa: Isa,
    ) {
        let capacity = block.weight.len();
        let layer = &self.layers[i];
        let (before, from) = block.layers.split_at_mut(i);
        let space = &mut from[0];
        let width = |buffer: &Vec<T>| buffer.len() / capacity;
        let x = before.last().map_or(&block.numbers, |space| &space.output);
        let (inputs, outputs, saved) = (width(x), width(&space.output), width(&space.saved_for_backward));
        let codes = block.codes.len() / capacity;
        layer.forward(Forward {
            rows: block.rows,
            first_row: block.first_row,
            pass,
            x: &x[..block.rows * inputs],
            codes: &block.codes[..block.rows * codes],
            theta: &member.theta[self.range(i)],
            state: &member.state[self.state_ranges[i].clone()],
            tiles: &tiles[self.tile_ranges[i].clone()],
            copies: &mut space.x,
            learns,
            y: &mut space.output[..block.rows * outputs],
            saved_for_backward: &mut space.saved_for_backward[..block.rows * saved],
            mask: mask(pass, i, layer.keep_prob()),
            isa,
        });
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
        (0..self.layers.len()).rev().for_each(|i| self.backward_layer(i, theta, tiles, block, pass, isa));
    }

    /// [`Network::backward`] of one layer: from its delta to that of the layer before it.
    pub(super) fn backward_layer(
        &self,
        i: usize,
        theta: &[T],
        tiles: &[Tile<T>],
        block: &mut Block<T>,
        pass: Pass,
        isa: Isa,
    ) {
        let capacity = block.weight.len();
        let layer = &self.layers[i];
        let (before, from) = block.layers.split_at_mut(i);
        let space = &mut from[0];
        let width = |buffer: &Vec<T>| buffer.len() / capacity;
        let (outputs, saved) = (width(&space.output), width(&space.saved_for_backward));
        let (x, dx) = match before.last_mut() {
            Some(space) => (&space.output, Some(&mut space.delta)),
            None => (&block.numbers, None),
        };
        let inputs = width(x);
        layer.backward(Backward {
            rows: block.rows,
            first_row: block.first_row,
            x: &x[..block.rows * inputs],
            y: &space.output[..block.rows * outputs],
            saved_for_backward: &mut space.saved_for_backward[..block.rows * saved],
            delta: &mut space.delta[..block.rows * outputs],
            dx: dx.map(|dx| &mut dx[..block.rows * inputs]),
            sums: &mut space.sums,
            theta: &theta[self.range(i)],
            tiles: &tiles[self.tile_ranges[i].clone()],
            copies: &mut space.dz,
            mask: mask(pass, i, layer.keep_prob()),
            isa,
        });
    }

    /// Between the sweeps of a training step: every layer with state brings it up to date from all blocks of the batch.
    pub fn between_sweeps(&self, blocks: &[Block<T>], state: &mut [T]) {
        for (layer, range) in self.state_ranges.iter().enumerate().filter(|(_, range)| !range.is_empty()) {
            self.layers[layer].between_sweeps(BetweenSweeps { layer, blocks, state: &mut state[range.clone()] });
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

/// Ranges of these lengths, one after the other.
fn consecutive(lengths: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
    let mut end = 0;
    let range = |length| {
        end += length;
        end - length..end
    };
    lengths.map(range).collect()
}

fn least_common_multiple(a: usize, b: usize) -> usize {
    let greatest_common_divisor = |mut a: usize, mut b: usize| {
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    a / greatest_common_divisor(a, b).max(1) * b
}

fn mask(pass: Pass, layer: usize, keep_prob: f64) -> Option<Mask> {
    match pass {
        Pass::Train { seed, step, dropout } if (1.0 - keep_prob) * dropout > 0.0 => {
            let lane = step * LAYER_LANES + layer as u64;
            // Of all dropout the probability is the layer's own, to the bit.
            let keep_prob = if dropout == 1.0 { keep_prob } else { 1.0 - (1.0 - keep_prob) * dropout };
            Some(Mask::new(Stream::new(seed, Purpose::Dropout, lane), keep_prob))
        }
        _ => None,
    }
}
