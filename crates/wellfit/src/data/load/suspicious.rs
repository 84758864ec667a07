//! Values that may not be what they seem: a number that stands for "missing", one at which others were cut off, one in most rows.
//!
//! They are looked for among [`LOOKED_AT`] rows and then counted in all; nothing is changed.

use std::collections::HashMap;

use crate::data::notice::{Extreme, Frequent};
use crate::data::table::{Column, Table, Values};
use crate::data::target::{Target, TargetValues};
use crate::data::{ColumnType, DataNotice};
use crate::text::significant;

/// Rows that are looked at.
const LOOKED_AT: usize = 20_000;
/// Fewer different numbers than this are a scale of their own, of which any may be frequent.
const FEW_NUMBERS: usize = 20;
/// A number that stands for "missing" stands there at least so many times.
const REPEATED: usize = 2;
/// Zero is far from the other numbers where the least of them is more than this part of their median; where many rows have it, half of that
const FAR_FROM_ZERO: f64 = 0.2;
/// (many: more than this share of them, but not most, where it is what is usual),
const MANY_ZEROS: f64 = 0.1;
/// and so many times as far from it as those are from each other.
const STEPS_FROM_ZERO: f64 = 5.0;
/// The largest number is a pile where it is so many times as frequent as any other but the smallest,
const PILE: usize = 3;
/// and stands in one of so many rows.
const PILE_ROWS: usize = 100;
/// More than this share of the rows is most of them.
const MOST_ROWS: f64 = 0.9;

/// What is suspicious about columns of a table and about its target.
pub(super) fn suspicious(table: &Table, target: &Target) -> Vec<DataNotice> {
    let mut found = Found::default();
    let columns = table.columns().iter().filter(|column| column.kind != ColumnType::Boolean);
    for column in columns {
        match &column.values {
            Values::Numbers(numbers) if column.kind == ColumnType::Numeric => {
                found.numbers(&column.name, numbers.len(), &|row| numbers.get(row).unwrap_or(f64::NAN));
                found.most(column);
            }
            Values::Categorical { .. } => found.most(column),
            _ => {}
        }
    }
    if let TargetValues::Numbers(numbers) = &target.values {
        found.numbers(&target.name, numbers.len(), &|row| numbers.get(row).copied().unwrap_or(f64::NAN));
    }
    found.notices()
}

#[derive(Default)]
struct Found {
    far: Vec<Extreme>,
    piles: Vec<Extreme>,
    frequent: Vec<Frequent>,
}

impl Found {
    fn numbers(&mut self, name: &str, rows: usize, number: &dyn Fn(usize) -> f64) {
        let every = rows.div_ceil(LOOKED_AT).max(1);
        let mut sample: Vec<f64> = (0..rows).step_by(every).map(number).filter(|number| !number.is_nan()).collect();
        sample.sort_unstable_by(f64::total_cmp);
        let runs: Vec<(f64, usize)> =
            sample.chunk_by(|a, b| a == b).filter_map(|run| Some((*run.first()?, run.len()))).collect();
        if runs.len() < FEW_NUMBERS {
            return;
        }
        let extreme = |value: f64, is_largest: bool| {
            let equal = (0..rows).filter(|row| number(*row) == value).count();
            Extreme { column: name.to_owned(), value, is_largest, rows: equal, of: rows }
        };
        let far =
            [far_below(&runs).map(|value| extreme(value, false)), far_above(&runs).map(|value| extreme(value, true))];
        let is_far = far.iter().flatten().any(|extreme| extreme.is_largest);
        self.far.extend(far.into_iter().flatten());
        self.piles.extend(pile(&runs).filter(|_| !is_far).map(|value| extreme(value, true)));
    }

    fn most(&mut self, column: &Column) {
        let rows = column.values.len();
        let every = rows.div_ceil(LOOKED_AT).max(1);
        let mut counts: HashMap<u64, (u32, usize)> = HashMap::new();
        for row in (0..rows as u32).step_by(every) {
            counts.entry(column.identity(row)).or_insert((row, 0)).1 += 1;
        }
        let seen: usize = counts.values().map(|(_, count)| count).sum();
        let Some(&(row, count)) = counts.values().max_by_key(|(row, count)| (*count, std::cmp::Reverse(*row))) else {
            return;
        };
        let share = count as f64 / seen as f64;
        // Of two values one is often the exception.
        if share > MOST_ROWS && counts.len() > 2 && !column.is_missing(row) {
            let value = column.category(row).map_or_else(|| significant(column.number(row)), str::to_owned);
            self.frequent.push(Frequent { column: column.name.clone(), value, share });
        }
    }

    fn notices(self) -> Vec<DataNotice> {
        let mut notices = Vec::new();
        let mut far = self.far;
        far.sort_by(|a, b| a.value.total_cmp(&b.value));
        notices.extend(far.chunk_by(|a, b| a.value == b.value).map(|alike| DataNotice::FarValue(alike.to_vec())));
        notices.extend((!self.piles.is_empty()).then_some(DataNotice::PileAtLargest(self.piles)));
        notices.extend((!self.frequent.is_empty()).then_some(DataNotice::OneValueInMost(self.frequent)));
        notices
    }
}

/// The smallest number, where it lies far below all others: zero by their size and steps, another by their range.
fn far_below(runs: &[(f64, usize)]) -> Option<f64> {
    let ([(least, count), (next, _)], others) = (runs.first_chunk::<2>()?, runs.get(1..)?);
    let rows: usize = others.iter().map(|(_, count)| count).sum();
    let mut before = 0;
    let (middle, _) = others.iter().find(|(_, count)| {
        before += count;
        2 * before >= rows
    })?;
    let mut steps: Vec<f64> = others.windows(2).filter_map(|pair| Some(pair.last()?.0 - pair.first()?.0)).collect();
    let half = steps.len() / 2;
    let step = *steps.select_nth_unstable_by(half, f64::total_cmp).1;
    let share = *count as f64 / (rows + count) as f64;
    let part = if share > MANY_ZEROS { FAR_FROM_ZERO / 2.0 } else { FAR_FROM_ZERO };
    let is_far = match least {
        0.0 => share <= 0.5 && *next > part * middle && *next > STEPS_FROM_ZERO * step,
        least => next - least > others.last()?.0 - next,
    };
    (*count >= REPEATED && is_far).then_some(*least)
}

/// The largest number, where it lies as far above all others as those reach.
fn far_above(runs: &[(f64, usize)]) -> Option<f64> {
    let ([(next, _), (largest, count)], (least, _)) = (runs.last_chunk::<2>()?, runs.first()?);
    (*count >= REPEATED && largest - next > next - least).then_some(*largest)
}

/// The largest number, where many rows hold it and no other is as frequent.
fn pile(runs: &[(f64, usize)]) -> Option<f64> {
    let ((largest, count), others) = runs.split_last()?;
    let rows: usize = runs.iter().map(|(_, count)| count).sum();
    let most = others.get(1..)?.iter().map(|(_, count)| *count).max()?;
    (count * PILE_ROWS >= rows && *count >= PILE * most && *count > PILE).then_some(*largest)
}
