//! Parts that hold the same share of each class.

#![expect(clippy::indexing_slicing, reason = "classes and parts are counted here, over rows that are counted here")]

use wellfit_kernels::random::{Purpose, Stream};

use super::shares::{cut, sizes};
use crate::data::notice::DataNotice;

/// Every class of at least 3 rows in every part, in proportion; rarer classes in train, with a notice.
pub(super) fn by_class(
    classes: &[u32],
    shares: [f64; 3],
    sizes: [usize; 3],
    seed: u64,
) -> ([Vec<u32>; 3], Option<DataNotice>) {
    let count = classes.iter().max().map_or(0, |&last| last as usize + 1);
    let mut rows_of = vec![Vec::new(); count];
    for (row, &class) in classes.iter().enumerate() {
        rows_of[class as usize].push(row as u32);
    }
    let rare = rows_of.iter().filter(|rows| !rows.is_empty() && rows.len() < 3).count();
    let notice = (rare > 0 && sizes[0] < classes.len()).then_some(DataNotice::RareClasses { count: rare });
    let counts: Vec<usize> = rows_of.iter().map(Vec::len).collect();
    let sizes_of = class_sizes(&counts, shares, sizes);
    let mut parts = [Vec::new(), Vec::new(), Vec::new()];
    for (class, (rows, sizes)) in rows_of.iter().zip(sizes_of).enumerate() {
        let order = Stream::new(seed, Purpose::Split, 1 + class as u64).permutation(rows.len());
        let shuffled: Vec<u32> = order.iter().map(|&at| rows[at as usize]).collect();
        for (part, more) in parts.iter_mut().zip(cut(&shuffled, sizes)) {
            part.extend(more);
        }
    }
    (parts, notice)
}

/// How many rows of each class each part gets: within one row of proportion, and in total the sizes of the parts.
///
/// Starts from each class rounded by itself and moves single rows from parts that have too many to parts that have too
/// few, always in the class it disturbs least. Only where every class needs its one row in a part too small for that
/// do the totals differ from `sizes`.
fn class_sizes(counts: &[usize], shares: [f64; 3], wanted: [usize; 3]) -> Vec<[usize; 3]> {
    let mut sizes_of: Vec<[usize; 3]> =
        counts.iter().map(|&rows| if rows < 3 { [rows, 0, 0] } else { sizes(rows, shares) }).collect();
    let quota = |class: usize, part: usize| counts[class] as f64 * shares[part];
    loop {
        let total = |part: usize| sizes_of.iter().map(|sizes| sizes[part]).sum::<usize>();
        let totals = [total(0), total(1), total(2)];
        let Some(from) = (0..3).find(|&part| totals[part] > wanted[part]) else {
            return sizes_of;
        };
        let Some(to) = (0..3).find(|&part| totals[part] < wanted[part]) else {
            return sizes_of;
        };
        let disturbance = |class: usize| {
            let ahead = sizes_of[class][from] as f64 - quota(class, from);
            let behind = quota(class, to) - sizes_of[class][to] as f64;
            -(ahead + behind)
        };
        let class = (0..counts.len())
            .filter(|&class| counts[class] >= 3 && sizes_of[class][from] > 1)
            .min_by(|&a, &b| disturbance(a).total_cmp(&disturbance(b)));
        let Some(class) = class else { return sizes_of };
        sizes_of[class][from] -= 1;
        sizes_of[class][to] += 1;
    }
}
