//! Parts of train: fewer rows to learn from, or a share held out of it. Dev and test rows stay where they are.

use wellfit_kernels::random::{Purpose, Stream};

use super::dataset::Dataset;
use super::split::{Split, SplitMethod};
use super::target::TargetValues;

/// Streams of subsets start here: those of splits and folds end far below.
const SUBSET_LANES: u64 = 1 << 42;

impl Dataset {
    /// The data with about `rows` of its train rows, drawn at random: stratified by class, groups kept whole.
    ///
    /// Each `draw` (below 2^20) gives other rows. Exact without groups; the last group drawn is kept whole.
    pub fn part_of_train(&self, rows: usize, seed: u64, draw: u64) -> Dataset {
        let train = self.split.train.as_slice();
        let stream = |lane: u64| Stream::new(seed, Purpose::Split, SUBSET_LANES + 2 * draw + lane);
        let mut part: Vec<u32> = match (&self.groups, &self.target.values) {
            (Some(groups), _) => {
                let group = |row: &u32| groups.get(*row as usize).copied().unwrap_or_default();
                let mut order = train.to_vec();
                // A random number for each group; within it rows stay together.
                order.sort_by_key(|row| (stream(0).bits(u64::from(group(row))), group(row)));
                let last = order.get(rows.saturating_sub(1)).map(group);
                let whole = order.iter().rposition(|row| Some(group(row)) == last).map_or(order.len(), |at| at + 1);
                order.truncate(whole.max(rows));
                order
            }
            (None, TargetValues::Classes(classes)) => {
                let class = |row: u32| classes.get(row as usize).copied().unwrap_or_default();
                let mut order: Vec<(u32, u64, u32)> =
                    train.iter().map(|&row| (class(row), stream(0).bits(u64::from(row)), row)).collect();
                order.sort_unstable();
                // Rows of a class are spread evenly over (0, 1), from a random start: any first few hold their share of it.
                let mut spread: Vec<(f64, u32)> = Vec::with_capacity(order.len());
                for rows in order.chunk_by(|a, b| a.0 == b.0) {
                    let start = stream(1).uniform(rows.first().map_or(0, |row| u64::from(row.0)));
                    let place = |at: usize| (at as f64 + start) / rows.len() as f64;
                    spread.extend(rows.iter().enumerate().map(|(at, row)| (place(at), row.2)));
                }
                spread.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                spread.into_iter().take(rows).map(|(_, row)| row).collect()
            }
            (None, TargetValues::Numbers(_)) => {
                let mut order = train.to_vec();
                order.sort_by_key(|&row| (stream(0).bits(u64::from(row)), row));
                order.truncate(rows);
                order
            }
        };
        part.sort_unstable();
        self.with_train(part, SplitMethod::PartOfTrain { rows })
    }

    /// The data without one fold of its train rows, and those rows: at random, stratified by class, groups kept whole.
    ///
    /// Panics if there are fewer than 2 folds (a bug in the caller).
    pub fn held_out_of_train(&self, folds: usize, seed: u64) -> (Dataset, Vec<u32>) {
        assert!(folds >= 2, "{folds} folds");
        let train = self.split.train.as_slice();
        let fold_of = self.folds_of(train, folds, seed);
        let (mut kept, mut held) = (Vec::new(), Vec::new());
        for (&row, fold) in train.iter().zip(fold_of) {
            if fold == 0 { held.push(row) } else { kept.push(row) }
        }
        (self.with_train(kept, SplitMethod::HeldOut { of: folds }), held)
    }

    fn with_train(&self, train: Vec<u32>, method: SplitMethod) -> Dataset {
        let split = Split::of_parts(train, self.split.dev.clone(), self.split.test.clone(), method);
        Dataset { split, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::data::{DataRequest, load};

    /// 400 rows, the rarer class in every fifth, four rows an owner; the target is missing in the rows of `gaps`.
    fn data(group: bool, gaps: &[u32]) -> Dataset {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.csv");
        let label = |i: &u32| match i {
            i if gaps.contains(i) => "",
            i if i % 5 == 0 => "yes",
            _ => "no",
        };
        let rows = (0..400).map(|i| format!("{},{},{}\n", f64::from(i) * 0.37, i / 4, label(&i)));
        std::fs::write(&path, format!("x,owner,label\n{}", rows.collect::<String>())).unwrap();
        let group = group.then(|| "owner".to_owned());
        let request =
            DataRequest { source: path.into(), target: Some("label".to_owned()), group, ..DataRequest::default() };
        load(&request).unwrap()
    }

    fn rows(data: &Dataset) -> BTreeSet<u32> {
        data.split.train.as_slice().iter().copied().collect()
    }

    #[test]
    fn a_part_holds_its_share_of_each_class_and_each_draw_is_another() {
        let data = data(false, &[]);
        let mut parts = BTreeSet::new();
        for draw in 0..5 {
            let part = data.part_of_train(60, 7, draw);
            assert_eq!(part.split.train.as_slice().len(), 60);
            assert!(rows(&part).is_subset(&rows(&data)));
            assert_eq!((&part.split.dev, &part.split.test), (&data.split.dev, &data.split.test));
            // A fifth of 60 is 12; a random start may move it by one.
            let counts = data.target.class_counts(part.split.train.as_slice());
            assert!(counts.iter().any(|count| (11..=13).contains(count)), "{counts:?}");
            parts.insert(rows(&part));
        }
        assert_eq!(parts.len(), 5);
        assert_eq!(data.part_of_train(60, 7, 0).split, data.part_of_train(60, 7, 0).split);
        assert_eq!(rows(&data.part_of_train(240, 7, 0)), rows(&data));
    }

    #[test]
    fn groups_are_drawn_whole() {
        let data = data(true, &[]);
        let part = data.part_of_train(50, 1, 0);
        let groups = data.groups.as_ref().unwrap();
        let of = |row: &u32| groups[*row as usize];
        let drawn: BTreeSet<u32> = rows(&part).iter().map(of).collect();
        let whole = rows(&data).into_iter().filter(|row| drawn.contains(&of(row))).collect::<BTreeSet<_>>();
        assert_eq!(rows(&part), whole);
        assert!((50..=53).contains(&whole.len()), "{}", whole.len());
    }

    #[test]
    fn what_is_held_out_is_not_trained_on() {
        for group in [false, true] {
            let data = data(group, &[]);
            let (rest, held) = data.held_out_of_train(10, 3);
            let held: BTreeSet<u32> = held.into_iter().collect();
            assert!(rows(&rest).is_disjoint(&held));
            assert_eq!(rows(&rest).union(&held).copied().collect::<BTreeSet<_>>(), rows(&data));
            assert!((20..=28).contains(&held.len()), "{}", held.len());
            assert_eq!(rest.split.dev, data.split.dev);
        }
    }

    #[test]
    fn rows_are_found_again_in_their_file_where_others_were_left_out() {
        let data = data(false, &[0, 1, 7]);
        assert_eq!(data.table.rows(), 397);
        assert_eq!([0, 4, 5, 396].map(|row| data.place_in_file(row)), [(0, 3), (0, 7), (0, 9), (0, 400)]);
    }
}
