//! Intervals of error rates, and what differences a number of rows can detect.

use statrs::distribution::{ContinuousCDF, Normal};

use super::Interval;

/// The 97.5% point of the standard normal: two-sided 95%.
pub const Z95: f64 = 1.959_963_984_540_054;

// The 80% point of the standard normal: the power asked of a detectable difference.
const Z_POWER: f64 = 0.841_621_233_572_914_2;

/// The 95% score interval of an error rate: `errors` wrong of `rows`.
///
/// Without rows everything is possible: [0, 1].
/// Source: Wilson 1927, *J. Am. Stat. Assoc.* 22; method 3 of Newcombe 1998, *Statistics in Medicine* 17:857.
pub fn wilson(errors: u64, rows: u64) -> Interval {
    if rows == 0 {
        return Interval { value: 0.0, low: 0.0, high: 1.0 };
    }
    wilson_of_rate(errors as f64 / rows as f64, rows as f64, Z95)
}

/// The score interval of a share, as [`wilson`], that misses it with probability `miss`: 0.05 for 95%.
///
/// Of k intervals each of which misses with probability 0.05/k, all hold together in 95% of cases (Bonferroni).
pub fn wilson_missing(hits: u64, rows: u64, miss: f64) -> Interval {
    if rows == 0 {
        return Interval { value: 0.0, low: 0.0, high: 1.0 };
    }
    let z = Normal::standard().inverse_cdf(1.0 - miss / 2.0);
    wilson_of_rate(hits as f64 / rows as f64, rows as f64, z)
}

fn wilson_of_rate(rate: f64, rows: f64, z: f64) -> Interval {
    let z2 = z * z;
    let middle = (rate + z2 / (2.0 * rows)) / (1.0 + z2 / rows);
    let half = z / (1.0 + z2 / rows) * (rate * (1.0 - rate) / rows + z2 / (4.0 * rows * rows)).sqrt();
    // The ends at 0 and 1 are exact in theory; rounding must not push them past the value.
    let low = if rate <= 0.0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if rate >= 1.0 { 1.0 } else { (middle + half).min(1.0) };
    Interval { value: rate, low, high }
}

/// The 95% interval of the difference `first - second` of two independent quantities from their own intervals.
///
/// Source: method 10 of Newcombe 1998, *Statistics in Medicine* 17:873 (hybrid score); for other quantities Zou and
/// Donner 2008 ("MOVER").
pub fn difference(first: Interval, second: Interval) -> Interval {
    let value = first.value - second.value;
    let below = (first.value - first.low).hypot(second.high - second.value);
    let above = (first.high - first.value).hypot(second.value - second.low);
    Interval { value, low: value - below, high: value + above }
}

/// The smallest rise above an error rate that `rows` rows detect: two-sided 95%, with a power of 80%.
///
/// Solves d·√n = z₀.₉₇₅·√(p(1−p)) + z₀.₈·√((p+d)(1−p−d)); a rate of 0 counts as one error in `rows`.
pub fn detectable_difference(rate: f64, rows: u64) -> f64 {
    if rows == 0 {
        return 1.0;
    }
    let n = rows as f64;
    let rate = rate.clamp((1.0 / n).min(0.5), 1.0);
    let spread = |p: f64| (p * (1.0 - p)).max(0.0).sqrt();
    let reaches = |d: f64| d * n.sqrt() >= Z95 * spread(rate) + Z_POWER * spread((rate + d).min(1.0));
    let (mut low, mut high) = (0.0, 1.0);
    // 40 halvings: 1e-12 of a rate.
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if reaches(middle) { high = middle } else { low = middle }
    }
    high
}

/// The fewest rows that detect a rise of `difference` above an error rate, in the sense of [`detectable_difference`].
///
/// Panics if `difference` is not above 0 (a bug in the caller).
pub fn rows_to_detect(rate: f64, difference: f64) -> u64 {
    assert!(difference > 0.0, "the difference must be above 0");
    fewest(|rows| detectable_difference(rate, rows) <= difference)
}

/// The smallest rise of an RMSE that `rows` rows detect, as a share of it: two-sided 95%, with a power of 80%.
///
/// For errors that are normal, whose RMSE has a relative deviation of 1/√(2n); heavier tails need more rows.
pub fn detectable_share_of_rmse(rows: u64) -> f64 {
    (Z95 + Z_POWER) / (2.0 * rows as f64).sqrt()
}

/// The fewest rows that detect a rise of an RMSE by `share` of it, in the sense of [`detectable_share_of_rmse`].
pub fn rows_to_detect_share_of_rmse(share: f64) -> u64 {
    (0.5 * ((Z95 + Z_POWER) / share).powi(2)).ceil() as u64
}

/// The fewest rows whose 95% interval of an error rate is at most `half_width` to either side on average.
///
/// Panics if `half_width` is not above 0 (a bug in the caller).
pub fn rows_for_half_width(rate: f64, half_width: f64) -> u64 {
    assert!(half_width > 0.0, "the half-width must be above 0");
    let reaches = |rows: u64| {
        let interval = wilson_of_rate(rate, rows as f64, Z95);
        (interval.high - interval.low) / 2.0 <= half_width
    };
    fewest(reaches)
}

/// The fewest rows that reach something which more rows reach as well.
fn fewest(reaches: impl Fn(u64) -> bool) -> u64 {
    let mut high = 1_u64;
    while !reaches(high) && high < 1 << 50 {
        high *= 2;
    }
    let mut low = high / 2;
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if reaches(middle) { high = middle } else { low = middle }
    }
    high
}

/// A count rounded up to two significant digits, for counts that are themselves estimates.
pub fn rounded_up(count: f64) -> u64 {
    if count < 10.0 {
        return count.max(0.0).ceil() as u64;
    }
    let step = 10f64.powi(count.log10().floor() as i32 - 1);
    // 1e-9: a count that is already round stays as it is.
    ((count / step - 1e-9).ceil() * step) as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn close(interval: Interval, low: f64, high: f64) {
        // 5e-5: the papers print four decimals.
        assert!((interval.low - low).abs() < 5e-5 && (interval.high - high).abs() < 5e-5, "{interval:?}");
    }

    #[test]
    fn wilson_gives_the_published_intervals() {
        // Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
        close(wilson(81, 263), 0.2553, 0.3662);
        close(wilson(15, 148), 0.0624, 0.1605);
        close(wilson(0, 20), 0.0, 0.1611);
        close(wilson(1, 29), 0.0061, 0.1718);
    }

    #[test]
    fn the_hybrid_score_gives_the_published_differences() {
        // Newcombe 1998, Statistics in Medicine 17:873, table II, method 10.
        let newcombe = |a, m, b, n| difference(wilson(a, m), wilson(b, n));
        close(newcombe(56, 70, 48, 80), 0.0524, 0.3339);
        close(newcombe(9, 10, 3, 10), 0.1705, 0.8090);
        close(newcombe(6, 7, 2, 7), 0.0582, 0.8062);
        close(newcombe(5, 56, 0, 29), -0.0381, 0.1926);
        close(newcombe(0, 10, 0, 20), -0.1611, 0.2775);
        close(newcombe(0, 10, 0, 10), -0.2775, 0.2775);
        close(newcombe(10, 10, 0, 20), 0.6791, 1.0);
        close(newcombe(10, 10, 0, 10), 0.6075, 1.0);
    }

    #[test]
    fn no_rows_and_extreme_counts_stay_in_bounds() {
        assert_eq!(wilson(0, 0), Interval { value: 0.0, low: 0.0, high: 1.0 });
        assert_eq!(wilson(7, 7).high, 1.0);
        assert_eq!(detectable_difference(0.2, 0), 1.0);
        assert!(detectable_difference(0.0, 1) <= 1.0);
    }

    #[test]
    fn a_detected_difference_is_detected_four_times_in_five() {
        // Textbook sample size for p0 = 0.5 against p1 = 0.6 (one sample, 95%, 80%): 194 rows (Fleiss et al. 2003).
        assert!((detectable_difference(0.5, 194) - 0.1).abs() < 1e-3);
    }

    #[test]
    fn the_rows_asked_for_detect_the_difference_and_not_with_a_row_fewer() {
        for (rate, wanted) in [(0.24, 0.01), (0.5, 0.1), (0.02, 0.005)] {
            let rows = rows_to_detect(rate, wanted);
            assert!(detectable_difference(rate, rows) <= wanted, "{rate} {rows}");
            assert!(detectable_difference(rate, rows - 1) > wanted, "{rate} {rows}");
        }
        // 0.5 · (2.8016 / 0.05)²
        assert_eq!(rows_to_detect_share_of_rmse(0.05), 1_570);
        assert!((detectable_share_of_rmse(1_570) - 0.05).abs() < 1e-5);
    }

    #[test]
    fn an_interval_that_misses_less_often_is_wider_and_the_usual_one_is_the_95_percent_one() {
        let (usual, wide) = (wilson_missing(81, 263, 0.05), wilson_missing(81, 263, 0.025));
        // 1e-9: the quantile is computed.
        assert!((usual.low - wilson(81, 263).low).abs() < 1e-9 && (usual.high - wilson(81, 263).high).abs() < 1e-9);
        assert!(wide.low < usual.low && wide.high > usual.high && wide.value == usual.value);
        assert_eq!(wilson_missing(0, 0, 0.01), wilson(0, 0));
    }

    #[test]
    fn the_wanted_half_width_is_reached_and_not_with_a_row_fewer() {
        for (rate, wanted) in [(0.2, 0.01), (0.01, 0.002), (0.0, 0.05)] {
            let rows = rows_for_half_width(rate, wanted);
            let half = |rows: u64| {
                let interval = wilson_of_rate(rate, rows as f64, Z95);
                (interval.high - interval.low) / 2.0
            };
            assert!(half(rows) <= wanted && half(rows - 1) > wanted, "{rate} {rows}");
        }
    }

    proptest! {
        #[test]
        fn an_interval_holds_its_rate_and_lies_between_none_and_all(errors in 0_u64..5_000, right in 0_u64..5_000) {
            let interval = wilson(errors, errors + right);
            prop_assert!(0.0 <= interval.low && interval.low <= interval.value);
            prop_assert!(interval.value <= interval.high && interval.high <= 1.0);
        }

        #[test]
        fn a_difference_turned_round_is_the_same_interval_turned_round(
            a in 0_u64..300, m in 1_u64..300, b in 0_u64..300, n in 1_u64..300
        ) {
            let (first, second) = (wilson(a.min(m), m), wilson(b.min(n), n));
            let (there, back) = (difference(first, second), difference(second, first));
            prop_assert_eq!((there.low, there.high), (-back.high, -back.low));
            prop_assert!(-1.0 - 1e-12 <= there.low && there.high <= 1.0 + 1e-12);
        }

        #[test]
        fn more_rows_detect_smaller_differences(rate in 0.0_f64..0.9, rows in 10_u64..100_000) {
            prop_assert!(detectable_difference(rate, 2 * rows) < detectable_difference(rate, rows));
        }
    }

    #[test]
    fn estimated_counts_round_up_to_two_digits() {
        assert_eq!(rounded_up(5_123.0), 5_200);
        assert_eq!(rounded_up(5_200.0), 5_200);
        assert_eq!(rounded_up(7.2), 8);
    }
}
