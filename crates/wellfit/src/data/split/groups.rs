//! Parts that hold whole groups.

#![expect(clippy::indexing_slicing, reason = "groups and parts are counted here, over rows that are counted here")]

use wellfit_kernels::random::{Purpose, Stream};

/// Whole groups, the largest first and equals in random order, each to the part that lacks most rows.
pub(super) fn by_group(groups: &[u32], sizes: [usize; 3], seed: u64) -> [Vec<u32>; 3] {
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
