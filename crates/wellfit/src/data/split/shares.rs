//! How many rows each part gets.

#![expect(clippy::indexing_slicing, reason = "the places are those of the three parts")]

use super::SplitRule;

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

/// Whole numbers in proportion to `shares` that total `rows` (largest remainder); no share above 0 stays empty.
pub(super) fn sizes(rows: usize, shares: [f64; 3]) -> [usize; 3] {
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

/// The first rows of `order` to the first part, and so on.
pub(super) fn cut(order: &[u32], sizes: [usize; 3]) -> [Vec<u32>; 3] {
    let (train, rest) = order.split_at(sizes[0]);
    let (dev, test) = rest.split_at(sizes[1]);
    [train.to_vec(), dev.to_vec(), test.to_vec()]
}
