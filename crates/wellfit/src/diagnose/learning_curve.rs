//! Dev error over the rows trained on, and what it says of more rows.

use serde::{Deserialize, Serialize};

use super::bootstrap::quantile;
use super::curve_refits::{CurvePoint, CurveSample, MeasuredCurve, Refit, TIMES};
use super::power_law::PowerLaw;
use super::{Interval, LossRows, margin};
use crate::train::Metric;

/// Refits that an interval is made of.
const REFITS: u64 = 500;
/// Half the share of refits that a 90% interval leaves out.
const TAIL: f64 = 0.05;

/// The curve, and what it forecasts.
#[derive(Clone, Debug, PartialEq)]
pub struct LearningCurve {
    /// The sizes measured, ascending.
    pub points: Vec<CurvePoint>,
    /// The law fitted to them; `None` where the best one does not fall.
    pub fit: Option<PowerLaw>,
    /// Dev error with more rows; empty where fewer than three sizes were measured.
    pub forecast: Vec<Forecast>,
    /// What the forecast comes to.
    pub outlook: Outlook,
}

/// What a learning curve says of more rows.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Outlook {
    /// Fewer than three sizes could be trained on.
    TooFewSizes,
    /// Dev error does not fall significantly with more rows.
    NotFalling,
    /// What twice the rows bring is not known to within this margin δ.
    TooUncertain(f64),
    /// Twice the rows lower the error by more than the margin.
    Worthwhile,
    /// Twice the rows lower the error by less than the margin.
    NotWorthwhile,
    /// Twice the rows may lower the error by more than the margin or not.
    WorthwhileIfCheap,
}

impl LearningCurve {
    /// Whether the forecast is one to decide by.
    pub fn useful(&self) -> bool {
        matches!(self.outlook, Outlook::Worthwhile | Outlook::NotWorthwhile | Outlook::WorthwhileIfCheap)
    }
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
/// `rarer` is that of [`margin`]. `dev` gives weights and groups of the dev rows; its losses are not looked at. The 90% interval is made of refits. In
/// each, dev rows (whole groups) are resampled, the same for all sizes; the draws of every size are resampled from the
/// pooled deviations; and the smallest size is left out every other time, since small sizes may not follow the law yet
/// (Hestness et al. 2017, figure 6; Mohr and van Rijn 2022 and LCDB, Mohr et al. 2022: many curves keep to a power law, and
/// extrapolation errs most where the first sizes do not). What the law leaves unexplained widens the deviations.
pub fn learning_curve(metric: Metric, rarer: f64, dev: &LossRows, sizes: &[CurveSample], seed: u64) -> LearningCurve {
    let mut measured = MeasuredCurve::measure(metric, dev, sizes, seed);
    let points = measured.points();
    let law = measured.law(0);
    if let Some(law) = &law {
        measured.allow_for_misfit(law);
    }
    let refits: Vec<Refit> = (0..REFITS).filter_map(|refit| measured.refit(refit)).collect();
    let (Some(law), false) = (law, refits.is_empty()) else {
        return LearningCurve { points, fit: None, forecast: Vec::new(), outlook: Outlook::TooFewSizes };
    };
    let last = points[points.len() - 1];
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
    let falling = refits.iter().filter(|refit| refit.fall > 0.0).count() as f64;
    let falls = law.alpha > 0.0 && falling >= (1.0 - TAIL) * refits.len() as f64;
    let outlook =
        if falls { outlook(forecast[0].gain, margin(metric, rarer, last.error)) } else { Outlook::NotFalling };
    LearningCurve { points, fit: Some(law).filter(|law| law.alpha > 0.0), forecast, outlook }
}

/// Whether what twice the rows bring is known well enough to decide by, and what it comes to.
///
/// The interval of the gain may be as wide as the margin to either side: δ is the smallest difference worth acting on.
fn outlook(gain: Interval, delta: f64) -> Outlook {
    match gain {
        Interval { low, high, .. } if high - low > 2.0 * delta => Outlook::TooUncertain(delta),
        Interval { low, .. } if low > delta => Outlook::Worthwhile,
        Interval { high, .. } if high < delta => Outlook::NotWorthwhile,
        _ => Outlook::WorthwhileIfCheap,
    }
}

#[cfg(test)]
mod tests {
    use wellfit_kernels::random::{Purpose, Stream};

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
        learning_curve(Metric::Error, 0.5, &LossRows::default(), &curve(law, rows, 0.05, seed), seed)
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
        assert_eq!(found.outlook, Outlook::Worthwhile);
        let [twice, four] = found.forecast[..] else { panic!("{:?}", found.forecast) };
        assert_eq!((twice.rows, four.rows), (4_000, 8_000));
        assert!(four.error.value < twice.error.value && four.gain.value > twice.gain.value);
    }

    #[test]
    fn a_curve_at_its_end_says_that_more_rows_bring_nothing() {
        let found = of(PowerLaw { alpha: 300.0, beta: -1.5, gamma: 0.1 }, 4_000, 2);
        assert!(found.outlook == Outlook::NotWorthwhile, "{found:?}");
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
        let found = learning_curve(Metric::Error, 0.5, &LossRows::default(), &sizes, 0);
        assert_ne!(found.outlook, Outlook::NotFalling);
    }

    #[test]
    fn no_forecast_is_made_of_a_curve_that_does_not_fall() {
        let found = of(PowerLaw { alpha: 0.0, beta: -1.0, gamma: 0.25 }, 400, 3);
        assert_eq!(found.outlook, Outlook::NotFalling);
        // A forecast that is not useful is returned all the same: about the present error.
        assert!((found.forecast[0].error.value - 0.25).abs() < 0.05, "{found:?}");
    }

    #[test]
    fn no_useful_forecast_is_made_where_draws_differ_too_much() {
        let law = PowerLaw { alpha: 1.5, beta: -0.3, gamma: 0.0 };
        let noisy = learning_curve(Metric::Error, 0.5, &LossRows::default(), &curve(law, 60, 0.6, 4), 4);
        assert!(!noisy.useful(), "{noisy:?}");
    }

    #[test]
    fn errors_of_numbers_are_roots_and_few_sizes_are_no_curve() {
        let size = |rows: u64, rmse: f64| CurveSample {
            rows,
            draws: vec![vec![rmse * rmse; 50], vec![rmse * rmse * 1.02; 50]],
        };
        let few = learning_curve(Metric::Rmse, 0.5, &LossRows::default(), &[size(10, 3.0), size(20, 2.0)], 0);
        assert!((few.points[0].error - 3.0).abs() < 0.05);
        assert!(few.fit.is_none() && few.outlook == Outlook::TooFewSizes);
    }
}
