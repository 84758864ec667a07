//! A predictor of one column, the simplest that can be right: a majority or a line in each bin.

use std::collections::BTreeMap;

use super::LeakValues;

// Bins of a numeric column: enough to follow a curve, few enough that no bin is a handful of rows.
const BINS: usize = 32;

/// Every `step`-th row of a range.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    pub from: usize,
    pub to: usize,
    pub step: usize,
}

impl Rows {
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (self.from..self.to).step_by(self.step)
    }

    pub fn count(self) -> usize {
        self.to.saturating_sub(self.from).div_ceil(self.step)
    }
}

/// A column and the rows of it to use.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub values: LeakValues<'a>,
    pub rows: Rows,
}

/// Rows wrongly classified by the column's predictor and by naive guessing.
pub(super) fn class_errors(fit: Part<'_>, known: &[u32], score: Part<'_>, asked: &[u32], classes: usize) -> (f64, f64) {
    let bins = Bins::of(fit).refined(fit, known, classes);
    let mut counts: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let mut overall = vec![0; classes];
    for row in fit.rows.iter() {
        let class = known[row] as usize;
        counts.entry(bins.bin(fit.values, row)).or_insert_with(|| vec![0; classes])[class] += 1;
        overall[class] += 1;
    }
    let guesses: BTreeMap<u32, u32> = counts.into_iter().map(|(bin, counts)| (bin, most(&counts))).collect();
    let majority = most(&overall);
    let (mut wrong, mut naive_wrong) = (0.0, 0.0);
    for row in score.rows.iter() {
        let guess = guesses.get(&bins.bin(score.values, row)).copied().unwrap_or(majority);
        wrong += f64::from(guess != asked[row]);
        naive_wrong += f64::from(majority != asked[row]);
    }
    (wrong, naive_wrong)
}

/// How many of the `asked` classes the column's predictor guesses, fitted on the `known` ones.
///
/// `fit` and `score`: (rows,), the column in the rows of `known` and of `asked`. Classes are below `classes`.
pub fn right_guesses(
    (fit, known): (LeakValues<'_>, &[u32]),
    (score, asked): (LeakValues<'_>, &[u32]),
    classes: usize,
) -> u64 {
    let all = |values, rows| Part { values, rows: Rows { from: 0, to: rows, step: 1 } };
    let (wrong, _) = class_errors(all(fit, known.len()), known, all(score, asked.len()), asked, classes);
    asked.len() as u64 - wrong as u64
}

/// Share of the target's variance the column's predictor explains; `None` if the target does not vary.
pub(super) fn explained(fit: Part<'_>, known: &[f64], score: Part<'_>, asked: &[f64]) -> Option<f64> {
    let bins = Bins::of(fit);
    let mut lines: BTreeMap<u32, Line> = BTreeMap::new();
    let mut overall = Line::default();
    for row in fit.rows.iter() {
        let target = known[row];
        lines.entry(bins.bin(fit.values, row)).or_default().add(place_in(fit.values, row), target);
        overall.add(0.0, target);
    }
    let (mut left, mut spread) = (0.0, 0.0);
    for row in score.rows.iter() {
        let target = asked[row];
        let line = lines.get(&bins.bin(score.values, row)).unwrap_or(&overall);
        left += (target - line.at(place_in(score.values, row))).powi(2);
        spread += (target - overall.at(0.0)).powi(2);
    }
    (spread > 0.0).then(|| 1.0 - left / spread)
}

// Which bin a value falls in: its category, or a range between two quantiles.
struct Bins {
    edges: Vec<f32>,
}

impl Bins {
    fn of(fit: Part<'_>) -> Bins {
        let LeakValues::Numeric(numbers) = fit.values else {
            return Bins { edges: Vec::new() };
        };
        let mut sorted: Vec<f32> = fit.rows.iter().map(|row| numbers[row]).filter(|number| !number.is_nan()).collect();
        sorted.sort_unstable_by(f32::total_cmp);
        let mut edges: Vec<f32> = (1..BINS).filter_map(|cut| sorted.get(cut * sorted.len() / BINS).copied()).collect();
        edges.dedup();
        Bins { edges }
    }

    // Cut once more within each bin where that leaves the fewest rows outside a majority: classes have borders of their own.
    fn refined(self, fit: Part<'_>, known: &[u32], classes: usize) -> Bins {
        let LeakValues::Numeric(numbers) = fit.values else { return self };
        let mut rows: Vec<(f32, u32)> =
            fit.rows.iter().map(|row| (numbers[row], known[row])).filter(|(number, _)| !number.is_nan()).collect();
        rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut edges = self.edges.clone();
        for bin in rows.chunk_by(|a, b| self.place(a.0) == self.place(b.0)) {
            edges.extend(best_cut(bin, classes));
        }
        edges.sort_unstable_by(f32::total_cmp);
        Bins { edges }
    }

    fn place(&self, number: f32) -> u32 {
        self.edges.partition_point(|&edge| edge <= number) as u32
    }

    fn bin(&self, values: LeakValues<'_>, row: usize) -> u32 {
        match values {
            LeakValues::Codes(codes) => codes[row],
            // A missing number is a bin of its own: that a value is missing may give the target away.
            LeakValues::Numeric(numbers) if numbers[row].is_nan() => u32::MAX,
            LeakValues::Numeric(numbers) => self.place(numbers[row]),
        }
    }
}

// The number from which on rows of a bin, in order, are best guessed apart; `None` where that is no better.
fn best_cut(bin: &[(f32, u32)], classes: usize) -> Option<f32> {
    let count = |counts: &[u32]| counts.iter().copied().max().unwrap_or(0);
    let (mut below, mut above) = (vec![0; classes], vec![0; classes]);
    bin.iter().for_each(|(_, class)| above[*class as usize] += 1);
    let mut best = (count(&above), None);
    for pair in bin.windows(2) {
        below[pair[0].1 as usize] += 1;
        above[pair[0].1 as usize] -= 1;
        let right = count(&below) + count(&above);
        if pair[0].0 < pair[1].0 && right > best.0 {
            best = (right, Some(pair[1].0));
        }
    }
    best.1
}

// The first of the classes with the most rows.
fn most(counts: &[u32]) -> u32 {
    let best = counts.iter().enumerate().max_by_key(|&(class, &count)| (count, std::cmp::Reverse(class)));
    best.map_or(0, |(class, _)| class as u32)
}

// Where in its bin a number lies; categories and missing numbers have no place.
fn place_in(values: LeakValues<'_>, row: usize) -> f64 {
    match values {
        LeakValues::Numeric(numbers) if !numbers[row].is_nan() => f64::from(numbers[row]),
        _ => 0.0,
    }
}

// The least-squares line through the rows of a bin. Means alone would let a heavy tail, whose last bin is wide, hide a
// copy of the target.
#[derive(Clone, Copy, Default)]
struct Line {
    count: f64,
    mean_x: f64,
    mean_y: f64,
    spread: f64,
    slope_sum: f64,
}

impl Line {
    // Welford's update: no cancellation for numbers far from 0.
    fn add(&mut self, x: f64, y: f64) {
        self.count += 1.0;
        let apart = x - self.mean_x;
        self.mean_x += apart / self.count;
        self.mean_y += (y - self.mean_y) / self.count;
        self.spread += apart * (x - self.mean_x);
        self.slope_sum += apart * (y - self.mean_y);
    }

    fn at(&self, x: f64) -> f64 {
        // Fewer than five rows would fit themselves.
        if self.count < 5.0 || self.spread <= 0.0 {
            return self.mean_y;
        }
        self.mean_y + self.slope_sum / self.spread * (x - self.mean_x)
    }
}
