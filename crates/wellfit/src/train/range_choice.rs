//! Which rate a range test speaks for.

use super::range_test::RangePoint;

/// Share of the points, from the smallest rate up, at which nothing has moved yet.
const STILL: f64 = 0.1;
/// A fall of fewer deviations of the still part than this is noise.
const DEVIATIONS: f64 = 4.0;
/// Share of its fall that the loss has made at the rate that is chosen.
const OF_THE_FALL: f64 = 0.5;
/// The rate at the lowest loss over this is the most that is chosen.
const BELOW_LOWEST: f64 = 10.0;

/// What the points of a range test say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RangeChoice {
    /// A rate, and what it follows from.
    Rate {
        /// The rate, to two digits.
        rate: f64,
        /// The loss where nothing has moved yet.
        start: f64,
        /// The lowest loss.
        lowest: RangePoint,
        /// Whether a tenth of the rate at the lowest loss decided, rather than half of the fall.
        capped: bool,
    },
    /// No rate lowered the loss by more than batches differ.
    NoFall,
}

/// The rate at which the loss has made half of its way down, but at most a tenth of the rate at which it is lowest.
///
/// A falling loss is S-shaped over the logarithm of the rate, and steepest where half of it is done. The point where a
/// level is crossed for the last time before the lowest loss is found from a value, the steepest point from a
/// difference of neighbours, which batches disturb many times more. The tenth is the customary distance from the rate
/// at which growing steps no longer pay.
pub fn choose_rate(points: &[RangePoint]) -> RangeChoice {
    let still = (points.len() as f64 * STILL).ceil() as usize;
    let (start, spread) = mean_and_deviation(&points[..still]);
    let Some((at, lowest)) = points.iter().enumerate().min_by(|a, b| a.1.loss.total_cmp(&b.1.loss)) else {
        return RangeChoice::NoFall;
    };
    let fall = start - lowest.loss;
    // 1e-6 of the loss: less is rounding.
    if fall.is_nan() || fall <= (DEVIATIONS * spread).max(1e-6 * start.abs()) {
        return RangeChoice::NoFall;
    }
    let level = start - OF_THE_FALL * fall;
    let crossing = points[..at].iter().rposition(|point| point.loss > level).map_or(0, |above| above + 1);
    let (half_way, cap) = (points[crossing].rate, lowest.rate / BELOW_LOWEST);
    RangeChoice::Rate { rate: two_digits(half_way.min(cap)), start, lowest: *lowest, capped: cap < half_way }
}

fn mean_and_deviation(points: &[RangePoint]) -> (f64, f64) {
    let count = points.len().max(1) as f64;
    let mean = points.iter().map(|point| point.loss).sum::<f64>() / count;
    let square = points.iter().map(|point| (point.loss - mean).powi(2)).sum::<f64>() / count;
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

    /// An S from 0.7 down to 0.4 around 0.01, up again from 0.3 on, with noise that is averaged over ten steps, as a range
    /// test gives it.
    fn s_curve(noise: f64, lane: u64) -> Vec<RangePoint> {
        let draws = Stream::new(7, Purpose::Sample, lane);
        let mut disturbance = 0.0;
        let point = |i: u64| {
            let power = i as f64 / 25.0 - 7.0;
            let rate = 10f64.powf(power);
            let fall = 0.3 / (1.0 + (-4.0 * (power + 2.0)).exp());
            disturbance = 0.9 * disturbance + 0.1 * noise * draws.normal(i);
            RangePoint { rate, loss: 0.7 - fall + 3.0 * (rate - 0.3).max(0.0) + disturbance }
        };
        (0..190).map(point).collect()
    }

    fn rate(points: &[RangePoint]) -> f64 {
        match choose_rate(points) {
            RangeChoice::Rate { rate, .. } => rate,
            RangeChoice::NoFall => panic!("no fall in {points:?}"),
        }
    }

    #[test]
    fn the_rate_is_where_half_of_the_fall_is_done() {
        // The middle of the S, to the two digits that are given, a point late at most: 10^(1/25) = 1.1.
        let rate = rate(&s_curve(0.0, 0));
        assert!((0.01..=0.011).contains(&rate), "{rate}");
    }

    #[test]
    fn noise_of_batches_moves_it_by_less_than_a_factor_of_two() {
        for lane in 0..50 {
            // A tenth of the fall in each batch, twice what telco_churn's batches of 128 have.
            let rate = rate(&s_curve(0.03, lane));
            assert!((0.005..=0.02).contains(&rate), "{lane}: {rate}");
        }
    }

    #[test]
    fn a_fall_that_goes_on_to_the_last_rate_is_capped_at_a_tenth_of_it() {
        let points: Vec<_> = (0..=80)
            .map(|i| RangePoint {
                rate: 10f64.powf(f64::from(i) / 10.0 - 7.0),
                loss: 1.0 / (1.0 + f64::from(i).exp2()),
            })
            .collect();
        let RangeChoice::Rate { rate, capped, lowest, .. } = choose_rate(&points) else { panic!() };
        assert!(rate <= lowest.rate / 10.0 * 1.05);
        assert!(!capped, "the fall is early here");
        let late: Vec<_> = points.iter().map(|p| RangePoint { loss: 1.0 - (p.rate / 10.0).powi(2), ..*p }).collect();
        let RangeChoice::Rate { rate, capped, .. } = choose_rate(&late) else { panic!() };
        assert_eq!((rate, capped), (1.0, true));
    }

    #[test]
    fn noise_alone_is_no_fall() {
        let flat = |lane: u64| -> Vec<RangePoint> {
            s_curve(0.03, lane).into_iter().map(|p| RangePoint { loss: p.loss.max(0.7), ..p }).collect()
        };
        assert_eq!(choose_rate(&flat(0)), RangeChoice::NoFall);
        assert_eq!(choose_rate(&[]), RangeChoice::NoFall);
        assert_eq!(choose_rate(&[RangePoint { rate: 1e-7, loss: 0.7 }]), RangeChoice::NoFall);
    }
}
