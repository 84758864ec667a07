//! Runs beside each other: what is compared, what is refused and why, and what stays sealed.

// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::{Value, json};
use support::Place;

/// A place with runs `a`, of thirty epochs, and `b`, of one at a tiny rate: far worse.
fn two_runs(options: &str) -> Place {
    let place = Place::with_table(400);
    place.run(&format!("train data.csv --probes off {options} --epochs 30 --out a")).succeeded();
    place.run(&format!("train data.csv --probes off {options} --epochs 1 --lr 1e-6 --hidden 4 --out b")).succeeded();
    place
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn changed(run: &Value) -> Vec<&str> {
    run["differences"].as_array().unwrap().iter().map(|d| d["key"].as_str().unwrap()).collect()
}

#[test]
fn a_run_is_set_beside_the_first_with_intervals_counts_and_what_differs() {
    let place = two_runs("--target label");
    let report = place.run("compare a b --json").succeeded().json();
    assert_eq!(keys(&report), ["dev_rows", "metric", "runs", "schema"]);
    assert_eq!((&report["schema"], &report["metric"], &report["dev_rows"]), (&json!(1), &json!("error"), &json!(80)));
    let (a, b) = (&report["runs"][0], &report["runs"][1]);
    for run in [a, b] {
        assert_eq!(keys(run), ["dev", "differences", "gain", "mcnemar", "run", "verdict"]);
        let name = run["run"].as_str().unwrap();
        assert_eq!(run["dev"], place.json(&format!("{name}/result.json"))["dev"]["error"], "{name}");
    }
    assert_eq!((&a["gain"], &a["mcnemar"], &a["verdict"]), (&Value::Null, &Value::Null, &Value::Null));
    assert_eq!(b["verdict"], "worse");
    let number = |pointer: &str| report.pointer(pointer).unwrap().as_f64().unwrap();
    let gain = number("/runs/1/gain/value");
    assert!((gain - (number("/runs/0/dev/value") - number("/runs/1/dev/value"))).abs() < 1e-12);
    assert!(number("/runs/1/gain/low") < gain && gain < number("/runs/1/gain/high"));
    // The counts account for the gain.
    let alone = number("/runs/1/mcnemar/only_reference_wrong") - number("/runs/1/mcnemar/only_this_wrong");
    assert!((alone / 80.0 - gain).abs() < 1e-12);
    assert!(number("/runs/1/mcnemar/p") < 0.05);
    assert_eq!(changed(b), ["network.hidden", "training.lr", "training.epochs", "training.early_stopping"]);
    assert_eq!(b["differences"][1]["this"], "1e-6");
    // The other way round the signs turn.
    let turned = place.run("compare b a --json").succeeded().json();
    assert_eq!(turned["runs"][1]["verdict"], "better");
    assert!((turned["runs"][1]["gain"]["value"].as_f64().unwrap() + gain).abs() < 1e-12);
}

#[test]
fn a_person_sees_a_table_of_eighty_columns_that_says_what_it_does_not_know() {
    let place = two_runs("--target kind");
    let shown = place.run("compare a b a").succeeded().out;
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    for words in ["reference", "worse", "not significant", "b: network.hidden 64,32 → 4", "Bonferroni", "another seed"]
    {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert_eq!(place.run("compare a b a").out, shown);
}

#[test]
fn numbers_are_compared_in_their_unit_and_without_counts() {
    let place = two_runs("--target amount");
    let report = place.run("compare a b --json").succeeded().json();
    assert_eq!((&report["metric"], &report["runs"][1]["mcnemar"]), (&json!("rmse"), &Value::Null));
    assert_eq!(report["runs"][1]["verdict"], "worse");
    assert!(report["runs"][1]["gain"]["high"].as_f64().unwrap() < 0.0);
}

#[test]
fn rows_of_a_group_have_counts_and_no_p_value() {
    let place = two_runs("--target label --group city");
    let report = place.run("compare a b --json").succeeded().json();
    assert!(report["runs"][1]["mcnemar"]["only_this_wrong"].as_u64().is_some());
    assert_eq!(report["runs"][1]["mcnemar"]["p"], Value::Null);
    let shown = place.run("compare a b").succeeded().out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("no p-value, since rows are grouped"), "{shown}");
}

#[test]
fn runs_that_leave_out_other_columns_are_compared() {
    let place = Place::with_table(300);
    place.run("train data.csv --probes off --target label --epochs 3 --out a").succeeded();
    place.run("train data.csv --probes off --target label --epochs 3 --drop kind,amount --out b").succeeded();
    let report = place.run("compare a b --json").succeeded().json();
    assert_eq!(changed(&report["runs"][1]), ["data.drop"]);
}

#[test]
fn what_cannot_be_compared_is_refused_with_what_differs_and_what_to_do() {
    let place = Place::with_table(300);
    place.write("other.csv", support::table(300, 9));
    std::fs::create_dir(place.path("notes")).unwrap();
    let train = |options: &str, out: &str| {
        place.run(&format!("train {options} --probes off --epochs 2 --out {out}")).succeeded()
    };
    train("data.csv --target label", "a");
    train("data.csv --target label --seed 1", "seed");
    train("data.csv --target label --split 50/30/20", "split");
    train("data.csv --target kind", "kind");
    train("data.csv --target label --split 100/0/0", "no-dev");
    train("other.csv --target label", "other");
    train("data.csv --target label", "unfinished");
    std::fs::remove_file(place.path("unfinished/result.json")).unwrap();
    for (code, command, words) in [
        (2, "compare a", "two runs or more, the reference first"),
        (3, "compare a nowhere", "nowhere: no such run"),
        (3, "compare a notes", "notes: no config.toml in this folder, so it is no run"),
        (
            3,
            "compare a unfinished",
            "unfinished: no result.json, so this run is not finished; resume it with `wellfit train --config",
        ),
        (3, "compare a other", "do not hold the same bytes"),
        (3, "compare a seed", "their dev rows are not the same (training.seed 0 and 1)"),
        (3, "compare split a", "their dev rows are not the same (data.split 50/30/20 and auto)"),
        (3, "compare a kind", "they predict different columns (data.target label and kind"),
        (3, "compare no-dev a", "no-dev: this run has no dev rows"),
        (3, "compare a no-dev", "their dev rows are not the same (data.split auto and 100/0/0)"),
    ] {
        let refused = place.run(&format!("{command} --json"));
        assert_eq!(refused.code, code, "{command}: {}", refused.err);
        assert!(refused.err.contains(words) && refused.err.lines().count() == 1, "{command}: {}", refused.err);
        assert_eq!(refused.json()["error"]["code"], code, "{command}");
    }
    place.write("data.csv", support::table(300, 2));
    let changed = place.run("compare a a");
    assert_eq!(changed.code, 3);
    assert!(changed.err.contains("changed since this run was trained"), "{}", changed.err);
}

#[test]
fn a_comparison_writes_nothing_and_opens_no_test_set() {
    let place = two_runs("--target label");
    let before = place.read("a/result.json");
    place.run("compare a b").succeeded();
    assert_eq!(place.read("a/result.json"), before);
    assert!(!place.path("ledger.jsonl").exists() && !place.path("a/openings.jsonl").exists());
}

#[test]
fn a_model_of_another_run_in_the_folder_is_refused() {
    let place = Place::with_table(300);
    place.run("train data.csv --probes off --target label --epochs 2 --out a").succeeded();
    place.run("train data.csv --probes off --target amount --epochs 2 --out b").succeeded();
    place.write("a/model.safetensors", place.read("b/model.safetensors"));
    let refused = place.run("compare a a");
    assert_eq!(refused.code, 3);
    assert!(refused.err.contains("not the one that the config.toml beside it trains"), "{}", refused.err);
}
