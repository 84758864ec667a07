//! Values that may not be what they seem: a number that stands for "missing", one at which others were cut off, one in most rows.
//!
//! One pass finds the ends of a column and what may be its majority; only where they are suspicious the rest is looked at.

use crate::data::notice::{Extreme, Frequent};
use crate::data::table::{Table, Values};
use crate::data::target::{Target, TargetValues};
use crate::data::{ColumnType, DataNotice};
use crate::text::significant;

/// Rows whose numbers are put in order.
const ORDERED: usize = 20_000;
/// Fewer different numbers than this are a scale of their own, of which any may be frequent.
const FEW_NUMBERS: usize = 20;
/// A number that stands for "missing" stands there at least so many times,
const REPEATED: usize = 2;
/// with so many others of its kind beside it at most, as 998 and 999 are.
const MOST_ALIKE: usize = 3;
/// Rows that tell at a glance where the numbers of a column lie.
const GLANCE: usize = 64;
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
const MOST_ROWS: f64 = 0.95;

/// What is suspicious about columns of a table and about its target.
pub(super) fn suspicious(table: &Table, target: &Target) -> Option<DataNotice> {
    let mut found = Found::default();
    for column in table.columns().iter().filter(|column| column.kind != ColumnType::Boolean) {
        match &column.values {
            Values::Numbers(numbers) if column.kind == ColumnType::Numeric => {
                let majority = found.numbers(&column.name, &|| numbers.iter());
                found.frequent.extend(majority.map(|(value, share)| Frequent {
                    column: column.name.clone(),
                    value: significant(value),
                    share,
                }));
            }
            Values::Categorical { codes, categories } if categories.len() > 2 => {
                let mut counts = vec![0usize; categories.len()];
                codes
                    .iter()
                    .for_each(|code| counts.iter_mut().skip(*code as usize).take(1).for_each(|count| *count += 1));
                let most = counts.iter().copied().zip(categories).max_by_key(|(count, _)| *count);
                let most = most.filter(|(count, _)| *count as f64 > MOST_ROWS * codes.len() as f64);
                found.frequent.extend(most.map(|(count, value)| Frequent {
                    column: column.name.clone(),
                    value: value.clone(),
                    share: count as f64 / codes.len() as f64,
                }));
            }
            _ => {}
        }
    }
    if let TargetValues::Numbers(numbers) = &target.values {
        found.numbers(&target.name, &|| numbers.iter().copied());
    }
    found.notice()
}

#[derive(Default)]
struct Found {
    far: Vec<Extreme>,
    piles: Vec<Extreme>,
    frequent: Vec<Frequent>,
}

impl Found {
    /// Looks at the numbers of a column; returns the one that most rows hold, with their share.
    fn numbers<I: Iterator<Item = f64>>(&mut self, name: &str, numbers: &dyn Fn() -> I) -> Option<(f64, f64)> {
        let ends = Ends::of(numbers());
        let is_suspicious = ends.low.is_repeated_far(ends.next_low, ends.high.value)
            || ends.high.is_repeated_far(ends.next_high, ends.low.value)
            || ends.low.value == 0.0 && ends.low.count >= REPEATED
            || ends.high.count * PILE_ROWS >= ends.present
            || ends.low.count.max(ends.high.count) >= REPEATED && ends.are_apart(numbers());
        if is_suspicious {
            let every = ends.rows.div_ceil(ORDERED).max(1);
            let mut sample: Vec<f64> = numbers().step_by(every).filter(|number| !number.is_nan()).collect();
            sample.sort_unstable_by(f64::total_cmp);
            let runs: Vec<(f64, usize)> =
                sample.chunk_by(|a, b| a == b).filter_map(|run| Some((*run.first()?, run.len()))).collect();
            // A scale of a few numbers has codes for no answer, and those are spelled so that all see it.
            let is_scale = runs.len() < FEW_NUMBERS;
            if !is_scale || [ends.low.value, ends.high.value].into_iter().any(is_no_answer) {
                self.extremes(name, &ends, &runs, numbers);
            }
        }
        let equal = numbers().filter(|number| *number == ends.majority).count();
        let share = equal as f64 / ends.rows.max(1) as f64;
        // Of two values one is often the exception.
        let others = ends.next_low < ends.high.value;
        (share > MOST_ROWS && others).then_some((ends.majority, share))
    }

    fn extremes<I: Iterator<Item = f64>>(
        &mut self,
        name: &str,
        ends: &Ends,
        runs: &[(f64, usize)],
        numbers: &dyn Fn() -> I,
    ) {
        let extreme = |value: f64, is_largest| Extreme {
            column: name.to_owned(),
            value,
            is_largest,
            rows: numbers().filter(|number| *number == value).count(),
            of: ends.rows,
        };
        let last_first: Vec<(f64, usize)> = runs.iter().rev().copied().collect();
        // Zero is a number like others more often than not, so more has to speak for it.
        let mut low = if ends.low.value == 0.0 { Vec::new() } else { far_from_rest(runs) };
        let mut high = far_from_rest(&last_first);
        if low.is_empty() {
            low.extend(is_far_below(ends, runs).then_some(ends.low.value));
        }
        if high.is_empty() {
            high.extend(ends.high.is_repeated_far(ends.next_high, ends.low.value).then_some(ends.high.value));
        }
        if runs.len() < FEW_NUMBERS {
            // One of two or three values is a class.
            let is_told = |value: &f64| is_no_answer(*value) && runs.len() > 3;
            low.retain(is_told);
            high.retain(is_told);
        } else {
            self.piles.extend((high.is_empty() && is_pile(ends, runs)).then(|| extreme(ends.high.value, true)));
        }
        self.far.extend(low.into_iter().map(|value| extreme(value, false)));
        self.far.extend(high.into_iter().map(|value| extreme(value, true)));
    }

    fn notice(self) -> Option<DataNotice> {
        let Found { mut far, piles, frequent } = self;
        far.sort_by(|a, b| a.value.total_cmp(&b.value));
        let is_any = !(far.is_empty() && piles.is_empty() && frequent.is_empty());
        is_any.then_some(DataNotice::Suspicious { far, piles, frequent })
    }
}

/// The smallest or largest number and its rows.
#[derive(Clone, Copy)]
struct End {
    value: f64,
    count: usize,
}

impl End {
    /// Takes note of a number that lies no nearer to the others than `next`.
    fn add(&mut self, number: f64, next: &mut f64, is_beyond: bool) {
        if number == self.value {
            self.count += 1;
        } else if is_beyond {
            *next = self.value;
            *self = End { value: number, count: 1 };
        } else {
            *next = number;
        }
    }

    /// Whether it lies as far from the `next` as all others reach, to `last`.
    fn is_repeated_far(self, next: f64, last: f64) -> bool {
        self.count >= REPEATED && (self.value - next).abs() > (last - next).abs()
    }
}

/// What one pass over numbers tells.
struct Ends {
    rows: usize,
    /// Numbers that are not missing.
    present: usize,
    low: End,
    /// The smallest but one.
    next_low: f64,
    high: End,
    next_high: f64,
    /// The number of more than half of the rows, if there is one (Boyer and Moore, 1991).
    majority: f64,
}

impl Ends {
    fn of(numbers: impl Iterator<Item = f64>) -> Ends {
        let (low, high) = (End { value: f64::INFINITY, count: 0 }, End { value: f64::NEG_INFINITY, count: 0 });
        let (next_low, next_high) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut ends = Ends { rows: 0, present: 0, low, next_low, high, next_high, majority: f64::NAN };
        let mut lead = 0usize;
        for number in numbers {
            ends.rows += 1;
            if number.is_nan() {
                continue;
            }
            ends.present += 1;
            if number <= ends.next_low {
                ends.low.add(number, &mut ends.next_low, number < ends.low.value);
            }
            if number >= ends.next_high {
                ends.high.add(number, &mut ends.next_high, number > ends.high.value);
            }
            match number == ends.majority {
                true => lead += 1,
                false if lead == 0 => (ends.majority, lead) = (number, 1),
                false => lead -= 1,
            }
        }
        ends
    }

    /// Whether hardly any numbers lie in one half of their range, as a few of their rows show.
    fn are_apart(&self, numbers: impl Iterator<Item = f64>) -> bool {
        let middle = 0.5 * (self.low.value + self.high.value);
        let mut sample: Vec<f64> =
            numbers.step_by(self.rows.div_ceil(GLANCE).max(1)).filter(|number| !number.is_nan()).collect();
        sample.sort_unstable_by(f64::total_cmp);
        sample.dedup();
        let below = sample.partition_point(|number| *number < middle);
        below.min(sample.len() - below) <= MOST_ALIKE
    }
}

/// Whether a number is one that surveys write for "no answer": 9, 99, 88, -999, 7777.
fn is_no_answer(number: f64) -> bool {
    let digits = number.abs().to_string();
    ['7', '8', '9'].into_iter().any(|digit| digits.chars().all(|other| other == digit))
}

/// The numbers at the start of `runs` that repeat and lie as far from the next as all others reach.
fn far_from_rest(runs: &[(f64, usize)]) -> Vec<f64> {
    let is_far = |count: &usize| {
        let (ours, others) = runs.split_at_checked(*count).unwrap_or((runs, &[]));
        let (Some(last), Some(next), Some(end)) = (ours.last(), others.first(), others.last()) else { return false };
        ours.iter().all(|(_, rows)| *rows >= REPEATED) && (last.0 - next.0).abs() > (end.0 - next.0).abs()
    };
    let count = (1..=MOST_ALIKE).rev().find(is_far).unwrap_or(0);
    runs.iter().take(count).map(|(number, _)| *number).collect()
}

/// Whether the smallest number lies far below all others: zero by their size and steps, another by their range.
fn is_far_below(ends: &Ends, runs: &[(f64, usize)]) -> bool {
    if ends.low.value != 0.0 {
        return ends.low.is_repeated_far(ends.next_low, ends.high.value);
    }
    let others = runs.get(usize::from(runs.first().is_some_and(|run| run.0 == 0.0))..).unwrap_or_default();
    let rows: usize = others.iter().map(|(_, count)| count).sum();
    let mut before = 0;
    let middle = others.iter().find(|(_, count)| {
        before += count;
        2 * before >= rows
    });
    let mut steps: Vec<f64> = others.windows(2).filter_map(|pair| Some(pair.last()?.0 - pair.first()?.0)).collect();
    let Some((middle, _)) = middle.filter(|_| !steps.is_empty()) else { return false };
    let half = steps.len() / 2;
    let step = *steps.select_nth_unstable_by(half, f64::total_cmp).1;
    let share = ends.low.count as f64 / ends.present as f64;
    let part = if share > MANY_ZEROS { FAR_FROM_ZERO / 2.0 } else { FAR_FROM_ZERO };
    ends.low.count >= REPEATED
        && share <= 0.5
        && ends.next_low > part * middle
        && ends.next_low > STEPS_FROM_ZERO * step
}

/// Whether many rows hold the largest number, and none but the smallest is as frequent.
fn is_pile(ends: &Ends, runs: &[(f64, usize)]) -> bool {
    let Some(((_, count), others)) = runs.split_last() else { return false };
    let most = others.iter().skip(1).map(|(_, count)| *count).max().unwrap_or(0);
    ends.high.count * PILE_ROWS >= ends.present && *count >= PILE * most && *count > PILE
}
