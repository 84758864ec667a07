//! Refits of a learning curve: what its points could have been, had other dev rows and other trainings been drawn.

use serde::{Deserialize, Serialize};
use wellfit_kernels::random::{Purpose, Stream};

use super::LossRows;
use super::bootstrap::draw;
use super::losses::of_mean;
use super::power_law::{Measured, PowerLaw};
use crate::train::Metric;

/// How many times the rows a forecast is made for.
pub(super) const TIMES: [u64; 2] = [2, 4];
/// No power law holds to more than this share of the error, however many draws say so.
const CLOSEST: f64 = 0.01;
/// The common spread counts as this many draws beside those of a size: few draws estimate their own spread poorly.
const COMMON_DRAWS: f64 = 3.0;
/// Streams of refits start here: those of other intervals end far below.
const LANES: u64 = 1 << 41;

/// Trainings on one number of rows, all judged on the same dev rows.
#[derive(Clone, Debug, PartialEq)]
pub struct CurveSample {
    /// Rows trained on.
    pub rows: u64,
    /// For each training the loss of each dev row: 0 or 1 for classes, the squared difference for numbers.
    pub draws: Vec<Vec<f64>>,
}

/// One size of the curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CurvePoint {
    /// Rows trained on.
    pub rows: u64,
    /// Dev error, the mean over the draws.
    pub error: f64,
    /// Standard deviation of dev error between draws.
    pub spread: f64,
}

/// One refit.
pub(super) struct Refit {
    /// Error of the smallest size less that of the largest.
    pub fall: f64,
    /// For each of `TIMES` the error of one training, and what the law takes off.
    pub errors: [f64; TIMES.len()],
    pub gains: [f64; TIMES.len()],
}

/// What is measured of the sizes, in the units that refits draw.
pub(super) struct MeasuredCurve {
    metric: Metric,
    seed: u64,
    rows: Vec<u64>,
    errors: Vec<f64>,
    spreads: Vec<f64>,
    draws: Vec<usize>,
    /// For each size the spread that refits use: its own, drawn towards what all sizes have in common.
    smoothed: Vec<f64>,
    /// How many times as wide the spreads are taken where the law does not hold.
    misfit: f64,
    /// Deviations of all draws in units of that spread, as wide as those of many draws would be.
    deviations: Vec<f64>,
    /// (units,): weight; (sizes, units): weighted losses, the mean over the draws.
    weights: Vec<f64>,
    losses: Vec<Vec<f64>>,
}

impl MeasuredCurve {
    pub fn measure(metric: Metric, dev: &LossRows, sizes: &[CurveSample], seed: u64) -> MeasuredCurve {
        let mut sizes: Vec<&CurveSample> = sizes.iter().filter(|size| !size.draws.is_empty()).collect();
        sizes.sort_by_key(|size| size.rows);
        let rows = sizes.iter().flat_map(|size| &size.draws).map(Vec::len).min().unwrap_or(0);
        let like = LossRows { losses: vec![0.0; rows], ..dev.clone() };
        let (seats, units) = like.seats(seed, 0);
        let mut weights = vec![0.0; units];
        for (row, &seat) in seats.iter().enumerate() {
            weights[seat] += like.weight(row);
        }
        let error_of = |losses: &[f64]| {
            let sum: f64 = losses.iter().take(rows).enumerate().map(|(row, loss)| like.weight(row) * loss).sum();
            of_mean(metric, sum / weights.iter().sum::<f64>())
        };
        let of_draws: Vec<Vec<f64>> =
            sizes.iter().map(|size| size.draws.iter().map(|draw| error_of(draw)).collect()).collect();
        let losses = sizes
            .iter()
            .map(|size| {
                let mut sums = vec![0.0; units];
                for draw in &size.draws {
                    for (row, &seat) in seats.iter().enumerate() {
                        sums[seat] += like.weight(row) * draw[row] / size.draws.len() as f64;
                    }
                }
                sums
            })
            .collect();
        let errors: Vec<f64> = of_draws.iter().map(|draws| draws.iter().sum::<f64>() / draws.len() as f64).collect();
        let squares = |at: usize| of_draws[at].iter().map(|error| (error - errors[at]).powi(2)).sum::<f64>();
        let freedom = |at: usize| of_draws[at].len() as f64 - 1.0;
        let all = 0..sizes.len();
        // Spreads grow with errors: what sizes have in common is the share. Errors near 0 have little say in it.
        let of_errors: f64 = all.clone().map(|at| freedom(at) * errors[at].powi(2)).sum();
        let common = all.clone().map(squares).sum::<f64>() / of_errors.max(f64::MIN_POSITIVE);
        let smoothed: Vec<f64> = all
            .clone()
            .map(|at| {
                let drawn = squares(at) + COMMON_DRAWS * common * errors[at].powi(2);
                (drawn / (freedom(at) + COMMON_DRAWS)).sqrt()
            })
            .collect();
        let deviations = all
            .clone()
            .filter(|&at| of_draws[at].len() > 1 && smoothed[at] > 0.0)
            .flat_map(|at| {
                let widened = (of_draws[at].len() as f64 / freedom(at)).sqrt() / smoothed[at];
                of_draws[at].iter().map(|error| (error - errors[at]) * widened).collect::<Vec<f64>>()
            })
            .collect();
        MeasuredCurve {
            metric,
            seed,
            rows: sizes.iter().map(|size| size.rows).collect(),
            spreads: all.map(|at| (squares(at) / freedom(at).max(1.0)).sqrt()).collect(),
            draws: of_draws.iter().map(Vec::len).collect(),
            errors,
            smoothed,
            misfit: 1.0,
            deviations,
            weights,
            losses,
        }
    }

    pub fn points(&self) -> Vec<CurvePoint> {
        let point = |at: usize| CurvePoint { rows: self.rows[at], error: self.errors[at], spread: self.spreads[at] };
        (0..self.rows.len()).map(point).collect()
    }

    fn variance(&self, at: usize) -> f64 {
        // An error of 0 is no more exact than the others: what keeps a point from ruling the fit never falls to nothing.
        let scale = self.errors[at].max(self.errors.iter().copied().fold(0.0, f64::max) / 4.0);
        self.smoothed[at].powi(2) / self.draws[at] as f64 + (CLOSEST * scale).powi(2)
    }

    /// The law of the sizes from `first` on.
    pub fn law(&self, first: usize) -> Option<PowerLaw> {
        self.law_of(&self.errors, first)
    }

    fn law_of(&self, errors: &[f64], first: usize) -> Option<PowerLaw> {
        let measured = |at: usize| Measured {
            rows: self.rows[at] as f64,
            error: errors[at],
            weight: 1.0 / self.variance(at).max(f64::MIN_POSITIVE),
        };
        PowerLaw::fit(&(first..self.rows.len()).map(measured).collect::<Vec<_>>())
    }

    /// Widens the spreads where the points lie further from the law than their spreads allow.
    pub fn allow_for_misfit(&mut self, law: &PowerLaw) {
        let left = |at: usize| (self.errors[at] - law.error(self.rows[at] as f64)).powi(2) / self.variance(at);
        let freedom = self.rows.len() as f64 - 3.0;
        if freedom >= 1.0 {
            let wider = ((0..self.rows.len()).map(left).sum::<f64>() / freedom).sqrt().max(1.0);
            self.misfit = wider;
        }
    }

    pub fn refit(&self, refit: u64) -> Option<Refit> {
        let sizes = self.rows.len();
        let mut counts = vec![0.0; self.weights.len()];
        draw(&[self.weights.len()], &mut counts, Stream::new(self.seed, Purpose::Bootstrap, LANES), refit);
        let sum = |values: &[f64]| values.iter().zip(&counts).map(|(value, count)| value * count).sum::<f64>();
        let weight = sum(&self.weights);
        let stream = Stream::new(self.seed, Purpose::Bootstrap, LANES + 1 + refit);
        let mut drawn = 0;
        let mut deviation = || {
            let at = (stream.uniform(drawn) * self.deviations.len() as f64) as usize;
            drawn += 1;
            self.deviations.get(at).copied().unwrap_or(0.0)
        };
        // What dev rows and draws came to, each size: the error of its mean losses, and how far its draws are off.
        let drawn: Vec<(f64, f64)> = (0..sizes)
            .map(|at| {
                let of_draws = (0..self.draws[at]).map(|_| deviation()).sum::<f64>() / self.draws[at] as f64;
                let error = of_mean(self.metric, sum(&self.losses[at]) / weight) + self.shift(at);
                (error, self.smoothed[at] * of_draws)
            })
            .collect();
        let errors: Vec<f64> = drawn.iter().map(|(error, off)| error + self.misfit * off).collect();
        // Whether the curve falls is no matter of the law.
        let measured = |at: usize| drawn[at].0 + drawn[at].1;
        let first = usize::from(sizes > 4 && refit % 2 == 1);
        let law = self.law_of(&errors, first)?;
        let now = self.rows[sizes - 1] as f64;
        let one = self.misfit * self.smoothed[sizes - 1];
        let errors_then = TIMES.map(|times| {
            let error = law.error(now * times as f64) + one * deviation();
            if self.metric.is_share() { error.clamp(0.0, 1.0) } else { error.max(0.0) }
        });
        let gains = TIMES.map(|times| law.error(now) - law.error(now * times as f64));
        errors_then.iter().all(|error| error.is_finite()).then_some(Refit {
            fall: measured(0) - measured(sizes - 1),
            errors: errors_then,
            gains,
        })
    }

    /// Mean error of the draws less the error of their mean losses: a mean of roots is not the root of a mean.
    fn shift(&self, at: usize) -> f64 {
        let weight: f64 = self.weights.iter().sum();
        self.errors[at] - of_mean(self.metric, self.losses[at].iter().sum::<f64>() / weight)
    }
}
