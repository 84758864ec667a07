//! Dev error over the rows trained on, and what it says of more rows.

use serde::{Deserialize, Serialize};
use wellfit_kernels::random::{Purpose, Stream};

use super::bootstrap::{draw, quantile};
use super::losses::of_mean;
use super::power_law::{Measured, PowerLaw};
use super::words::Unit;
use super::{Interval, LossRows, margin};
use crate::data::Task;
use crate::text::thousands;

/// Refits that an interval is made of.
const REFITS: u64 = 500;
/// Half the share of refits that a 90% interval leaves out.
const TAIL: f64 = 0.05;
/// How many times the rows a forecast is made for.
const TIMES: [u64; 2] = [2, 4];
/// No power law holds to more than this share of the error, however many draws say so.
const CLOSEST: f64 = 0.01;
/// The common spread counts as this many draws beside those of a size: few draws tell little of their own spread.
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

/// The curve, and what it forecasts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearningCurve {
    /// The sizes measured, ascending.
    pub points: Vec<CurvePoint>,
    /// The law fitted to them; null where the best one does not fall.
    pub fit: Option<PowerLaw>,
    /// Dev error with more rows; empty where fewer than three sizes were measured.
    pub forecast: Vec<Forecast>,
    /// Whether the forecast is one to decide by.
    pub useful: bool,
    /// What it comes to, in words.
    pub note: String,
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

/// Dev error with a multiple of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forecast {
    /// How many times the rows at hand.
    pub times: u64,
    /// Rows trained on.
    pub rows: u64,
    /// The error of one training on new rows, with its 90% interval.
    pub error: Interval,
    /// What those rows take off the error, with its 90% interval.
    pub gain: Interval,
}

/// Fits the curve and forecasts dev error at 2 and 4 times the rows of the largest size.
///
/// `dev` gives weights and groups of the dev rows; its losses are not looked at. The 90% interval is made of refits. In
/// each, dev rows (groups whole) are drawn anew, the same for all sizes; the draws of every size are drawn anew from the
/// pooled deviations; and the smallest size is left out every other time, since small sizes may not follow the law yet
/// (Hestness et al. 2017, figure 6; Mohr and van Rijn 2022 and LCDB, Mohr et al. 2022: many curves keep to a power law, and
/// extrapolation errs most where the first sizes do not). What the law leaves unexplained widens the deviations.
pub fn learning_curve(task: Task, dev: &LossRows, sizes: &[CurveSample], seed: u64) -> LearningCurve {
    let mut measured = Curve::measure(task, dev, sizes, seed);
    let points = measured.points();
    let law = measured.law(0);
    if let Some(law) = &law {
        measured.allow_for_misfit(law);
    }
    let refits: Vec<Refit> = (0..REFITS).filter_map(|refit| measured.refit(refit)).collect();
    let (Some(law), false) = (law, refits.is_empty()) else {
        let note = "no useful forecast can be made: fewer than three sizes could be trained on".to_string();
        return LearningCurve { points, fit: None, forecast: Vec::new(), useful: false, note };
    };
    let (first, last) = (points[0], points[points.len() - 1]);
    let forecast: Vec<Forecast> = TIMES
        .iter()
        .enumerate()
        .map(|(at, &times)| {
            let (now, then) = (last.rows as f64, (last.rows * times) as f64);
            let ends = |value: f64, of: &dyn Fn(&Refit) -> f64| {
                let mut all: Vec<f64> = refits.iter().map(of).collect();
                all.sort_by(f64::total_cmp);
                Interval { value, low: quantile(&all, TAIL).min(value), high: quantile(&all, 1.0 - TAIL).max(value) }
            };
            Forecast {
                times,
                rows: last.rows * times,
                error: ends(law.error(then), &|refit| refit.errors[at]),
                gain: ends(law.error(now) - law.error(then), &|refit| refit.gains[at]),
            }
        })
        .collect();
    let unit = Unit::of_task(task);
    let falling = refits.iter().filter(|refit| refit.fall > 0.0).count() as f64;
    let falls = law.alpha > 0.0 && falling >= (1.0 - TAIL) * refits.len() as f64;
    let (useful, note) = match falls {
        true => judged(&forecast[0], margin(task, last.error), unit),
        false => (false, flat(&first, &last, unit)),
    };
    LearningCurve { points, fit: Some(law).filter(|law| law.alpha > 0.0), forecast, useful, note }
}

/// What is said of a curve that does not fall.
fn flat(first: &CurvePoint, last: &CurvePoint, unit: Unit) -> String {
    format!(
        "no useful forecast can be made: from {} to {} rows dev error does not surely fall ({} to {})",
        thousands(first.rows),
        thousands(last.rows),
        unit.error(first.error),
        unit.error(last.error)
    )
}

/// Whether what twice the rows bring is known well enough to decide by, and what it comes to.
///
/// The interval of the gain may be as wide as the margin to either side: δ is the smallest difference worth acting on.
fn judged(twice: &Forecast, delta: f64, unit: Unit) -> (bool, String) {
    let gain = unit.difference_with_interval(twice.gain);
    if twice.gain.high - twice.gain.low > 2.0 * delta {
        let note = format!(
            "no useful forecast can be made: what twice the rows would take off is known to {gain} only, where {} decide",
            unit.difference(delta)
        );
        return (false, note);
    }
    let said = match twice.gain {
        Interval { low, .. } if low > delta => "more rows are worth their price",
        Interval { high, .. } if high < delta => "more rows alone are not the next step",
        _ => "worth it where rows are cheap",
    };
    (true, format!("twice the rows would take off {gain}: {said}"))
}

/// One refit.
struct Refit {
    /// Error of the smallest size less that of the largest.
    fall: f64,
    /// For each of `TIMES` the error of one training, and what the law takes off.
    errors: [f64; TIMES.len()],
    gains: [f64; TIMES.len()],
}

/// What is measured of the sizes, in the units that refits draw.
struct Curve {
    task: Task,
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

impl Curve {
    fn measure(task: Task, dev: &LossRows, sizes: &[CurveSample], seed: u64) -> Curve {
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
            of_mean(task, sum / weights.iter().sum::<f64>())
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
        Curve {
            task,
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

    fn points(&self) -> Vec<CurvePoint> {
        let point = |at: usize| CurvePoint { rows: self.rows[at], error: self.errors[at], spread: self.spreads[at] };
        (0..self.rows.len()).map(point).collect()
    }

    fn variance(&self, at: usize) -> f64 {
        // An error of 0 is no more exact than the others: what keeps a point from ruling the fit never falls to nothing.
        let scale = self.errors[at].max(self.errors.iter().copied().fold(0.0, f64::max) / 4.0);
        self.smoothed[at].powi(2) / self.draws[at] as f64 + (CLOSEST * scale).powi(2)
    }

    /// The law of the sizes from `first` on.
    fn law(&self, first: usize) -> Option<PowerLaw> {
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
    fn allow_for_misfit(&mut self, law: &PowerLaw) {
        let left = |at: usize| (self.errors[at] - law.error(self.rows[at] as f64)).powi(2) / self.variance(at);
        let freedom = self.rows.len() as f64 - 3.0;
        if freedom >= 1.0 {
            let wider = ((0..self.rows.len()).map(left).sum::<f64>() / freedom).sqrt().max(1.0);
            self.misfit = wider;
        }
    }

    fn refit(&self, refit: u64) -> Option<Refit> {
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
                let error = of_mean(self.task, sum(&self.losses[at]) / weight) + self.shift(at);
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
            if self.task.is_classification() { error.clamp(0.0, 1.0) } else { error.max(0.0) }
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
        self.errors[at] - of_mean(self.task, self.losses[at].iter().sum::<f64>() / weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [(u64, usize); 5] = [(125, 8), (250, 6), (500, 5), (1_000, 4), (2_000, 3)];

    /// Trainings whose error follows `law`, each off by its own share, on `rows` dev rows of differing difficulty.
    fn curve(law: PowerLaw, rows: u64, off: f64, seed: u64) -> Vec<CurveSample> {
        let stream = |lane| Stream::new(seed, Purpose::Demo, lane);
        let mut lane = 0;
        SIZES
            .map(|(size, draws)| CurveSample {
                rows: size,
                draws: (0..draws)
                    .map(|_| {
                        lane += 1;
                        let error = law.error(size as f64) * (1.0 + off * stream(lane).normal(0));
                        // A row is wrong where it is harder than the network is good; a third of that is chance.
                        let wrong = |row: u64| {
                            let hard = stream(0).uniform(row);
                            let chance = stream(lane).uniform(1 + row);
                            if row.is_multiple_of(3) { chance < error } else { hard < error }
                        };
                        (0..rows).map(|row| f64::from(wrong(row))).collect()
                    })
                    .collect(),
            })
            .to_vec()
    }

    fn of(law: PowerLaw, rows: u64, seed: u64) -> LearningCurve {
        learning_curve(Task::Binary, &LossRows::default(), &curve(law, rows, 0.05, seed), seed)
    }

    #[test]
    fn ninety_percent_intervals_hold_the_truth_of_power_laws_at_least_four_times_in_five() {
        let (mut held, mut all) = ([0, 0], 0);
        for seed in 0..200 {
            let pick = |index| Stream::new(seed, Purpose::Demo, 1 << 20).uniform(index);
            let beta = -0.25 - 0.75 * pick(0);
            let law = PowerLaw { alpha: 0.2 * 125f64.powf(-beta), beta, gamma: 0.05 + 0.15 * pick(1) };
            let found = of(law, 400, seed);
            all += usize::from(!found.forecast.is_empty());
            for (held, forecast) in held.iter_mut().zip(&found.forecast) {
                let truth = law.error(forecast.rows as f64);
                *held += usize::from(forecast.error.low <= truth && truth <= forecast.error.high);
            }
        }
        println!("proof: forecasts: of {all} curves 2x held {}, 4x held {}", held[0], held[1]);
        assert!(all >= 190, "{all}");
        assert!(held.iter().all(|&held| held * 5 >= all * 4), "{held:?} of {all}");
    }

    #[test]
    fn a_steep_curve_on_many_dev_rows_is_worth_more_rows() {
        let found = of(PowerLaw { alpha: 4.0, beta: -0.5, gamma: 0.02 }, 4_000, 1);
        assert!(found.useful, "{found:?}");
        assert!(found.note.contains("more rows are worth their price"), "{}", found.note);
        let [twice, four] = found.forecast[..] else { panic!("{:?}", found.forecast) };
        assert_eq!((twice.rows, four.rows), (4_000, 8_000));
        assert!(four.error.value < twice.error.value && four.gain.value > twice.gain.value);
    }

    #[test]
    fn a_curve_at_its_end_says_that_more_rows_bring_nothing() {
        let found = of(PowerLaw { alpha: 300.0, beta: -1.5, gamma: 0.1 }, 4_000, 2);
        assert!(found.useful && found.note.contains("not the next step"), "{found:?}");
    }

    #[test]
    fn an_error_that_falls_to_nothing_falls() {
        let draws = |rows: u64, wrong: &[usize]| CurveSample {
            rows,
            draws: wrong.iter().map(|&wrong| (0..200).map(|row| f64::from(row < wrong)).collect()).collect(),
        };
        let sizes = [
            draws(33, &[14, 8, 20, 12, 16, 15, 22, 9]),
            draws(66, &[1, 0, 9, 2, 0, 2]),
            draws(133, &[0, 1, 0, 0, 0]),
            draws(267, &[0; 4]),
            draws(535, &[0; 3]),
        ];
        let found = learning_curve(Task::Binary, &LossRows::default(), &sizes, 0);
        assert!(!found.note.contains("does not surely fall"), "{found:?}");
    }

    #[test]
    fn no_forecast_is_made_of_a_curve_that_does_not_fall() {
        let found = of(PowerLaw { alpha: 0.0, beta: -1.0, gamma: 0.25 }, 400, 3);
        assert!(!found.useful, "{found:?}");
        // What is not to be decided by is told all the same: about the error there is.
        assert!((found.forecast[0].error.value - 0.25).abs() < 0.05, "{found:?}");
        assert!(found.note.starts_with("no useful forecast can be made: from 125 to 2,000"), "{}", found.note);
    }

    #[test]
    fn no_useful_forecast_is_made_where_draws_differ_too_much() {
        let law = PowerLaw { alpha: 1.5, beta: -0.3, gamma: 0.0 };
        let noisy = learning_curve(Task::Binary, &LossRows::default(), &curve(law, 60, 0.6, 4), 4);
        assert!(!noisy.useful && noisy.note.starts_with("no useful forecast"), "{noisy:?}");
    }

    #[test]
    fn errors_of_numbers_are_roots_and_few_sizes_are_no_curve() {
        let size = |rows: u64, rmse: f64| CurveSample {
            rows,
            draws: vec![vec![rmse * rmse; 50], vec![rmse * rmse * 1.02; 50]],
        };
        let few = learning_curve(Task::Regression, &LossRows::default(), &[size(10, 3.0), size(20, 2.0)], 0);
        assert!((few.points[0].error - 3.0).abs() < 0.05);
        assert!(few.fit.is_none() && !few.useful);
    }
}
