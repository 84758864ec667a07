//! Parts that follow one another in time.

#![expect(clippy::indexing_slicing, reason = "the places are positions among the rows, which are counted here")]

use super::shares::cut;

/// Ascending by time, equal times in the order of the file and in one part where that leaves no part empty.
pub(super) fn by_time(times: &[f64], sizes: [usize; 3]) -> [Vec<u32>; 3] {
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
