//! Rows that are the same in every column: within train, and in two parts at once.

use std::cmp::Reverse;

use serde::Serialize;

use crate::data::{Column, DataNotice, Dataset, Part, PartCopies, TargetValues};

/// Rows that stand somewhere else as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Copies {
    /// How many.
    pub rows: u64,
    /// Rows whose answer is not the most frequent one among their copies in train: what no function of the columns gets
    /// right. `None` where that would need the answers of test.
    pub conflicting: Option<u64>,
}

/// Identical rows of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Duplicates {
    /// Rows of train that repeat an earlier row of train.
    pub train: Copies,
    /// Rows of dev that stand in train too.
    pub train_dev: Copies,
    /// Rows of test that stand in train too.
    pub train_test: Copies,
    /// Rows of test that stand in dev too.
    pub dev_test: Copies,
}

const TRAIN: usize = 0;
const DEV: usize = 1;
const TEST: usize = 2;

/// Counts rows that agree in every column that is not set aside; missing agrees with missing.
///
/// Of test the cells are compared and the answers left alone.
pub fn duplicates(dataset: &Dataset) -> Duplicates {
    let split = &dataset.split;
    let parts = [split.train.as_slice(), &split.dev, &split.test];
    let mut part_of = vec![TRAIN; dataset.table.rows()];
    for (part, rows) in parts.iter().enumerate() {
        rows.iter().for_each(|&row| part_of[row as usize] = part);
    }
    let answers = answers(&dataset.target.values);
    let none = Copies { rows: 0, conflicting: Some(0) };
    let sealed = Copies { rows: 0, conflicting: None };
    let mut found = Duplicates { train: none, train_dev: none, train_test: sealed, dev_test: sealed };
    each_group(dataset, |group| {
        let part_of = &part_of;
        let of_part = |part: usize| group.iter().filter(move |&&row| part_of[row as usize] == part);
        let answer = |&row: &u32| answers[row as usize];
        let counts = [TRAIN, DEV, TEST].map(|part| of_part(part).count() as u64);
        if let Some((usual, count)) = most_frequent(of_part(TRAIN).map(answer).collect()) {
            found.train.add(counts[TRAIN] - 1, counts[TRAIN] - count);
            found.train_dev.add(counts[DEV], of_part(DEV).filter(|row| answer(row) != usual).count() as u64);
            found.train_test.add(counts[TEST], 0);
        }
        if counts[DEV] > 0 {
            found.dev_test.add(counts[TEST], 0);
        }
    });
    found
}

impl Duplicates {
    /// That rows of dev or test stand in train too, where they are more than one in a hundred, and chance does not make a copy of each.
    pub fn notice(&self, dataset: &Dataset) -> Option<DataNotice> {
        let parts = [
            (Part::Dev, self.train_dev.rows, dataset.split.dev.len() as u64),
            (Part::Test, self.train_test.rows, dataset.split.test.len() as u64),
        ];
        let copies = |(part, copies, rows)| (copies * 100 > rows).then_some(PartCopies { part, copies, rows });
        let parts: Vec<PartCopies> = parts.into_iter().filter_map(copies).collect();
        let is_told = !parts.is_empty() && copies_by_chance(dataset) < 1.0;
        is_told.then_some(DataNotice::CopiesInTrain(parts))
    }
}

/// Which rows of dev stand in train too, in the order of dev; empty where none does.
pub fn copies_in_train(dataset: &Dataset) -> Vec<bool> {
    let split = &dataset.split;
    let mut in_train = vec![false; dataset.table.rows()];
    split.train.as_slice().iter().for_each(|&row| in_train[row as usize] = true);
    let mut copied = vec![false; dataset.table.rows()];
    each_group(dataset, |group| {
        if group.iter().any(|&row| in_train[row as usize]) {
            group.iter().for_each(|&row| copied[row as usize] = true);
        }
    });
    let copies: Vec<bool> = split.dev.iter().map(|&row| copied[row as usize]).collect();
    if copies.contains(&true) { copies } else { Vec::new() }
}

/// Train rows that a row of dev would be a copy of by chance: as many as would agree in every column if the columns had nothing
/// to do with each other.
///
/// Columns that do agree more often, but not where one of them is a measured number, of which hardly two are the same.
pub fn copies_by_chance(dataset: &Dataset) -> f64 {
    let train = dataset.split.train.as_slice();
    let rows = train.len().max(1) as f64;
    let agree = |column: &Column| {
        let mut cells: Vec<u64> = train.iter().map(|&row| column.identity(row)).collect();
        cells.sort_unstable();
        cells.chunk_by(|a, b| a == b).map(|same| (same.len() as f64 / rows).powi(2)).sum::<f64>()
    };
    dataset.used_columns().map(agree).product::<f64>() * rows
}

impl Copies {
    fn add(&mut self, rows: u64, conflicting: u64) {
        self.rows += rows;
        if let Some(known) = &mut self.conflicting {
            *known += conflicting;
        }
    }
}

// The most frequent of some answers, the smallest of equals, and how often it stands there.
fn most_frequent(mut answers: Vec<u64>) -> Option<(u64, u64)> {
    answers.sort_unstable();
    let runs = answers.chunk_by(|a, b| a == b).filter_map(|run| Some((*run.first()?, run.len() as u64)));
    runs.max_by_key(|&(answer, count)| (count, Reverse(answer)))
}

// Calls with each set of two or more rows that are the same, their numbers ascending.
fn each_group(dataset: &Dataset, mut call: impl FnMut(&[u32])) {
    let columns: Vec<_> = dataset.used_columns().collect();
    let mut hashes = vec![0_u64; dataset.table.rows()];
    for column in &columns {
        for (row, hash) in hashes.iter_mut().enumerate() {
            *hash = mixed(*hash ^ column.identity(row as u32));
        }
    }
    let cells = |row: u32| columns.iter().map(move |column| column.identity(row));
    let mut order: Vec<u32> = (0..dataset.table.rows() as u32).collect();
    // Cells are compared where hashes agree, so that two rows that merely hash alike are never taken for one.
    order.sort_unstable_by(|&a, &b| {
        let by_hash = hashes[a as usize].cmp(&hashes[b as usize]);
        by_hash.then_with(|| cells(a).cmp(cells(b))).then(a.cmp(&b))
    });
    let same = |&a: &u32, &b: &u32| hashes[a as usize] == hashes[b as usize] && cells(a).eq(cells(b));
    order.chunk_by(same).filter(|group| group.len() > 1).for_each(&mut call);
}

fn answers(values: &TargetValues) -> Vec<u64> {
    match values {
        TargetValues::Classes(classes) => classes.iter().map(|&class| u64::from(class)).collect(),
        // + 0.0 makes -0 and 0 one answer.
        TargetValues::Numbers(numbers) => numbers.iter().map(|&number| (number + 0.0).to_bits()).collect(),
    }
}

// A bijection that spreads bits (the finaliser of MurmurHash3, Appleby 2011).
fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    bits = (bits ^ (bits >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    (bits ^ (bits >> 33)).rotate_left(23).wrapping_add(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DataRequest, load};

    fn counted(train: &str, dev: &str, test: &str) -> Duplicates {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, rows: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, format!("x,colour,y\n{rows}")).unwrap();
            path
        };
        // Ten rows that nothing else repeats.
        let filler: String = (0..10).map(|i| format!("{},grey,{}\n", 100 + 7 * i * i, i % 2)).collect();
        let request = DataRequest {
            source: write("train.csv", &format!("{filler}{train}")).into(),
            dev: Some(write("dev.csv", dev).into()),
            test: Some(write("test.csv", test).into()),
            target: Some("y".into()),
            ..DataRequest::default()
        };
        duplicates(&load(&request).unwrap())
    }

    #[test]
    fn copies_are_counted_within_train_and_across_parts() {
        let found = counted(
            "1,red,1\n1,red,0\n1,red,0\n2,red,1\n2,red,1\n3,blue,0\n",
            "1,red,0\n2,red,1\n2,red,0\n9,red,0\n",
            "3,blue,1\n9,red,0\n8,red,0\n",
        );
        // Of three copies of 1,red one disagrees.
        assert_eq!(found.train, Copies { rows: 3, conflicting: Some(1) });
        // 2,red,0 disagrees with both copies in train.
        assert_eq!(found.train_dev, Copies { rows: 3, conflicting: Some(1) });
        assert_eq!(found.train_test, Copies { rows: 1, conflicting: None });
        assert_eq!(found.dev_test, Copies { rows: 1, conflicting: None });
    }

    #[test]
    fn missing_is_the_same_as_missing_and_minus_nothing_as_nothing() {
        let found = counted(",red,0\n0,,1\n", "?,red,0\n-0,,1\n", "5,red,0\n");
        assert_eq!(found.train_dev, Copies { rows: 2, conflicting: Some(0) });
        assert_eq!(found.train.rows, 0);
    }
}
