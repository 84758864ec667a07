//! The verdict in full, as a user asks for it.

// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;
use support::{Place, numbers, outcome, table};

const TRAIN: &str = "train data.csv --probes off --hidden 8 --epochs 12 --batch 32 --out run";

/// Every file of the run with its bytes.
fn files(place: &Place) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(place.path("run")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.map(|name| (name.clone(), place.read(&format!("run/{name}")))).collect()
}

fn names(answer: &Value) -> Vec<&str> {
    answer["chain"].as_array().unwrap().iter().map(|link| link["name"].as_str().unwrap()).collect()
}

fn is_ordered(interval: &Value) -> bool {
    let end = |key: &str| interval[key].as_f64().unwrap();
    end("low") <= end("value") && end("value") <= end("high")
}

#[test]
fn the_answer_has_every_part_and_is_the_same_for_any_number_of_threads() {
    let place = Place::with_table(600);
    place.run(&format!("{TRAIN} --target label")).succeeded();
    let before = files(&place);
    let one = place.run("diagnose run --json --threads 1").succeeded();
    let two = place.run("diagnose run --json --threads 2").succeeded();
    assert_eq!(one.out, two.out);
    // What it found is kept for the page; the run stays as it was, and the test set sealed.
    let mut after = files(&place);
    assert_eq!(place.json("run/diagnosis.json"), one.json());
    after.remove("diagnosis.json");
    let page = after.insert("report.html".to_string(), before["report.html"].clone());
    assert!(String::from_utf8_lossy(&page.unwrap_or_default()).contains("Learning curve"));
    assert!(before == after, "diagnose changed the run");
    assert!(!place.path("ledger.jsonl").exists());
    let answer = one.json();
    assert_eq!((answer["schema"].as_u64(), answer["run"].as_str()), (Some(1), Some("run")));
    assert_eq!(names(&answer), ["target", "train", "dev"]);
    for link in answer["chain"].as_array().unwrap() {
        assert!(is_ordered(&link["error"]) && !link["source"].as_str().unwrap().is_empty(), "{link:#}");
    }
    let result = place.json("run/result.json");
    assert_eq!(answer["chain"][2]["error"], result["dev"]["error"]);
    assert_eq!(answer["diagnosis"]["verdict"], result["diagnosis"]["verdict"]);
    let noise = &answer["label_noise"];
    assert!(noise["low"].as_f64().unwrap() <= noise["high"].as_f64().unwrap());
    assert!(noise["rows"].as_array().unwrap().len() <= 10);
    let curve = &answer["learning_curve"];
    let points = curve["points"].as_array().unwrap();
    assert_eq!(points.len(), 5, "{curve:#}");
    assert_eq!(points[4]["rows"], result["rows"]["train"]);
    assert!(curve["useful"].is_boolean() && curve["note"].is_string());
    for forecast in curve["forecast"].as_array().unwrap() {
        assert!(is_ordered(&forecast["error"]) && forecast["rows"].is_u64(), "{forecast:#}");
    }
}

#[test]
fn a_person_reads_it_on_a_page_of_forty_lines() {
    let place = Place::with_table(600);
    place.run(&format!("{TRAIN} --target kind")).succeeded();
    let said = place.run("diagnose run").succeeded().out;
    assert!(said.lines().count() <= 40, "{said}");
    assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    for label in [" chain", " verdict", " layers", " labels", " rows", " forecast"] {
        assert!(said.lines().any(|line| line.starts_with(label)), "{label}: {said}");
    }
    assert!(place.run("diagnose run --quiet").succeeded().out.starts_with(" forecast"));
    // Time that is up leaves parts out, says so, and takes nothing back that is known.
    let kept = place.read("run/diagnosis.json");
    let short = place.run("diagnose run --budget 1ms").succeeded().out;
    assert!(short.contains(" verdict") && short.contains("not measured: time was up"), "{short}");
    assert_eq!(place.read("run/diagnosis.json"), kept);
}

#[test]
fn a_target_of_numbers_has_no_label_noise_and_an_opened_test_set_is_a_link() {
    let place = Place::with_table(300);
    place.run(&format!("{TRAIN} --target amount --target-error 2")).succeeded();
    place.run("test run").succeeded();
    let answer = place.run("diagnose run --json").succeeded().json();
    assert_eq!(answer["label_noise"], Value::Null);
    assert_eq!(names(&answer), ["target", "train", "dev", "test"]);
    assert_eq!(answer["chain"][0]["error"], serde_json::json!({"value": 2.0, "low": 2.0, "high": 2.0}));
    assert_eq!(answer["chain"][3]["error"], place.json("run/result.json")["test"]["error"]);
}

#[test]
fn bias_is_firm_where_a_wider_network_fits_train_and_dev_better() {
    let place = Place::new();
    let mut next = numbers(41);
    // A wave that two units cannot follow.
    let row = |_| {
        let (x, y) = (4.0 * next() - 2.0, 4.0 * next() - 2.0);
        format!("{x:.4},{y:.4},{}\n", if (2.0 * x).sin() + y > 0.0 { "yes" } else { "no" })
    };
    place.write("data.csv", "x,y,label\n".to_string() + &(0..1_500).map(row).collect::<String>());
    place
        .run("train data.csv --probes off --target label --hidden 2 --epochs 60 --preset textbook --lr 0.01 --out run")
        .succeeded();
    let answer = place.run("diagnose run --json").succeeded().json();
    let wider = &answer["wider_network"];
    assert_eq!((&wider["hidden"], &wider["firm"]), (&serde_json::json!([8]), &serde_json::json!(true)), "{answer:#}");
    assert!(is_ordered(&wider["train"]) && wider["train"]["low"].as_f64().unwrap() > 0.0, "{wider:#}");
    let findings = answer["diagnosis"]["findings"].as_array().unwrap();
    let bias = findings.iter().find(|finding| finding["kind"] == "bias").unwrap()["text"].as_str().unwrap();
    assert!(bias.contains("A network 4 times as wide") && bias.ends_with("the bias is the network's"), "{bias}");
    // Where the user named the target there is nothing to doubt.
    place
        .run("train data.csv --probes off --target label --hidden 2 --epochs 60 --target-error 0.02 --out given")
        .succeeded();
    assert_eq!(place.run("diagnose given --json").succeeded().json()["wider_network"], Value::Null);
}

#[test]
fn dev_rows_of_another_kind_are_mismatch() {
    let place = Place::new();
    // In dev x counts the other way: what holds in train does not hold there.
    for (name, rows, sign) in [("data.csv", 1_500, 1.0), ("dev.csv", 500, -1.0)] {
        let mut next = numbers(rows);
        let row = |_| {
            let (x, y) = (2.0 * next() - 1.0, 2.0 * next() - 1.0);
            format!("{x:.4},{y:.4},{}\n", if sign * x + y > 0.0 { "yes" } else { "no" })
        };
        place.write(name, "x,y,label\n".to_string() + &(0..rows).map(row).collect::<String>());
    }
    place.run(&format!("{TRAIN} --target label --dev dev.csv --target-error 0.05")).succeeded();
    let answer = place.run("diagnose run --json").succeeded().json();
    assert_eq!(names(&answer), ["target", "train", "train-dev", "dev"]);
    let mismatch = &answer["chain"][3]["step"];
    assert_eq!(mismatch["name"], "mismatch");
    assert!(mismatch["difference"]["low"].as_f64().unwrap() > 0.2, "{answer:#}");
    let findings = answer["diagnosis"]["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["kind"] == "mismatch").unwrap();
    assert!(found["text"].as_str().unwrap().contains("distributed differently"), "{found:#}");
}

#[test]
fn planted_wrong_labels_are_found_by_their_row_in_the_file() {
    let place = Place::new();
    let mut next = numbers(3);
    // Ten rows without a target come first: they are left out of the table, and rows are numbered as in the file.
    let mut text = "x,y,label\n".to_string() + &"0.1,0.2,\n".repeat(10);
    let mut planted = Vec::new();
    for row in 11..=810 {
        let (x, y) = (2.0 * next() - 1.0, 2.0 * next() - 1.0);
        let wrong = row % 10 == 0;
        planted.extend(wrong.then_some(row));
        text += &format!("{x:.4},{y:.4},{}\n", if (x + y > 0.0) != wrong { "yes" } else { "no" });
    }
    place.write("data.csv", text);
    place.run("train data.csv --probes off --target label --hidden 16 --out run").succeeded();
    let noise = place.run("diagnose run --json").succeeded().json()["label_noise"].clone();
    let (low, high) = (noise["low"].as_f64().unwrap(), noise["high"].as_f64().unwrap());
    assert!(low <= 0.1 && 0.1 <= high && low > 0.02 && high < 0.2, "{noise:#}");
    let rows = noise["rows"].as_array().unwrap();
    let right = rows.iter().filter(|row| planted.contains(&row["row"].as_u64().unwrap())).count();
    assert!(rows.len() == 10 && right >= 9, "{noise:#}");
    assert!(rows.iter().all(|row| row["given"] != row["suggested"]));
}

#[test]
fn what_cannot_be_diagnosed_is_told_in_a_line() {
    let place = Place::with_table(120);
    place.run("train data.csv --probes off --target label --hidden 4 --epochs 3 --split 80/0/20 --out run").succeeded();
    let none = place.run("diagnose run");
    assert!(none.code == 2 && none.err.contains("needs dev rows"), "{}", none.err);
    assert_eq!(place.run("diagnose elsewhere").code, 3);
    place.run("train data.csv --probes off --target label --hidden 4 --epochs 3 --out other").succeeded();
    place.write("data.csv", table(121, 1));
    let changed = place.run("diagnose other");
    assert!(changed.code == 3 && changed.err.contains("has changed since"), "{}", changed.err);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_at_once() {
    let place = Place::with_table(2_000);
    place
        .run("train data.csv --probes off --target kind --hidden 64 --epochs 200 --early-stopping off --out run")
        .succeeded();
    let running = place.start("diagnose run");
    sleep(Duration::from_millis(1_500));
    let begun = std::time::Instant::now();
    std::process::Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap();
    let ended = outcome(running);
    assert_eq!(ended.code, 130, "{}{}", ended.out, ended.err);
    // As in the tests of Ctrl-C: a second on a machine left alone, three elsewhere.
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
}
