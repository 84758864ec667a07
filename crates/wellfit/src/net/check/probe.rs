//! The cost and its gradient at one θ, with coordinates of it moved.

use wellfit_kernels::isa::Isa;
use wellfit_kernels::precision::Precision;
use wellfit_kernels::random::{Purpose, Stream};

use crate::data::Examples;
use crate::net::block::Block;
use crate::net::layer::Pass;
use crate::net::member::Member;
use crate::net::network::Network;
use crate::net::penalty::Penalty;
use crate::net::tile::Tile;

use super::compared::Compared;
use super::{CheckError, CheckOptions, Coverage, PenaltySlope};

/// Everything that stays the same while coordinates are moved.
pub struct Probe<'a> {
    network: &'a Network<f64>,
    /// θ, moved and put back, and the state as it starts.
    member: Member<f64>,
    penalties: Vec<Penalty>,
    tiles: Vec<Tile<f64>>,
    block: Block<f64>,
    weights: Vec<f64>,
    /// Without penalties.
    gradient: Vec<f64>,
    /// The gradient of the penalties.
    slopes: Vec<f64>,
    options: &'a CheckOptions,
    pass: Pass,
    /// The mean loss, without penalties.
    pub cost: f64,
    pub rows_tried: usize,
    pub rows_skipped: usize,
}

/// Row losses and kink patterns at one θ.
struct Side {
    losses: Vec<f64>,
    patterns: Vec<u64>,
}

impl<'a> Probe<'a> {
    pub fn new(
        network: &'a Network<f64>,
        theta: &[f64],
        examples: &Examples,
        rows: &[u32],
        (layer_penalties, slope): (&[Penalty], PenaltySlope<'_>),
        options: &'a CheckOptions,
    ) -> Result<Probe<'a>, CheckError> {
        let mut tiles = network.tiles(Precision::F32);
        network.pack(theta, &mut tiles, Isa::best());
        let mut block = network.block(rows.len(), Precision::F32);
        block.gather(examples, rows, 0, options.smoothing);
        let weights = block.weights_mut().to_vec();
        let mut penalties = Vec::with_capacity(theta.len());
        let mut slopes = vec![0.0; theta.len()];
        for tile in &tiles {
            let penalty = if tile.decays { layer_penalties[tile.layer] } else { Penalty::default() };
            let here = penalties.len()..penalties.len() + tile.shape.len;
            slope(&penalty, &theta[here.clone()], &mut slopes[here]);
            penalties.extend(std::iter::repeat_n(penalty, tile.shape.len));
        }
        let pass = Pass::Train { seed: options.seed, step: 0 };
        let member = network.member(theta.to_vec());
        let gradient = Vec::new();
        let mut probe = Probe {
            network,
            member,
            penalties,
            tiles,
            block,
            weights,
            gradient,
            slopes,
            options,
            pass,
            cost: 0.0,
            rows_tried: 0,
            rows_skipped: 0,
        };
        probe.gradient = probe.analytic(|_| true);
        probe.cost = probe.block.weighted_losses().sum::<f64>() / probe.weights.len() as f64;
        match network.first_not_finite(&probe.block) {
            Some(layer) => Err(CheckError::NotFinite(layer.to_string())),
            None => Ok(probe),
        }
    }

    /// Compares one parameter: its coordinates, then its directions.
    pub fn parameter(&mut self, lane: u64, range: std::ops::Range<usize>, share: f64) -> Compared {
        let mut compared = Compared::default();
        let stream = Stream::new(self.options.seed, Purpose::Check, lane);
        let (coordinates, directions): (Vec<usize>, usize) = match self.options.coverage {
            Coverage::All => (range.clone().collect(), 0),
            Coverage::Sample { coordinates, directions } => {
                let draw = |i| range.start + stream.below(i as u64, range.len() as u64) as usize;
                ((0..coordinates.min(range.len())).map(draw).collect(), directions)
            }
        };
        for coordinate in coordinates {
            self.compare(&[(coordinate, 1.0)], share, &mut compared);
        }
        for direction in 0..directions {
            let first = ((direction + 1) * range.len() + self.member.theta.len()) as u64;
            let mut moves: Vec<_> =
                range.clone().map(|i| (i, stream.normal(first + (i - range.start) as u64))).collect();
            let norm = moves.iter().map(|(_, d)| d * d).sum::<f64>().sqrt();
            moves.iter_mut().for_each(|(_, d)| *d /= norm);
            self.compare(&moves, share, &mut compared);
        }
        compared
    }

    /// The derivative along `moves`, (coordinate, amount) pairs, on both sides.
    fn compare(&mut self, moves: &[(usize, f64)], share: f64, compared: &mut Compared) {
        let largest = moves.iter().map(|&(i, d)| (self.member.theta[i] * d).abs()).fold(0.0, f64::max);
        let epsilon = share * self.options.epsilon * if self.options.scaled { largest.max(1.0) } else { 1.0 };
        let before: Vec<f64> = moves.iter().map(|&(i, _)| self.member.theta[i]).collect();
        let plus = self.side(moves, &before, epsilon);
        let minus = self.side(moves, &before, -epsilon);
        for (&(i, _), &value) in moves.iter().zip(&before) {
            self.member.theta[i] = value;
        }
        self.pack_moved(moves);
        let count = self.weights.len();
        let sound: Vec<bool> = plus.patterns.iter().zip(&minus.patterns).map(|(a, b)| a == b).collect();
        let skipped = sound.iter().filter(|&&sound| !sound).count();
        self.rows_tried += count;
        self.rows_skipped += skipped;
        if skipped == count {
            compared.cost.push(0.0, 0.0);
            compared.penalty.push(0.0, 0.0);
            return;
        }
        let numeric_rows = (0..count).filter(|&r| sound[r]);
        let mut numeric: f64 = numeric_rows.map(|r| self.weights[r] * (plus.losses[r] - minus.losses[r])).sum();
        numeric /= 2.0 * epsilon * count as f64;
        let recomputed = (skipped > 0).then(|| self.analytic(|row| sound[row]));
        let gradient = recomputed.as_ref().unwrap_or(&self.gradient);
        let analytic: f64 = moves.iter().map(|&(i, d)| gradient[i] * d).sum();
        let (mut slope, mut penalty_numeric) = (0.0, 0.0);
        for &(i, d) in moves {
            let (penalty, w) = (self.penalties[i], self.member.theta[i]);
            let (high, low) = (w + epsilon * d, w - epsilon * d);
            slope += d * self.slopes[i];
            let smooth = if penalty.l1 != 0.0 && high.signum() != low.signum() {
                // |w| passes its kink: its slope leaves both sides.
                slope -= d * penalty.l1 * if w == 0.0 { 0.0 } else { w.signum() };
                Penalty { l1: 0.0, ..penalty }
            } else {
                penalty
            };
            penalty_numeric += (smooth.cost(high) - smooth.cost(low)) / (2.0 * epsilon);
        }
        compared.cost.push(analytic + slope, numeric + penalty_numeric);
        compared.penalty.push(slope, penalty_numeric);
    }

    fn side(&mut self, moves: &[(usize, f64)], before: &[f64], epsilon: f64) -> Side {
        for (&(i, d), &value) in moves.iter().zip(before) {
            self.member.theta[i] = value + epsilon * d;
        }
        self.pack_moved(moves);
        self.network.forward(&self.member, &self.tiles, &mut self.block, (self.pass, false), Isa::best());
        self.network.loss_of(&mut self.block, self.weights.len());
        Side { losses: self.block.row_losses().to_vec(), patterns: self.patterns() }
    }

    /// Refreshes the packed copies of the tiles that `moves`, in ascending order, reach into.
    fn pack_moved(&mut self, moves: &[(usize, f64)]) {
        let (Some(&(low, _)), Some(&(high, _))) = (moves.first(), moves.last()) else { return };
        let mut start = 0;
        for tile in &mut self.tiles {
            let here = start..start + tile.shape.len;
            start = here.end;
            if here.start <= high && low < here.end {
                tile.packed.pack(Isa::best(), &self.member.theta[here]);
            }
        }
    }

    /// For each row, a hash of which side of its kink each unit is on.
    fn patterns(&self) -> Vec<u64> {
        let mut patterns = vec![0xcbf2_9ce4_8422_2325u64; self.block.rows];
        for (i, layer) in self.network.layers().iter().enumerate().filter(|(_, layer)| layer.has_kink()) {
            for (pattern, units) in patterns.iter_mut().zip(self.block.output(i).chunks_exact(layer.output().len())) {
                for unit in units {
                    *pattern = (*pattern ^ u64::from(*unit > 0.0)).wrapping_mul(0x0000_0100_0000_01b3);
                }
            }
        }
        patterns
    }

    /// The gradient that training uses, without penalties, over the rows that `counts` lets in.
    fn analytic(&mut self, counts: impl Fn(usize) -> bool) -> Vec<f64> {
        let weights = self.weights.clone();
        for (row, weight) in self.block.weights_mut().iter_mut().enumerate() {
            *weight = if counts(row) { weights[row] } else { 0.0 };
        }
        self.network.forward(&self.member, &self.tiles, &mut self.block, (self.pass, true), Isa::best());
        self.network.loss_of(&mut self.block, weights.len());
        self.network.backward(&self.member.theta, &self.tiles, &mut self.block, self.pass, Isa::best());
        self.block.weights_mut().copy_from_slice(&weights);
        let mut gradient = vec![0.0; self.member.theta.len()];
        let mut rest = &mut gradient[..];
        for tile in &self.tiles {
            let (part, after) = rest.split_at_mut(tile.shape.len);
            self.network.gradient(tile, std::slice::from_ref(&self.block), [&[]; 3], part, Isa::best());
            rest = after;
        }
        gradient
    }
}
