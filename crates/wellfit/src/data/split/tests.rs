//! Each row is in one part, and the parts are as large and as alike as was asked for.

use proptest::prelude::*;

use super::shares::{shares, sizes};
use super::*;
use crate::data::DataNotice;

const NONE: Given = Given { dev: None, test: None };

fn thirds() -> SplitRule {
    SplitRule::Shares { train: 60.0, dev: 20.0, test: 20.0 }
}

fn every_row_once(split: &Split, rows: usize) -> bool {
    let mut all = [split.train.as_slice(), &split.dev, &split.test].concat();
    all.sort_unstable();
    all.into_iter().eq(0..rows as u32)
}

proptest! {
    #[test]
    fn classes_of_three_rows_are_everywhere_and_sizes_are_exact(
        lots in prop::collection::vec(1usize..60, 2..8), seed in 0u64..50, two in any::<bool>()
    ) {
        let classes: Vec<u32> =
            lots.iter().enumerate().flat_map(|(class, &rows)| vec![class as u32; rows]).collect();
        let rows = classes.len();
        prop_assume!(rows >= 10);
        let rule = if two { SplitRule::Shares { train: 80.0, dev: 20.0, test: 0.0 } } else { thirds() };
        let (split, _) = split_rows(rows, rule, &Order::Classes(&classes), NONE, seed);
        prop_assert!(every_row_once(&split, rows));
        let parts = [split.train.as_slice(), &split.dev, &split.test];
        for (class, &count) in lots.iter().enumerate() {
            let of = |part: &[u32]| part.iter().filter(|&&row| classes[row as usize] == class as u32).count();
            for part in parts.iter().filter(|part| !part.is_empty()) {
                if count >= 3 {
                    prop_assert!(of(part) >= 1, "class {class} of {count} rows");
                }
            }
            if count < 3 {
                prop_assert_eq!(of(parts[0]), count);
            }
        }
        // With room for one row of each class in the smallest part, the totals are those of the shares.
        if rows / 5 > 2 * lots.len() {
            prop_assert_eq!([parts[0].len(), parts[1].len(), parts[2].len()], sizes(rows, shares(rule, rows, NONE)));
        }
    }

    #[test]
    fn groups_stay_whole(groups in prop::collection::vec(0u32..12, 20..200), seed in 0u64..50) {
        let (split, _) = split_rows(groups.len(), thirds(), &Order::Groups(&groups), NONE, seed);
        prop_assert!(every_row_once(&split, groups.len()));
        let parts = [split.train.as_slice(), &split.dev, &split.test];
        for group in 0..12 {
            let holding = parts.iter().filter(|part| part.iter().any(|&row| groups[row as usize] == group)).count();
            prop_assert!(holding <= 1);
        }
        prop_assert!(!parts[0].is_empty());
    }

    #[test]
    fn the_newest_rows_are_test_and_equal_times_stay_together(days in prop::collection::vec(0u8..40, 30..200)) {
        let times: Vec<f64> = days.iter().map(|&day| f64::from(day)).collect();
        let (split, _) = split_rows(times.len(), thirds(), &Order::Time(&times), NONE, 0);
        prop_assert!(every_row_once(&split, times.len()));
        let span = |rows: &[u32]| rows.iter().map(|&row| days[row as usize]).fold((u8::MAX, 0), |(low, high), day| (low.min(day), high.max(day)));
        let (train, dev, test) = (span(split.train.as_slice()), span(&split.dev), span(&split.test));
        prop_assert!(train.1 <= dev.0 && dev.1 <= test.0);
        prop_assert!(!split.dev.is_empty() && !split.test.is_empty());
    }
}

#[test]
fn auto_slides_from_60_20_20_to_98_1_1() {
    let percent = |rows, given| shares(SplitRule::Auto, rows, given).map(|share| (share * 1000.0).round() / 10.0);
    assert_eq!(percent(100, NONE), [60.0, 20.0, 20.0]);
    assert_eq!(percent(10_000, NONE), [60.0, 20.0, 20.0]);
    assert_eq!(percent(1_000_000, NONE), [98.0, 1.0, 1.0]);
    assert_eq!(percent(50_000_000, NONE), [98.0, 1.0, 1.0]);
    assert_eq!(percent(100, Given { test: Some(9), ..NONE }), [80.0, 20.0, 0.0]);
    assert_eq!(percent(100, Given { dev: Some(9), test: Some(9) }), [100.0, 0.0, 0.0]);
}

#[test]
fn a_given_file_takes_the_place_of_a_share() {
    let given = Given { test: Some(7), ..NONE };
    let all = SplitRule::Shares { train: 100.0, dev: 0.0, test: 0.0 };
    let (split, _) = split_rows(20, all, &Order::Random, given, 0);
    assert_eq!((split.train.as_slice().len(), split.dev.len()), (20, 0));
    assert_eq!(split.test, (20..27).collect::<Vec<u32>>());
    let (split, _) = split_rows(20, thirds(), &Order::Random, given, 0);
    assert_eq!((split.train.as_slice().len(), split.dev.len(), split.test.len()), (15, 5, 7));
}

#[test]
fn the_seed_moves_the_rows_and_nothing_else() {
    let split = |seed| split_rows(100, SplitRule::Auto, &Order::Random, NONE, seed).0;
    assert_eq!(split(1), split(1));
    assert_ne!(split(1).train, split(2).train);
    assert_eq!(split(1).dev.len(), 20);
}

#[test]
fn rare_classes_go_to_train_with_a_warning() {
    let classes: Vec<u32> = (0..40).map(|row| if row < 2 { 1 } else { 0 }).collect();
    let (split, notice) = split_rows(40, SplitRule::Auto, &Order::Classes(&classes), NONE, 0);
    assert!(split.train.as_slice().starts_with(&[0, 1]));
    assert_eq!(notice, Some(DataNotice::RareClasses { count: 1 }));
}
