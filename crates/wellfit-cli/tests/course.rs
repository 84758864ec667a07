//! The published results of deeplearning.ai's course on improving deep networks, through the command line alone.
//!
//! Data and starting weights stand in the folder that the variable `WELLFIT_DATA` names; without it these tests say so and
//! pass.

#![allow(clippy::unwrap_used)] // the helpers are part of the tests: what cannot be run fails them

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Where the data are, and a folder for runs.
struct Course {
    data: PathBuf,
    runs: tempfile::TempDir,
}

/// Options that every experiment of the course shares: raw inputs, ReLU, no dev set, all iterations.
const SHARED: &str = "--target label --preset textbook --normalize off --activation relu --split 100/0/0 \
                      --early-stopping off --probes off --json --quiet";

impl Course {
    fn open() -> Option<Course> {
        let Some(data) = std::env::var_os("WELLFIT_DATA") else {
            println!("skipped: WELLFIT_DATA is not set, so the course's data cannot be read");
            return None;
        };
        Some(Course { data: PathBuf::from(data), runs: tempfile::tempdir().unwrap() })
    }

    /// Train and (where the set has a test file) test accuracy.
    fn accuracies(&self, set: &str, run: &str, start: &str, options: &str) -> (f64, Option<f64>) {
        let folder = self.data.join(format!("course_{set}"));
        let run = self.runs.path().join(run);
        let mut train = wellfit();
        train.arg("train").arg(folder.join("train.csv")).arg("--out").arg(&run);
        train.args(SHARED.split_whitespace()).args(options.split_whitespace());
        if !start.is_empty() {
            train.arg("--init-from").arg(self.data.join(format!("course_start/{start}.safetensors")));
        }
        let test = folder.join("test.csv");
        if test.is_file() {
            train.arg("--test").arg(&test);
        }
        let trained = json(&mut train);
        let tested = test.is_file().then(|| json(wellfit().arg("test").arg(&run).arg("--json")));
        let accuracy = |part: &Value| 1.0 - part["error"]["value"].as_f64().unwrap();
        (accuracy(&trained["train"]), tested.map(|tested| accuracy(&tested["test"])))
    }
}

fn wellfit() -> Command {
    Command::new(Path::new(env!("CARGO_BIN_EXE_wellfit")))
}

fn json(command: &mut Command) -> Value {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A published accuracy of `right` rows out of `rows`, met to the row.
fn assert_exact(accuracy: f64, right: u32, rows: u32) {
    let found = (accuracy * f64::from(rows)).round() as u32;
    assert_eq!(found, right, "{accuracy} of {rows} rows");
}

#[test]
fn football_with_and_without_l2_is_exact() {
    let Some(course) = Course::open() else { return };
    let options = "--hidden 20,3 --batch full --optimizer gd --lr 0.3 --epochs 30000";
    // Published: train 0.947867298578, test 0.915; with λ = 0.7 train 0.938388625592, test 0.93.
    let (train, test) = course.accuracies("football", "plain", "football", options);
    assert_exact(train, 200, 211);
    assert_exact(test.unwrap(), 183, 200);
    let (train, test) = course.accuracies("football", "l2", "football", &format!("{options} --l2 0.7"));
    assert_exact(train, 198, 211);
    assert_exact(test.unwrap(), 186, 200);
}

#[test]
fn football_with_dropout_is_within_three_points_in_the_median_of_five_seeds() {
    let Some(course) = Course::open() else { return };
    let mut found = (Vec::new(), Vec::new());
    for seed in 0..5 {
        let options = "--hidden 20,3 --batch full --optimizer gd --lr 0.3 --epochs 30000 --keep-prob 0.86";
        let run = format!("dropout-{seed}");
        let (train, test) = course.accuracies("football", &run, "football", &format!("{options} --seed {seed}"));
        found.0.push(train);
        found.1.push(test.unwrap());
    }
    // Published with the course's own masks: 0.928909952607 and 0.95.
    for (mut accuracies, published) in [(found.0, 0.929), (found.1, 0.95)] {
        accuracies.sort_by(f64::total_cmp);
        assert!((accuracies[2] - published).abs() <= 0.03, "{accuracies:?}, published {published}");
    }
}

#[test]
fn circles_from_zeros_large_and_he_weights_are_exact() {
    let Some(course) = Course::open() else { return };
    let options = "--hidden 10,5 --batch full --optimizer gd --lr 0.01 --epochs 15000";
    // Published: 0.5/0.5, 0.83/0.86, 0.993333333333/0.96.
    for (run, start, init, train_right, test_right) in [
        ("zeros", "", "--init zeros", 150, 50),
        ("large", "circles_normal10", "", 249, 86),
        ("he", "circles_he", "", 298, 96),
    ] {
        let (train, test) = course.accuracies("circles", run, start, &format!("{options} {init}"));
        assert_exact(train, train_right, 300);
        assert_exact(test.unwrap(), test_right, 100);
    }
}

#[test]
fn moons_with_three_optimisers_are_within_a_point() {
    let Some(course) = Course::open() else { return };
    // Published: gradient descent 0.797, momentum 0.797, Adam 0.94 (other shuffles than the course's).
    for (optimizer, published) in [("gd", 0.797), ("momentum", 0.797), ("adam", 0.94)] {
        let options = format!("--hidden 5,2 --batch 64 --optimizer {optimizer} --lr 0.0007 --epochs 10000");
        let (train, _) = course.accuracies("moons", optimizer, "moons", &options);
        assert!((train - published).abs() <= 0.01, "{optimizer}: {train}, published {published}");
    }
}
