//! The ledger of test openings: right numbers, whoever opens, wherever the run is.

// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::fs;

use support::{Place, count, outcome};

const TRAIN: &str = "train data.csv --probes off --target label --epochs 3 --hidden 8";

fn opening(place: &Place, run: &str) -> u64 {
    place.run(&format!("test {run} --json")).succeeded().json()["opening"].as_u64().unwrap()
}

#[test]
fn openings_of_the_same_rows_are_counted_over_runs_and_other_rows_apart() {
    let place = Place::with_table(200);
    place.run(&format!("{TRAIN} --out runs/a")).succeeded();
    place.run(&format!("{TRAIN} --l2 2 --out runs/b")).succeeded();
    place.run(&format!("{TRAIN} --seed 3 --out runs/other-rows")).succeeded();
    assert_eq!([opening(&place, "runs/a"), opening(&place, "runs/a"), opening(&place, "runs/b")], [1, 2, 3]);
    assert_eq!(opening(&place, "runs/other-rows"), 1);
    assert_eq!(place.text("runs/ledger.jsonl").lines().count(), 4);
    assert!(place.text("runs/b/report.html").contains("evaluated 3 times"));
}

#[test]
fn rows_are_the_same_whatever_is_dropped_retyped_or_copied() {
    let place = Place::with_table(200);
    let name = place.text("data.csv").split(',').next().unwrap().to_owned();
    place.run(&format!("{TRAIN} --out runs/a")).succeeded();
    place.run(&format!("{TRAIN} --drop {name} --out runs/dropped")).succeeded();
    place.run(&format!("{TRAIN} --types {name}=categorical --out runs/retyped")).succeeded();
    let openings: Vec<u64> = ["a", "dropped", "retyped"].map(|run| opening(&place, &format!("runs/{run}"))).into();
    assert_eq!(openings, [1, 2, 3]);
    let lines: Vec<String> = place.text("data.csv").lines().map(str::to_owned).collect();
    fs::write(place.path("whole.csv"), lines.join("\n") + "\n").unwrap();
    fs::write(place.path("most.csv"), lines[..lines.len() - 3].join("\n") + "\n").unwrap();
    // They hold the test rows of the run, and those of each other.
    assert_eq!(opening(&place, "runs/a --data whole.csv"), 4);
    assert_eq!(opening(&place, "runs/a --data most.csv"), 5);
}

#[test]
fn a_run_that_is_moved_takes_its_openings_along() {
    let place = Place::with_table(200);
    place.run(&format!("{TRAIN} --out runs/a")).succeeded();
    assert_eq!([opening(&place, "runs/a"), opening(&place, "runs/a")], [1, 2]);
    // With its ledger, and then alone.
    fs::rename(place.path("runs"), place.path("kept")).unwrap();
    assert_eq!(opening(&place, "kept/a"), 3);
    fs::create_dir(place.path("elsewhere")).unwrap();
    fs::rename(place.path("kept/a"), place.path("elsewhere/a")).unwrap();
    assert_eq!(opening(&place, "elsewhere/a"), 4);
    assert!(place.text("elsewhere/a/report.html").contains("evaluated 4 times"));
}

#[test]
fn openings_at_once_are_numbered_apart_and_all_written_down() {
    let place = Place::with_table(200);
    place.run(&format!("{TRAIN} --out runs/a")).succeeded();
    place.run(&format!("{TRAIN} --l2 2 --out runs/b")).succeeded();
    let pairs = count(5, 50);
    let mut numbers = BTreeSet::new();
    for _ in 0..pairs {
        let both = ["runs/a", "runs/b"].map(|run| place.start(&format!("test {run} --json")));
        for test in both {
            numbers.insert(outcome(test).succeeded().json()["opening"].as_u64().unwrap());
        }
    }
    assert_eq!(numbers, (1..=2 * pairs as u64).collect());
    assert_eq!(place.text("runs/ledger.jsonl").lines().count(), 2 * pairs);
    println!("proof: ledger: {} openings by two processes at once, numbered 1 to {}", 2 * pairs, 2 * pairs);
}

#[test]
fn a_damaged_ledger_still_counts() {
    let place = Place::with_table(200);
    place.run(&format!("{TRAIN} --out runs/a")).succeeded();
    assert_eq!(opening(&place, "runs/a"), 1);
    let ledger = place.text("runs/ledger.jsonl");
    // Its writer lost power in the middle of a second line.
    place.write("runs/ledger.jsonl", format!("{ledger}{}", &ledger[..ledger.len() / 2]));
    assert_eq!(opening(&place, "runs/a"), 2);
    // And lost altogether: the run's own counts on.
    fs::remove_file(place.path("runs/ledger.jsonl")).unwrap();
    assert_eq!(opening(&place, "runs/a"), 3);
}
