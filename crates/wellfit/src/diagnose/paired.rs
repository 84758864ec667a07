//! What a change gained: two configurations on the same rows, over rows and seeds.

use statrs::distribution::{ContinuousCDF, Normal};
use wellfit_kernels::random::{Purpose, Stream};

use crate::train::Metric;

use super::bootstrap::quantile;
use super::losses::{MOST_UNITS, of_mean};
use super::{Interval, LossRows};

/// Resamples of a gain: enough for the small levels at which later rounds are tested.
const RESAMPLES: usize = 8_000;
/// The level below which 8,000 resamples are too few: twenty of them lie beyond it.
const RAREST: f64 = 20.0 / RESAMPLES as f64;
/// Seeds of each of several blocks from which on their own variance is estimated.
const SEEDS_THAT_TELL: usize = 4;

/// What a change gained, with what rows and seeds leave open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gain {
    /// Error before less error after (positive: better), with its 95% interval.
    pub interval: Interval,
    /// The low end at the level asked for, one-sided: above 0, no gain is excluded.
    pub low_at_level: f64,
}

/// Rows that were judged together: by each of a few seeds, before and after a change.
#[derive(Clone, Debug)]
pub struct Block<'a> {
    /// Weights and groups of the rows; its losses are not read.
    pub like: &'a LossRows,
    /// (rows,) of each seed: the losses before.
    pub before: Vec<&'a [f64]>,
    /// (rows,) of each seed, the same ones: the losses after.
    pub after: Vec<&'a [f64]>,
}

/// The bootstrap units of rows that are judged together: groups or rows, pooled into fewer where there are many.
///
/// Sums over units are all that a gain needs of losses, and they stay few however many the rows.
#[derive(Clone, Debug)]
pub struct Pool<'a> {
    like: &'a LossRows,
    /// (rows,): the unit of each row.
    seats: Vec<usize>,
    units: usize,
}

impl<'a> Pool<'a> {
    /// At most `most` units of the rows that `like` has weights and groups of; its losses are not read.
    pub fn of(like: &'a LossRows, most: usize, seed: u64) -> Pool<'a> {
        let (seats, units) = like.seats_in(most.max(1), seed, 2);
        Pool { like, seats, units }
    }

    /// (units,): the weight of each unit.
    pub fn weights(&self) -> Vec<f64> {
        self.summed(|_| 1.0)
    }

    /// (units,): the weighted sum of losses in each unit.
    ///
    /// Panics if the losses are of other rows (a bug in the caller).
    pub fn sums(&self, losses: &[f64]) -> Vec<f64> {
        assert_eq!(losses.len(), self.seats.len(), "losses of the same rows");
        self.summed(|row| losses[row])
    }

    fn summed(&self, value: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut sums = vec![0.0; self.units];
        for (row, &seat) in self.seats.iter().enumerate() {
            sums[seat] += self.like.weight(row) * value(row);
        }
        sums
    }
}

/// A block in bootstrap units, each with its weight and, for each seed, its sum of losses before and after.
#[derive(Clone, Debug)]
pub struct Pooled {
    /// (units,)
    pub weights: Vec<f64>,
    /// (units,) of each seed.
    pub before: Vec<Vec<f64>>,
    /// (units,) of each seed, the same ones.
    pub after: Vec<Vec<f64>>,
}

impl Pooled {
    fn of(block: &Block<'_>, seed: u64) -> Pooled {
        let pool = Pool::of(block.like, MOST_UNITS, seed);
        let each = |all: &[&[f64]]| all.iter().map(|losses| pool.sums(losses)).collect();
        Pooled { weights: pool.weights(), before: each(&block.before), after: each(&block.after) }
    }
}

/// Sums over rows and seeds of a resample.
#[derive(Default)]
struct Totals {
    weight: f64,
    before: f64,
    after: f64,
}

impl Totals {
    fn add(&mut self, units: &Pooled, unit_counts: &[f64], seed_counts: &[f64], times: f64) {
        let seeds: f64 = seed_counts.iter().sum();
        for (unit, &count) in unit_counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            let sum = |all: &[Vec<f64>]| all.iter().zip(seed_counts).map(|(sums, n)| n * sums[unit]).sum::<f64>();
            self.weight += times * count * seeds * units.weights[unit];
            self.before += times * count * sum(&units.before);
            self.after += times * count * sum(&units.after);
        }
    }

    fn gain(&self, metric: Metric) -> f64 {
        of_mean(metric, self.before / self.weight) - of_mean(metric, self.after / self.weight)
    }
}

/// The gain of a change from losses before and after it, of the same rows under the same seeds.
///
/// Either one block of rows that every seed judged, or several blocks, each judged by seeds of its own (folds). Seeds and
/// rows (or groups) of each block are resampled independently of each other, since a new user brings new rows and a new
/// seed; the error of a resample is over all its rows and seeds together. Deviations over the seeds of a block are widened
/// by √(seeds/(seeds−1)), by which a resample of few is too narrow. Where several blocks have fewer than four seeds each,
/// these say too little of seeds: blocks are resampled as well, which counts the noise of rows twice and errs on the wide
/// side.
/// Source: the pigeonhole bootstrap of Owen 2007, *Ann. Appl. Stat.* 1:386.
///
/// Panics if there are no blocks or no seeds, or losses are of other rows (a bug in the caller).
pub fn paired_gain(metric: Metric, blocks: &[Block<'_>], level: f64, seed: u64) -> Gain {
    let all: Vec<Pooled> = blocks.iter().map(|block| Pooled::of(block, seed)).collect();
    pooled_gain(metric, &all, level, seed)
}

/// [`paired_gain`] of losses that were summed over bootstrap units before.
///
/// Panics if there are no blocks or no seeds, or sums are of other units (a bug in the caller).
pub fn pooled_gain(metric: Metric, all: &[Pooled], level: f64, seed: u64) -> Gain {
    assert!(!all.is_empty(), "something to compare");
    for block in all {
        assert!(!block.before.is_empty() && block.before.len() == block.after.len(), "each seed before and after");
        let mut sums = block.before.iter().chain(&block.after);
        assert!(sums.all(|sums| sums.len() == block.weights.len()), "sums over the same units");
    }
    let ones = |units: &Pooled| (vec![1.0; units.weights.len()], vec![1.0; units.before.len()]);
    let mut observed = Totals::default();
    for units in all {
        let (unit_counts, seed_counts) = ones(units);
        observed.add(units, &unit_counts, &seed_counts, 1.0);
    }
    let value = observed.gain(metric);
    let by_blocks = all.len() > 1 && all.iter().any(|units| units.before.len() < SEEDS_THAT_TELL);
    let mut block_counts = vec![1.0; all.len()];
    let mut counts: Vec<(Vec<f64>, Vec<f64>)> = all.iter().map(ones).collect();
    let mut replicates: Vec<f64> = (0..RESAMPLES as u64)
        .map(|resample| {
            let stream = |what: u64| Stream::new(seed, Purpose::Bootstrap, (2_000_000 + resample) * LANES + what);
            if by_blocks {
                draw(&mut block_counts, stream(0));
            }
            let mut totals = Totals::default();
            for (b, (units, (unit_counts, seed_counts))) in all.iter().zip(&mut counts).enumerate() {
                if block_counts[b] > 0.0 {
                    draw(unit_counts, stream(1 + 2 * b as u64));
                    draw(seed_counts, stream(2 + 2 * b as u64));
                    if !by_blocks {
                        widen(seed_counts);
                    }
                    totals.add(units, unit_counts, seed_counts, block_counts[b]);
                }
            }
            totals.gain(metric)
        })
        .filter(|replicate| replicate.is_finite())
        .collect();
    if replicates.is_empty() || !value.is_finite() {
        let nothing_known = Interval { value, low: f64::NEG_INFINITY, high: f64::INFINITY };
        return Gain { interval: nothing_known, low_at_level: f64::NEG_INFINITY };
    }
    replicates.sort_by(f64::total_cmp);
    // Where the level asks for a rarer resample than there are enough of, the normal tail stands in for the empirical one: of a
    // handful of blocks the rarest resamples hold the worst one alone.
    let deviation = (replicates.iter().map(|r| (r - value).powi(2)).sum::<f64>() / replicates.len() as f64).sqrt();
    let normal = value + Normal::standard().inverse_cdf(level) * deviation;
    Gain {
        interval: Interval { value, low: quantile(&replicates, 0.025), high: quantile(&replicates, 0.975) },
        low_at_level: quantile(&replicates, level.max(RAREST)).min(normal),
    }
}

/// What a change gains and how surely, by a formula: enough to order changes, not to keep one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GainEstimate {
    /// Error before less error after.
    pub gain: f64,
    /// Its standard deviation over rows and trainings.
    pub deviation: f64,
}

/// [`paired_gain`] without resampling: the delta method over rows, and the spread of the gains of single trainings.
///
/// One training says nothing of the spread; seeds are taken to count for as much as rows then. Panics as that does.
pub fn estimated_gain(metric: Metric, blocks: &[Block<'_>], seed: u64) -> GainEstimate {
    let all: Vec<Pooled> = blocks.iter().map(|block| Pooled::of(block, seed)).collect();
    let sum = |sums: &[f64]| sums.iter().sum::<f64>();
    let mut total = Totals::default();
    let mut gains = Vec::new();
    for units in &all {
        for (before, after) in units.before.iter().zip(&units.after) {
            let one = Totals { weight: sum(&units.weights), before: sum(before), after: sum(after) };
            gains.push(one.gain(metric));
            total.weight += one.weight;
            total.before += one.before;
            total.after += one.after;
        }
    }
    let (before, after) = (total.before / total.weight, total.after / total.weight);
    let of_rows: f64 = all
        .iter()
        .map(|units| {
            let seeds = units.before.len() as f64;
            let influence = |unit: usize| {
                let pull = |each: &[Vec<f64>], mean: f64| {
                    let sums: f64 = each.iter().map(|sums| sums[unit]).sum();
                    slope(metric, mean) * (sums - seeds * units.weights[unit] * mean) / total.weight
                };
                pull(&units.before, before) - pull(&units.after, after)
            };
            (0..units.weights.len()).map(|unit| influence(unit).powi(2)).sum::<f64>()
        })
        .sum();
    let trainings = gains.len() as f64;
    let mean = sum(&gains) / trainings;
    let of_trainings = match gains.len() {
        1 => of_rows,
        _ => gains.iter().map(|gain| (gain - mean).powi(2)).sum::<f64>() / (trainings - 1.0) / trainings,
    };
    GainEstimate { gain: total.gain(metric), deviation: (of_rows + of_trainings).sqrt() }
}

/// The derivative of the error by the mean of losses.
fn slope(metric: Metric, mean: f64) -> f64 {
    let step = 1e-4 * mean.abs().max(f64::MIN_POSITIVE);
    (of_mean(metric, mean + step) - of_mean(metric, mean - step)) / (2.0 * step)
}

/// Makes the counts of a resample vary as much as the seeds that it stands for do.
fn widen(counts: &mut [f64]) {
    let seeds = counts.len() as f64;
    if seeds > 1.0 {
        let factor = (seeds / (seeds - 1.0)).sqrt();
        counts.iter_mut().for_each(|count| *count = 1.0 + factor * (*count - 1.0));
    }
}

/// Streams of a resample: one for the blocks, two for each of them.
const LANES: u64 = 1 << 16;

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
    use crate::proof::count;

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

    fn judged<'a>(like: &'a LossRows, (before, after): (&'a [Vec<f64>], &'a [Vec<f64>])) -> Block<'a> {
        let slices = |all: &'a [Vec<f64>]| all.iter().map(Vec::as_slice).collect();
        Block { like, before: slices(before), after: slices(after) }
    }

    #[test]
    fn a_true_gain_is_found_and_its_size_is_the_difference() {
        let (before, after) = (losses(2_000, 0.30, 100), losses(2_000, 0.25, 101));
        let gain = paired_gain(Metric::Error, &[judged(&like(2_000), (&before, &after))], 0.01, 0);
        let mean = |all: &[Vec<f64>]| all.iter().flatten().sum::<f64>() / 10_000.0;
        assert!((gain.interval.value - (mean(&before) - mean(&after))).abs() < 1e-12);
        assert!(gain.low_at_level > 0.0, "{gain:?}");
        assert!(gain.interval.low <= gain.interval.value && gain.interval.value <= gain.interval.high);
    }

    #[test]
    fn no_gain_is_found_where_there_is_none() {
        // Pairs without a difference at level 0.05, once rows under 5 seeds and once 5 folds: the bootstrap errs on the wide
        // side, so fewer than the binomial's upper end, of 200 pairs 10 + 3·√9.5 = 19, of 40 pairs 2 + 3·√1.9 = 6.
        let (pairs, most) = (count(40, 200) as u64, count(6, 19) as u32);
        let (mut of_seeds, mut of_folds) = (0, 0);
        for i in 0..pairs {
            let (before, after) = (losses(300, 0.3, 100 * (2 + i)), losses(300, 0.3, 100 * (2 + i) + 1));
            let like = like(300);
            let found =
                |blocks: &[Block<'_>]| u32::from(paired_gain(Metric::Error, blocks, 0.05, i).low_at_level > 0.0);
            of_seeds += found(&[judged(&like, (&before, &after))]);
            let folds = before.iter().zip(&after).map(|(b, a)| Block { like: &like, before: vec![b], after: vec![a] });
            of_folds += found(&folds.collect::<Vec<_>>());
        }
        println!("proof: gains found where there is none, of {pairs} at .05: {of_seeds} by rows, {of_folds} by folds");
        assert!(of_seeds <= most && of_folds <= most, "{of_seeds} and {of_folds} of {pairs}");
    }

    #[test]
    fn no_gain_is_found_where_there_is_none_by_folds_with_several_seeds_each() {
        // Pairs without a difference, 5 folds with 4 seeds each. Of 100, at level .05 at most 5 + 3·√4.75 = 11, at .0025 at most
        // 2 (more come in 0.2% of cases); of 40, at most 6 and 1 (more come in 0.5%).
        let (pairs, most) = (count(40, 100) as u64, (count(6, 11) as u32, count(1, 2) as u32));
        let (mut usual, mut strict) = (0, 0);
        for i in 0..pairs {
            let like = like(60);
            let folds: Vec<_> = (0..5)
                .map(|fold| {
                    let lane = 100 * (1_000 + 5 * i + fold);
                    let four = |lane| losses(60, 0.3, lane).split_off(1);
                    (four(lane), four(lane + 1))
                })
                .collect();
            let blocks: Vec<_> = folds.iter().map(|(before, after)| judged(&like, (before, after))).collect();
            let found = |level| u32::from(paired_gain(Metric::Error, &blocks, level, i).low_at_level > 0.0);
            usual += found(0.05);
            strict += found(0.0025);
        }
        println!(
            "proof: gains found where there is none, of {pairs}, folds and seeds: {usual} at .05, {strict} at .0025"
        );
        assert!(usual <= most.0 && strict <= most.1, "{usual} and {strict} of {pairs}");
    }

    #[test]
    fn one_lucky_seed_is_no_gain() {
        let before = vec![[1.0, 1.0, 0.0, 0.0].repeat(100); 5];
        let mut after = before.clone();
        after[0] = vec![0.0; 400];
        let gain = paired_gain(Metric::Error, &[judged(&like(400), (&before, &after))], 0.01, 0);
        assert!(gain.interval.value > 0.09 && gain.low_at_level <= 0.0, "{gain:?}");
    }

    #[test]
    fn fewer_units_tell_the_same_gain_with_about_the_same_interval() {
        let (before, after) = (losses(2_000, 0.30, 100), losses(2_000, 0.25, 101));
        let like = like(2_000);
        let whole = paired_gain(Metric::Error, &[judged(&like, (&before, &after))], 0.01, 0);
        let pool = Pool::of(&like, 200, 0);
        let sums = |all: &[Vec<f64>]| all.iter().map(|losses| pool.sums(losses)).collect::<Vec<_>>();
        let block = Pooled { weights: pool.weights(), before: sums(&before), after: sums(&after) };
        assert_eq!(block.weights.len(), 200);
        let pooled = pooled_gain(Metric::Error, &[block], 0.01, 0);
        assert!((pooled.interval.value - whole.interval.value).abs() < 1e-12);
        // Ten rows a unit at random: the deviation of 200 sums is itself known to 1/√400, and here both intervals share rows.
        let width = |gain: Gain| gain.interval.high - gain.interval.low;
        assert!((width(pooled) / width(whole) - 1.0).abs() < 0.2, "{pooled:?} {whole:?}");
    }

    #[test]
    fn an_estimate_is_the_same_gain_with_about_the_deviation_of_the_resamples() {
        let (before, after) = (losses(2_000, 0.30, 100), losses(2_000, 0.25, 101));
        let like = like(2_000);
        for metric in [Metric::Error, Metric::Rmse] {
            let whole = paired_gain(metric, &[judged(&like, (&before, &after))], 0.01, 0);
            let estimate = estimated_gain(metric, &[judged(&like, (&before, &after))], 0);
            assert!((estimate.gain - whole.interval.value).abs() < 1e-12);
            // The resamples draw seeds and rows and count part of the noise twice; the estimate does so with one block alone.
            let deviation = (whole.interval.high - whole.interval.low) / (2.0 * 1.96);
            assert!((0.75..1.35).contains(&(estimate.deviation / deviation)), "{estimate:?} {whole:?}");
            let one = estimated_gain(metric, &[judged(&like, (&before[..1], &after[..1]))], 0);
            assert!(one.deviation > estimate.deviation);
        }
    }

    #[test]
    fn equal_losses_gain_nothing() {
        let same = losses(100, 0.2, 7);
        let gain = paired_gain(Metric::Error, &[judged(&like(100), (&same, &same))], 0.5, 0);
        assert_eq!((gain.interval.value, gain.low_at_level), (0.0, 0.0));
    }
}
