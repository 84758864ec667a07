//! Gradient checking: the analytic gradient against two-sided differences, in `f64`, over the source that trains.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use wellfit_kernels::isa::Isa;
use wellfit_kernels::precision::Precision;
use wellfit_kernels::random::{Purpose, Stream};

use crate::data::Examples;

use super::layer::Pass;
use super::network::Network;
use super::penalty::Penalty;
use super::space::{Block, Tile};

/// A relative error above this is a fault. The course's bound is 2e-7 at ε = 1e-7; rounding of a large cost on unscaled
/// inputs reaches 1e-6, and a factor of 1.001 on one gradient already gives 5e-4.
const FAULT: f64 = 1e-5;
/// Differences this small, for a cost near 1, are rounding: 1e-16 of the cost, over 2ε = 2e-5, with room for sums.
const ROUNDING: f64 = 1e-9;
/// Differences of a penalty alone this small are rounding: 1e-16 of its cost, over 2ε; it is summed over no rows.
const PENALTY_ROUNDING: f64 = 1e-15;
/// Where the difference at ε disagrees, it is taken again at these shares of ε. On steep costs the error of a sound
/// gradient shrinks with ε², on large ones rounding grows with 1/ε; what a fault adds stays the same.
const STEP_SHARES: [f64; 2] = [0.1, 0.01];

/// How a check is made.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckOptions {
    /// Size of the step, times max(1, |θ|) where [`CheckOptions::scaled`].
    pub epsilon: f64,
    /// Whether the step grows with |θ|.
    pub scaled: bool,
    /// Which coordinates are tried.
    pub coverage: Coverage,
    /// Seed of the masks and of the sampled coordinates.
    pub seed: u64,
    /// Share of a class target spread over all classes.
    pub smoothing: f64,
}

/// How much of θ is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Every coordinate.
    All,
    /// Of each parameter, this many random coordinates and random directions.
    Sample {
        /// Coordinates of each parameter.
        coordinates: usize,
        /// Directions within each parameter.
        directions: usize,
    },
}

impl Default for CheckOptions {
    fn default() -> Self {
        let coverage = Coverage::Sample { coordinates: 4, directions: 2 };
        CheckOptions { epsilon: 1e-5, scaled: true, coverage, seed: 0, smoothing: 0.0 }
    }
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckReport {
    /// Whether every parameter agrees.
    pub passed: bool,
    /// ‖a − n‖ / (‖a‖ + ‖n‖) over all coordinates tried.
    pub relative_error: f64,
    /// The same for each parameter.
    pub blocks: Vec<BlockCheck>,
    /// Share of (coordinate, row) pairs left out because a unit passed a kink.
    #[serde(default)]
    pub skipped: f64,
}

/// What a check found for one parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlockCheck {
    /// The parameter.
    pub name: String,
    /// ‖a − n‖ / (‖a‖ + ‖n‖), less what depends on the size of the step; 0 where both are only rounding.
    pub relative_error: f64,
}

/// A check that cannot be made.
#[derive(Debug, Error, PartialEq)]
pub enum CheckError {
    /// The cost is NaN or infinite before anything is moved.
    #[error("the cost of the starting weights is not finite: layer {0} overflows")]
    NotFinite(String),
}

impl CheckReport {
    /// The failing parameter nearest to the outputs: a fault spoils every parameter below it, so the cause is there or in
    /// the layer above.
    pub fn topmost_fault(&self) -> Option<&str> {
        self.blocks.iter().rev().find(|block| block.relative_error > FAULT).map(|block| block.name.as_str())
    }
}

/// Compares the gradient of J(θ) with (J(θ + ε) − J(θ − ε)) / 2ε over `rows` of `examples`.
///
/// `penalties`: one for each layer of the network. Dropout masks are those of step 0 and stay the same throughout. Rows in
/// which a unit passes a kink between θ − ε and θ + ε are left out of both sides; so is an L1 term that passes 0.
/// Source: the course's gradient checking; DESIGN's treatment of kinks.
pub fn check(
    network: &Network<f64>,
    theta: &[f64],
    examples: &Examples,
    rows: &[u32],
    penalties: &[Penalty],
    options: &CheckOptions,
) -> Result<CheckReport, CheckError> {
    let slope = |penalty: &Penalty, weights: &[f64], gradient: &mut [f64]| penalty.add_gradient(weights, gradient);
    check_with_slope(network, theta, examples, rows, (penalties, &slope), options)
}

/// Adds a penalty's gradient at some weights, as [`Penalty::add_gradient`] does.
pub type PenaltySlope<'a> = &'a dyn Fn(&Penalty, &[f64], &mut [f64]);

/// [`check`], with a gradient of the penalties that is your own.
pub fn check_with_slope(
    network: &Network<f64>,
    theta: &[f64],
    examples: &Examples,
    rows: &[u32],
    penalties: (&[Penalty], PenaltySlope<'_>),
    options: &CheckOptions,
) -> Result<CheckReport, CheckError> {
    let mut probe = Probe::new(network, theta, examples, rows, penalties, options)?;
    let mut blocks = Vec::new();
    let mut total = Sums::default();
    let mut start = 0;
    for (index, param) in network.params().enumerate() {
        let range = start..start + param.len();
        start = range.end;
        let mut found = probe.parameter(index as u64, range.clone(), 1.0);
        let mut error = found.relative_error(probe.cost);
        for share in STEP_SHARES {
            if error <= FAULT {
                break;
            }
            let closer = probe.parameter(index as u64, range.clone(), share);
            error = error.min(closer.relative_error(probe.cost)).min(found.steady_error(&closer));
            found = closer;
        }
        blocks.push(BlockCheck { name: param.name, relative_error: error });
        total.add(&found.cost);
    }
    let passed = blocks.iter().all(|block| block.relative_error <= FAULT);
    let skipped = probe.rows_skipped as f64 / probe.rows_tried.max(1) as f64;
    let relative_error = total.relative_error(ROUNDING * probe.cost.abs().max(1.0));
    Ok(CheckReport { passed, relative_error, blocks, skipped })
}

/// What was compared of one parameter.
#[derive(Clone, Debug, Default)]
struct Compared {
    /// The cost, penalties included.
    cost: Sums,
    /// The penalty alone: beside a large loss a fault in it is too small to see.
    penalty: Sums,
}

impl Compared {
    fn relative_error(&self, cost: f64) -> f64 {
        let rounding = ROUNDING * cost.abs().max(1.0);
        self.cost.relative_error(rounding).max(self.penalty.relative_error(PENALTY_ROUNDING))
    }

    /// The error less what a smaller step changes of it.
    fn steady_error(&self, closer: &Compared) -> f64 {
        self.cost.steady_error(&closer.cost).max(self.penalty.steady_error(&closer.penalty))
    }
}

/// What was found at the coordinates tried.
#[derive(Clone, Debug, Default)]
struct Sums {
    /// Analytic less numeric, at each.
    differences: Vec<f64>,
    /// Sum of squares.
    analytic: f64,
    /// Sum of squares.
    numeric: f64,
}

impl Sums {
    fn push(&mut self, analytic: f64, numeric: f64) {
        self.differences.push(analytic - numeric);
        self.analytic += analytic * analytic;
        self.numeric += numeric * numeric;
    }

    fn add(&mut self, other: &Sums) {
        self.differences.extend(&other.differences);
        self.analytic += other.analytic;
        self.numeric += other.numeric;
    }

    /// ‖a‖ + ‖n‖.
    fn norms(&self) -> f64 {
        self.analytic.sqrt() + self.numeric.sqrt()
    }

    /// `rounding`: the size of one number that is rounding alone.
    fn relative_error(&self, rounding: f64) -> f64 {
        // Where everything is rounding (zero initialisation) there is nothing to compare.
        if self.norms() <= rounding * (self.differences.len() as f64).sqrt() {
            return 0.0;
        }
        norm(self.differences.iter().copied()) / self.norms()
    }

    fn steady_error(&self, closer: &Sums) -> f64 {
        let changed = norm(self.differences.iter().zip(&closer.differences).map(|(a, b)| a - b));
        let steady = norm(self.differences.iter().copied()) - changed;
        if steady > 0.0 { steady / self.norms() } else { 0.0 }
    }
}

fn norm(values: impl Iterator<Item = f64>) -> f64 {
    values.map(|value| value * value).sum::<f64>().sqrt()
}

/// Everything that stays the same while coordinates are moved.
struct Probe<'a> {
    network: &'a Network<f64>,
    theta: Vec<f64>,
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
    cost: f64,
    rows_tried: usize,
    rows_skipped: usize,
}

/// Row losses and kink patterns at one θ.
struct Side {
    losses: Vec<f64>,
    patterns: Vec<u64>,
}

impl<'a> Probe<'a> {
    fn new(
        network: &'a Network<f64>,
        theta: &[f64],
        examples: &Examples,
        rows: &[u32],
        (layer_penalties, slope): (&[Penalty], PenaltySlope<'_>),
        options: &'a CheckOptions,
    ) -> Result<Probe<'a>, CheckError> {
        let mut tiles = network.tiles(Precision::F32);
        network.pack(theta, &mut tiles, Isa::best());
        let mut block = Block::new(network, rows.len(), Precision::F32);
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
        let theta = theta.to_vec();
        let gradient = Vec::new();
        let mut probe = Probe {
            network,
            theta,
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

    /// One parameter: its coordinates, then its directions.
    fn parameter(&mut self, lane: u64, range: std::ops::Range<usize>, share: f64) -> Compared {
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
            let first = ((direction + 1) * range.len() + self.theta.len()) as u64;
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
        let largest = moves.iter().map(|&(i, d)| (self.theta[i] * d).abs()).fold(0.0, f64::max);
        let epsilon = share * self.options.epsilon * if self.options.scaled { largest.max(1.0) } else { 1.0 };
        let before: Vec<f64> = moves.iter().map(|&(i, _)| self.theta[i]).collect();
        let plus = self.side(moves, &before, epsilon);
        let minus = self.side(moves, &before, -epsilon);
        for (&(i, _), &value) in moves.iter().zip(&before) {
            self.theta[i] = value;
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
            let (penalty, w) = (self.penalties[i], self.theta[i]);
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
            self.theta[i] = value + epsilon * d;
        }
        self.pack_moved(moves);
        self.network.forward(&self.theta, &self.tiles, &mut self.block, (self.pass, false), Isa::best());
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
                tile.packed.pack(Isa::best(), &self.theta[here]);
            }
        }
    }

    /// For each row, a hash of which side of its kink each unit is on.
    fn patterns(&self) -> Vec<u64> {
        let mut patterns = vec![0xcbf2_9ce4_8422_2325u64; self.block.rows];
        for (i, layer) in self.network.layers().iter().enumerate().filter(|(_, layer)| layer.has_kink()) {
            for (pattern, units) in patterns.iter_mut().zip(self.block.output(i).chunks_exact(layer.outputs())) {
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
        self.network.forward(&self.theta, &self.tiles, &mut self.block, (self.pass, true), Isa::best());
        self.network.loss_of(&mut self.block, weights.len());
        self.network.backward(&self.theta, &self.tiles, &mut self.block, self.pass, Isa::best());
        self.block.weights_mut().copy_from_slice(&weights);
        let mut gradient = vec![0.0; self.theta.len()];
        let mut rest = &mut gradient[..];
        for tile in &self.tiles {
            let (part, after) = rest.split_at_mut(tile.shape.len);
            self.network.gradient(tile, std::slice::from_ref(&self.block), [&[]; 3], part, Isa::best());
            rest = after;
        }
        gradient
    }
}
