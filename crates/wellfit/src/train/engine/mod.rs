//! A training step as two sweeps over threads: rows through the network, then parameters from all rows.
//!
//! Rows are independent until the loss and parameters are independent after it, so no sums cross threads: any number of
//! threads gives the same bits.

mod finite;
mod step;

use std::time::Duration;

use wellfit_kernels::isa::Isa;
use wellfit_kernels::partition::Partition;
use wellfit_kernels::precision::Precision;
use wellfit_kernels::scalar::Scalar;
use wellfit_kernels::team::Team;

use crate::data::Examples;
use crate::net::{Block, Member, Network, Pass, Tile};

use super::profile::{Clock, Profile, Spent};
use super::thread_tuner::ThreadTuner;

use finite::{loss_of, not_finite};

pub(crate) use finite::all_finite;
pub use finite::{NotFinite, Quantity};
pub use step::StepRule;

/// Rows in flight at once; a larger batch goes through in pieces whose gradients are added in order.
const MAX_ROWS_IN_FLIGHT: usize = 2048;
/// Rows of a block at most: beyond, a block outgrows the cache of a core.
const MAX_BLOCK_ROWS: usize = 256;
/// Blocks of a batch, about, where layers take sums or statistics over the rows of a block.
const LANES: usize = 8;

/// A network with its threads and working space, allocated once.
#[derive(Debug)]
pub struct Engine<T> {
    network: Network<T>,
    isa: Isa,
    precision: Precision,
    team: Team,
    block_rows: usize,
    /// Rows in flight at once: it decides where a larger batch is cut, so it does not depend on the threads.
    at_once: usize,
    blocks: Vec<Block<T>>,
    tiles: Vec<Tile<T>>,
    partition: Partition,
    /// What each thread has for itself.
    scratches: Vec<Scratch<T>>,
    /// The collected gradient, where a step needs all of it at once.
    gradient: Vec<T>,
    /// Whether the last batch went through in pieces, so that the blocks hold but the last of them.
    in_pieces: bool,
    thread_tuner: ThreadTuner,
    clock: Clock,
    profile: Profile,
}

/// What a thread has for itself.
#[derive(Clone, Debug)]
struct Scratch<T> {
    /// The gradient of one tile.
    gradient: Vec<T>,
    spent: Spent,
}

impl<T: Scalar> Engine<T> {
    /// Working space for batches of `batch_rows` rows, shared by `threads` threads, for products of full precision.
    pub fn new(network: Network<T>, batch_rows: usize, threads: usize) -> Engine<T> {
        Engine::with_precision(network, batch_rows, threads, Precision::F32)
    }

    /// Working space for batches of `batch_rows` rows, shared by `threads` threads, for products of `precision`.
    pub fn with_precision(network: Network<T>, batch_rows: usize, threads: usize, precision: Precision) -> Engine<T> {
        let at_once = batch_rows.clamp(1, MAX_ROWS_IN_FLIGHT);
        let isa = Isa::best();
        // Where results depend on the cuts between blocks, the batch alone decides them.
        let pieces = if network.depends_on_blocks() { LANES } else { threads };
        let whole_groups = network.whole_groups(isa.row_multiple(precision));
        let block_rows = at_once.div_ceil(pieces).min(MAX_BLOCK_ROWS).next_multiple_of(whole_groups);
        let blocks = at_once.div_ceil(block_rows);
        let tiles = network.tiles(precision);
        let longest = tiles.iter().map(|tile| tile.shape.len).max().unwrap_or(0);
        Engine {
            isa,
            precision,
            team: Team::new(threads),
            block_rows,
            at_once,
            // Predictions use every thread, also where batches fill fewer blocks.
            blocks: (0..blocks.max(threads)).map(|_| network.block(block_rows, precision)).collect(),
            partition: Partition::of_lengths(tiles.iter().map(|tile| tile.shape.len)),
            scratches: vec![Scratch { gradient: vec![T::ZERO; longest], spent: Spent::default() }; threads],
            tiles,
            gradient: Vec::new(),
            in_pieces: false,
            thread_tuner: ThreadTuner::always_shared(),
            clock: Clock(false),
            profile: Profile { threads, ..Profile::default() },
            network,
        }
    }

    /// Shares steps among threads only where that is faster, found by trying; results do not depend on it.
    pub fn share_where_faster(&mut self) {
        // Forward, input gradient and weight gradient.
        self.thread_tuner = ThreadTuner::new(3 * self.network.parameters() * self.at_once);
    }

    /// Measures from now on where the time of steps goes.
    pub fn measure(&mut self) {
        self.clock = Clock(true);
    }

    /// Where the time of the steps went since [`Engine::measure`].
    pub fn profile(&self) -> Profile {
        let sum = |part: fn(&Spent) -> Duration| self.scratches.iter().map(|s| part(&s.spent).as_secs_f64()).sum();
        Profile {
            data: sum(|spent| spent.data),
            rows: sum(|spent| spent.rows),
            parameters: sum(|spent| spent.parameters),
            ..self.profile
        }
    }

    /// The network.
    pub fn network(&self) -> &Network<T> {
        &self.network
    }

    /// The instruction path of its kernels.
    pub fn isa(&self) -> Isa {
        self.isa
    }

    /// The precision of its products.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Threads of the team.
    pub fn threads(&self) -> usize {
        self.team.threads()
    }

    /// Forces an instruction path.
    pub fn set_isa(&mut self, isa: Isa) {
        self.isa = isa;
    }

    /// Refreshes the packed copies of θ; needed once before the first step, and after θ was changed from outside.
    pub fn pack(&mut self, theta: &[T]) {
        self.network.pack(theta, &mut self.tiles, self.isa);
    }

    /// Predictions for `rows`, (rows, outputs) in that order, and the sum over rows of weight times loss (0 without targets).
    ///
    /// Packs θ: steps that follow must be on the same.
    pub fn predict(&mut self, member: &Member<T>, examples: &Examples, rows: &[u32]) -> (Vec<T>, f64) {
        self.pack(&member.theta);
        let outputs = self.network.outputs();
        let (network, tiles, isa, block_rows) = (&self.network, &self.tiles, self.isa, self.block_rows);
        let last = network.layers().len() - 1;
        let mut predictions = Vec::with_capacity(rows.len() * outputs);
        let mut loss = 0.0;
        for piece in rows.chunks(self.blocks.len() * block_rows) {
            let used = piece.len().div_ceil(block_rows);
            self.team.for_each(&mut self.scratches, &mut self.blocks[..used], |i, _, block| {
                let first = i * block_rows;
                let here = &piece[first..piece.len().min(first + block_rows)];
                block.gather(examples, here, first, 0.0);
                network.forward(member, tiles, block, (Pass::Infer, false), isa);
                network.loss_of(block, 1);
            });
            loss += loss_of(&self.blocks[..used]);
            for block in &self.blocks[..used] {
                predictions.extend_from_slice(block.output(last));
            }
        }
        for row in predictions.chunks_exact_mut(outputs) {
            network.loss().predict(row);
        }
        (predictions, loss)
    }

    /// Where a number first stops being finite on the way of the rows through the network, if it does.
    pub fn find_not_finite(&mut self, member: &Member<T>, examples: &Examples) -> Option<NotFinite> {
        let rows: Vec<u32> = (0..examples.rows() as u32).collect();
        self.pack(&member.theta);
        let block = &mut self.blocks[0];
        rows.chunks(self.block_rows).find_map(|piece| {
            block.gather(examples, piece, 0, 0.0);
            self.network.forward(member, &self.tiles, block, (Pass::Infer, false), self.isa);
            self.network.loss_of(block, 1);
            not_finite(&self.network, block)
        })
    }

    /// The outputs of every layer for `rows`, each (rows, units), to measure what the layers do.
    ///
    /// Packs θ: steps that follow must be on the same.
    pub fn layer_outputs(&mut self, member: &Member<T>, examples: &Examples, rows: &[u32]) -> Vec<Vec<T>> {
        self.pack(&member.theta);
        let mut outputs = vec![Vec::new(); self.network.layers().len()];
        let block = &mut self.blocks[0];
        for piece in rows.chunks(self.block_rows) {
            block.gather(examples, piece, 0, 0.0);
            self.network.forward(member, &self.tiles, block, (Pass::Infer, false), self.isa);
            for (layer, output) in outputs.iter_mut().enumerate() {
                output.extend_from_slice(block.output(layer));
            }
        }
        outputs
    }

    /// The norm of the last step's gradient of each layer's parameters: computed once more, without penalties (with them
    /// where the batch went through in pieces and was collected).
    pub fn gradient_norms(&mut self) -> Vec<f64> {
        let mut squares = vec![0.0; self.network.layers().len()];
        for i in 0..self.tiles.len() {
            squares[self.tiles[i].layer] += self.gradient_of(i).iter().map(|g| g.to_f64().powi(2)).sum::<f64>();
        }
        squares.into_iter().map(f64::sqrt).collect()
    }

    /// The last step's gradient of tile `i`: the blocks still hold what it is computed from.
    fn gradient_of(&mut self, i: usize) -> &[T] {
        if self.in_pieces {
            return &self.gradient[self.partition.range(i)];
        }
        let tile = &self.tiles[i];
        let gradient = &mut self.scratches[0].gradient[..tile.shape.len];
        self.network.gradient(tile, &self.blocks, [&[]; 3], gradient, self.isa);
        gradient
    }
}
