//! Which rate a range test speaks for.

use super::range_test::RangePoint;

/// Share of the points, from the smallest rate up, at which nothing has moved yet.
const STILL: f64 = 0.1;
/// A fall of fewer deviations of the still part than this is noise.
const DEVIATIONS: f64 = 3.0;
/// A fall of a smaller share of the loss than this is no training, also where weights at zero make no noise to begin with.
const LEAST: f64 = 0.01;
/// Share of its fall that the loss has made in the valley.
const DONE: f64 = 0.9;
/// The middle of the valley over this is the rate that is chosen.
const BELOW_THE_VALLEY: f64 = 10.0;

/// A rate, and what it follows from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RangeChoice {
    /// The rate, to two digits: a tenth of the middle of the valley.
    pub rate: f64,
    /// The middle, on a logarithm, of the rates at which nine tenths of the fall or more are done.
    pub valley: f64,
    /// The loss where nothing has moved yet.
    pub start: f64,
    /// The lowest loss.
    pub lowest: f64,
}

/// A tenth of the rate in the middle of the valley of the loss; `None` if no rate lowered the loss by more than batches
/// differ, or by a hundredth.
///
/// At the lowest loss a growing rate stops paying, and a tenth of that rate is the customary distance from it. The lowest
/// point itself moves by up to ten times with the seed, since valleys are flat; the middle of all points within a tenth
/// of the fall above it moves by less than three. The steepest point, the other custom, is a difference of neighbours,
/// at times of the first steps' noise, and half of the fall, which is near it without noise, speaks for rates far below
/// those that train best: `benchmarks/NOTES.md` has the figures.
pub fn choose_rate(points: &[RangePoint]) -> Option<RangeChoice> {
    let still = (points.len() as f64 * STILL).ceil() as usize;
    let (start, spread) = mean_and_deviation(points[..still].iter().map(|point| point.loss));
    let lowest = points.iter().map(|point| point.loss).fold(f64::INFINITY, f64::min);
    let fall = start - lowest;
    // Also where a loss is not finite, or there is none.
    if fall.is_nan() || fall <= (DEVIATIONS * spread).max(LEAST * start.abs()) {
        return None;
    }
    let is_in_valley = |point: &&RangePoint| point.loss <= start - DONE * fall;
    let (middle, _) = mean_and_deviation(points.iter().filter(is_in_valley).map(|point| point.rate.ln()));
    let valley = middle.exp();
    Some(RangeChoice { rate: two_digits(valley / BELOW_THE_VALLEY), valley, start, lowest })
}

/// NaN of nothing.
fn mean_and_deviation(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / count;
    let square = values.map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    (mean, square.sqrt())
}

/// The number as one would type it: 0.0032 for 0.0031623.
fn two_digits(rate: f64) -> f64 {
    format!("{rate:.1e}").parse().unwrap_or(rate)
}

#[cfg(test)]
mod tests {
    use wellfit_kernels::random::{Purpose, Stream};

    use super::*;

    /// A loss that falls from 0.7 to 0.4 around a rate of 0.01 and rises again from 1 on, with noise of batches that is
    /// averaged over ten steps, as a range test gives it.
    fn valley(noise: f64, lane: u64) -> Vec<RangePoint> {
        let draws = Stream::new(7, Purpose::Sample, lane);
        let mut disturbance = 0.0;
        let point = |i: u64| {
            let power = i as f64 / 25.0 - 7.0;
            let rate = 10f64.powf(power);
            let fall = 0.3 / (1.0 + (-4.0 * (power + 2.0)).exp());
            disturbance = 0.9 * disturbance + 0.1 * noise * draws.normal(i);
            RangePoint { rate, loss: 0.7 - fall + (rate - 1.0).max(0.0) + disturbance }
        };
        (0..190).map(point).collect()
    }

    #[test]
    fn the_rate_is_a_tenth_of_the_middle_of_the_valley() {
        let chosen = choose_rate(&valley(0.0, 0)).unwrap();
        // The valley goes from 10^(-2 + ln 9 / 4) = 0.035 to where it has risen by 0.03, 1.03: its middle is 0.19.
        assert!((chosen.valley - 0.19).abs() < 0.01, "{chosen:?}");
        assert_eq!(chosen.rate, 0.019);
        // A twentieth of a thousandth of the fall is left at the largest rates before the rise.
        assert!((chosen.start - 0.7).abs() < 1e-6 && (chosen.lowest - 0.4).abs() < 1e-3, "{chosen:?}");
    }

    #[test]
    fn noise_of_batches_moves_it_by_less_than_a_factor_of_two() {
        for lane in 0..50 {
            // A tenth of the fall in each batch.
            let chosen = choose_rate(&valley(0.03, lane)).unwrap();
            assert!((0.0095..=0.038).contains(&chosen.rate), "{lane}: {chosen:?}");
        }
    }

    #[test]
    fn a_fall_that_goes_on_to_the_last_rate_speaks_for_a_tenth_of_the_last_rates() {
        let rates = (0..=80).map(|i| 10f64.powf(f64::from(i) / 10.0 - 7.0));
        let points: Vec<_> = rates.map(|rate| RangePoint { rate, loss: 1.0 - (rate / 10.0).powi(2) }).collect();
        // Nine tenths are done from 9.5 on: the last point alone.
        assert_eq!(choose_rate(&points).map(|chosen| chosen.rate), Some(1.0));
    }

    #[test]
    fn noise_alone_is_no_fall() {
        let still = valley(0.0, 0).into_iter().enumerate();
        let flat: Vec<_> =
            still.map(|(i, point)| RangePoint { loss: if i % 2 == 0 { 0.7 } else { 0.71 }, ..point }).collect();
        assert_eq!(choose_rate(&flat), None);
        assert_eq!(choose_rate(&[]), None);
        assert_eq!(choose_rate(&[RangePoint { rate: 1e-7, loss: 0.7 }]), None);
        assert_eq!(choose_rate(&[RangePoint { rate: 1e-7, loss: f64::NAN }]), None);
    }
}
