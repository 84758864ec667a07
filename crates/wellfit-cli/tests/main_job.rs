//! The main job as a user runs it: train, test, predict, report, and all of them again.

// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;

use serde_json::Value;
use support::Place;

/// Every key of result.json that others script against, with the keys inside it.
const RESULT_KEYS: [(&str, &[&str]); 22] = [
    ("", &["schema", "run", "task", "metric", "parameters", "seed", "threads", "seconds", "epochs", "best_epoch"]),
    ("", &["stopped", "resumed_from_epoch", "test", "metrics", "prescription"]),
    ("rows", &["train", "dev", "test"]),
    ("gradient_check", &["passed", "relative_error", "blocks"]),
    ("gradient_check/blocks/0", &["name", "relative_error"]),
    ("baseline", &["naive", "linear", "trees"]),
    ("baseline/naive", &["name", "dev"]),
    ("baseline/linear", &["dev"]),
    ("baseline/trees", &["dev"]),
    ("train", &["error", "loss"]),
    ("train/error", &["value", "low", "high"]),
    ("dev", &["error", "loss"]),
    ("dev/error", &["value", "low", "high"]),
    ("diagnosis", &["verdict", "target_error", "avoidable_bias", "variance", "findings"]),
    ("diagnosis/target_error", &["value", "source"]),
    ("diagnosis/avoidable_bias", &["value", "low", "high"]),
    ("diagnosis/variance", &["value", "low", "high"]),
    ("prescription/0", &["remedy", "purpose", "reason", "change"]),
    ("metrics", &["auc", "log_loss", "confusion"]),
    ("diagnosis/findings/0", &["kind", "text"]),
    ("test", &[]),
    ("resumed_from_epoch", &[]),
];

const VERDICTS: [&str; 5] = ["good fit", "high bias", "high variance", "high bias and high variance", "undecided"];

fn assert_keys(result: &Value) {
    for (place, keys) in RESULT_KEYS {
        let pointer = if place.is_empty() { String::new() } else { format!("/{place}") };
        let part = result.pointer(&pointer).unwrap_or_else(|| panic!("{place} is missing: {result:#}"));
        for key in keys {
            assert!(part.get(key).is_some(), "{place}: {key} is missing: {part:#}");
        }
    }
}

#[test]
fn a_run_leaves_a_result_with_every_key_and_json_prints_exactly_it() {
    let place = Place::with_table(400);
    let trained = place.run("train data.csv --target label --epochs 8 --out run --json --target-error 0.01");
    let trained = trained.succeeded();
    let result = trained.json();
    assert_eq!(result, place.json("run/result.json"));
    assert_keys(&result);
    assert!(VERDICTS.contains(&result["diagnosis"]["verdict"].as_str().unwrap()), "{result:#}");
    assert_eq!(result["diagnosis"]["target_error"]["source"], "given");
    assert_eq!(result["test"], Value::Null);
    assert_eq!(result["task"], "binary");
    let rows: Vec<u64> = ["train", "dev", "test"].map(|part| result["rows"][part].as_u64().unwrap()).to_vec();
    assert_eq!(rows.iter().sum::<u64>(), 400);
    for file in ["config.toml", "model.safetensors", "history.jsonl", "report.html"] {
        assert!(place.path("run").join(file).is_file(), "{file}");
    }
    assert!(!place.path("run/checkpoint.safetensors").exists());
    assert!(trained.err.contains("not used: row_id"), "progress goes to standard error: {}", trained.err);
}

#[test]
fn without_out_runs_are_numbered_and_listed() {
    let place = Place::with_table(120);
    for _ in 0..2 {
        place.run("train data.csv --probes off --target amount --epochs 3").succeeded();
    }
    let listed = place.run("runs").succeeded().out;
    assert!(listed.contains("data-1") && listed.contains("data-2"), "{listed}");
    let runs = place.run("runs --json").succeeded().json();
    assert_eq!(runs["runs"].as_array().unwrap().len(), 2);
    assert_eq!(runs["runs"][0]["metric"], "rmse");
}

#[test]
fn a_dry_run_and_a_refused_one_leave_nothing() {
    let place = Place::with_table(120);
    let dry = place.run("train data.csv --target label --dry-run").succeeded();
    assert!(dry.out.contains("network"), "{}", dry.out);
    assert_eq!(place.run("train data.csv --target label --keep-prob 0.9,0.8,0.7 --hidden 8,4").code, 2);
    assert!(!place.path("runs").exists());
}

#[test]
fn without_dev_rows_there_is_no_verdict_and_without_test_rows_no_test() {
    let place = Place::with_table(100);
    let trained =
        place.run("train data.csv --probes off --target kind --split 100/0/0 --epochs 3 --out run --json").succeeded();
    let result = trained.json();
    assert_eq!((&result["dev"], &result["diagnosis"]), (&Value::Null, &Value::Null));
    assert_eq!(place.run("test run").code, 2);
}

#[test]
fn predictions_keep_the_order_of_rows() {
    let place = Place::with_table(300);
    place.run("train data.csv --probes off --target amount --epochs 40 --hidden 32 --out run").succeeded();
    let text = place.text("data.csv");
    let (header, rows) = text.split_once('\n').unwrap();
    let reversed: Vec<&str> = rows.lines().rev().collect();
    place.write("reversed.csv", format!("{header}\n{}\n", reversed.join("\n")));
    place.run("predict run data.csv --out forward.csv").succeeded();
    place.run("predict run/model.safetensors reversed.csv --out backward.csv").succeeded();
    let column = |name: &str| place.text(name).lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    let (forward, mut backward) = (column("forward.csv"), column("backward.csv"));
    backward.reverse();
    assert_eq!(forward.len(), 300);
    assert_eq!(forward, backward);
    let different: std::collections::BTreeSet<_> = forward.iter().collect();
    assert!(different.len() > 250, "each row has a prediction of its own");
}

#[test]
fn predictions_need_neither_target_nor_run_and_accept_new_categories() {
    let place = Place::with_table(300);
    place.run("train data.csv --probes off --target kind --drop label,amount --epochs 5 --out run").succeeded();
    place.write("new.csv", "city,colour,y,x\nAtlantis,mauve,,0.5\ncity3,red,0.1,?\n");
    std::fs::rename(place.path("run/model.safetensors"), place.path("m.safetensors")).unwrap();
    std::fs::remove_dir_all(place.path("run")).unwrap();
    place.run("predict m.safetensors new.csv --out p.csv").succeeded();
    let text = place.text("p.csv");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "kind,probability_high,probability_low,probability_middle");
    assert_eq!(lines.len(), 3);
    for line in &lines[1..] {
        let sum: f64 = line.split(',').skip(1).map(|number| number.parse::<f64>().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-5, "{line}");
    }
}

#[test]
fn every_opening_of_the_test_set_is_counted() {
    let place = Place::with_table(300);
    place.run("train data.csv --probes off --target label --epochs 5 --out runs/a").succeeded();
    let first = place.run("test runs/a --json").succeeded().json();
    assert_eq!(first["opening"], 1);
    for key in ["error", "loss", "metrics"] {
        assert!(first["test"].get(key).is_some(), "{first:#}");
    }
    assert_eq!(place.run("test runs/a --json").succeeded().json()["opening"], 2);
    // The same rows through another run are the same test set.
    place.run("train data.csv --probes off --target label --epochs 6 --out runs/b").succeeded();
    assert_eq!(place.run("test runs/b --json").succeeded().json()["opening"], 3);
    assert_eq!(place.text("runs/ledger.jsonl").lines().count(), 3);
    assert_eq!(place.json("runs/a/result.json")["test"], first["test"]);
    assert!(place.text("runs/b/report.html").contains("evaluated 3 times"));
}

#[test]
fn another_labelled_file_can_be_scored() {
    let place = Place::with_table(300);
    place.run("train data.csv --probes off --target label --epochs 5 --out run").succeeded();
    place.write("more.csv", support::table(80, 9));
    let scored = place.run("test run --data more.csv --json").succeeded().json();
    assert_eq!(scored["opening"], 1);
    assert_eq!(place.json("run/result.json")["test"], Value::Null, "the sealed rows stay sealed");
    let told = |data: &str| place.run(&format!("test run --data {data}")).succeeded().out;
    place.write("copy.csv", place.read("data.csv"));
    assert!(told("copy.csv").contains("copy.csv is what the run was trained on"));
    assert!(!told("more.csv").contains("trained on"));
}

#[test]
fn predictions_are_written_over_nothing_that_is_read() {
    let place = Place::with_table(300);
    place.run("train data.csv --probes off --target label --epochs 3 --out run").succeeded();
    place.write("new.csv", support::table(20, 9));
    std::fs::hard_link(place.path("new.csv"), place.path("twin.csv")).unwrap();
    let read = || (files(&place, "run"), place.read("new.csv"));
    let before = read();
    let refused = |out: &str, what: &str| {
        let told = place.run(&format!("predict run new.csv --out {out}"));
        assert!(told.code == 2 && told.err.contains(what), "{out}: {}", told.err);
    };
    for out in ["new.csv", "./run/../new.csv", "twin.csv"] {
        refused(out, "that is the table to predict");
    }
    refused("run/model.safetensors", "that is the model");
    refused("run/../run/result.json", "that is a file of a run");
    refused("run/diagnosis.json", "that is a file of a run");
    refused("new.parquet", "not as .parquet");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(place.path("new.csv"), place.path("link.csv")).unwrap();
        std::os::unix::fs::symlink(place.path("run/config.toml"), place.path("other.csv")).unwrap();
        refused("link.csv", "that is the table to predict");
        refused("other.csv", "that is a file of a run");
        std::fs::remove_file(place.path("link.csv")).unwrap();
        std::fs::remove_file(place.path("other.csv")).unwrap();
    }
    assert_eq!(read(), before);
    // A folder of a run holds predictions too, and a name says how they are written.
    place.run("predict run new.csv --out run/predicted.tsv").succeeded();
    assert!(place.text("run/predicted.tsv").starts_with("label\tprobability_"));
    place.run("predict run new.csv --out predicted.csv.gz").succeeded();
    assert_eq!(place.read("predicted.csv.gz")[..2], [0x1f, 0x8b]);
}

#[test]
fn the_report_is_written_again_byte_for_byte() {
    let place = Place::with_table(300);
    place.run("train data.csv --probes off --target label --epochs 5 --out run").succeeded();
    let page = place.read("run/report.html");
    std::fs::remove_file(place.path("run/report.html")).unwrap();
    place.run("report run").succeeded();
    assert_eq!(place.read("run/report.html"), page);
}

#[test]
fn a_finished_run_resumed_does_nothing() {
    let place = Place::with_table(300);
    place.run("train data.csv --probes off --target label --epochs 5 --out run").succeeded();
    let before = files(&place, "run");
    let again = place.run("train data.csv --probes off --target label --epochs 5 --out run --resume").succeeded();
    assert!(again.out.contains("nothing to do"), "{}", again.out);
    assert_eq!(files(&place, "run"), before);
    // As JSON it still answers with the result.
    let json =
        place.run("train data.csv --probes off --target label --epochs 5 --out run --resume --json").succeeded().json();
    assert_eq!(json, place.json("run/result.json"));
}

#[test]
fn resuming_with_other_settings_or_data_is_refused_with_the_difference() {
    let place = Place::with_table(300);
    place.run("train data.csv --probes off --target label --epochs 5 --out run").succeeded();
    let before = files(&place, "run");
    let other =
        place.run("train data.csv --probes off --target label --epochs 5 --l2 0.5 --lr 0.01 --out run --resume");
    assert_eq!(other.code, 2);
    assert!(other.err.contains("training.l2: 0 there, 0.5 now"), "{}", other.err);
    assert!(other.err.contains("training.lr"), "{}", other.err);
    place.write("data.csv", support::table(300, 2));
    let changed = place.run("train data.csv --probes off --target label --epochs 5 --out run --resume");
    assert_eq!(changed.code, 2, "{}", changed.err);
    assert!(changed.err.contains("data.csv") && changed.err.contains("changed"), "{}", changed.err);
    assert_eq!(files(&place, "run"), before);
    // The test rows are not the same either.
    let tested = place.run("test run");
    assert_eq!(tested.code, 3);
    assert!(tested.err.contains("changed since"), "{}", tested.err);
}

#[test]
fn a_folder_with_something_in_it_is_not_written_over() {
    let place = Place::with_table(120);
    place.run("train data.csv --probes off --target label --epochs 3 --out run").succeeded();
    let before = files(&place, "run");
    assert_eq!(place.run("train data.csv --probes off --target label --epochs 3 --out run").code, 2);
    assert_eq!(files(&place, "run"), before);
}

#[test]
fn the_config_of_a_run_trains_the_same_model_again() {
    let place = Place::with_table(300);
    for (name, options) in [
        ("a", "--target label --epochs 6"),
        ("b", "--target kind --epochs 6 --keep-prob 0.8,0.9 --hidden 16,8 --l2 0.5 --batch full --optimizer momentum"),
        ("c", "--target amount --hidden 8 --epochs 6 --drop city --split 70/15/15 --seed 7 --normalize robust"),
    ] {
        place.run(&format!("train data.csv --probes off {options} --out {name}")).succeeded();
        place.run(&format!("train --config {name}/config.toml --out {name}-again")).succeeded();
        let same = |file: &str| place.read(&format!("{name}/{file}")) == place.read(&format!("{name}-again/{file}"));
        assert!(same("model.safetensors"), "{options}");
        assert!(same("config.toml"), "{options}");
    }
}

#[test]
fn a_check_names_every_block_and_passes() {
    let place = Place::with_table(200);
    let checked = place.run("check data.csv --target kind --hidden 6 --l2 1 --keep-prob 0.8 --json").succeeded().json();
    let blocks = checked["gradient_check"]["blocks"].as_array().unwrap();
    assert!(blocks.iter().any(|block| block["name"] == "dense1.weight"), "{checked:#}");
    assert!(checked["gradient_check"]["relative_error"].as_f64().unwrap() < 1e-7, "{checked:#}");
}

#[test]
fn a_rate_far_too_high_is_called_divergence_and_a_smaller_one_is_named() {
    let place = Place::with_table(300);
    let wild = "train data.csv --target amount --optimizer gd --lr 1e6 --epochs 50 --early-stopping off --out run";
    let diverged = place.run(&format!("{wild} --json"));
    assert_eq!(diverged.code, 4, "{}", diverged.err);
    assert_eq!(diverged.json()["error"]["code"], 4);
    assert!(diverged.err.contains("--lr 0.1 (tried: it ends with a dev error of "), "{}", diverged.err);
    // Where nothing may be tried, the rate is still one that stays stable.
    let untried = place.run(&format!("{wild}2 --probes off"));
    assert!(untried.err.contains("the largest rate that stayed stable for 200 steps is"), "{}", untried.err);
    assert!(place.path("run/model.safetensors").is_file());
    assert_eq!(place.run("predict run data.csv --out p.csv").code, 0);
}

/// Every file of a folder with its bytes.
fn files(place: &Place, folder: &str) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(place.path(folder)).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect()
}
