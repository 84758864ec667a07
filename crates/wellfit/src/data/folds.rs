//! Dealing train and dev rows anew: folds, each of which is dev once. Test rows stay where they are.

use wellfit_kernels::random::{Purpose, Stream};

use super::dataset::Dataset;
use super::split::Split;
use super::target::TargetValues;
use super::words::count;

/// Streams of folds start here: those of the first split end far below.
const FOLD_LANES: u64 = 1 << 40;

impl Dataset {
    /// The data with train and dev rows dealt anew into `folds` parts, of which part `fold` is dev: by chance, each class
    /// alike, groups whole. Test rows stay as they are.
    ///
    /// Panics if there are fewer than 2 folds, or `fold` is none of them (a bug in the caller).
    pub fn with_fold(&self, folds: usize, fold: usize, seed: u64) -> Dataset {
        assert!(folds >= 2 && fold < folds, "fold {fold} of {folds}");
        let mut rows: Vec<u32> = self.split.train.as_slice().iter().chain(&self.split.dev).copied().collect();
        rows.sort_unstable();
        let fold_of = self.folds_of(&rows, folds, seed);
        let (dev, train): (Vec<_>, Vec<_>) = rows.iter().zip(fold_of).partition(|(_, of)| *of == fold);
        let rows_of = |part: Vec<(&u32, usize)>| part.into_iter().map(|(&row, _)| row).collect();
        let rule = format!("fold {} of {}", fold + 1, count(folds, "fold"));
        Dataset { split: Split::dealt(rows_of(train), rows_of(dev), self.split.test.clone(), rule), ..self.clone() }
    }

    /// The fold of each of `rows`.
    fn folds_of(&self, rows: &[u32], folds: usize, seed: u64) -> Vec<usize> {
        let of = |values: &[u32]| -> Vec<u32> {
            rows.iter().map(|&row| values.get(row as usize).copied().unwrap_or_default()).collect()
        };
        if let Some(groups) = &self.groups {
            return whole_groups(&of(groups), folds, seed);
        }
        let classes = match &self.target.values {
            TargetValues::Classes(classes) => of(classes),
            TargetValues::Numbers(_) => vec![0; rows.len()],
        };
        // Each class is shuffled and dealt round; the next class goes on where the last one ended.
        let mut order: Vec<usize> = (0..rows.len()).collect();
        let stream = Stream::new(seed, Purpose::Split, FOLD_LANES);
        order.sort_by_key(|&at| (classes.get(at).copied(), stream.bits(at as u64)));
        let mut fold_of = vec![0; rows.len()];
        for (turn, at) in order.into_iter().enumerate() {
            if let Some(fold) = fold_of.get_mut(at) {
                *fold = turn % folds;
            }
        }
        fold_of
    }
}

/// Groups in random order, each to the fold with the fewest rows so far.
fn whole_groups(groups: &[u32], folds: usize, seed: u64) -> Vec<usize> {
    let mut names: Vec<u32> = groups.to_vec();
    names.sort_unstable();
    names.dedup();
    let stream = Stream::new(seed, Purpose::Split, FOLD_LANES + 1);
    names.sort_by_key(|&name| stream.bits(u64::from(name)));
    let mut rows_in = vec![0usize; folds];
    let mut fold_of = std::collections::HashMap::new();
    for name in names {
        let smallest = (0..folds).min_by_key(|&fold| rows_in.get(fold).copied()).unwrap_or(0);
        if let Some(rows) = rows_in.get_mut(smallest) {
            *rows += groups.iter().filter(|&&group| group == name).count();
        }
        fold_of.insert(name, smallest);
    }
    groups.iter().map(|group| fold_of.get(group).copied().unwrap_or(0)).collect()
}
