//! Moments and quantiles of a column of numbers in train.

/// Moments and quantiles of the numbers that are present.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stats {
    /// Numbers present.
    pub count: usize,
    /// Numbers missing.
    pub missing: usize,
    pub mean: f64,
    /// Standard deviation of the population.
    pub deviation: f64,
    pub skewness: f64,
    /// Fourth standardised moment; 3 for a normal distribution.
    pub kurtosis: f64,
    pub min: f64,
    pub max: f64,
    /// Whether every number is the smallest or the largest.
    pub is_two_valued: bool,
    pub q25: f64,
    pub median: f64,
    pub q75: f64,
}

impl Stats {
    /// Of `numbers`, NaN meaning missing; the order of `numbers` is changed.
    ///
    /// Two passes in f64 (mean first), so that large offsets such as timestamps lose no precision.
    pub fn of(numbers: &mut Vec<f64>) -> Stats {
        let rows = numbers.len();
        numbers.retain(|number| !number.is_nan());
        let count = numbers.len();
        let n = count.max(1) as f64;
        let mean = numbers.iter().sum::<f64>() / n;
        let mut moments = [0.0; 3];
        let (mut min, mut max) = (f64::INFINITY, f64::NEG_INFINITY);
        for &number in numbers.iter() {
            let away = number - mean;
            let square = away * away;
            moments[0] += square;
            moments[1] += square * away;
            moments[2] += square * square;
            min = min.min(number);
            max = max.max(number);
        }
        let [variance, third, fourth] = moments.map(|sum| sum / n);
        let spread = variance > 0.0 && min < max;
        Stats {
            count,
            missing: rows - count,
            mean,
            deviation: if min < max { variance.sqrt() } else { 0.0 },
            skewness: if spread { third / variance.powf(1.5) } else { 0.0 },
            kurtosis: if spread { fourth / (variance * variance) } else { 3.0 },
            min,
            max,
            is_two_valued: numbers.iter().all(|&number| number == min || number == max),
            q25: quantile(numbers, 0.25),
            median: quantile(numbers, 0.5),
            q75: quantile(numbers, 0.75),
        }
    }

    /// Whether some numbers are missing and others are not.
    pub fn has_gaps(&self) -> bool {
        self.missing > 0 && self.count > 0
    }

    /// Whether every number present is the same, or none is.
    pub fn is_constant(&self) -> bool {
        self.count == 0 || self.min >= self.max
    }
}

/// The quantile between the two nearest numbers (type 7 of Hyndman and Fan 1996); 0 of no numbers.
fn quantile(numbers: &mut [f64], share: f64) -> f64 {
    let Some(last) = numbers.len().checked_sub(1) else {
        return 0.0;
    };
    let place = share * last as f64;
    let (_, &mut low, above) = numbers.select_nth_unstable_by(place.floor() as usize, f64::total_cmp);
    let high = above.iter().copied().fold(f64::INFINITY, f64::min);
    let part = place.fract();
    if part > 0.0 && high.is_finite() { low + part * (high - low) } else { low }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_quantiles_agree_with_numpy() {
        // numpy: x = [1,2,3,4,10]; mean 4, std 3.1622776601683795, quantiles 2, 3, 4; scipy skew 1.138419957661, kurtosis+3 = 2.788
        let stats = Stats::of(&mut vec![10.0, f64::NAN, 1.0, 4.0, 3.0, 2.0]);
        assert_eq!((stats.count, stats.missing, stats.mean, stats.median), (5, 1, 4.0, 3.0));
        assert_eq!((stats.q25, stats.q75, stats.min, stats.max), (2.0, 4.0, 1.0, 10.0));
        assert!((stats.deviation - 10.0f64.sqrt()).abs() < 1e-12);
        assert!((stats.skewness - 36.0 / 10.0f64.powf(1.5)).abs() < 1e-12);
        assert!((stats.kurtosis - 278.8 / 100.0).abs() < 1e-12);
    }

    #[test]
    fn nothing_and_constants_have_no_spread() {
        assert!(Stats::of(&mut vec![f64::NAN]).is_constant());
        let stats = Stats::of(&mut vec![0.1; 7]);
        assert!(stats.is_constant());
        assert_eq!(stats.deviation, 0.0);
    }
}
