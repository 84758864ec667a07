//! The error one may aim at: given, or a range that the data themselves suggest.

use std::borrow::Cow;
use std::cmp::Ordering;

use wellfit_kernels::random::{Purpose, Stream};

use crate::data::{Examples, Targets};

use super::Interval;
use super::rates::difference;
use super::reached::{Reached, ReachedBy};

/// The error that train error is judged against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TargetError {
    /// The error, as a rate or in the target's unit.
    pub value: f64,
    /// Where it comes from.
    pub source: TargetSource,
}

/// Where a target error comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum TargetSource {
    /// The user named it.
    Given,
    /// Assumed: the lowest error that a model reached on dev.
    Reached(Reached),
    /// Assumed: the high end of a range that the data suggest.
    Range(TargetRange),
    /// Assumed to be 0, since nothing in the data bounds it.
    Unbounded,
}

impl TargetError {
    /// A target the user named.
    pub fn given(value: f64) -> TargetError {
        TargetError { value, source: TargetSource::Given }
    }

    /// The best of what is known: what a model reached, with boosted trees among those tried; else the high end of a range the data
    /// suggest, unless a model reached less; 0 where nothing is known.
    pub fn assumed(range: Option<TargetRange>, reached: Option<Reached>) -> TargetError {
        let reached = reached.filter(|reached| {
            // Neighbours bound nothing that a model on dev has not met: they are the last resort.
            reached.trees || range.is_some_and(|range| reached.dev.value < range.high)
        });
        match (reached, range) {
            (Some(reached), _) => TargetError { value: reached.dev.value, source: TargetSource::Reached(reached) },
            (None, Some(range)) => TargetError { value: range.high, source: TargetSource::Range(range) },
            (None, None) => TargetError { value: 0.0, source: TargetSource::Unbounded },
        }
    }

    /// How far train error is above it; what a model reached on dev is known to within an interval of its own.
    pub fn below(&self, train: Interval) -> Interval {
        match self.source {
            TargetSource::Reached(reached) => difference(train, reached.dev),
            _ => train.minus(self.value),
        }
    }

    /// Whether it is the network's own dev error, since no other model did better: then nothing shows that less is reachable.
    pub fn is_own(&self) -> bool {
        matches!(self.source, TargetSource::Reached(Reached { by: ReachedBy::Network, .. }))
    }

    /// Whether the user named it.
    pub fn is_given(&self) -> bool {
        self.source == TargetSource::Given
    }
}

/// Between which errors the best possible one probably lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TargetRange {
    /// What rows that agree in every input and disagree in the target make unavoidable.
    pub low: f64,
    /// What nearest neighbours suggest (Cover and Hart); never below `low`.
    pub high: f64,
    /// Rows whose nearest neighbour was looked for.
    pub queries: u64,
}

// Fixed budget: rows asked, rows searched, and multiplications in all, so that wide tables cost no more than narrow ones.
const MOST_QUERIES: usize = 1_000;
const MOST_REFERENCES: usize = 10_000;
const MOST_PRODUCTS: usize = 400_000_000;

// Two rows of an independent standardised column differ by 2 in the mean square; two codes that differ cost as much.
const CODE_MISMATCH: f32 = 2.0;

// Numbers compared at once: enough for one vector register, and the partial sums keep their order on every machine.
const LANES: usize = 16;

/// The range of the best possible error of prepared train rows.
///
/// `classes`: number of classes (ignored for regression). `unit`: how much one unit of `Targets::Values` is in the
/// target's own unit (train's deviation). `None` for fewer than 20 rows or rows without targets.
/// Source: Cover and Hart 1967, *IEEE Trans. Inf. Theory* 13:21, solved for the Bayes error; for a number, half the
/// mean squared difference to the nearest neighbour estimates the noise's variance.
pub fn target_range(train: &Examples, classes: usize, unit: f64, seed: u64) -> Option<TargetRange> {
    if train.rows() < 20 || matches!(train.targets, Targets::Absent) {
        return None;
    }
    let low = conflict_error(train) * scale_of(train, unit);
    let (loss, queries) = neighbour_loss(train, seed);
    let high = match train.targets {
        Targets::Classes(_) => cover_hart(loss, classes),
        _ => (loss / 2.0).sqrt() * unit,
    };
    Some(TargetRange { low, high: high.max(low), queries: queries as u64 })
}

/// The smallest Bayes error that fits an error `nearest` of the nearest-neighbour rule over `classes` classes:
/// (M-1)/M · (1 - √(1 - M/(M-1) · R)).
pub fn cover_hart(nearest: f64, classes: usize) -> f64 {
    let chance = (classes.max(2) as f64 - 1.0) / classes.max(2) as f64;
    chance * (1.0 - (1.0 - nearest / chance).max(0.0).sqrt())
}

// Rows that agree in every input but not in the target: the part of the error no function of the inputs can avoid.
fn conflict_error(train: &Examples) -> f64 {
    let inputs = Inputs::of(train);
    let mut order: Vec<usize> = (0..train.rows()).collect();
    order.sort_by(|&a, &b| inputs.compare(a, b));
    let mut loss = 0.0;
    for same in order.chunk_by(|&a, &b| inputs.compare(a, b) == Ordering::Equal).filter(|rows| rows.len() > 1) {
        loss += match &train.targets {
            Targets::Classes(classes) => {
                let mut found: Vec<u32> = same.iter().map(|&row| classes[row]).collect();
                found.sort_unstable();
                let most = found.chunk_by(|a, b| a == b).map(<[u32]>::len).max().unwrap_or(0);
                (same.len() - most) as f64
            }
            Targets::Values(values) => {
                let mean = same.iter().map(|&row| f64::from(values[row])).sum::<f64>() / same.len() as f64;
                same.iter().map(|&row| (f64::from(values[row]) - mean).powi(2)).sum()
            }
            Targets::Absent => 0.0,
        };
    }
    let mean = loss / train.rows() as f64;
    if matches!(train.targets, Targets::Values(_)) { mean.sqrt() } else { mean }
}

fn scale_of(train: &Examples, unit: f64) -> f64 {
    if matches!(train.targets, Targets::Values(_)) { unit } else { 1.0 }
}

/// All inputs of all rows, to compare rows by.
struct Inputs<'a> {
    widths: (usize, usize),
    numbers: Cow<'a, [f32]>,
    codes: Cow<'a, [u32]>,
}

impl Inputs<'_> {
    fn of(train: &Examples) -> Inputs<'_> {
        let source = &train.source;
        let widths = (source.numbers_in_a_row(), source.codes_in_a_row());
        Inputs { widths, numbers: source.numbers(), codes: source.codes() }
    }

    fn compare(&self, a: usize, b: usize) -> Ordering {
        let numbers = |row: usize| &self.numbers[row * self.widths.0..][..self.widths.0];
        let codes = |row: usize| &self.codes[row * self.widths.1..][..self.widths.1];
        let by_number = numbers(a).iter().zip(numbers(b)).map(|(x, y)| x.total_cmp(y)).find(|o| o.is_ne());
        by_number.unwrap_or_else(|| codes(a).cmp(codes(b)))
    }
}

// Mean loss of the leave-one-out nearest-neighbour rule over a sample of rows, and the rows asked.
fn neighbour_loss(train: &Examples, seed: u64) -> (f64, usize) {
    let (width, codes) = (train.source.numbers_in_a_row(), train.source.codes_in_a_row());
    let order = Stream::new(seed, Purpose::Sample, 0).permutation(train.rows());
    let cost = (width + codes).max(1);
    let references = train.rows().min(MOST_REFERENCES).min((MOST_PRODUCTS / 100 / cost).max(100));
    let queries = references.min(MOST_QUERIES).min((MOST_PRODUCTS / references / cost).max(100));
    // Gathered side by side and padded to whole lanes, so that the search streams through memory.
    let padded = width.next_multiple_of(LANES);
    let mut numbers = vec![0.0_f32; references * padded];
    let mut coded = vec![0; references * codes];
    for (place, &row) in order[..references].iter().enumerate() {
        let (numbers, coded) = (&mut numbers[place * padded..][..width], &mut coded[place * codes..][..codes]);
        train.source.read(row as usize, numbers, coded);
    }
    let mut loss = 0.0;
    for query in 0..queries {
        let (mut nearest, mut best) = (query, f32::INFINITY);
        for other in (0..references).filter(|&other| other != query) {
            let apart = squared_distance(&numbers[query * padded..][..padded], &numbers[other * padded..][..padded]);
            let differing = (0..codes).filter(|c| coded[query * codes + c] != coded[other * codes + c]).count();
            let distance = apart + CODE_MISMATCH * differing as f32;
            if distance < best {
                (nearest, best) = (other, distance);
            }
        }
        loss += loss_between(&train.targets, order[query] as usize, order[nearest] as usize);
    }
    (loss / queries as f64, queries)
}

fn loss_between(targets: &Targets, row: usize, neighbour: usize) -> f64 {
    match targets {
        Targets::Classes(classes) => f64::from(classes[row] != classes[neighbour]),
        Targets::Values(values) => (f64::from(values[row]) - f64::from(values[neighbour])).powi(2),
        Targets::Absent => 0.0,
    }
}

// Both slices are whole lanes long.
fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        for lane in 0..LANES {
            let apart = a[lane] - b[lane];
            sums[lane] += apart * apart;
        }
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::super::ReachedBy;
    use super::*;

    fn examples(rows: usize, numeric: Vec<f32>, codes: Vec<u32>, targets: Targets) -> Examples {
        Examples::new(crate::data::RowSource::of_matrix(rows, numeric, codes), targets)
    }

    #[test]
    fn neighbours_bracket_the_known_error_of_a_mixture() {
        // Two classes in the square, flipped with probability 0.1: the Bayes error is 0.1, the nearest neighbour's tends
        // to 2·0.1·0.9 = 0.18, and Cover and Hart's bound gives 0.1 back. 3 standard errors of 1,000 rows: ±0.03 in 0.1.
        let draws = |lane| Stream::new(9, Purpose::Demo, lane);
        let rows = 8_000_u64;
        let numeric: Vec<f32> = (0..2 * rows).map(|i| 2.0 * draws(0).uniform(i) as f32 - 1.0).collect();
        let classes = (0..rows)
            .map(|i| u32::from(numeric[2 * i as usize] > 0.0) ^ u32::from(draws(1).uniform(i) < 0.1))
            .collect();
        let train = examples(rows as usize, numeric, Vec::new(), Targets::Classes(classes));
        let range = target_range(&train, 2, 1.0, 0).unwrap();
        assert_eq!((range.low, range.queries), (0.0, 1_000));
        assert!((range.high - 0.1).abs() < 0.03, "{range:?}");
    }

    #[test]
    fn neighbours_find_the_noise_of_a_number_in_its_own_unit() {
        // y = x + noise of deviation 0.3, in units of 50: the best rmse is 15. 1,000 rows give it to about 5%.
        let draws = |lane| Stream::new(10, Purpose::Demo, lane);
        let numeric: Vec<f32> = (0..6_000).map(|i| draws(0).normal(i) as f32).collect();
        let values = (0..6_000).map(|i| numeric[i as usize] + 0.3 * draws(1).normal(i) as f32).collect();
        let train = examples(6_000, numeric, Vec::new(), Targets::Values(values));
        let range = target_range(&train, 0, 50.0, 0).unwrap();
        assert!((range.high - 15.0).abs() < 1.5, "{range:?}");
    }

    #[test]
    fn conflicting_duplicates_set_the_low_end() {
        // 30 rows with one input and 10 of them in the rarer class; the code distinguishes ten other rows.
        let codes: Vec<u32> = (0..40).map(|row| u32::from(row >= 30)).collect();
        let classes: Vec<u32> = (0..40).map(|row| u32::from(row < 10)).collect();
        let train = examples(40, vec![1.5; 40], codes, Targets::Classes(classes));
        let range = target_range(&train, 2, 1.0, 0).unwrap();
        assert_eq!(range.low, 0.25);
        assert!(range.high >= range.low);
    }

    #[test]
    fn the_bound_runs_from_no_error_to_chance() {
        assert_eq!(cover_hart(0.0, 3), 0.0);
        assert!((cover_hart(2.0 / 3.0, 3) - 2.0 / 3.0).abs() < 1e-12);
        assert!((cover_hart(0.9, 2) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn neighbours_are_the_last_resort_and_never_above_what_a_model_reached() {
        let range = |high| Some(TargetRange { low: 0.0, high, queries: 1_000 });
        let reached = |value: f64, trees| {
            let dev = Interval { value, low: value - 0.02, high: value + 0.02 };
            Some(Reached { by: ReachedBy::Trees, dev, trees })
        };
        let value = |range, reached| TargetError::assumed(range, reached).value;
        assert_eq!(value(range(0.1), reached(0.2, true)), 0.2);
        assert_eq!(value(range(0.1), reached(0.2, false)), 0.1);
        assert_eq!(value(range(0.3), reached(0.2, false)), 0.2);
        assert_eq!(value(None, reached(0.2, false)), 0.0);
        // Its noise is part of the bias: √(0.01² + 0.02²).
        let train = Interval { value: 0.25, low: 0.24, high: 0.26 };
        let bias = TargetError::assumed(None, reached(0.2, true)).below(train);
        assert!((bias.value - 0.05).abs() < 1e-12 && (bias.low - 0.05 + 0.02236).abs() < 1e-4, "{bias:?}");
        assert_eq!(TargetError::given(0.2).below(train), train.minus(0.2));
    }

    #[test]
    fn a_handful_of_rows_suggests_nothing() {
        let few = examples(3, vec![0.0; 3], Vec::new(), Targets::Classes(vec![0, 1, 0]));
        assert_eq!(target_range(&few, 2, 1.0, 0), None);
        assert!(!TargetError::assumed(None, None).is_given());
        assert!(TargetError::given(0.1).is_given());
    }
}
