//! Splitting the rows of the main file.

use wellfit_kernels::random::{Purpose, Stream};

use super::classes::by_class;
use super::groups::by_group;
use super::shares::{Given, cut, shares, sizes};
use super::time::by_time;
use super::{RowOrder, Split, SplitMethod, SplitRule, TrainRows};
use crate::data::notice::DataNotice;

/// What decides which rows belong together.
pub(crate) enum Order<'a> {
    /// At random, the same share of each class to each part.
    Classes(&'a [u32]),
    /// At random.
    Random,
    /// Whole groups at random; a row of `u32::MAX` is a group of its own.
    Groups(&'a [u32]),
    /// The oldest to train, the newest to test.
    Time(&'a [f64]),
}

/// Splits `rows` rows, and adds those of given files; also returns what is worth knowing.
pub(crate) fn split_rows(
    rows: usize,
    rule: SplitRule,
    order: &Order<'_>,
    given: Given,
    seed: u64,
) -> (Split, Option<DataNotice>) {
    let shares = shares(rule, rows, given);
    let sizes = sizes(rows, shares);
    let (mut parts, notice) = match order {
        Order::Random => (cut(&Stream::new(seed, Purpose::Split, 0).permutation(rows), sizes), None),
        Order::Classes(classes) => by_class(classes, shares, sizes, seed),
        Order::Groups(groups) => (by_group(groups, sizes, seed), None),
        Order::Time(times) => (by_time(times, sizes), None),
    };
    parts.iter_mut().for_each(|part| part.sort_unstable());
    let [train, mut dev, mut test] = parts;
    let [in_train, ..] = sizes;
    let method = if in_train == rows {
        SplitMethod::AllTrain { rows }
    } else {
        let share = |file: Option<usize>, share: f64| if file.is_some() { None } else { Some(share) };
        let [train, dev, test] = shares;
        SplitMethod::Shares { train, dev: share(given.dev, dev), test: share(given.test, test), order: order.name() }
    };
    let mut next = rows as u32;
    for (count, part) in [(given.dev, &mut dev), (given.test, &mut test)] {
        let count = count.unwrap_or(0) as u32;
        part.extend(next..next + count);
        next += count;
    }
    (Split { train: TrainRows(train), dev, test, method }, notice)
}

impl Order<'_> {
    fn name(&self) -> RowOrder {
        match self {
            Order::Classes(_) => RowOrder::Stratified,
            Order::Random => RowOrder::Random,
            Order::Groups(_) => RowOrder::Grouped,
            Order::Time(_) => RowOrder::Time,
        }
    }
}
