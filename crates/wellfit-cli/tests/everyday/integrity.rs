//! A run's folder is looked over: what is damaged, changed or swapped is named, and nothing else.

use std::fs;

use crate::support::Place;

const TRAIN: &str = "train data.csv --probes off --target label --epochs 3 --hidden 8";

/// What is wrong with a run, by the machine's answer.
fn wrong(place: &Place, run: &str) -> Vec<String> {
    let outcome = place.run(&format!("check {run} --integrity"));
    let wrong: Vec<String> = outcome
        .out
        .lines()
        .filter_map(|line| line.trim().strip_prefix("wrong"))
        .map(|line| line.trim().to_owned())
        .collect();
    assert_eq!(outcome.code, if wrong.is_empty() { 0 } else { 3 }, "{}{}", outcome.out, outcome.err);
    wrong
}

#[test]
fn a_run_is_whole_whatever_it_is_judged_by() {
    let place = Place::with_table(200);
    for (name, more) in [
        ("plain", ""),
        ("auc", "--metric auc"),
        ("f1", "--metric f1"),
        ("balanced", "--class-weights balanced"),
        ("costs", "--costs 5,1"),
    ] {
        place.run(&format!("{TRAIN} {more} --out {name}")).succeeded();
        assert!(wrong(&place, name).is_empty(), "{name}: {:?}", wrong(&place, name));
    }
}

#[test]
fn what_is_damaged_changed_or_swapped_is_named() {
    let place = Place::with_table(200);
    place.run(&format!("{TRAIN} --out a")).succeeded();
    place.run(&format!("{TRAIN} --seed 5 --epochs 1 --hidden 2 --out b")).succeeded();
    let model = fs::read(place.path("a/model.safetensors")).unwrap();
    fs::copy(place.path("b/model.safetensors"), place.path("a/model.safetensors")).unwrap();
    let swapped = wrong(&place, "a");
    assert!(matches!(swapped.as_slice(), [one] if one.starts_with("dev error: result.json says ")), "{swapped:?}");
    let mut flipped = model.clone();
    let last = flipped.len() - 3;
    flipped[last] ^= 4;
    fs::write(place.path("a/model.safetensors"), flipped).unwrap();
    let damaged = wrong(&place, "a");
    assert!(matches!(damaged.as_slice(), [one] if one.starts_with("model.safetensors: ")), "{damaged:?}");
    fs::write(place.path("a/model.safetensors"), model).unwrap();
    let history = place.text("a/history.jsonl");
    place.write("a/history.jsonl", &history[..history.len() - 9]);
    assert!(wrong(&place, "a")[0].starts_with("history.jsonl: "));
    place.write("a/history.jsonl", &history);
    assert!(wrong(&place, "a").is_empty());
    place.write("data.csv", place.text("data.csv").replacen('1', "2", 1));
    let changed = wrong(&place, "a");
    assert!(matches!(changed.as_slice(), [one] if one.contains("has changed")), "{changed:?}");
}
