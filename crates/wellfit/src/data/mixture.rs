//! A data set whose target is which of two parts a row comes from.

use std::collections::HashSet;

use wellfit_kernels::random::{Purpose, Stream};

use super::notation::Notation;
use super::read_plan::TargetField;
use super::split::{self, Given, Order};
use super::table::of_rows;
use super::target::{Target, TargetValues};
use super::{Dataset, MISSING, SplitRule, Task};

/// Streams of samples that belong to mixtures; smaller lanes serve others.
const LANES: u64 = 1 << 32;

impl Dataset {
    /// Rows of two parts mixed: as many of each, at most `most`, drawn at random; the target is the part, 0 or 1.
    ///
    /// Half of each part's rows are train and half dev, so a pipeline can be fitted and a classifier be trained on the
    /// one half and both be tested on the other. Where the data have groups, one row of each is drawn at most: rows of
    /// a group are alike, and a classifier that recognises a group need not recognise a part.
    pub(crate) fn mixture(&self, parts: [&[u32]; 2], most: usize, seed: u64) -> Dataset {
        let [mut first, mut second] = parts.map(|rows| self.drawn(rows, seed));
        // Halves of an even number are equal, and guessing is right for exactly half of the rows.
        let each = first.len().min(second.len()).min(most) / 2 * 2;
        first.truncate(each);
        second.truncate(each);
        let classes: Vec<u32> = [vec![0; each], vec![1; each]].concat();
        let halves = SplitRule::Shares { train: 50.0, dev: 50.0, test: 0.0 };
        let (split, _) = split::split_rows(classes.len(), halves, &Order::Classes(&classes), Given::default(), seed);
        let target = Target {
            name: "part".to_owned(),
            task: Task::Binary,
            classes: vec!["first".to_owned(), "second".to_owned()],
            values: TargetValues::Classes(classes),
        };
        let mut plan = self.plan.clone();
        plan.target = Some(TargetField {
            name: target.name.clone(),
            regression: false,
            numeric: false,
            notation: Notation::default(),
            is_new: false,
        });
        Dataset {
            table: self.table.select(&[first, second].concat()),
            target,
            split,
            weights: None,
            groups: None,
            aside: Vec::new(),
            notices: Vec::new(),
            plan,
            reading: self.reading.clone(),
            left_out: Vec::new(),
        }
    }

    /// Rows in random order, one of each group where there are groups.
    fn drawn(&self, rows: &[u32], seed: u64) -> Vec<u32> {
        let lane = LANES + rows.first().map_or(0, |&row| u64::from(row));
        let mut drawn = rows.to_vec();
        Stream::new(seed, Purpose::Sample, lane).shuffle(&mut drawn);
        if let Some(groups) = &self.groups {
            let mut seen = HashSet::new();
            let of_drawn = of_rows(groups, &drawn);
            drawn = drawn
                .into_iter()
                .zip(of_drawn)
                .filter(|&(_, group)| group == MISSING || seen.insert(group))
                .map(|(row, _)| row)
                .collect();
        }
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DataRequest, load};

    /// 60 rows of 20 persons in one part, 31 of 31 persons in another; `x` is the row's number.
    fn dataset(group: Option<&str>) -> Dataset {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, rows: std::ops::Range<u32>, of_person: u32| {
            let row = |row: u32| format!("{}.5,{name}{},{}\n", row, row / of_person, row % 2);
            let path = folder.path().join(name);
            std::fs::write(&path, format!("x,person,y\n{}", rows.map(row).collect::<String>())).unwrap();
            path
        };
        let request = DataRequest {
            source: write("train", 0..60, 3).into(),
            dev: Some(write("dev", 100..131, 1).into()),
            target: Some("y".into()),
            split: "100/0/0".parse().unwrap(),
            group: group.map(Into::into),
            ..DataRequest::default()
        };
        load(&request).unwrap()
    }

    fn mixed(dataset: &Dataset, most: usize, seed: u64) -> Dataset {
        dataset.mixture([dataset.split.train.as_slice(), &dataset.split.dev], most, seed)
    }

    #[test]
    fn both_parts_have_as_many_rows_in_both_halves_and_keep_their_name() {
        let dataset = dataset(None);
        // 31 rows make 30 that can be halved.
        let mixture = mixed(&dataset, 1_000, 0);
        let halves = [mixture.split.train.as_slice(), &mixture.split.dev];
        assert_eq!(halves.map(|rows| mixture.target.class_counts(rows)), [[15, 15], [15, 15]]);
        let x = mixture.table.column("x").unwrap();
        let TargetValues::Classes(part) = &mixture.target.values else { panic!("parts are classes") };
        assert!((0..60).all(|row| (x.number(row) >= 100.0) == (part[row as usize] == 1)));
        assert_eq!(mixed(&dataset, 20, 0).table.rows(), 40);
        assert_ne!(mixed(&dataset, 20, 0).table, mixed(&dataset, 20, 1).table);
    }

    #[test]
    fn a_group_gives_one_row() {
        let mixture = mixed(&dataset(Some("person")), 1_000, 0);
        let x = mixture.table.column("x").unwrap();
        let persons: HashSet<u32> = (0..20).map(|row| x.number(row) as u32 / 3).collect();
        assert_eq!((mixture.table.rows(), persons.len()), (40, 20));
    }

    #[test]
    fn parts_of_no_rows_or_two_mix_to_what_there_is() {
        let dataset = dataset(None);
        for rows in [0, 1, 2] {
            let few = &dataset.split.dev[..rows];
            let mixture = dataset.mixture([dataset.split.train.as_slice(), few], 1_000, 0);
            assert_eq!(mixture.table.rows(), rows / 2 * 4);
        }
    }
}
