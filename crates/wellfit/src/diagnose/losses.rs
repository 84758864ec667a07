//! The losses of rows, and the intervals of the errors they make.

use wellfit_kernels::random::{Purpose, Stream};

use crate::train::Metric;

use super::Interval;
use super::bootstrap::{Confidence, ENOUGH_UNITS, bca, bca_at};
use super::rates::{difference, wilson};

/// Losses of the rows of one part, from which its error and every interval is made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LossRows {
    /// (rows,): losses whose mean is the error of a metric, or its root ([`Metric::row_losses`]): 0 or 1 for an error rate.
    pub losses: Vec<f64>,
    /// (rows,): weight of each row; empty means every row weighs 1.
    pub weights: Vec<f32>,
    /// (rows,): the group of each row; rows of one group are not independent. Empty means every row stands alone.
    pub groups: Vec<u32>,
    /// How much lower their mean is than that of new rows, because the epoch was chosen by these; 0 where none was.
    pub optimism: f64,
}

// What one bootstrap unit adds to an error: sums over its rows.
#[derive(Clone, Copy, Default)]
struct Unit {
    weight: f64,
    loss: f64,
    other: f64,
}

// More rows than this are assigned at random into this many units: the variance of a mean stays the same (the expectation
// is exact), the cost does not grow with the rows.
pub(super) const MOST_UNITS: usize = 1_000;
/// The 95% quantile of the normal distribution.
const SURELY: f64 = 1.645;

impl LossRows {
    /// Number of rows.
    pub fn rows(&self) -> u64 {
        self.losses.len() as u64
    }

    /// The rows that `keep` names.
    pub(super) fn of_rows(&self, keep: impl Fn(usize) -> bool) -> LossRows {
        let kept: Vec<usize> = (0..self.losses.len()).filter(|&row| keep(row)).collect();
        LossRows {
            losses: kept.iter().map(|&row| self.losses[row]).collect(),
            weights: kept.iter().filter_map(|&row| self.weights.get(row).copied()).collect(),
            groups: kept.iter().filter_map(|&row| self.groups.get(row).copied()).collect(),
            optimism: self.optimism,
        }
    }

    /// The error: the mean loss, the root of it for an RMSE.
    pub fn error(&self, metric: Metric) -> f64 {
        let mut sum = Unit::default();
        for row in 0..self.losses.len() {
            let weight = self.weight(row);
            sum.weight += weight;
            sum.loss += weight * self.losses[row];
        }
        of_mean(metric, sum.loss / sum.weight)
    }

    /// How much the error of new rows is higher in expectation, because the epoch was chosen by these.
    fn flattery(&self, metric: Metric) -> f64 {
        let mean = match metric {
            Metric::Rmse => self.error(metric).powi(2),
            _ => self.error(metric),
        };
        of_mean(metric, mean + self.optimism) - of_mean(metric, mean)
    }

    /// The error with the 95% interval of the error on new rows: Wilson for plain error rates, else BCa over rows or groups. It
    /// reaches further up by what choosing the epoch by these rows flatters them; how much that is, is itself not known well enough
    /// to rule out what lies below.
    pub fn interval(&self, metric: Metric, seed: u64) -> Interval {
        let found = self.interval_as_drawn(metric, seed).reaching(self.flattery(metric));
        // A mean of influences may pass the ends of the scale.
        let most = if metric.is_share() { 1.0 } else { f64::INFINITY };
        Interval { low: found.low.max(0.0), high: found.high.min(most), ..found }
    }

    /// The interval as if the network had been the same whatever these rows are.
    fn interval_as_drawn(&self, metric: Metric, seed: u64) -> Interval {
        if metric == Metric::Error && self.is_plain() {
            return wilson(self.wrong(), self.rows());
        }
        let units = self.units(None, seed, 0);
        if metric.is_share() && self.is_constant() {
            // Resampling equal losses says nothing; independent units bound the rate as rows would.
            let rate = self.error(metric);
            if units.len() == 1 {
                return Interval::unbounded(rate);
            }
            let bound = wilson(if rate > 0.5 { units.len() as u64 } else { 0 }, units.len() as u64);
            return Interval { value: rate, ..bound };
        }
        let found = bca(&[units.len()], |counts| of_mean(metric, mean(&units, counts)), stream(seed, 0));
        self.rows_alone(units.len()).map_or(found, |rows| found.with(rows.interval_as_drawn(metric, seed)))
    }

    /// The same rows without their groups, where these are few: groups that happen to be alike hide what rows alone say.
    fn rows_alone(&self, units: usize) -> Option<LossRows> {
        let few = !self.groups.is_empty() && (2..ENOUGH_UNITS).contains(&units);
        few.then(|| LossRows { groups: Vec::new(), ..self.clone() })
    }

    /// How much larger the error is than that of other, independent rows: Newcombe's interval for plain error rates,
    /// else BCa over both parts' rows or groups.
    pub fn gap_above(&self, other: &LossRows, metric: Metric, seed: u64) -> Interval {
        let no_spread = self.is_constant() || other.is_constant();
        if metric.is_share() && no_spread || metric == Metric::Error && (self.is_plain() && other.is_plain()) {
            return difference(self.interval(metric, seed), other.interval(metric, seed));
        }
        let (mine, theirs) = (self.units(None, seed, 0), other.units(None, seed, 1));
        let gap = |counts: &[f64]| {
            let (a, b) = counts.split_at(mine.len());
            of_mean(metric, mean(&mine, a)) - of_mean(metric, mean(&theirs, b))
        };
        let found = bca(&[mine.len(), theirs.len()], gap, stream(seed, 1))
            .reaching(self.flattery(metric) - other.flattery(metric));
        let alone = [self.rows_alone(mine.len()), other.rows_alone(theirs.len())];
        let found = match alone {
            [None, None] => found,
            [a, b] => {
                let (a, b) = (a.unwrap_or_else(|| self.clone()), b.unwrap_or_else(|| other.clone()));
                found.with(a.gap_above(&b, metric, seed))
            }
        };
        let most = if metric.is_share() { 1.0 } else { f64::INFINITY };
        Interval { low: found.low.max(-most), high: found.high.min(most), ..found }
    }

    /// How much larger this error is than another model's on the same rows (paired, BCa over rows or groups).
    ///
    /// Panics if the two have different numbers of rows (a bug in the caller).
    pub fn paired_gap_above(&self, other: &LossRows, metric: Metric, seed: u64) -> Interval {
        self.paired_gap_above_at(other, metric, seed, Confidence::ALONE)
    }

    /// [`LossRows::paired_gap_above`] with an interval of another confidence.
    pub fn paired_gap_above_at(&self, other: &LossRows, metric: Metric, seed: u64, confidence: Confidence) -> Interval {
        assert_eq!(self.losses.len(), other.losses.len(), "paired losses are of the same rows");
        let units = self.units(Some(&other.losses), seed, 0);
        if metric.is_share() && self.losses == other.losses {
            // The models differ on no row: bounded, at 95%, by how rare such rows may still be.
            let reach = wilson(0, units.len() as u64).high;
            return Interval { value: 0.0, low: -reach, high: reach };
        }
        let gap = |counts: &[f64]| {
            let mut sum = Unit::default();
            for (unit, count) in units.iter().zip(counts) {
                sum.weight += count * unit.weight;
                sum.loss += count * unit.loss;
                sum.other += count * unit.other;
            }
            of_mean(metric, sum.loss / sum.weight) - of_mean(metric, sum.other / sum.weight)
        };
        let gap = bca_at(confidence, &[units.len()], gap, stream(seed, 2));
        let gap = self.rows_alone(units.len()).map_or(gap, |rows| {
            let other = LossRows { groups: Vec::new(), ..other.clone() };
            gap.with(rows.paired_gap_above_at(&other, metric, seed, confidence))
        });
        gap.reaching(self.flattery(metric) - other.flattery(metric))
    }

    /// Whether the mean loss is surely lower than another model's on the same rows: by more than 1.645 standard errors of the
    /// difference, which is 95% of a normal distribution.
    pub fn is_surely_lower_than(&self, other: &LossRows) -> bool {
        let units = self.units(Some(&other.losses), 0, 0);
        let weight: f64 = units.iter().map(|unit| unit.weight).sum();
        let mean = units.iter().map(|unit| unit.other - unit.loss).sum::<f64>() / weight;
        let off = |unit: &Unit| (unit.other - unit.loss - mean * unit.weight) / weight;
        let error = units.iter().map(|unit| off(unit).powi(2)).sum::<f64>().sqrt();
        mean > SURELY * error
    }

    fn is_plain(&self) -> bool {
        self.weights.is_empty() && self.groups.is_empty()
    }

    fn is_constant(&self) -> bool {
        self.losses.windows(2).all(|pair| pair[0] == pair[1])
    }

    fn wrong(&self) -> u64 {
        self.losses.iter().filter(|&&loss| loss > 0.5).count() as u64
    }

    pub(super) fn weight(&self, row: usize) -> f64 {
        if self.weights.is_empty() { 1.0 } else { f64::from(self.weights[row]) }
    }

    // Groups, or rows where there are none, assigned to at most MOST_UNITS units; `part` keeps the draws of two parts apart.
    fn units(&self, other: Option<&[f64]>, seed: u64, part: u64) -> Vec<Unit> {
        let (seats, count) = self.seats(seed, part);
        let mut units = vec![Unit::default(); count];
        for (row, seat) in seats.into_iter().enumerate() {
            let weight = self.weight(row);
            units[seat].weight += weight;
            units[seat].loss += weight * self.losses[row];
            units[seat].other += weight * other.map_or(0.0, |losses| losses[row]);
        }
        units
    }

    /// The bootstrap unit of each row, and how many units there are.
    pub(super) fn seats(&self, seed: u64, part: u64) -> (Vec<usize>, usize) {
        self.seats_in(MOST_UNITS, seed, part)
    }

    /// The same in at most `most` units.
    pub(super) fn seats_in(&self, most: usize, seed: u64, part: u64) -> (Vec<usize>, usize) {
        let (unit_of_row, parts) = self.independent_parts();
        let deal = Stream::new(seed, Purpose::Bootstrap, 1_000 + part);
        let seats = if parts > most { deal.permutation(parts) } else { Vec::new() };
        let seat = |row: usize| {
            let own = unit_of_row.get(row).map_or(row, |&unit| unit as usize);
            seats.get(own).map_or(own, |&seat| seat as usize % most)
        };
        ((0..self.losses.len()).map(seat).collect(), parts.min(most))
    }

    // The groups renumbered 0.. in ascending order, and how many there are; no numbers if every row stands alone.
    fn independent_parts(&self) -> (Vec<u32>, usize) {
        if self.groups.is_empty() {
            return (Vec::new(), self.losses.len());
        }
        let mut names = self.groups.clone();
        names.sort_unstable();
        names.dedup();
        let place = |group: &u32| names.partition_point(|name| name < group) as u32;
        (self.groups.iter().map(place).collect(), names.len())
    }
}

fn stream(seed: u64, lane: u64) -> Stream {
    Stream::new(seed, Purpose::Bootstrap, lane)
}

fn mean(units: &[Unit], counts: &[f64]) -> f64 {
    let (mut loss, mut weight) = (0.0, 0.0);
    for (unit, count) in units.iter().zip(counts) {
        loss += count * unit.loss;
        weight += count * unit.weight;
    }
    loss / weight
}

/// The error that a mean of losses is.
pub(super) fn of_mean(metric: Metric, mean: f64) -> f64 {
    if metric == Metric::Rmse { mean.sqrt() } else { mean }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(wrong: usize, rows: usize) -> LossRows {
        LossRows { losses: (0..rows).map(|row| f64::from(row < wrong)).collect(), ..LossRows::default() }
    }

    fn squares(rows: usize, scale: f64, lane: u64) -> LossRows {
        let draws = Stream::new(3, Purpose::Sample, lane);
        let losses = (0..rows as u64).map(|row| (scale * draws.normal(row)).powi(2)).collect();
        LossRows { losses, ..LossRows::default() }
    }

    #[test]
    fn plain_error_rates_get_the_score_intervals() {
        assert_eq!(errors(15, 148).interval(Metric::Error, 0), wilson(15, 148));
        let gap = errors(56, 70).gap_above(&errors(48, 80), Metric::Error, 0);
        assert_eq!(gap, difference(wilson(56, 70), wilson(48, 80)));
    }

    #[test]
    fn rows_that_come_in_groups_of_ten_tell_less_than_rows_alone() {
        let alone = errors(100, 500);
        let grouped = LossRows { groups: (0..500).map(|row| row / 10).collect(), ..alone.clone() };
        let width = |interval: Interval| interval.high - interval.low;
        let ratio = width(grouped.interval(Metric::Error, 0)) / width(alone.interval(Metric::Error, 0));
        // All rows of a group agree: 50 independent units for 500, so the width grows by about √10.
        assert!((2.6..3.8).contains(&ratio), "{ratio}");
    }

    #[test]
    fn the_interval_of_an_rmse_covers_the_truth_and_shrinks_with_rows() {
        let (few, many) = (squares(400, 2.0, 0), squares(40_000, 2.0, 1));
        let (few, many) = (few.interval(Metric::Rmse, 0), many.interval(Metric::Rmse, 0));
        assert!(few.low < 2.0 && 2.0 < few.high && many.low < 2.0 && 2.0 < many.high);
        // The standard error of an rmse of n normal values is σ/√(2n): widths of 0.277 and 0.0277.
        assert!((few.high - few.low - 0.277).abs() < 0.06, "{few:?}");
        assert!((many.high - many.low - 0.0277).abs() < 0.004, "{many:?}");
    }

    #[test]
    fn a_gap_of_two_rmses_is_found_and_no_gap_is_not() {
        let gap = |scale| squares(3_000, scale, 1).gap_above(&squares(3_000, 1.0, 2), Metric::Rmse, 0);
        assert!(gap(1.2).low > 0.1 && gap(1.2).high < 0.3);
        assert!(gap(1.0).low < 0.0 && gap(1.0).high > 0.0);
    }

    #[test]
    fn an_epoch_chosen_by_these_rows_moves_the_high_end_and_not_the_error() {
        for (metric, rows) in [(Metric::Error, errors(100, 500)), (Metric::Rmse, squares(500, 2.0, 0))] {
            let plain = rows.interval(metric, 0);
            let half = (plain.high - plain.value) / 2.0;
            let optimism =
                if metric == Metric::Rmse { (plain.value + half).powi(2) - plain.value.powi(2) } else { half };
            let chosen = LossRows { optimism, ..rows.clone() };
            let found = chosen.interval(metric, 0);
            assert_eq!((found.value, found.low), (plain.value, plain.low));
            assert!((found.high - plain.high - half).abs() < 1e-12, "{found:?} {plain:?}");
            // What the other rows are flattered by, the difference may be smaller by.
            let (gap, plain) = (rows.gap_above(&chosen, metric, 0), rows.gap_above(&rows, metric, 0));
            assert!(gap.low < plain.low && (gap.high - plain.high).abs() < 1e-12, "{gap:?} {plain:?}");
        }
    }

    #[test]
    fn pairing_sees_a_difference_that_independent_rows_hide() {
        let (first, second) = (errors(220, 1_000), errors(200, 1_000));
        assert!(first.gap_above(&second, Metric::Error, 0).low < 0.0);
        assert!(first.paired_gap_above(&second, Metric::Error, 0).low > 0.0);
        let same = first.paired_gap_above(&first, Metric::Error, 0);
        assert!(same.value == 0.0 && same.low < 0.0 && same.high > 0.0);
    }

    #[test]
    fn a_loss_is_surely_lower_where_the_difference_exceeds_its_standard_error_by_far() {
        let rows = |losses: &[f64]| LossRows { losses: losses.to_vec(), ..LossRows::default() };
        // Differences of 3, 1, 1, 1: mean 1.5, standard error 0.433.
        let (before, after) = (rows(&[4.0, 2.0, 2.0, 3.0]), rows(&[1.0, 1.0, 1.0, 2.0]));
        assert!(after.is_surely_lower_than(&before) && !before.is_surely_lower_than(&after));
        // Differences of 3, 1, 1, -1: mean 1, standard error 0.707.
        assert!(!rows(&[1.0, 1.0, 1.0, 4.0]).is_surely_lower_than(&before));
        assert!(!before.is_surely_lower_than(&before));
    }

    #[test]
    fn groups_without_a_single_error_still_leave_doubt() {
        let grouped = LossRows { groups: (0..100).map(|row| row / 5).collect(), ..errors(0, 100) };
        assert_eq!(grouped.interval(Metric::Error, 0), wilson(0, 20));
    }

    #[test]
    fn weights_of_one_change_no_error() {
        let plain = errors(30, 100);
        let weighted = LossRows { weights: vec![1.0; 100], ..plain.clone() };
        assert_eq!(plain.error(Metric::Error), weighted.error(Metric::Error));
        let interval = weighted.interval(Metric::Error, 0);
        let score = wilson(30, 100);
        // Two methods, one answer: within two points at 100 rows.
        assert!((interval.low - score.low).abs() < 0.02 && (interval.high - score.high).abs() < 0.02);
    }
}
