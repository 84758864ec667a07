//! What a change gained: two configurations on the same rows, over rows and seeds.

use statrs::distribution::{ContinuousCDF, Normal};
use wellfit_kernels::random::{Purpose, Stream};

use crate::data::Task;

use super::bootstrap::quantile;
use super::losses::of_mean;
use super::{Interval, LossRows};

/// Resamples of a gain: enough for the small levels that later looks at dev are judged at.
const RESAMPLES: usize = 8_000;

/// What a change gained, with what rows and seeds leave open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gain {
    /// Error before less error after (positive: better), with its 95% interval.
    pub interval: Interval,
    /// The low end at the level asked for, one-sided: above 0, no gain is excluded.
    pub low_at_level: f64,
}

/// One seed's losses of rows before and after a change.
struct Sums {
    before: Vec<f64>,
    after: Vec<f64>,
}

/// The gain of a change from losses of the same rows: `before` and `after` hold (rows,) for each seed, the same seeds.
///
/// `like` gives weights and groups of the rows. Rows (or groups) and seeds are resampled independently of each other, since
/// a new user brings new rows and a new seed; the error of a resample is over all its rows and seeds together. Deviations
/// are widened by √(seeds/(seeds−1)), by which a resample of few seeds is too narrow.
/// Source: the pigeonhole bootstrap of Owen 2007, *Ann. Appl. Stat.* 1:386, which errs on the wide side.
///
/// Panics if there are no seeds, or losses are of other rows (a bug in the caller).
pub fn gain_over_seeds(
    task: Task,
    like: &LossRows,
    (before, after): (&[Vec<f64>], &[Vec<f64>]),
    level: f64,
    seed: u64,
) -> Gain {
    assert!(!before.is_empty() && before.len() == after.len(), "each seed before and after");
    let rows = like.losses.len();
    assert!(before.iter().chain(after).all(|losses| losses.len() == rows), "losses of the same rows");
    let (seats, units) = like.seats(seed, 2);
    let mut weights = vec![0.0; units];
    for (row, &seat) in seats.iter().enumerate() {
        weights[seat] += like.weight(row);
    }
    let of_units = |losses: &[f64]| {
        let mut sums = vec![0.0; units];
        for (row, &seat) in seats.iter().enumerate() {
            sums[seat] += like.weight(row) * losses[row];
        }
        sums
    };
    let sums: Vec<Sums> =
        before.iter().zip(after).map(|(b, a)| Sums { before: of_units(b), after: of_units(a) }).collect();
    let gain = |unit_counts: &[f64], seed_counts: &[f64]| {
        let (mut weight, mut was, mut is) = (0.0, 0.0, 0.0);
        for (unit, &count) in unit_counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            let (mut unit_was, mut unit_is) = (0.0, 0.0);
            for (sums, &times) in sums.iter().zip(seed_counts) {
                unit_was += times * sums.before[unit];
                unit_is += times * sums.after[unit];
            }
            weight += count * weights[unit];
            was += count * unit_was;
            is += count * unit_is;
        }
        let seeds: f64 = seed_counts.iter().sum();
        of_mean(task, was / (weight * seeds)) - of_mean(task, is / (weight * seeds))
    };
    let seeds = sums.len();
    let value = gain(&vec![1.0; units], &vec![1.0; seeds]);
    let widen = if seeds > 1 { (seeds as f64 / (seeds as f64 - 1.0)).sqrt() } else { 1.0 };
    let (mut unit_counts, mut seed_counts) = (vec![0.0; units], vec![0.0; seeds]);
    let mut replicates: Vec<f64> = (0..RESAMPLES as u64)
        .map(|resample| {
            draw(&mut unit_counts, Stream::new(seed, Purpose::Bootstrap, 2_000_000 + resample));
            draw(&mut seed_counts, Stream::new(seed, Purpose::Bootstrap, 3_000_000 + resample));
            value + widen * (gain(&unit_counts, &seed_counts) - value)
        })
        .filter(|replicate| replicate.is_finite())
        .collect();
    if replicates.is_empty() || !value.is_finite() {
        return Gain {
            interval: Interval { value, low: f64::NEG_INFINITY, high: f64::INFINITY },
            low_at_level: f64::NEG_INFINITY,
        };
    }
    replicates.sort_by(f64::total_cmp);
    // Where the level asks for a rarer resample than there are, the normal tail stands in for the empirical one.
    let deviation = (replicates.iter().map(|r| (r - value).powi(2)).sum::<f64>() / replicates.len() as f64).sqrt();
    let normal = value + Normal::standard().inverse_cdf(level) * deviation;
    Gain {
        interval: Interval { value, low: quantile(&replicates, 0.025), high: quantile(&replicates, 0.975) },
        low_at_level: quantile(&replicates, level).min(normal),
    }
}

/// How often each of `counts` comes when as many are drawn with replacement.
fn draw(counts: &mut [f64], stream: Stream) {
    let len = counts.len() as u64;
    counts.fill(0.0);
    for i in 0..len {
        let at = ((stream.bits(i) >> 32) * len) >> 32;
        counts[at as usize] += 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Losses of 5 seeds on `rows` rows, wrong with these probabilities; the same rows tend to be wrong in all.
    fn losses(rows: usize, error: f64, lane: u64) -> Vec<Vec<f64>> {
        let hard = Stream::new(3, Purpose::Sample, lane / 100);
        (0..5)
            .map(|seed| {
                let own = Stream::new(4, Purpose::Sample, lane * 10 + seed);
                let wrong = |row: u64| 0.7 * hard.uniform(row) + 0.3 * own.uniform(row) < 0.15 + 0.7 * error;
                (0..rows as u64).map(|row| f64::from(wrong(row))).collect()
            })
            .collect()
    }

    fn like(rows: usize) -> LossRows {
        LossRows { losses: vec![0.0; rows], ..LossRows::default() }
    }

    #[test]
    fn a_true_gain_is_found_and_its_size_is_the_difference() {
        let (before, after) = (losses(2_000, 0.30, 100), losses(2_000, 0.25, 101));
        let gain = gain_over_seeds(Task::Binary, &like(2_000), (&before, &after), 0.01, 0);
        let mean = |all: &[Vec<f64>]| all.iter().flatten().sum::<f64>() / 10_000.0;
        assert!((gain.interval.value - (mean(&before) - mean(&after))).abs() < 1e-12);
        assert!(gain.low_at_level > 0.0, "{gain:?}");
        assert!(gain.interval.low <= gain.interval.value && gain.interval.value <= gain.interval.high);
    }

    #[test]
    fn no_gain_is_found_where_there_is_none() {
        // 200 pairs without a difference at level 0.05: the pigeonhole bootstrap errs on the wide side, so fewer than
        // the binomial's upper end, 10 + 3·√9.5 = 19.
        let found = (0..200).filter(|&i| {
            let (before, after) = (losses(300, 0.3, 100 * (2 + i)), losses(300, 0.3, 100 * (2 + i) + 1));
            gain_over_seeds(Task::Binary, &like(300), (&before, &after), 0.05, i).low_at_level > 0.0
        });
        let found = found.count();
        assert!(found <= 19, "{found} of 200");
    }

    #[test]
    fn one_lucky_seed_is_no_gain() {
        let before = vec![vec![1.0, 1.0, 0.0, 0.0].repeat(100); 5];
        let mut after = before.clone();
        after[0] = vec![0.0; 400];
        let gain = gain_over_seeds(Task::Binary, &like(400), (&before, &after), 0.01, 0);
        assert!(gain.interval.value > 0.09 && gain.low_at_level <= 0.0, "{gain:?}");
    }

    #[test]
    fn equal_losses_gain_nothing() {
        let same = losses(100, 0.2, 7);
        let gain = gain_over_seeds(Task::Binary, &like(100), (&same, &same), 0.5, 0);
        assert_eq!((gain.interval.value, gain.low_at_level), (0.0, 0.0));
    }
}
