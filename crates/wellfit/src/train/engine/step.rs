//! One step of training: both sweeps, and what stands between them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use wellfit_kernels::scalar::Scalar;
use wellfit_kernels::update::{Update, update};

use crate::data::{Augment, Examples};
use crate::net::{Member, Pass, Penalty, Tile};
use crate::train::profile::{Clock, add};
use crate::train::weights::Weights;

use super::Engine;
use super::finite::{NotFinite, Quantity, all_finite, loss_of, not_finite};

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

/// Where the update sweep finds gradients.
#[derive(Clone, Copy)]
enum GradientSource<T> {
    /// Computed from the blocks, tile by tile.
    Blocks,
    /// Collected before, to be multiplied by `scale`.
    Collected { scale: T },
}

impl StepRule<'_> {
    /// The update of a tile, and what its parameters are multiplied by first.
    fn for_tile<T>(&self, tile: &Tile<T>) -> (Update, f64) {
        // Most factors are 1, and their steps keep the bits they have without one.
        let update = if tile.rate_factor == 1.0 { self.update } else { self.update.scaled(tile.rate_factor) };
        let keep = match (tile.decays, tile.decay_factor) {
            (false, _) => 1.0,
            (true, 1.0) => self.keep,
            (true, factor) => 1.0 - (1.0 - self.keep) * factor,
        };
        (update, keep)
    }
}

impl<T: Scalar> Engine<T> {
    /// One step over `rows` of `examples`: returns the mean loss before it, without penalties.
    pub fn step(
        &mut self,
        weights: &mut Weights<T>,
        examples: &Examples,
        rows: &[u32],
        rule: &StepRule<'_>,
    ) -> Result<f64, NotFinite> {
        self.team.set_alone(!self.thread_tuner.shares());
        let begun = Clock(self.clock.0 || self.thread_tuner.is_timed()).now();
        let result = self.whole_step(weights, examples, rows, rule);
        let taken = begun.map_or(Duration::ZERO, |begun| begun.elapsed());
        self.team.set_alone(false);
        self.thread_tuner.done(taken);
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
            let loss = self.rows_sweep(&weights.member, examples, rows, (0, rows.len()), rule)?;
            self.network.between_sweeps(&self.blocks, &mut weights.member.state);
            self.update_sweep(weights, rule, GradientSource::Blocks)?;
            return Ok(loss / rows.len() as f64);
        }
        let loss = self.collect(&mut weights.member, examples, rows, rule)?;
        let scale = rule.clip_norm.map_or(1.0, |limit| {
            let norm = self.gradient.iter().map(|g| g.to_f64().powi(2)).sum::<f64>().sqrt();
            if norm > limit { limit / norm } else { 1.0 }
        });
        self.update_sweep(weights, rule, GradientSource::Collected { scale: T::from_f64(scale) })?;
        Ok(loss)
    }

    /// The gradient of the mean loss over `rows`, penalties included, in the order of θ; and the mean loss without them.
    pub fn gradient(
        &mut self,
        member: &Member<T>,
        examples: &Examples,
        rows: &[u32],
        rule: &StepRule<'_>,
    ) -> Result<(Vec<T>, f64), NotFinite> {
        self.pack(&member.theta);
        let loss = self.collect(&mut member.clone(), examples, rows, rule)?;
        Ok((self.gradient.clone(), loss))
    }

    /// Forward, loss and backward of a piece of a batch of `whole` rows, whose first row is the batch's row `first`.
    fn rows_sweep(
        &mut self,
        member: &Member<T>,
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
            if let Pass::Train { seed, step, .. } = rule.pass {
                network.augment(block, examples, rule.augment, rule.smoothing, (seed, step));
            }
            add(&mut scratch.spent.data, begun);
            let begun = clock.now();
            if !here.is_empty() {
                network.forward(member, tiles, block, (rule.pass, true), isa);
                network.loss_of(block, whole);
                network.backward(&member.theta, tiles, block, rule.pass, isa);
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
        member: &mut Member<T>,
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
            loss += self.rows_sweep(member, examples, piece, (i * at_once, rows.len()), rule)?;
            self.network.between_sweeps(&self.blocks, &mut member.state);
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
                rule.penalties[tile.layer].add_gradient(&member.theta[here.clone()], &mut gradient[here]);
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
        source: GradientSource<T>,
    ) -> Result<(), NotFinite> {
        let (network, blocks, isa, collected) = (&self.network, &self.blocks, self.isa, &self.gradient);
        let partition = &self.partition;
        // Tiles that are not finite, counted from 1, the one nearest to the outputs: a fault spoils what is below it.
        let topmost = AtomicUsize::new(0);
        let wholes = [&mut weights.member.theta[..], &mut weights.first[..], &mut weights.second[..]];
        let (scratches, clock) = (&mut self.scratches, self.clock);
        self.team.for_each_part(scratches, &mut self.tiles, wholes, partition, |i, scratch, tile, parts| {
            let [theta, first, second] = parts;
            let begun = clock.now();
            let gradient = &mut scratch.gradient[..theta.len()];
            match source {
                GradientSource::Blocks => {
                    network.gradient(tile, blocks, [theta, first, second], gradient, isa);
                    if tile.decays {
                        rule.penalties[tile.layer].add_gradient(theta, gradient);
                    }
                }
                GradientSource::Collected { scale } => {
                    for (g, &c) in gradient.iter_mut().zip(&collected[partition.range(i)]) {
                        *g = c * scale;
                    }
                }
            }
            let (rule, keep) = rule.for_tile(tile);
            if !update(isa, rule, keep, theta, gradient, first, second) {
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
            () if !all_finite(self.gradient_of(i)) => Quantity::Gradient,
            () if !all_finite(&weights.member.theta[self.partition.range(i)]) => Quantity::Weight,
            () => Quantity::MeanSquareGradient,
        };
        NotFinite { what, layer: self.network.layers()[self.tiles[i].layer].name().to_string() }
    }
}
