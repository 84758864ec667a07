//! Derivatives of one subject on both sides: the gradient's, and two-sided differences.

use std::ops::Range;

use wellfit_kernels::random::{Purpose, Stream};

use crate::net::activation::Activation;
use crate::net::network::Network;
use crate::net::penalty::Penalty;

use super::compared::Compared;
use super::workspace::{Subject, Workspace};
use super::{CheckOptions, Coverage, PenaltySlope};

/// Differences this small, of a subject near 1, are rounding: 1e-16 of the subject, over 2ε = 2e-5, with room for sums.
const ROUNDING: f64 = 1e-9;

/// A subject of which ε, 1e-5 or less, is far above 1e-16.
const LEAST_SIZE: f64 = 1e-5;

/// What ε is a share of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// max(1, |θ|).
    Variables,
    /// The move that changes the subject by its own size, going by the gradient: it suits units far from 1, beside whose
    /// kinks a plain step is wide or beside whose outputs it is rounding.
    Subject,
}

/// Everything that stays the same while variables of a subject are moved.
pub struct Probe<'a> {
    space: Workspace<'a>,
    options: &'a CheckOptions,
    penalties: Vec<Penalty>,
    /// The gradient of the penalties.
    slopes: Vec<f64>,
    subject: Subject,
    /// Of the subject, over all rows.
    gradient: Vec<f64>,
    /// The size of the numbers that the subject is a sum of.
    size: f64,
    pub rows_tried: usize,
    pub rows_skipped: usize,
}

impl<'a> Probe<'a> {
    /// A probe of the cost.
    pub fn new(
        mut space: Workspace<'a>,
        (layer_penalties, slope): (&[Penalty], PenaltySlope<'_>),
        options: &'a CheckOptions,
    ) -> Probe<'a> {
        let theta = &space.member.theta;
        let mut penalties = Vec::with_capacity(theta.len());
        let mut slopes = vec![0.0; theta.len()];
        for tile in &space.tiles {
            let penalty = if tile.decays { layer_penalties[tile.layer] } else { Penalty::default() };
            let here = penalties.len()..penalties.len() + tile.shape.len;
            slope(&penalty, &theta[here.clone()], &mut slopes[here]);
            penalties.extend(std::iter::repeat_n(penalty, tile.shape.len));
        }
        let subject = Subject::Cost;
        let (gradient, size) = (space.gradient(subject, |_| true), space.size(subject));
        Probe { space, options, penalties, slopes, subject, gradient, size, rows_tried: 0, rows_skipped: 0 }
    }

    pub fn network(&self) -> &'a Network<f64> {
        self.space.network
    }

    /// The layer whose outputs are not finite, if there is one.
    pub fn not_finite(&self) -> Option<&str> {
        self.space.network.first_not_finite(&self.space.block)
    }

    /// From now on `subject` is differentiated. What it is a function of must stand in the block: subjects are taken from
    /// the loss down to the first layer, since a layer's probe leaves its outputs moved.
    pub fn turn_to(&mut self, subject: Subject) {
        self.subject = subject;
        self.gradient = self.space.gradient(subject, |_| true);
        self.size = self.space.size(subject);
    }

    /// A derivative of the subject that is no larger is rounding alone.
    pub fn rounding(&self) -> f64 {
        match self.subject {
            // The loss of a row that fits is a small difference of numbers near 1.
            Subject::Cost => ROUNDING * self.size.max(1.0),
            Subject::Parameters(_) | Subject::Inputs(_) => ROUNDING * self.size,
        }
    }

    /// Whether a step that changes the subject by a share ε of its size changes it by more than rounding.
    pub fn resolves_its_size(&self) -> bool {
        let layers = self.space.network.layers();
        let activation = match self.subject {
            Subject::Cost => None,
            Subject::Parameters(layer) | Subject::Inputs(layer) => {
                layers.get(layer).and_then(|layer| layer.activation())
            }
        };
        !activation.is_some_and(Activation::rounds_near_zero) || self.size >= LEAST_SIZE
    }

    /// All variables of the subject.
    pub fn all(&mut self) -> Range<usize> {
        0..self.space.variables(self.subject).len()
    }

    /// Compares one parameter: its coordinates, then its directions, with a share of the step that `unit` gives.
    pub fn compared(&mut self, lane: u64, range: Range<usize>, (share, unit): (f64, Unit)) -> Compared {
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
            self.compare(&[(coordinate, 1.0)], (share, unit), &mut compared);
        }
        for direction in 0..directions {
            let first = ((direction + 1) * range.len() + self.space.member.theta.len()) as u64;
            let mut moves: Vec<_> =
                range.clone().map(|i| (i, stream.normal(first + (i - range.start) as u64))).collect();
            let norm = moves.iter().map(|(_, d)| d * d).sum::<f64>().sqrt();
            moves.iter_mut().for_each(|(_, d)| *d /= norm);
            self.compare(&moves, (share, unit), &mut compared);
        }
        compared
    }

    /// The derivative along `moves`, (coordinate, amount) pairs, on both sides.
    fn compare(&mut self, moves: &[(usize, f64)], (share, unit): (f64, Unit), compared: &mut Compared) {
        let subject = self.subject;
        let variables = self.space.variables(subject);
        let before: Vec<f64> = moves.iter().map(|&(i, _)| variables[i]).collect();
        let largest = moves.iter().zip(&before).map(|(&(_, d), w)| (w * d).abs()).fold(0.0, f64::max);
        let slope: f64 = moves.iter().map(|&(i, d)| self.gradient[i] * d).sum();
        let unit = match unit {
            Unit::Subject if slope != 0.0 => self.size / slope.abs(),
            _ if self.options.scaled => largest.max(1.0),
            _ => 1.0,
        };
        let epsilon = share * self.options.epsilon * unit;
        let moved = |by: f64| moves.iter().zip(&before).map(move |(&(i, d), w)| (i, w + by * d));
        self.space.set(subject, moved(epsilon));
        let plus = self.space.side(subject);
        self.space.set(subject, moved(-epsilon));
        let minus = self.space.side(subject);
        self.space.set(subject, moved(0.0));

        let (penalty_analytic, penalty_numeric) = match subject {
            Subject::Cost => self.penalty_slopes(moves, epsilon),
            Subject::Parameters(_) | Subject::Inputs(_) => (0.0, 0.0),
        };
        compared.penalty.push(penalty_analytic, penalty_numeric);
        let count = self.space.weights.len();
        let sound: Vec<bool> = plus.patterns.iter().zip(&minus.patterns).map(|(a, b)| a == b).collect();
        let skipped = sound.iter().filter(|&&sound| !sound).count();
        if subject == Subject::Cost {
            self.rows_tried += count;
            self.rows_skipped += skipped;
        }
        if skipped == count {
            // Units pass kinks and nothing comes of it, as with weights of 0 above them: that too can be told.
            let still = plus.values == minus.values && moves.iter().all(|&(i, _)| self.gradient[i] == 0.0);
            compared.cost.push(0.0, 0.0);
            compared.informative += usize::from(still);
            return;
        }
        let numeric_rows = (0..count).filter(|&r| sound[r]);
        let mut numeric: f64 = numeric_rows.map(|r| self.space.weights[r] * (plus.values[r] - minus.values[r])).sum();
        numeric /= 2.0 * epsilon * count as f64;
        let analytic = match skipped {
            0 => slope,
            _ => {
                let gradient = self.space.gradient(subject, |row| sound[row]);
                moves.iter().map(|&(i, d)| gradient[i] * d).sum()
            }
        };
        compared.cost.push(analytic + penalty_analytic, numeric + penalty_numeric);
        compared.informative += 1;
    }

    /// The derivative of the penalties along `moves`, analytic and numeric.
    fn penalty_slopes(&self, moves: &[(usize, f64)], epsilon: f64) -> (f64, f64) {
        let (mut analytic, mut numeric) = (0.0, 0.0);
        for &(i, d) in moves {
            let (penalty, w) = (self.penalties[i], self.space.member.theta[i]);
            let (high, low) = (w + epsilon * d, w - epsilon * d);
            analytic += d * self.slopes[i];
            let smooth = if penalty.l1 != 0.0 && high.signum() != low.signum() {
                // |w| passes its kink: its slope leaves both sides.
                analytic -= d * penalty.l1 * if w == 0.0 { 0.0 } else { w.signum() };
                Penalty { l1: 0.0, ..penalty }
            } else {
                penalty
            };
            numeric += (smooth.cost(high) - smooth.cost(low)) / (2.0 * epsilon);
        }
        (analytic, numeric)
    }
}
