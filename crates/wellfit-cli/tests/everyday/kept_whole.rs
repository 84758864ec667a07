//! Nothing is overwritten that is read, nothing is written that cannot be read, and nobody waits without a word.

use std::fs;
use std::time::{Duration, Instant};

use crate::support::{Place, outcome};

const TRAIN: &str = "train data.csv --target label --probes off --epochs 2 --hidden 4";

#[test]
fn predictions_replace_neither_what_they_are_made_of_nor_what_makes_them() {
    let place = Place::with_table(80);
    place.run(&format!("{TRAIN} --out run")).succeeded();
    std::os::unix::fs::symlink(place.path("data.csv"), place.path("link.csv")).unwrap();
    fs::create_dir(place.path("sub")).unwrap();
    let (data, model) = (place.read("data.csv"), place.read("run/model.safetensors"));
    for out in [
        "data.csv",
        "./data.csv",
        "sub/../data.csv",
        "link.csv",
        "run/model.safetensors",
        "run/../run/config.toml",
        "run/result.json",
        "p.parquet",
    ] {
        let refused = place.run(&format!("predict run data.csv --out {out}"));
        assert_eq!(refused.code, 2, "{out}: {}{}", refused.out, refused.err);
    }
    assert!(data == place.read("data.csv") && model == place.read("run/model.safetensors"));
    let new = place.text("data.csv");
    place.write("new.csv", &new);
    let refused = place.run("predict run new.csv --out data.csv");
    assert!(refused.code == 2 && refused.err.contains("what the run was trained on"), "{}", refused.err);
    // Its own earlier predictions it may replace.
    for _ in 0..2 {
        place.run("predict run data.csv --out p.csv").succeeded();
    }
}

#[test]
fn copies_across_parts_are_said_where_they_are_trained_on_and_tested() {
    let place = Place::new();
    let row = |i: usize| format!("{}.25,{}.5,{}\n", i * 37 % 101, i * 61 % 97, ["a", "b"][i * 13 % 7 % 2]);
    let sixfold: String = (0..600).map(|i| row(i % 100)).collect();
    place.write("data.csv", format!("x,z,label\n{sixfold}"));
    let told = place.run(&format!("{TRAIN} --out run")).succeeded();
    assert!(
        told.out.contains("stand in train too")
            || told.err.contains("stand in train too")
            || told.out.contains("in train"),
        "{}",
        told.out
    );
    for part in ["--test", "--dev"] {
        let refused = place.run(&format!("{TRAIN} {part} data.csv --out other"));
        assert!(refused.code == 3 || refused.code == 2, "{}{}", refused.out, refused.err);
    }
    let once: String = (0..100).map(row).collect();
    place.write("data.csv", format!("x,z,label\n{once}"));
    let told = place.run(&format!("{TRAIN} --out once")).succeeded();
    assert!(!told.out.contains("also in train"), "{}", told.out);
}

#[test]
fn a_config_that_could_not_be_read_again_is_refused_before_training() {
    let place = Place::new();
    let long = "Z".repeat(600_000);
    let row = |i: usize| format!("{},{}\n", i * 37 % 60, if i.is_multiple_of(3) { long.as_str() } else { "q" });
    place.write("data.csv", format!("x,label\n{}", (0..60).map(row).collect::<String>()));
    let refused = place.run(&format!("{TRAIN} --out run"));
    assert_ne!(refused.code, 0, "{}", refused.out);
    assert!(refused.err.len() < 2_000 && !place.path("run/result.json").exists(), "{}", refused.err);
}

#[test]
fn a_lock_of_others_is_waited_for_a_while_and_reading_needs_none() {
    let place = Place::with_table(80);
    place.run(&format!("{TRAIN} --out run")).succeeded();
    place.run("test run").succeeded();
    let held = fs::File::open(place.path("ledger.jsonl")).unwrap();
    held.lock().unwrap();
    let start = Instant::now();
    place.run(&format!("{TRAIN} --seed 2 --out other")).succeeded();
    place.run("report run").succeeded();
    assert!(start.elapsed() < Duration::from_secs(20));
    let test = outcome(place.start("test run"));
    assert!(start.elapsed() < Duration::from_secs(40), "{}", test.err);
    held.unlock().unwrap();
    place.run("test run").succeeded();
}

#[test]
fn more_threads_than_there_can_be_are_fewer() {
    let place = Place::with_table(80);
    place.run(&format!("{TRAIN} --threads 1000 --out many")).succeeded();
    place.run(&format!("{TRAIN} --threads 1 --out one")).succeeded();
    assert!(place.read("many/model.safetensors") == place.read("one/model.safetensors"));
}
