//! The course's own mistakes, made on its own data: the first advice is the cure that the course gives.
//!
//! Data stand in the folder that the variable `WELLFIT_DATA` names; without it these tests say so and pass.

#![allow(clippy::unwrap_used)] // the helpers are part of the tests: what cannot be run fails them

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

/// Trains on a file of the data with these options; `None` where there are no data.
fn trained(file: &str, options: &str) -> Option<Value> {
    let Some(data) = std::env::var_os("WELLFIT_DATA").map(PathBuf::from) else {
        println!("skipped: WELLFIT_DATA is not set, so the course's data cannot be read");
        return None;
    };
    let runs = tempfile::tempdir().unwrap();
    let mut train = Command::new(env!("CARGO_BIN_EXE_wellfit"));
    train.arg("train").arg(data.join(file)).arg("--out").arg(runs.path().join("run")).args(["--json", "--quiet"]);
    for option in options.split_whitespace() {
        train.arg(option.replace("DATA", &data.display().to_string()));
    }
    let output = train.output().unwrap();
    assert!(output.status.success(), "{options}\n{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn first(result: &Value) -> &str {
    result["prescription"][0]["change"].as_str().unwrap()
}

/// By how much dev error fell in the training that tried the first advice.
fn gain(result: &Value) -> f64 {
    let trial = &result["prescription"][0]["trial"];
    trial["before"].as_f64().unwrap() - trial["after"].as_f64().unwrap()
}

fn verdict(result: &Value) -> &str {
    result["diagnosis"]["findings"][0]["text"].as_str().unwrap()
}

#[test]
fn circles_from_zeros_are_told_of_their_initialisation() {
    for hidden in ["10,5", "16,16"] {
        let options = format!("--target label --hidden {hidden} --init zeros");
        let Some(result) = trained("course_circles/train.csv", &options) else { return };
        assert_eq!(first(&result), "network.init = \"lecun\"", "{}", verdict(&result));
    }
}

#[test]
fn thirty_sigmoid_layers_are_told_of_their_activation_or_initialisation() {
    let hidden = ["16"; 30].join(",");
    let options = format!("--target label --hidden {hidden} --activation sigmoid");
    let Some(result) = trained("course_moons/train.csv", &options) else { return };
    let first = first(&result);
    assert!(first.starts_with("network.activation = ") || first.starts_with("network.init = "), "{first}");
    assert!(gain(&result) > 0.2, "{}", gain(&result));
}

#[test]
fn inputs_as_they_are_are_told_to_be_normalised() {
    // The standard recipe learns from these inputs as they are; the quick one does not.
    let options = "--target outcome --normalize off --effort quick";
    let Some(result) = trained("pima_diabetes/pima-indians-diabetes.csv", options) else { return };
    assert_eq!(first(&result), "data.normalize = \"standard\"");
    assert!(gain(&result) > 0.05, "{}", gain(&result));
}

/// The network and the data of the course's exercise on regularisation.
const FOOTBALL: &str = "--target label --preset textbook --hidden 20,3 --dev DATA/course_football/test.csv";

#[test]
fn football_without_regularisation_leans_to_variance_and_is_told_to_regularise() {
    let options = format!("{FOOTBALL} --epochs 5000");
    let Some(result) = trained("course_football/train.csv", &options) else { return };
    assert!(verdict(&result).contains("high variance"), "{}", verdict(&result));
    let first = first(&result);
    assert!(first.starts_with("training.l2 = ") || first.starts_with("network.keep_prob = "), "{first}");
}

#[test]
fn football_with_too_large_a_penalty_is_told_to_lower_it() {
    for l2 in [50.0, 100.0] {
        let options = format!("{FOOTBALL} --epochs 1000 --l2 {l2}");
        let Some(result) = trained("course_football/train.csv", &options) else { return };
        let lower = first(&result).strip_prefix("training.l2 = ").map(|value| value.parse::<f64>().unwrap());
        assert!(lower.is_some_and(|lower| lower < l2), "{l2}: {}", first(&result));
        assert!(gain(&result) > 0.0);
    }
}
