//! Dealing rows to train, dev and test.

#![expect(
    clippy::indexing_slicing,
    reason = "the places are positions in permutations and counts made here, over rows that are counted here"
)]

use wellfit_kernels::random::{Purpose, Stream};

use super::SplitRule;
use crate::text::thousands;

/// Rows a pipeline may be fitted on and a network trained on; only a [`Split`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainRows(Vec<u32>);

impl TrainRows {
    /// Row numbers of the table, ascending.
    pub fn as_slice(&self) -> &[u32] {
        &self.0
    }
}

/// Row numbers of each part, ascending; no row is in two parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// To fit on.
    pub train: TrainRows,
    /// To choose with; may be empty.
    pub dev: Vec<u32>,
    /// To be opened on purpose; may be empty.
    pub test: Vec<u32>,
    /// How the rows were dealt, in words.
    pub rule: String,
}

impl Split {
    /// Rows dealt elsewhere in this module's folder; each part is ascending, and no row is in two of them.
    pub(super) fn dealt(train: Vec<u32>, dev: Vec<u32>, test: Vec<u32>, rule: String) -> Split {
        Split { train: TrainRows(train), dev, test, rule }
    }
}

/// What decides which rows belong together.
pub(crate) enum Order<'a> {
    /// By chance, each class alike.
    Classes(&'a [u32]),
    /// By chance.
    Chance,
    /// Whole groups by chance; `u32::MAX` is a group of its own.
    Groups(&'a [u32]),
    /// The oldest to train, the newest to test.
    Time(&'a [f64]),
}

/// The rows of given files, which follow the main file's rows in the table.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Given {
    /// Rows of the dev file, if there is one.
    pub dev: Option<usize>,
    /// Rows of the test file, if there is one.
    pub test: Option<usize>,
}

const SMALL_ROWS: f64 = 10_000.0;
const LARGE_ROWS: f64 = 1_000_000.0;

/// Share of train, dev and test in the rows of the main file.
pub(crate) fn shares(rule: SplitRule, rows: usize, given: Given) -> [f64; 3] {
    let mut shares = match rule {
        SplitRule::Shares { train, dev, test } => [train / 100.0, dev / 100.0, test / 100.0],
        SplitRule::Auto => {
            // From 0 at 10,000 rows to 1 at a million, along the logarithm.
            let slide = ((rows.max(1) as f64).log10() - SMALL_ROWS.log10()) / (LARGE_ROWS / SMALL_ROWS).log10();
            let part = 0.2 + (0.01 - 0.2) * slide.clamp(0.0, 1.0);
            let dev = if given.dev.is_some() { 0.0 } else { part };
            let test = if given.test.is_some() { 0.0 } else { part };
            [1.0 - dev - test, dev, test]
        }
    };
    // A given file takes the place of a share; the others keep their proportion.
    if given.dev.is_some() {
        shares[1] = 0.0;
    }
    if given.test.is_some() {
        shares[2] = 0.0;
    }
    let total: f64 = shares.iter().sum();
    shares.map(|share| share / total)
}

/// Deals `rows` rows; returns the split and warnings.
pub(crate) fn deal(rows: usize, rule: SplitRule, order: &Order<'_>, given: Given, seed: u64) -> (Split, Vec<String>) {
    let shares = shares(rule, rows, given);
    let sizes = sizes(rows, shares);
    let mut warnings = Vec::new();
    let mut parts = match order {
        Order::Chance => {
            let order = Stream::new(seed, Purpose::Split, 0).permutation(rows);
            cut(&order, sizes)
        }
        Order::Classes(classes) => by_class(classes, shares, sizes, seed, &mut warnings),
        Order::Groups(groups) => by_group(groups, sizes, seed),
        Order::Time(times) => by_time(times, sizes),
    };
    parts.iter_mut().for_each(|part| part.sort_unstable());
    let [train, mut dev, mut test] = parts;
    let mut next = rows as u32;
    for (count, part) in [(given.dev, &mut dev), (given.test, &mut test)] {
        let count = count.unwrap_or(0) as u32;
        part.extend(next..next + count);
        next += count;
    }
    let how = match order {
        Order::Chance => "by chance",
        Order::Classes(_) => "by chance, each class alike",
        Order::Groups(_) => "by chance, groups whole",
        Order::Time(_) => "by time, the newest last",
    };
    let percent = |share: f64| format!("{}", (share * 1000.0).round() / 10.0);
    let part = |file: Option<usize>, share: f64| {
        if file.is_some() { "its file".to_owned() } else { percent(share) }
    };
    let rule = if sizes[0] == rows {
        format!("all {} rows of the main file to train", thousands(rows))
    } else {
        format!("{}/{}/{} {how}", percent(shares[0]), part(given.dev, shares[1]), part(given.test, shares[2]))
    };
    (Split { train: TrainRows(train), dev, test, rule }, warnings)
}

/// Whole numbers in proportion to `shares` that total `rows` (largest remainder); no share above 0 stays empty.
fn sizes(rows: usize, shares: [f64; 3]) -> [usize; 3] {
    let mut sizes = shares.map(|share| (share * rows as f64 + 1e-9).floor() as usize);
    let mut order = [0, 1, 2];
    let remainder = |part: usize| shares[part] * rows as f64 - sizes[part] as f64;
    order.sort_by(|&a, &b| remainder(b).total_cmp(&remainder(a)));
    let left = rows.saturating_sub(sizes.iter().sum());
    order.iter().take(left).for_each(|&part| sizes[part] += 1);
    for part in [1, 2] {
        if shares[part] > 0.0 && sizes[part] == 0 && sizes[0] > 1 {
            sizes[part] = 1;
            sizes[0] -= 1;
        }
    }
    sizes
}

fn cut(order: &[u32], sizes: [usize; 3]) -> [Vec<u32>; 3] {
    let (train, rest) = order.split_at(sizes[0]);
    let (dev, test) = rest.split_at(sizes[1]);
    [train.to_vec(), dev.to_vec(), test.to_vec()]
}

/// Every class of at least 3 rows in every part, in proportion; rarer classes in train.
fn by_class(
    classes: &[u32],
    shares: [f64; 3],
    sizes: [usize; 3],
    seed: u64,
    warnings: &mut Vec<String>,
) -> [Vec<u32>; 3] {
    let count = classes.iter().max().map_or(0, |&last| last as usize + 1);
    let mut rows_of = vec![Vec::new(); count];
    for (row, &class) in classes.iter().enumerate() {
        rows_of[class as usize].push(row as u32);
    }
    let rare = rows_of.iter().filter(|rows| !rows.is_empty() && rows.len() < 3).count();
    if rare > 0 && sizes[0] < classes.len() {
        let (many, they) = if rare == 1 { ("1 class has", "it is") } else { ("", "they are") };
        let many = if many.is_empty() { format!("{rare} classes have") } else { many.into() };
        warnings.push(format!("{many} fewer than 3 rows: {they} in train only, dev and test cannot judge them"));
    }
    let lots: Vec<usize> = rows_of.iter().map(Vec::len).collect();
    let dealt = class_sizes(&lots, shares, sizes);
    let mut parts = [Vec::new(), Vec::new(), Vec::new()];
    for (class, (rows, sizes)) in rows_of.iter().zip(dealt).enumerate() {
        let order = Stream::new(seed, Purpose::Split, 1 + class as u64).permutation(rows.len());
        let shuffled: Vec<u32> = order.iter().map(|&at| rows[at as usize]).collect();
        for (part, more) in parts.iter_mut().zip(cut(&shuffled, sizes)) {
            part.extend(more);
        }
    }
    parts
}

/// How many rows of each class each part gets: within one row of proportion, and in total the sizes of the parts.
///
/// Starts from each class rounded by itself and moves single rows from parts that have too many to parts that have too
/// few, always in the class it disturbs least. Only where every class needs its one row in a part too small for that
/// do the totals differ from `sizes`.
fn class_sizes(lots: &[usize], shares: [f64; 3], wanted: [usize; 3]) -> Vec<[usize; 3]> {
    let mut dealt: Vec<[usize; 3]> =
        lots.iter().map(|&rows| if rows < 3 { [rows, 0, 0] } else { sizes(rows, shares) }).collect();
    let quota = |class: usize, part: usize| lots[class] as f64 * shares[part];
    loop {
        let total = |part: usize| dealt.iter().map(|sizes| sizes[part]).sum::<usize>();
        let totals = [total(0), total(1), total(2)];
        let Some(from) = (0..3).find(|&part| totals[part] > wanted[part]) else {
            return dealt;
        };
        let Some(to) = (0..3).find(|&part| totals[part] < wanted[part]) else {
            return dealt;
        };
        let disturbance = |class: usize| {
            let ahead = dealt[class][from] as f64 - quota(class, from);
            let behind = quota(class, to) - dealt[class][to] as f64;
            -(ahead + behind)
        };
        let class = (0..lots.len())
            .filter(|&class| lots[class] >= 3 && dealt[class][from] > 1)
            .min_by(|&a, &b| disturbance(a).total_cmp(&disturbance(b)));
        let Some(class) = class else { return dealt };
        dealt[class][from] -= 1;
        dealt[class][to] += 1;
    }
}

/// Whole groups, the largest first and equals by chance, each to the part that lacks most rows.
fn by_group(groups: &[u32], sizes: [usize; 3], seed: u64) -> [Vec<u32>; 3] {
    let named = groups.iter().filter(|&&group| group != u32::MAX).max().map_or(0, |&last| last as usize + 1);
    let mut rows_of = vec![Vec::new(); named];
    for (row, &group) in groups.iter().enumerate() {
        match rows_of.get_mut(group as usize) {
            Some(rows) => rows.push(row as u32),
            None => rows_of.push(vec![row as u32]),
        }
    }
    let mut order = Stream::new(seed, Purpose::Split, 0).permutation(rows_of.len());
    order.sort_by_key(|&group| std::cmp::Reverse(rows_of[group as usize].len()));
    let mut parts = [Vec::new(), Vec::new(), Vec::new()];
    for group in order {
        let lack = |part: usize| sizes[part] as i64 - parts[part].len() as i64;
        // The earlier part wins a tie, so train is never left without rows.
        let part = (0..3).rev().max_by_key(|&part| if sizes[part] == 0 { i64::MIN } else { lack(part) }).unwrap_or(0);
        parts[part].append(&mut rows_of[group as usize]);
    }
    parts
}

/// Ascending by time, equal times in the order of the file and in one part where that leaves no part empty.
fn by_time(times: &[f64], sizes: [usize; 3]) -> [Vec<u32>; 3] {
    let mut order: Vec<u32> = (0..times.len() as u32).collect();
    order.sort_by(|&a, &b| times[a as usize].total_cmp(&times[b as usize]));
    let same = |at: usize| times[order[at - 1] as usize] == times[order[at] as usize];
    let snapped = |at: usize, low: usize, high: usize| {
        let before = (low + 1..=at).rev().find(|&at| at < times.len() && !same(at));
        let after = (at..high).find(|&at| at > 0 && !same(at));
        match (before, after) {
            (Some(before), Some(after)) => {
                if at - before <= after - at {
                    before
                } else {
                    after
                }
            }
            (found, other) => found.or(other).unwrap_or(at),
        }
    };
    let rows = times.len();
    let first = if sizes[0] < rows { snapped(sizes[0], 0, rows) } else { rows };
    let second = match (sizes[1], sizes[2]) {
        (_, 0) => rows,
        (0, _) => first,
        (dev, _) => snapped((first + dev).min(rows - 1).max(first + 1).min(rows), first, rows),
    };
    cut(&order, [first, second - first, rows - second])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NONE: Given = Given { dev: None, test: None };

    fn thirds() -> SplitRule {
        SplitRule::Shares { train: 60.0, dev: 20.0, test: 20.0 }
    }

    fn every_row_once(split: &Split, rows: usize) -> bool {
        let mut all = [split.train.as_slice(), &split.dev, &split.test].concat();
        all.sort_unstable();
        all.into_iter().eq(0..rows as u32)
    }

    proptest! {
        #[test]
        fn classes_of_three_rows_are_everywhere_and_sizes_are_exact(
            lots in prop::collection::vec(1usize..60, 2..8), seed in 0u64..50, two in any::<bool>()
        ) {
            let classes: Vec<u32> =
                lots.iter().enumerate().flat_map(|(class, &rows)| vec![class as u32; rows]).collect();
            let rows = classes.len();
            prop_assume!(rows >= 10);
            let rule = if two { SplitRule::Shares { train: 80.0, dev: 20.0, test: 0.0 } } else { thirds() };
            let (split, _) = deal(rows, rule, &Order::Classes(&classes), NONE, seed);
            prop_assert!(every_row_once(&split, rows));
            let parts = [split.train.as_slice(), &split.dev, &split.test];
            for (class, &count) in lots.iter().enumerate() {
                let of = |part: &[u32]| part.iter().filter(|&&row| classes[row as usize] == class as u32).count();
                for part in parts.iter().filter(|part| !part.is_empty()) {
                    if count >= 3 {
                        prop_assert!(of(part) >= 1, "class {class} of {count} rows");
                    }
                }
                if count < 3 {
                    prop_assert_eq!(of(parts[0]), count);
                }
            }
            // With room for one row of each class in the smallest part, the totals are those of the shares.
            if rows / 5 > 2 * lots.len() {
                prop_assert_eq!([parts[0].len(), parts[1].len(), parts[2].len()], sizes(rows, shares(rule, rows, NONE)));
            }
        }

        #[test]
        fn groups_stay_whole(groups in prop::collection::vec(0u32..12, 20..200), seed in 0u64..50) {
            let (split, _) = deal(groups.len(), thirds(), &Order::Groups(&groups), NONE, seed);
            prop_assert!(every_row_once(&split, groups.len()));
            let parts = [split.train.as_slice(), &split.dev, &split.test];
            for group in 0..12 {
                let holding = parts.iter().filter(|part| part.iter().any(|&row| groups[row as usize] == group)).count();
                prop_assert!(holding <= 1);
            }
            prop_assert!(!parts[0].is_empty());
        }

        #[test]
        fn the_newest_rows_are_test_and_equal_times_stay_together(days in prop::collection::vec(0u8..40, 30..200)) {
            let times: Vec<f64> = days.iter().map(|&day| f64::from(day)).collect();
            let (split, _) = deal(times.len(), thirds(), &Order::Time(&times), NONE, 0);
            prop_assert!(every_row_once(&split, times.len()));
            let span = |rows: &[u32]| rows.iter().map(|&row| days[row as usize]).fold((u8::MAX, 0), |(low, high), day| (low.min(day), high.max(day)));
            let (train, dev, test) = (span(split.train.as_slice()), span(&split.dev), span(&split.test));
            prop_assert!(train.1 <= dev.0 && dev.1 <= test.0);
            prop_assert!(!split.dev.is_empty() && !split.test.is_empty());
        }
    }

    #[test]
    fn auto_slides_from_60_20_20_to_98_1_1() {
        let percent = |rows, given| shares(SplitRule::Auto, rows, given).map(|share| (share * 1000.0).round() / 10.0);
        assert_eq!(percent(100, NONE), [60.0, 20.0, 20.0]);
        assert_eq!(percent(10_000, NONE), [60.0, 20.0, 20.0]);
        assert_eq!(percent(1_000_000, NONE), [98.0, 1.0, 1.0]);
        assert_eq!(percent(50_000_000, NONE), [98.0, 1.0, 1.0]);
        assert_eq!(percent(100, Given { test: Some(9), ..NONE }), [80.0, 20.0, 0.0]);
        assert_eq!(percent(100, Given { dev: Some(9), test: Some(9) }), [100.0, 0.0, 0.0]);
    }

    #[test]
    fn a_given_file_takes_the_place_of_a_share() {
        let given = Given { test: Some(7), ..NONE };
        let all = SplitRule::Shares { train: 100.0, dev: 0.0, test: 0.0 };
        let (split, _) = deal(20, all, &Order::Chance, given, 0);
        assert_eq!((split.train.as_slice().len(), split.dev.len()), (20, 0));
        assert_eq!(split.test, (20..27).collect::<Vec<u32>>());
        let (split, _) = deal(20, thirds(), &Order::Chance, given, 0);
        assert_eq!((split.train.as_slice().len(), split.dev.len(), split.test.len()), (15, 5, 7));
    }

    #[test]
    fn the_seed_moves_the_rows_and_nothing_else() {
        let split = |seed| deal(100, SplitRule::Auto, &Order::Chance, NONE, seed).0;
        assert_eq!(split(1), split(1));
        assert_ne!(split(1).train, split(2).train);
        assert_eq!(split(1).dev.len(), 20);
    }

    #[test]
    fn rare_classes_go_to_train_with_a_warning() {
        let classes: Vec<u32> = (0..40).map(|row| if row < 2 { 1 } else { 0 }).collect();
        let (split, warnings) = deal(40, SplitRule::Auto, &Order::Classes(&classes), NONE, 0);
        assert!(split.train.as_slice().starts_with(&[0, 1]));
        assert_eq!(warnings.len(), 1);
    }
}
