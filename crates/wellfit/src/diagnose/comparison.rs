//! One model beside another on the same rows: the gain with its interval, and a word that the rows bear out.

use serde::Serialize;

use crate::train::Metric;

use super::Interval;
use super::bootstrap::Confidence;
use super::losses::LossRows;
use super::mcnemar::{McNemar, mcnemar_p};

/// The share of false words that is allowed, over all comparisons together.
const SIGNIFICANCE: f64 = 0.05;

/// What the rows say of a model beside a reference.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The error of the reference less that of the model, with its 95% interval: above 0 the model is better.
    pub gain: Interval,
    /// Rows on which one of them errs alone; `None` for numbers.
    pub mcnemar: Option<McNemar>,
    /// The word.
    pub verdict: Preference,
}

/// Which of two models is significantly better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Preference {
    /// The model is better than the reference.
    #[serde(rename = "better")]
    Better,
    /// The model is worse than the reference.
    #[serde(rename = "worse")]
    Worse,
    /// The difference is not significant.
    #[serde(rename = "no difference the rows can tell")]
    NoDifference,
}

/// Compares a model with a reference by their losses on the same rows, as one of `comparisons` that are made together.
///
/// The interval is that of this comparison alone. The word is corrected for the number of comparisons (Bonferroni): it
/// takes an interval of 1 - 0.05/`comparisons` on one side of 0 and, where rows are plain, independent and right or
/// wrong, a p-value of McNemar's test below 0.05/`comparisons`: a bootstrap of a handful of rows is overconfident.
/// Weights and groups are those of the reference; groups of the model where the reference has none.
///
/// Panics if the two have different numbers of rows (a bug in the caller).
pub fn compare(reference: &LossRows, model: &LossRows, metric: Metric, seed: u64, comparisons: usize) -> Comparison {
    let grouped;
    let reference = if reference.groups.is_empty() && !model.groups.is_empty() {
        grouped = LossRows { groups: model.groups.clone(), ..reference.clone() };
        &grouped
    } else {
        reference
    };
    let gain = reference.paired_gap_above(model, metric, seed);
    let corrected = match comparisons {
        0 | 1 => gain,
        many => reference.paired_gap_above_at(model, metric, seed, Confidence::shared_by(many)),
    };
    let mcnemar = (metric == Metric::Error).then(|| mcnemar(reference, model));
    let by_chance = mcnemar.and_then(|test| test.p).is_some_and(|p| p >= SIGNIFICANCE / comparisons.max(1) as f64);
    let verdict = match corrected {
        _ if by_chance => Preference::NoDifference,
        Interval { low, .. } if low > 0.0 => Preference::Better,
        Interval { high, .. } if high < 0.0 => Preference::Worse,
        _ => Preference::NoDifference,
    };
    Comparison { gain, mcnemar, verdict }
}

fn mcnemar(reference: &LossRows, model: &LossRows) -> McNemar {
    let pairs = || reference.losses.iter().zip(&model.losses);
    let only_reference_wrong = pairs().filter(|(reference, model)| reference > model).count() as u64;
    let only_this_wrong = pairs().filter(|(reference, model)| reference < model).count() as u64;
    let plain = [reference, model].iter().all(|rows| rows.weights.is_empty() && rows.groups.is_empty());
    let p = plain.then(|| mcnemar_p(only_reference_wrong, only_this_wrong));
    McNemar { only_reference_wrong, only_this_wrong, p }
}

#[cfg(test)]
mod tests {
    use wellfit_kernels::random::{Purpose, Stream};

    use super::*;

    /// Rows of which the first `both` are wrong for both, the next `first` for the reference and the next `second` for the
    /// model alone.
    fn pair(rows: usize, both: usize, first: usize, second: usize) -> (LossRows, LossRows) {
        let losses = |wrong: &dyn Fn(usize) -> bool| LossRows {
            losses: (0..rows).map(|row| f64::from(wrong(row))).collect(),
            ..LossRows::default()
        };
        (
            losses(&|row| row < both + first),
            losses(&|row| row < both || (both + first..both + first + second).contains(&row)),
        )
    }

    fn word((reference, model): &(LossRows, LossRows), comparisons: usize) -> Preference {
        compare(reference, model, Metric::Error, 0, comparisons).verdict
    }

    #[test]
    fn rows_on_one_side_decide_and_as_many_on_both_do_not() {
        assert_eq!(word(&pair(1_000, 100, 60, 20), 1), Preference::Better);
        assert_eq!(word(&pair(1_000, 100, 20, 60), 1), Preference::Worse);
        assert_eq!(word(&pair(1_000, 100, 40, 41), 1), Preference::NoDifference);
        let found = compare(&pair(1_000, 100, 60, 20).0, &pair(1_000, 100, 60, 20).1, Metric::Error, 0, 1);
        assert!((found.gain.value - 0.04).abs() < 1e-12, "{found:?}");
        let counts = found.mcnemar.unwrap();
        assert_eq!((counts.only_reference_wrong, counts.only_this_wrong), (60, 20));
    }

    #[test]
    fn a_handful_of_rows_is_no_difference_whatever_a_bootstrap_of_them_says() {
        // Five tosses that fall alike are a chance of 1 in 16.
        let five = pair(1_000, 0, 5, 0);
        assert!(compare(&five.0, &five.1, Metric::Error, 0, 1).gain.low > 0.0);
        assert_eq!(word(&five, 1), Preference::NoDifference);
    }

    #[test]
    fn what_one_comparison_bears_out_ten_may_not() {
        // z = 22/√100 = 2.2: a p-value of 0.035, below 0.05 and not below a tenth of it.
        let close = pair(2_000, 200, 61, 39);
        assert_eq!(word(&close, 1), Preference::Better);
        assert_eq!(word(&close, 10), Preference::NoDifference);
        assert_eq!(word(&pair(2_000, 200, 80, 20), 10), Preference::Better);
    }

    #[test]
    fn rows_of_a_group_are_one_witness_and_have_no_p_value() {
        let (mut reference, mut model) = pair(1_000, 100, 40, 15);
        assert_eq!(word(&(reference.clone(), model.clone()), 1), Preference::Better);
        let groups: Vec<u32> = (0..1_000).map(|row| row / 50).collect();
        model.groups.clone_from(&groups);
        let found = compare(&reference, &model, Metric::Error, 0, 1);
        assert_eq!(found.verdict, Preference::NoDifference, "{found:?}");
        assert_eq!(found.mcnemar.unwrap().p, None);
        reference.groups = groups;
        assert_eq!(compare(&reference, &model, Metric::Error, 0, 1), found);
    }

    #[test]
    fn a_smaller_root_of_squares_is_a_gain_in_the_unit_of_the_target() {
        let draws = Stream::new(3, Purpose::Sample, 0);
        let squares = |scale: f64| LossRows {
            losses: (0..2_000).map(|row| (scale * draws.normal(row)).powi(2)).collect(),
            ..LossRows::default()
        };
        let found = compare(&squares(2.0), &squares(1.9), Metric::Rmse, 0, 3);
        assert!((found.gain.value - 0.1).abs() < 0.01, "{found:?}");
        assert_eq!((found.mcnemar, found.verdict), (None, Preference::Better));
        assert_eq!(compare(&squares(2.0), &squares(2.0), Metric::Rmse, 0, 1).verdict, Preference::NoDifference);
    }

    #[test]
    fn of_models_that_do_not_differ_one_in_twenty_at_most_is_called_different() {
        let draws = Stream::new(5, Purpose::Sample, 1);
        let trials = 200;
        let called = (0..trials).filter(|trial| {
            let losses = |lane: u64| LossRows {
                losses: (0..300).map(|row| f64::from(draws.uniform((2 * trial + lane) * 300 + row) < 0.2)).collect(),
                ..LossRows::default()
            };
            word(&(losses(0), losses(1)), 1) != Preference::NoDifference
        });
        // Expected at most 10 of 200; 20 lie over three deviations of a binomial above that.
        assert!(called.count() < 20);
    }
}
