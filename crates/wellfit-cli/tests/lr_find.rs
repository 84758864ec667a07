//! The range test as a user runs it: the rate it names trains, the same at any number of threads, and nothing is saved.

// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::{Value, json};
use support::{Place, argument, count, real_data};

fn number(report: &Value, key: &str) -> f64 {
    report[key].as_f64().unwrap_or_else(|| panic!("{key}: {report}"))
}

#[test]
fn the_report_has_the_rate_the_one_of_auto_and_the_losses() {
    let place = Place::with_table(400);
    let report = place.run("lr-find data.csv --target label --json").succeeded().json();
    let keys: Vec<&str> = report.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["auto", "diverges_at", "lr", "points", "schema"]);
    let points = report["points"].as_array().unwrap();
    assert!(points.len() > 100, "{}", points.len());
    assert!(points.windows(2).all(|pair| pair[0]["rate"].as_f64() < pair[1]["rate"].as_f64()));
    let (lr, auto) = (number(&report, "lr"), number(&report, "auto"));
    assert!(1e-5 < lr && lr < 1.0, "{lr}");
    // A rate that is given is no answer to what `auto` takes.
    let again = place.run("lr-find data.csv --target label --lr 0.5 --json").succeeded().json();
    assert_eq!(again, report);
    let config = place.run("train data.csv --probes off --target label --epochs 1 --out run --json").succeeded();
    assert_eq!(config.code, 0);
    assert!(place.text("run/config.toml").contains(&format!("lr = {auto}")), "{auto}");
}

#[test]
fn it_is_the_same_for_any_number_of_threads_and_saves_nothing() {
    let place = Place::with_table(300);
    for target in ["label", "kind", "amount"] {
        let test = |threads: usize| {
            place.run(&format!("lr-find data.csv --target {target} --threads {threads} --json")).succeeded().out
        };
        assert_eq!(test(1), test(3), "{target}");
    }
    let entries: Vec<_> = std::fs::read_dir(place.root()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(entries, ["data.csv"]);
}

#[test]
fn a_config_and_a_run_are_tested_as_they_train() {
    let place = Place::with_table(300);
    place.run("train data.csv --probes off --target label --epochs 2 --hidden 8 --optimizer gd --out run").succeeded();
    let from_run = place.run("lr-find run --json").succeeded().json();
    let from_config = place.run("lr-find run/config.toml --json").succeeded().json();
    let from_data = place.run("lr-find data.csv --target label --hidden 8 --optimizer gd --json").succeeded().json();
    assert_eq!(from_run, from_config);
    assert_eq!(from_run, from_data);
    let adam = place.run("lr-find run --set optimizer=adam --json").succeeded().json();
    assert!(number(&adam, "lr") < number(&from_run, "lr"), "descent wants larger rates than Adam");
}

#[test]
fn a_person_sees_the_losses_the_rate_and_the_flag_in_twenty_five_lines() {
    let place = Place::with_table(400);
    let shown = place.run("lr-find data.csv --target amount").succeeded().out;
    assert!(shown.lines().count() <= 26 && shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    for label in [" data ", " network ", " steps ", " loss ", " lr ", " diverges ", " auto "] {
        assert!(shown.lines().any(|line| line.starts_with(label)), "{label}: {shown}");
    }
    assert!(shown.contains("← chosen"), "{shown}");
    let last = place.run("lr-find data.csv --target amount --quiet").succeeded().out;
    let report = place.run("lr-find data.csv --target amount --json").succeeded().json();
    assert_eq!(last, format!(" use      --lr {}\n", report["lr"]));
}

#[test]
fn where_nothing_can_be_chosen_it_says_why() {
    let place = Place::with_table(300);
    // With every weight at zero all that can move is the last bias, and the classes are about even.
    let flat = place.run("lr-find data.csv --target label --init zeros --json");
    assert_eq!(flat.code, 1, "{}", flat.out);
    assert!(flat.err.contains("no learning rate lowered the loss"), "{}", flat.err);
    assert_eq!(flat.err.lines().filter(|line| line.starts_with("error: ")).count(), 1, "{}", flat.err);
    for (code, command) in [
        (2, "lr-find data.csv --target label --keep-prob 7"),
        (2, "lr-find"),
        (3, "lr-find nowhere.csv --target label"),
        (3, "lr-find data.csv --target nothing"),
    ] {
        let refused = place.run(&format!("{command} --json"));
        assert_eq!(
            (refused.code, &refused.json()["error"]["code"]),
            (code, &json!(code)),
            "{command}: {}",
            refused.err
        );
    }
}

#[test]
fn on_real_sets_neither_a_tenth_nor_ten_times_the_rate_trains_better() {
    let Some(data) = real_data() else { return };
    let sets = [
        ("telco_churn/Telco-Customer-Churn.csv", "Churn"),
        ("higgs_small/train.csv", "label"),
        ("abalone/abalone.csv", "rings"),
        ("california_housing/housing.csv", "median_house_value"),
    ];
    for (file, target) in &sets[..count(2, 4)] {
        let (place, file) = (Place::new(), data.join(file));
        let file = argument(&file);
        let report = place.run_all(&["lr-find", file, "--target", target, "--json"]).succeeded().json();
        let lr = number(&report, "lr");
        for (out, rate) in [("chosen", lr), ("tenth", lr / 10.0), ("ten-times", lr * 10.0)] {
            place
                .run_all(&[
                    "train",
                    file,
                    "--probes",
                    "off",
                    "--target",
                    target,
                    "--lr",
                    &rate.to_string(),
                    "--out",
                    out,
                ])
                .succeeded();
        }
        let compared = place.run("compare chosen tenth ten-times --json").succeeded().json();
        let verdicts = [1, 2].map(|run| compared["runs"][run]["verdict"].as_str().unwrap().to_owned());
        println!("proof: lr-find, {file}: {lr}; a tenth is {}, ten times {}", verdicts[0], verdicts[1]);
        assert!(verdicts.iter().all(|verdict| verdict != "better"), "{file}: {compared}");
    }
}
