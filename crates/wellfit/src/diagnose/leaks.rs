//! Columns that give the target away: one alone, or two that add up to it.

mod in_dataset;
mod one_column;

use crate::train::Truth;

pub(super) use in_dataset::Cells;
pub use in_dataset::find_leaks;
pub(super) use one_column::right_guesses;

use one_column::{Part, Rows, class_errors, explained};

/// The values of a column, one a row.
#[derive(Clone, Copy, Debug)]
pub enum LeakValues<'a> {
    /// Numbers; a missing one is NaN.
    Numeric(&'a [f32]),
    /// Category codes.
    Codes(&'a [u32]),
}

/// A column as the table holds it, before any preparation.
#[derive(Clone, Copy, Debug)]
pub struct LeakColumn<'a> {
    /// The column's name.
    pub name: &'a str,
    /// (rows,): its values.
    pub values: LeakValues<'a>,
}

/// Columns that predict the target suspiciously well.
#[derive(Clone, Debug, PartialEq)]
pub struct Leak {
    /// The columns: one, or two that add up to the target.
    pub columns: Vec<String>,
    /// What gave them away.
    pub evidence: LeakEvidence,
}

/// What makes columns suspicious.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum LeakEvidence {
    /// One column alone predicts the class.
    PredictsClass {
        /// Share of the rows on which it errs.
        error: f64,
        /// Share of the rows on which the majority class errs.
        naive: f64,
    },
    /// One column alone explains the number, with this R².
    Explains(f64),
    /// Two columns add up to the target in every row.
    AddsUp,
}

// A leaking column errs on less than this share of the rows that naive guessing errs on, and on fewer rows than this.
const SHARE_OF_NAIVE: f64 = 0.1;
const ERROR_OF_LEAK: f64 = 0.02;
const R2_OF_LEAK: f64 = 0.99;

// Values looked at in all: past it every second, third ... row, so that a table of any size costs the same.
const MOST_VALUES: usize = 4_000_000;

// With fewer naive errors than this among the held-out rows, none left is no surprise.
const FEWEST_ERRORS: f64 = 10.0;

/// Columns that predict the target alone (fitted on `train`, scored on `held`), and pairs of numeric columns that sum
/// to a numeric target in every row.
///
/// `train` and `held`: the same columns in the same order, rows of train and of dev. Without `held` the last third of
/// train is scored. `classes` is ignored for numbers.
///
/// Panics if columns and truth differ in rows (a bug in the caller).
pub fn leaks(
    train: &[LeakColumn<'_>],
    truth: &Truth,
    held: Option<(&[LeakColumn<'_>], &Truth)>,
    classes: usize,
) -> Vec<Leak> {
    let rows = truth.rows();
    let fitted = if held.is_some() { rows } else { rows - rows / 3 };
    let step = (rows * train.len()).div_ceil(MOST_VALUES).max(1);
    let mut found = Vec::new();
    for (place, column) in train.iter().enumerate() {
        let fit = Part { values: column.values, rows: Rows { from: 0, to: fitted, step } };
        let (score, asked) = match held {
            Some((columns, asked)) => {
                (Part { values: columns[place].values, rows: Rows { from: 0, to: asked.rows(), step } }, asked)
            }
            None => (Part { values: column.values, rows: Rows { from: fitted, to: rows, step } }, truth),
        };
        if let Some(evidence) = suspicion(fit, truth, score, asked, classes) {
            found.push(Leak { columns: vec![column.name.to_string()], evidence });
        }
    }
    if let Truth::Values(target) = truth {
        found.extend(sums(train, target));
    }
    found
}

// What makes a column suspicious, if anything does.
fn suspicion(fit: Part<'_>, known: &Truth, score: Part<'_>, asked: &Truth, classes: usize) -> Option<LeakEvidence> {
    let rows = score.rows.count() as f64;
    match (known, asked) {
        (Truth::Classes(known), Truth::Classes(asked)) => {
            let (wrong, naive) = class_errors(fit, known, score, asked, classes);
            let leaking = naive >= FEWEST_ERRORS && wrong < SHARE_OF_NAIVE * naive && wrong < ERROR_OF_LEAK * rows;
            leaking.then_some(LeakEvidence::PredictsClass { error: wrong / rows, naive: naive / rows })
        }
        (Truth::Values(known), Truth::Values(asked)) if rows >= FEWEST_ERRORS => {
            let r2 = explained(fit, known, score, asked)?;
            (r2 > R2_OF_LEAK).then_some(LeakEvidence::Explains(r2))
        }
        _ => None,
    }
}

// Pairs of numeric columns whose sum is the target in every row.
fn sums(columns: &[LeakColumn<'_>], target: &[f64]) -> Vec<Leak> {
    let numeric: Vec<(&str, &[f32])> = columns
        .iter()
        .filter_map(|column| match column.values {
            LeakValues::Numeric(numbers) if varies(numbers) => Some((column.name, numbers)),
            _ => None,
        })
        .collect();
    let mut found = Vec::new();
    for (place, (first, a)) in numeric.iter().enumerate() {
        for (second, b) in &numeric[place + 1..] {
            // Stops at the first row that does not add up, so nearly every pair costs one row.
            let adds_up = a.iter().zip(*b).zip(target).all(|((&a, &b), &target)| {
                let apart = (f64::from(a) + f64::from(b) - target).abs();
                // 2 f32 roundings of each number.
                apart <= 4.0 * f64::from(f32::EPSILON) * (f64::from(a).abs() + f64::from(b).abs())
            });
            if adds_up && target.len() >= FEWEST_ERRORS as usize {
                let columns = vec![(*first).to_string(), (*second).to_string()];
                found.push(Leak { columns, evidence: LeakEvidence::AddsUp });
            }
        }
    }
    found
}

fn varies(numbers: &[f32]) -> bool {
    numbers.windows(2).any(|pair| pair[0] != pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use wellfit_kernels::random::{Purpose, Stream};

    fn draws(lane: u64, rows: u64) -> Vec<f32> {
        (0..rows).map(|row| Stream::new(1, Purpose::Demo, lane).uniform(row) as f32).collect()
    }

    fn numeric<'a>(name: &'a str, values: &'a [f32]) -> LeakColumn<'a> {
        LeakColumn { name, values: LeakValues::Numeric(values) }
    }

    #[test]
    fn a_copy_of_the_target_under_another_name_is_found() {
        let classes: Vec<u32> = draws(0, 600).iter().map(|&u| u32::from(u < 0.4)).collect();
        let alive: Vec<u32> = classes.iter().map(|class| 7 - class).collect();
        let noise = draws(1, 600);
        let columns = [LeakColumn { name: "alive", values: LeakValues::Codes(&alive) }, numeric("age", &noise)];
        let found = leaks(&columns, &Truth::Classes(classes), None, 2);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].columns, ["alive"]);
        assert!(matches!(found[0].evidence, LeakEvidence::PredictsClass { error: 0.0, .. }), "{found:?}");
    }

    #[test]
    fn a_column_that_is_merely_good_is_not_accused() {
        let noise = draws(0, 2_000);
        let classes =
            draws(1, 2_000).iter().zip(&noise).map(|(&u, &x)| u32::from(x > 0.5) ^ u32::from(u < 0.05)).collect();
        assert_eq!(leaks(&[numeric("good", &noise)], &Truth::Classes(classes), None, 2), []);
    }

    #[test]
    fn a_number_whose_borders_are_those_of_the_classes_is_found() {
        // Rows sorted by three classes, and their numbers: no quantile falls on both borders.
        let shuffled = Stream::new(2, Purpose::Sample, 0).permutation(900);
        let index: Vec<f32> = shuffled.iter().map(|&row| row as f32).collect();
        let classes: Vec<u32> = shuffled.iter().map(|&row| row / 300).collect();
        let found = leaks(&[numeric("index", &index)], &Truth::Classes(classes), None, 3);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn an_id_predicts_nothing_on_held_out_rows() {
        let ids: Vec<u32> = (0..900).collect();
        let classes: Vec<u32> = draws(0, 900).iter().map(|&u| u32::from(u < 0.5)).collect();
        let column = [LeakColumn { name: "id", values: LeakValues::Codes(&ids) }];
        let held_ids: Vec<u32> = (900..1_000).collect();
        let held = [LeakColumn { name: "id", values: LeakValues::Codes(&held_ids) }];
        let held_truth = Truth::Classes(classes[..100].to_vec());
        assert_eq!(leaks(&column, &Truth::Classes(classes), Some((&held, &held_truth)), 2), []);
    }

    #[test]
    fn two_columns_that_add_up_to_the_target_are_named_together() {
        // bike_sharing: casual + registered = cnt.
        let casual: Vec<f32> = draws(0, 500).iter().map(|u| (u * 300.0).round()).collect();
        let registered: Vec<f32> = draws(1, 500).iter().map(|u| (u * 200.0).round()).collect();
        let count: Vec<f32> = casual.iter().zip(&registered).map(|(a, b)| a + b).collect();
        let columns = [numeric("casual", &casual), numeric("hour", &count[..500]), numeric("registered", &registered)];
        let found =
            leaks(&[columns[0], columns[2]], &Truth::Values(count.iter().copied().map(f64::from).collect()), None, 0);
        assert_eq!(found.iter().map(|leak| leak.columns.join("+")).collect::<Vec<_>>(), ["casual+registered"]);
        let copied = leaks(&columns[1..2], &Truth::Values(count.iter().copied().map(f64::from).collect()), None, 0);
        assert_eq!(copied[0].columns, ["hour"]);
    }

    #[test]
    fn a_copy_of_a_heavy_tailed_target_is_found() {
        let normal = |row| Stream::new(2, Purpose::Demo, 0).normal(row);
        let price: Vec<f32> = (0..3_000).map(|row| (11.0 + 1.5 * normal(row)).exp() as f32).collect();
        let in_thousands: Vec<f32> = price.iter().map(|price| price / 1_000.0).collect();
        let column = [numeric("price_k", &in_thousands)];
        assert_eq!(leaks(&column, &Truth::Values(price.into_iter().map(f64::from).collect()), None, 0).len(), 1);
    }

    #[test]
    fn a_missing_value_can_be_the_leak() {
        let classes: Vec<u32> = draws(0, 600).iter().map(|&u| u32::from(u < 0.4)).collect();
        let noise = draws(1, 600);
        let left: Vec<f32> = classes.iter().zip(&noise).map(|(&c, &n)| if c == 1 { f32::NAN } else { n }).collect();
        assert_eq!(leaks(&[numeric("date_of_leaving", &left)], &Truth::Classes(classes), None, 2).len(), 1);
    }

    #[test]
    fn rare_classes_do_not_make_a_leak_of_every_column() {
        let classes: Vec<u32> = (0..600).map(|row| u32::from(row == 599)).collect();
        assert_eq!(leaks(&[numeric("x", &draws(0, 600))], &Truth::Classes(classes), None, 2), []);
    }
}
