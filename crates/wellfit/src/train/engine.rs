//! A training step as two sweeps over threads: rows through the network, then parameters from all rows.
//!
//! Rows are independent until the loss and parameters are independent after it, so no sums cross threads: any number of
//! threads gives the same bits.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use thiserror::Error;
use wellfit_kernels::isa::Isa;
use wellfit_kernels::partition::Partition;
use wellfit_kernels::precision::Precision;
use wellfit_kernels::scalar::Scalar;
use wellfit_kernels::team::Team;
use wellfit_kernels::update::{Update, update};

use crate::data::{Augment, Examples};
use crate::net::{Block, Network, Pass, Penalty, Tile};

use super::pace::Pace;
use super::profile::{Clock, Profile, Spent, add};

/// Rows in flight at once; a larger batch goes through in pieces whose gradients are added in order.
const MAX_ROWS_IN_FLIGHT: usize = 2048;
/// Rows of a block at most: beyond, a block outgrows the cache of a core.
const MAX_BLOCK_ROWS: usize = 256;

/// θ and the optimiser's averages, each as one vector in the order of θ.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights<T> {
    /// All parameters.
    pub theta: Vec<T>,
    /// First moments; empty where the optimiser keeps none.
    pub first: Vec<T>,
    /// Second moments; empty where the optimiser keeps none.
    pub second: Vec<T>,
}

/// What one step does.
#[derive(Clone, Debug)]
pub struct StepRule<'a> {
    /// The optimiser's update.
    pub update: Update,
    /// What decaying parameters are multiplied by first: 1 − rate·weight_decay.
    pub keep: f64,
    /// Penalty of each layer, divided by the rows of train.
    pub penalties: &'a [Penalty],
    /// Largest norm of the whole gradient, penalties included; a longer one is scaled down (Pascanu et al. 2013).
    pub clip_norm: Option<f64>,
    /// Dropout masks.
    pub pass: Pass,
    /// Share of a class target spread over all classes.
    pub smoothing: f64,
    /// How rows are changed in training.
    pub augment: Augment,
}

/// A number stopped being finite.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{what} of {layer} is not finite")]
pub struct NotFinite {
    /// What: an input, an output, the loss, a gradient, a weight or an average.
    pub what: &'static str,
    /// The layer, by name.
    pub layer: String,
}

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
    pace: Pace,
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
        let multiple = isa.row_multiple(precision);
        let block_rows = at_once.div_ceil(threads).next_multiple_of(multiple).min(MAX_BLOCK_ROWS);
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
            blocks: (0..blocks.max(threads)).map(|_| Block::new(&network, block_rows, precision)).collect(),
            partition: Partition::of_lengths(tiles.iter().map(|tile| tile.shape.len)),
            scratches: vec![Scratch { gradient: vec![T::ZERO; longest], spent: Spent::default() }; threads],
            tiles,
            gradient: Vec::new(),
            in_pieces: false,
            pace: Pace::always_shared(),
            clock: Clock(false),
            profile: Profile { threads, ..Profile::default() },
            network,
        }
    }

    /// Shares steps among threads only where that is faster, found by trying; results do not depend on it.
    pub fn share_where_faster(&mut self) {
        // Forward, input gradient and weight gradient.
        self.pace = Pace::new(3 * self.network.parameters() * self.at_once);
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

    /// One step over `rows` of `examples`: returns the mean loss before it, without penalties.
    pub fn step(
        &mut self,
        weights: &mut Weights<T>,
        examples: &Examples,
        rows: &[u32],
        rule: &StepRule<'_>,
    ) -> Result<f64, NotFinite> {
        self.team.set_alone(!self.pace.shares());
        let begun = Clock(self.clock.0 || self.pace.is_timed()).now();
        let result = self.whole_step(weights, examples, rows, rule);
        let taken = begun.map_or(Duration::ZERO, |begun| begun.elapsed());
        self.team.set_alone(false);
        self.pace.done(taken);
        if self.clock.0 {
            self.profile.steps += 1;
            self.profile.seconds += taken.as_secs_f64();
        }
        result
    }

    fn whole_step(
        &mut self,
        weights: &mut Weights<T>,
        examples: &Examples,
        rows: &[u32],
        rule: &StepRule<'_>,
    ) -> Result<f64, NotFinite> {
        self.in_pieces = rows.len() > self.at_once;
        if !self.in_pieces && rule.clip_norm.is_none() {
            let loss = self.rows_sweep(&weights.theta, examples, rows, (0, rows.len()), rule)?;
            self.update_sweep(weights, rule, Source::Blocks)?;
            return Ok(loss / rows.len() as f64);
        }
        let loss = self.collect(&weights.theta, examples, rows, rule)?;
        let scale = rule.clip_norm.map_or(1.0, |limit| {
            let norm = self.gradient.iter().map(|g| g.to_f64().powi(2)).sum::<f64>().sqrt();
            if norm > limit { limit / norm } else { 1.0 }
        });
        self.update_sweep(weights, rule, Source::Collected { scale: T::from_f64(scale) })?;
        Ok(loss)
    }

    /// The gradient of the mean loss over `rows`, penalties included, in the order of θ; and the mean loss without them.
    pub fn gradient(
        &mut self,
        theta: &[T],
        examples: &Examples,
        rows: &[u32],
        rule: &StepRule<'_>,
    ) -> Result<(Vec<T>, f64), NotFinite> {
        self.pack(theta);
        let loss = self.collect(theta, examples, rows, rule)?;
        Ok((self.gradient.clone(), loss))
    }

    /// Predictions for `rows`, (rows, outputs) in that order, and the sum over rows of weight times loss (0 without targets).
    ///
    /// Packs `theta`: steps that follow must be on the same.
    pub fn predict(&mut self, theta: &[T], examples: &Examples, rows: &[u32]) -> (Vec<T>, f64) {
        self.pack(theta);
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
                network.forward(theta, tiles, block, (Pass::Infer, false), isa);
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
    pub fn find_not_finite(&mut self, theta: &[T], examples: &Examples) -> Option<NotFinite> {
        let rows: Vec<u32> = (0..examples.rows as u32).collect();
        self.pack(theta);
        let block = &mut self.blocks[0];
        rows.chunks(self.block_rows).find_map(|piece| {
            block.gather(examples, piece, 0, 0.0);
            self.network.forward(theta, &self.tiles, block, (Pass::Infer, false), self.isa);
            self.network.loss_of(block, 1);
            not_finite(&self.network, block)
        })
    }

    /// The outputs of every layer for `rows`, each (rows, units): for a look at what the layers do.
    ///
    /// Packs `theta`: steps that follow must be on the same.
    pub fn layer_outputs(&mut self, theta: &[T], examples: &Examples, rows: &[u32]) -> Vec<Vec<T>> {
        self.pack(theta);
        let mut outputs = vec![Vec::new(); self.network.layers().len()];
        let block = &mut self.blocks[0];
        for piece in rows.chunks(self.block_rows) {
            block.gather(examples, piece, 0, 0.0);
            self.network.forward(theta, &self.tiles, block, (Pass::Infer, false), self.isa);
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

    /// Forward, loss and backward of a piece of a batch of `whole` rows, whose first row is the batch's row `first`.
    fn rows_sweep(
        &mut self,
        theta: &[T],
        examples: &Examples,
        rows: &[u32],
        (first, whole): (usize, usize),
        rule: &StepRule<'_>,
    ) -> Result<f64, NotFinite> {
        let (network, tiles, isa, block_rows) = (&self.network, &self.tiles, self.isa, self.block_rows);
        let clock = self.clock;
        self.team.for_each(&mut self.scratches, &mut self.blocks, |i, scratch, block| {
            let from = (i * block_rows).min(rows.len());
            let here = &rows[from..rows.len().min(from + block_rows)];
            let begun = clock.now();
            block.gather(examples, here, first + from, rule.smoothing);
            if let Pass::Train { seed, step } = rule.pass {
                block.augment(examples, rule.augment, rule.smoothing, (seed, step));
            }
            add(&mut scratch.spent.data, begun);
            let begun = clock.now();
            if !here.is_empty() {
                network.forward(theta, tiles, block, (rule.pass, true), isa);
                network.loss_of(block, whole);
                network.backward(theta, tiles, block, rule.pass, isa);
            }
            add(&mut scratch.spent.rows, begun);
        });
        let used = &self.blocks[..rows.len().div_ceil(block_rows)];
        let loss = loss_of(used);
        // A softmax gives an output of −∞ the probability 0, and a finite loss.
        let last = self.network.layers().len() - 1;
        if loss.is_finite() && used.iter().all(|block| all_finite(block.output(last))) {
            return Ok(loss);
        }
        match used.iter().find_map(|block| not_finite(&self.network, block)) {
            Some(found) => Err(found),
            None => Ok(loss),
        }
    }

    /// Collects the gradient of all rows, piece by piece in order, penalties included; returns the mean loss.
    fn collect(
        &mut self,
        theta: &[T],
        examples: &Examples,
        rows: &[u32],
        rule: &StepRule<'_>,
    ) -> Result<f64, NotFinite> {
        let mut gradient = std::mem::take(&mut self.gradient);
        gradient.clear();
        gradient.resize(self.network.parameters(), T::ZERO);
        let mut loss = 0.0;
        let at_once = self.at_once;
        for (i, piece) in rows.chunks(at_once).enumerate() {
            loss += self.rows_sweep(theta, examples, piece, (i * at_once, rows.len()), rule)?;
            let (network, blocks, isa, clock) = (&self.network, &self.blocks, self.isa, self.clock);
            let (scratches, wholes) = (&mut self.scratches, [&mut gradient[..]]);
            self.team.for_each_part(scratches, &mut self.tiles, wholes, &self.partition, |_, scratch, tile, [sum]| {
                let begun = clock.now();
                let gradient = &mut scratch.gradient[..sum.len()];
                network.gradient(tile, blocks, [&*sum, &[], &[]], gradient, isa);
                for (s, &g) in sum.iter_mut().zip(&*gradient) {
                    *s += g;
                }
                add(&mut scratch.spent.parameters, begun);
            });
        }
        for (i, tile) in self.tiles.iter_mut().enumerate() {
            let here = self.partition.range(i);
            if tile.decays {
                rule.penalties[tile.layer].add_gradient(&theta[here.clone()], &mut gradient[here]);
            }
        }
        self.gradient = gradient;
        Ok(loss / rows.len() as f64)
    }

    /// Gradient (or the collected one), penalty and update of every tile, and its packed copy.
    fn update_sweep(
        &mut self,
        weights: &mut Weights<T>,
        rule: &StepRule<'_>,
        source: Source<T>,
    ) -> Result<(), NotFinite> {
        let (network, blocks, isa, collected) = (&self.network, &self.blocks, self.isa, &self.gradient);
        let partition = &self.partition;
        // Tiles that are not finite, counted from 1, the one nearest to the outputs: a fault spoils what is below it.
        let topmost = AtomicUsize::new(0);
        let wholes = [&mut weights.theta[..], &mut weights.first[..], &mut weights.second[..]];
        let (scratches, clock) = (&mut self.scratches, self.clock);
        self.team.for_each_part(scratches, &mut self.tiles, wholes, partition, |i, scratch, tile, parts| {
            let [theta, first, second] = parts;
            let begun = clock.now();
            let gradient = &mut scratch.gradient[..theta.len()];
            match source {
                Source::Blocks => {
                    network.gradient(tile, blocks, [theta, first, second], gradient, isa);
                    if tile.decays {
                        rule.penalties[tile.layer].add_gradient(theta, gradient);
                    }
                }
                Source::Collected { scale } => {
                    for (g, &c) in gradient.iter_mut().zip(&collected[partition.range(i)]) {
                        *g = c * scale;
                    }
                }
            }
            let keep = if tile.decays { rule.keep } else { 1.0 };
            if !update(isa, rule.update, keep, theta, gradient, first, second) {
                topmost.fetch_max(i + 1, Ordering::Relaxed);
            }
            tile.packed.pack(isa, theta);
            add(&mut scratch.spent.parameters, begun);
        });
        match topmost.into_inner().checked_sub(1) {
            None => Ok(()),
            Some(i) => Err(self.cause(i, weights)),
        }
    }

    /// Why tile `i` holds a number that is not finite after an update.
    fn cause(&mut self, i: usize, weights: &Weights<T>) -> NotFinite {
        // An infinite output may have left the loss finite; the gradients that it meets are NaN.
        if let Some(found) = self.blocks.iter().find_map(|block| not_finite(&self.network, block)) {
            return found;
        }
        let what = match () {
            () if !all_finite(self.gradient_of(i)) => "the gradient",
            () if !all_finite(&weights.theta[self.partition.range(i)]) => "a weight",
            () => "the mean square gradient",
        };
        NotFinite { what, layer: self.network.layers()[self.tiles[i].layer].name().to_string() }
    }
}

/// Sum over the rows of `blocks` of weight times loss, in their order.
fn loss_of<T: Scalar>(blocks: &[Block<T>]) -> f64 {
    blocks.iter().flat_map(Block::weighted_losses).sum()
}

/// The first number of a block that is not finite, on its way from the inputs to the loss.
fn not_finite<T: Scalar>(network: &Network<T>, block: &Block<T>) -> Option<NotFinite> {
    let layers = network.layers();
    let found = |what, layer: &str| Some(NotFinite { what, layer: layer.to_string() });
    if !all_finite(block.input(0)) {
        return found("an input", layers[0].name());
    }
    if let Some(layer) = network.first_not_finite(block) {
        return found("an output", layer);
    }
    if !loss_of(std::slice::from_ref(block)).is_finite() {
        return found("the loss over the outputs", layers[layers.len() - 1].name());
    }
    None
}

/// Where the update sweep finds gradients.
#[derive(Clone, Copy)]
enum Source<T> {
    /// Computed from the blocks, tile by tile.
    Blocks,
    /// Collected before, to be multiplied by `scale`.
    Collected { scale: T },
}

/// x·0 is 0 for every finite x and NaN otherwise, so one sum without branches tells.
pub(super) fn all_finite<T: Scalar>(values: &[T]) -> bool {
    let mut lanes = [T::ZERO; 16];
    let (chunks, rest) = values.as_chunks::<16>();
    for chunk in chunks {
        for (lane, &value) in lanes.iter_mut().zip(chunk) {
            *lane += value * T::ZERO;
        }
    }
    lanes.iter().copied().chain(rest.iter().map(|&value| value * T::ZERO)).sum::<T>().is_finite()
}
