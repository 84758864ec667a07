//! Nothing of dev or test reaches the fitted preprocessing or the weights.

// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use serde_json::Value;
use support::{Place, count, numbers};
use wellfit::data::SplitRule;
use wellfit::experiment::{Spec, prepare};

const TARGETS: [&str; 3] = ["label", "kind", "amount"];
/// A rate that does not depend on how many epochs there are to come.
const NETWORK: &str = "--hidden 16,8 --batch 32 --lr 0.01 --schedule constant --keep-prob 0.9 --threads 1";

/// A table of every type of column; `unseen` allows values that the train rows need not have.
fn row(next: &mut impl FnMut() -> f64, unseen: bool) -> Vec<String> {
    let mut pick = |values: &[&str]| values[(values.len() as f64 * next()) as usize].to_string();
    let colour =
        if unseen { pick(&["red", "green", "black", "", "très bleu"]) } else { pick(&["red", "green", "blue"]) };
    let flag = pick(&["yes", "no"]);
    let (label, kind) = (pick(&["good", "bad"]), pick(&["low", "middle", "high"]));
    let spread = if unseen { 1e6 } else { 2.0 };
    let x = spread * (next() - 0.5);
    let skewed = (spread.ln().abs() * next()).exp();
    let number = |text: String, gap: f64| if gap < 0.1 { String::new() } else { text };
    let gap = next();
    let city = format!("town {}", (if unseen { 90.0 } else { 30.0 } * next()) as usize);
    let day = format!(
        "20{:02}-{:02}-{:02}",
        (99.0 * next()) as usize,
        1 + (12.0 * next()) as usize,
        1 + (28.0 * next()) as usize
    );
    let amount = format!("{:.3}", if unseen { 1e4 * (next() - 0.5) } else { 3.0 * x + next() });
    vec![format!("{x:.4}"), number(format!("{skewed:.4}"), gap), colour, flag, city, day, label, kind, amount]
}

fn csv(rows: &[Vec<String>]) -> String {
    let lines = rows.iter().map(|row| row.join(",") + "\n");
    "x,skewed,colour,flag,city,day,label,kind,amount\n".to_string() + &lines.collect::<String>()
}

fn rows(seed: usize, count: usize, unseen: bool) -> Vec<Vec<String>> {
    let mut next = numbers(seed as u64);
    (0..count).map(|_| row(&mut next, unseen)).collect()
}

/// The columns that are not the target.
fn others(target: &str) -> String {
    TARGETS.into_iter().filter(|name| *name != target).collect::<Vec<_>>().join(",")
}

fn train(place: &Place, options: &str, run: &str) -> Value {
    place.run(&format!("train {options} --probes off {NETWORK} --out {run} --json")).succeeded().json()
}

fn model(place: &Place, run: &str) -> Vec<u8> {
    place.read(&format!("{run}/model.safetensors"))
}

/// What the history says of train, epoch by epoch.
fn train_curve(place: &Place, run: &str) -> Vec<(f64, f64, f64)> {
    let line = |line: &str| {
        let record: Value = serde_json::from_str(line).unwrap();
        let number = |key: &str| record[key].as_f64().unwrap();
        (number("running_loss"), number("train_loss"), number("train_error"))
    };
    place.text(&format!("{run}/history.jsonl")).lines().map(line).collect()
}

#[test]
fn rows_of_given_dev_and_test_files_change_no_fitted_number_and_no_weight() {
    let cases = count(9, 120);
    for case in 0..cases {
        let place = Place::new();
        let target = TARGETS[case % 3];
        place.write("train.csv", csv(&rows(case, 150, false)));
        let normalize = ["auto", "standard", "robust", "off"][case % 4];
        let options = format!(
            "train.csv --dev dev.csv --test test.csv --target {target} --drop {} --normalize {normalize} --early-stopping off \
             --epochs 5 --seed {case}",
            others(target)
        );
        let trained = |unseen: bool, run: &str| {
            for (part, shift) in [("dev.csv", 1_000), ("test.csv", 2_000)] {
                // Other rows, another number of them, other targets.
                place.write(part, csv(&rows(case + shift + usize::from(unseen), 60 + 7 * usize::from(unseen), unseen)));
            }
            train(&place, &options, run);
            (model(&place, run), train_curve(&place, run))
        };
        assert!(trained(false, "before") == trained(true, "after"), "case {case}: {options}");
    }
    println!("proof: no leak: given dev and test files replaced in {cases} runs, no byte of a model changed");
}

#[test]
fn rows_that_a_split_set_aside_change_no_fitted_number_and_no_weight() {
    let cases = count(9, 120);
    let mut changed = 0;
    for case in 0..cases {
        let place = Place::new();
        let target = TARGETS[case % 3];
        let mut table = rows(case, 200, false);
        place.write("data.csv", csv(&table));
        let options = format!(
            "data.csv --target {target} --drop {} --split 60/20/20 --early-stopping off --epochs 5 --seed {case}",
            others(target)
        );
        train(&place, &options, "before");
        for row in set_aside(&place, target, case) {
            // The target stays: it is what the split is stratified by.
            let kept = table[row][6..].to_vec();
            table[row] = rows(case + 5_000 + row, 1, true).remove(0);
            table[row].splice(6.., kept);
            changed += 1;
        }
        place.write("data.csv", csv(&table));
        train(&place, &options, "after");
        assert!(model(&place, "before") == model(&place, "after"), "case {case}: {options}");
        assert_eq!(train_curve(&place, "before"), train_curve(&place, "after"), "case {case}: {options}");
    }
    println!(
        "proof: no leak: {changed} rows of dev and test changed in {cases} split tables, no byte of a model changed"
    );
}

#[test]
fn rows_of_a_given_test_file_change_no_network_of_an_ensemble() {
    let cases = count(3, 40);
    for case in 0..cases {
        let place = Place::new();
        let target = TARGETS[case % 3];
        place.write("train.csv", csv(&rows(case, 150, false)));
        let options = format!(
            "train.csv --test test.csv --target {target} --drop {} --ensemble 3 --epochs 5 --seed {case}",
            others(target)
        );
        let trained = |unseen: bool, run: &str| {
            let shift = 2_000 + usize::from(unseen);
            place.write("test.csv", csv(&rows(case + shift, 60 + 7 * usize::from(unseen), unseen)));
            train(&place, &options, run);
            model(&place, run)
        };
        assert!(trained(false, "before") == trained(true, "after"), "case {case}: {options}");
    }
    println!("proof: no leak: given test files replaced in {cases} runs of three networks, no byte of a model changed");
}

/// The numbers of the rows that are not in train.
fn set_aside(place: &Place, target: &str, seed: usize) -> Vec<usize> {
    let mut spec = Spec::default();
    spec.data.path = Some(place.path("data.csv"));
    spec.data.target = Some(target.to_string());
    spec.data.drop = others(target).split(',').map(str::to_string).collect();
    spec.data.split = SplitRule::Shares { train: 60.0, dev: 20.0, test: 20.0 };
    spec.training.seed = seed as u64;
    let split = prepare(&spec).unwrap().dataset.split;
    split.dev.iter().chain(&split.test).map(|&row| row as usize).collect()
}

#[test]
fn with_early_stopping_dev_chooses_the_epoch_and_nothing_else() {
    let cases = count(6, 60);
    let mut epochs_differ = 0;
    for case in 0..cases {
        let place = Place::new();
        let target = TARGETS[case % 3];
        place.write("train.csv", csv(&rows(case, 150, false)));
        let options =
            |dev: &str| format!("train.csv --dev {dev} --target {target} --drop {} --seed {case}", others(target));
        let mut chosen = Vec::new();
        for (dev, unseen) in [("dev-1.csv", false), ("dev-2.csv", true)] {
            place.write(dev, csv(&rows(case + 1_000 + usize::from(unseen), 60, unseen)));
            let stopped = Path::new(dev).with_extension("stopped").display().to_string();
            let result = train(&place, &(options(dev) + " --epochs 12 --early-stopping 4"), &stopped);
            let epoch = result["best_epoch"].as_u64().unwrap();
            // The weights are those that training beside the first dev set, without a look at it, has after so many epochs.
            let plain = Path::new(dev).with_extension("plain").display().to_string();
            train(&place, &(options("dev-1.csv") + &format!(" --epochs {epoch} --early-stopping off")), &plain);
            assert!(model(&place, &stopped) == model(&place, &plain), "case {case}: epoch {epoch} of {dev}");
            chosen.push(epoch);
        }
        epochs_differ += usize::from(chosen[0] != chosen[1]);
    }
    // Otherwise nothing was shown.
    assert!(epochs_differ > 0);
    println!(
        "proof: no leak: {cases} pairs of dev sets under early stopping; the epoch differed in {epochs_differ}, the weights of an \
         epoch in none"
    );
}
