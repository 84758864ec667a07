//! Cross-validation: folds of train and dev rows, each of which is dev once. Test rows stay where they are.

use std::collections::HashSet;

use wellfit_kernels::random::{Purpose, Stream};

use super::dataset::Dataset;
use super::split::{Split, SplitMethod};
use super::target::TargetValues;

/// Streams of folds start here: those of the first split end far below.
const FOLD_LANES: u64 = 1 << 40;

impl Dataset {
    /// The data with train and dev rows re-split into `folds` parts, of which the first is dev: at random, stratified by
    /// class, groups kept together. Test rows stay as they are.
    ///
    /// Panics if there are fewer than 2 folds (a bug in the caller).
    pub fn resplit(&self, folds: usize, seed: u64) -> Dataset {
        assert!(folds >= 2, "{folds} folds");
        let rows = self.train_and_dev();
        let fold_of = self.folds_of(&rows, folds, seed);
        self.with_dev(|at| fold_of.get(at) == Some(&0), &rows, SplitMethod::Resplit)
    }

    /// The data in `folds` folds, each row of train and dev being dev in one of them: the first is the split as it is, the
    /// others share out the train rows at random, stratified by class, groups kept together.
    ///
    /// Panics if there are fewer than 2 folds (a bug in the caller).
    pub fn split_and_folds(&self, folds: usize, seed: u64) -> Vec<Dataset> {
        assert!(folds >= 2, "{folds} folds");
        let train = self.split.train.as_slice();
        let fold_of = self.folds_of(train, folds - 1, seed);
        let rows: Vec<u32> = train.iter().chain(&self.split.dev).copied().collect();
        let fold = |fold: usize| {
            let method = SplitMethod::Fold { number: fold + 2, of: folds };
            self.with_dev(|at| fold_of.get(at) == Some(&fold), &rows, method)
        };
        std::iter::once(self.clone()).chain((0..folds - 1).map(fold)).collect()
    }

    /// The data in `folds` folds: each has one of as many equal parts of train and dev as its dev rows, at random, stratified
    /// by class, groups kept together. Test rows stay as they are.
    ///
    /// Panics if there are fewer than 2 folds (a bug in the caller).
    pub fn folds(&self, folds: usize, seed: u64) -> Vec<Dataset> {
        assert!(folds >= 2, "{folds} folds");
        let rows = self.train_and_dev();
        let fold_of = self.folds_of(&rows, folds, seed);
        let fold = |fold: usize| {
            let method = SplitMethod::Fold { number: fold + 1, of: folds };
            self.with_dev(|at| fold_of.get(at) == Some(&fold), &rows, method)
        };
        (0..folds).map(fold).collect()
    }

    /// How many parts `rows` can be split into, none of them empty: as many as there are groups, or rows.
    pub fn most_parts(&self, rows: &[u32]) -> usize {
        let Some(groups) = &self.groups else { return rows.len() };
        let names: HashSet<_> = rows.iter().filter_map(|&row| groups.get(row as usize)).collect();
        names.len()
    }

    /// Rows of train and dev, ascending.
    pub fn train_and_dev(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = self.split.train.as_slice().iter().chain(&self.split.dev).copied().collect();
        rows.sort_unstable();
        rows
    }

    /// The data with those of `rows` as dev whose place `is_dev`, and the others as train.
    fn with_dev(&self, is_dev: impl Fn(usize) -> bool, rows: &[u32], method: SplitMethod) -> Dataset {
        let (mut train, mut dev) = (Vec::new(), Vec::new());
        for (at, &row) in rows.iter().enumerate() {
            if is_dev(at) { dev.push(row) } else { train.push(row) }
        }
        train.sort_unstable();
        dev.sort_unstable();
        Dataset { split: Split::of_parts(train, dev, self.split.test.clone(), method), ..self.clone() }
    }

    /// The fold of each of `rows`.
    pub(super) fn folds_of(&self, rows: &[u32], folds: usize, seed: u64) -> Vec<usize> {
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
        // Each class is shuffled and its rows go to one fold after the other; the next class goes on where the last one ended.
        let mut order: Vec<usize> = (0..rows.len()).collect();
        let stream = Stream::new(seed, Purpose::Split, FOLD_LANES);
        order.sort_by_key(|&at| (classes.get(at).copied(), stream.bits(at as u64)));
        let mut fold_of = vec![0; rows.len()];
        for (place, at) in order.into_iter().enumerate() {
            if let Some(fold) = fold_of.get_mut(at) {
                *fold = place % folds;
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::data::{DataRequest, load};

    fn data(extra: &str) -> Dataset {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.csv");
        let rows =
            (0..200).map(|i| format!("{},{},{}\n", f64::from(i) * 0.37, i / 4, if i % 5 == 0 { "yes" } else { "no" }));
        std::fs::write(&path, format!("x,owner,label\n{}", rows.collect::<String>())).unwrap();
        let group = (!extra.is_empty()).then(|| extra.to_owned());
        let request =
            DataRequest { source: path.into(), target: Some("label".to_owned()), group, ..DataRequest::default() };
        load(&request).unwrap()
    }

    #[test]
    fn each_row_is_dev_once_and_test_rows_never() {
        for data in [data(""), data("owner")] {
            let folds = data.split_and_folds(5, 1);
            assert_eq!(folds[0].split, data.split);
            let mut dev: Vec<u32> = folds.iter().flat_map(|fold| fold.split.dev.iter().copied()).collect();
            dev.sort_unstable();
            let mut rows: Vec<u32> = data.split.train.as_slice().iter().chain(&data.split.dev).copied().collect();
            rows.sort_unstable();
            assert_eq!(dev, rows);
            for fold in &folds {
                assert_eq!(fold.split.test, data.split.test);
                assert_eq!(fold.split.train.as_slice().len() + fold.split.dev.len(), rows.len());
            }
        }
    }

    #[test]
    fn groups_stay_whole_and_classes_even() {
        let grouped = data("owner");
        let groups = grouped.groups.as_ref().unwrap();
        for fold in grouped.split_and_folds(4, 2) {
            let of = |rows: &[u32]| rows.iter().map(|&row| groups[row as usize]).collect::<BTreeSet<_>>();
            assert!(of(fold.split.train.as_slice()).is_disjoint(&of(&fold.split.dev)));
        }
        for fold in data("").split_and_folds(5, 3) {
            let counts = fold.target.class_counts(&fold.split.dev);
            let share = counts[1] as f64 / fold.split.dev.len() as f64;
            assert!((0.12..0.28).contains(&share) || (0.72..0.88).contains(&share), "{counts:?}");
        }
    }

    #[test]
    fn folds_are_equal_parts_of_train_and_dev_and_each_row_is_dev_in_one() {
        for data in [data(""), data("owner")] {
            let folds = data.folds(5, 1);
            let mut dev: Vec<u32> = folds.iter().flat_map(|fold| fold.split.dev.iter().copied()).collect();
            dev.sort_unstable();
            assert_eq!(dev, data.train_and_dev());
            for fold in &folds {
                assert_eq!(fold.split.test, data.split.test);
                // Of 160 rows; groups have four rows at most.
                assert!(fold.split.dev.len().abs_diff(32) <= 4, "{}", fold.split.dev.len());
            }
        }
        let classes =
            data("").folds(4, 7).into_iter().map(|fold| fold.target.class_counts(&fold.split.dev)).collect::<Vec<_>>();
        assert!(classes.iter().all(|counts| counts[0].abs_diff(classes[0][0]) <= 1), "{classes:?}");
    }

    #[test]
    fn groups_limit_how_many_parts_there_can_be() {
        let plain = data("");
        assert_eq!(plain.most_parts(&plain.train_and_dev()), 160);
        let grouped = data("owner");
        assert!(grouped.most_parts(&grouped.train_and_dev()) <= 50);
    }

    #[test]
    fn re_split_rows_are_the_same_rows() {
        let data = data("");
        let again = data.resplit(4, 9);
        assert_ne!(again.split.dev, data.split.dev);
        assert_eq!(again.split.dev.len(), 40);
        assert_eq!(again.split.test, data.split.test);
    }
}
