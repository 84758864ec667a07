//! McNemar's test: whether two models err on the same share of the same rows, from the rows on which one of them errs
//! alone.

use serde::Serialize;
use statrs::distribution::{Binomial, DiscreteCDF};

/// The rows on which one of two models errs alone, and how likely such a difference is by chance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct McNemar {
    /// Rows that the reference gets wrong and this model right.
    pub only_reference_wrong: u64,
    /// Rows that this model gets wrong and the reference right.
    pub only_this_wrong: u64,
    /// The exact two-sided p-value; `None` where rows are not independent or weigh differently.
    pub p: Option<f64>,
}

/// The exact two-sided p-value of McNemar's test: were both models equally good, each row on which one errs alone would be
/// a toss of a coin.
///
/// Source: McNemar 1947, *Psychometrika* 12:153; exact as the binomial (sign) test of Fay 2010, *The R Journal* 2:53.
pub fn mcnemar_p(only_first_wrong: u64, only_second_wrong: u64) -> f64 {
    let alone = only_first_wrong.saturating_add(only_second_wrong);
    // A half is a probability: there is always such a distribution.
    Binomial::new(0.5, alone).map_or(1.0, |tosses| (2.0 * tosses.cdf(only_first_wrong.min(only_second_wrong))).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2·ΣC(n, k)/2ⁿ up to the smaller count, term by term.
    fn counted(first: u64, second: u64) -> f64 {
        let n = first + second;
        let mut term = 0.5f64.powi(n as i32);
        let mut sum = 0.0;
        for k in 0..=first.min(second) {
            sum += term;
            term *= (n - k) as f64 / (k + 1) as f64;
        }
        (2.0 * sum).min(1.0)
    }

    #[test]
    fn the_p_value_is_twice_the_smaller_tail_of_tosses_of_a_coin() {
        // 2·(1 + 8)/2⁸.
        assert!((mcnemar_p(1, 7) - 18.0 / 256.0).abs() < 1e-12);
        for (first, second) in [(0, 5), (3, 10), (12, 30), (121, 59), (40, 41)] {
            let (p, expected) = (mcnemar_p(first, second), counted(first, second));
            // The incomplete beta function is a continued fraction, cut at 15 digits.
            assert!((p / expected - 1.0).abs() < 1e-9, "{first} {second}: {p} {expected}");
            assert_eq!(p, mcnemar_p(second, first));
        }
    }

    #[test]
    fn models_that_err_on_the_same_rows_or_evenly_are_told_apart_by_nothing() {
        assert_eq!(mcnemar_p(0, 0), 1.0);
        assert_eq!(mcnemar_p(9, 9), 1.0);
    }

    #[test]
    fn counts_of_millions_have_a_p_value_too() {
        let p = mcnemar_p(1_000_000, 1_002_000);
        // Normal approximation with continuity: z = 1999/√2,002,000 = 1.4128, p = 0.1577.
        assert!((p - 0.1577).abs() < 2e-3, "{p}");
    }
}
