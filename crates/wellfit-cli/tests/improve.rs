//! Improving and ablating as a user does: what is tried, what is kept, and what an interruption leaves.

// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;
use support::{Place, count, numbers, outcome};

/// A plain network, trained far too long on few rows of [`noisy`]: a penalty or an earlier end must help it.
const OVERFITTED: &str = "--target label --preset textbook --hidden 64,32 --epochs 100 --lr 0.01";

/// One column in sixteen says what the label is, in nine rows of ten.
fn noisy(rows: usize) -> String {
    let mut next = numbers(77);
    let names: Vec<String> = (0..16).map(|i| format!("x{i}")).collect();
    let mut text = format!("{},label\n", names.join(","));
    for _ in 0..rows {
        let x: Vec<f64> = (0..16).map(|_| 2.0 * next() - 1.0).collect();
        let label = if (x[0] > 0.0) == (next() < 0.9) { "yes" } else { "no" };
        text += &format!("{},{label}\n", x.iter().map(|x| format!("{x:.3}")).collect::<Vec<_>>().join(","));
    }
    text
}

/// The keys that a step changes and the values they get: one, or two where changes are combined.
fn changed(step: &Value) -> Vec<(&str, &str)> {
    let changes: Vec<_> = step["change"].as_str().unwrap().split(" and ").collect();
    assert_eq!(changes.len(), if step["remedy"] == "combination" { 2 } else { 1 }, "{step:#}");
    let parts = changes.into_iter().map(|change| change.split_once(" = ").unwrap());
    parts
        .inspect(|(key, value)| {
            assert!(key.split('.').count() == 2 && !value.contains('\n') && !value.contains('='), "{step:#}");
        })
        .collect()
}

#[test]
fn each_step_changes_one_setting_and_what_is_kept_is_what_the_model_was_trained_with() {
    let place = Place::new();
    place.write("data.csv", noisy(800));
    let improved = place.run(&format!("improve data.csv {OVERFITTED} --budget 45s --out better --json")).succeeded();
    let result = improved.json();
    assert_eq!(result, place.json("better/result.json"));
    let steps = result["steps"].as_array().unwrap();
    assert!(!steps.is_empty());
    for step in steps {
        changed(step);
        for key in ["remedy", "purpose", "before", "after", "gain", "accepted", "reason"] {
            assert!(step.get(key).is_some(), "{key}: {step:#}");
        }
        // A gain whose whole interval is not above zero is never kept.
        assert!(!step["accepted"].as_bool().unwrap() || step["gain"]["low"].as_f64().unwrap() > 0.0, "{step:#}");
    }
    let kept: Vec<&Value> = steps.iter().filter(|step| step["accepted"] == true).collect();
    assert!(!kept.is_empty(), "an overfitted network has a remedy: {result:#}");
    // What twice the rows would bring is told where it can be.
    let twice = &result["improvement"]["more_rows"];
    assert!(twice.is_null() || twice["times"] == 2 && twice["gain"]["low"].is_number(), "{twice:#}");
    // The last word on each key is what the config says; the usual settings are the last word on all keys before them.
    let config = place.text("better/config.toml");
    let usual = kept.iter().rposition(|step| step["remedy"] == "usual settings").unwrap_or(0);
    let said: Vec<(&str, &str)> = kept[usual..].iter().flat_map(|step| changed(step)).collect();
    for (key, _) in &said {
        let last = said.iter().rev().find(|(other, _)| other == key).unwrap();
        // Each line ends with what the setting does; 10.0 is written 10.
        let value = last.1.trim_end_matches(".0").replace(".0,", ",").replace(".0]", "]");
        let line = format!("{} = {value}", key.split('.').next_back().unwrap());
        let told = |text: &str| text.split('#').next().unwrap().trim().to_string();
        assert!(config.lines().any(|text| told(text) == line), "{line}\n{config}");
    }
    // The test set is opened once, and the page tells the trail.
    assert_eq!(place.text("ledger.jsonl").lines().count(), 1);
    assert!(result["test"]["error"]["value"].is_number());
    let page = place.text("better/report.html");
    assert!(page.contains("What was tried") && page.contains("kept"), "the trail is on the page");
    // Run again on its folder, a search that found all there is to find does nothing, and another goes on.
    let again = place.run("improve better --budget 1s --json").succeeded().json();
    let (before, after) = (steps.len(), again["steps"].as_array().unwrap().len());
    let over = result["improvement"]["ended"] == "no remaining remedy helps";
    assert!(if over { after == before } else { after >= before }, "{over}: {before} steps, then {after}");
    assert_eq!(place.text("ledger.jsonl").lines().count(), 1, "nothing new was kept, so the test set stays closed");

    // The same configuration, trained by hand, gives what was promised.
    let promised = &result["dev"]["error"];
    let again = place.run("train --config better/config.toml --out again --json").succeeded().json();
    assert_eq!(&again["dev"]["error"], promised);
    let over_seeds = result["improvement"]["after"].as_f64().unwrap();
    let (low, high) = (promised["low"].as_f64().unwrap(), promised["high"].as_f64().unwrap());
    assert!(low <= over_seeds && over_seeds <= high, "{low} {over_seeds} {high}");
}

#[test]
fn shuffled_labels_are_not_improved() {
    // No network is better than a constant there, beyond chance.
    let runs = count(3, 100) as u64;
    let mut fooled = 0;
    for seed in 0..runs {
        let mut next = numbers(900 + seed);
        let rows = (0..300).map(|_| format!("{:.3},{:.3},{:.3},{}\n", next(), next(), next(), u8::from(next() < 0.4)));
        let place = Place::new();
        place.write("data.csv", format!("a,b,c,label\n{}", rows.collect::<String>()));
        let result = place
            .run("improve data.csv --target label --preset textbook --hidden 32,16 --epochs 40 --out run --json --budget 60s")
            .succeeded()
            .json();
        let kept = result["steps"].as_array().unwrap().iter().filter(|step| step["accepted"] == true).count();
        println!("proof: shuffled labels, seed {seed}: {kept} kept");
        fooled += u64::from(kept > 0);
    }
    assert!(fooled * 50 <= runs, "{fooled} of {runs} keep what helps nothing");
}

#[cfg(unix)]
#[test]
fn an_improvement_that_is_stopped_leaves_a_model_and_goes_on() {
    let place = Place::new();
    place.write("data.csv", noisy(3_000));
    let child = place.start(&format!("improve data.csv {OVERFITTED} --budget 120s --out stopped"));
    let first_step =
        || place.path("stopped/improve.json").exists() && place.text("stopped/improve.json").contains("remedy");
    while !first_step() {
        sleep(Duration::from_millis(20));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let stopped = outcome(child);
    assert_eq!(stopped.code, 130, "{}\n{}", stopped.out, stopped.err);
    assert!(stopped.err.contains("resume with `wellfit improve"), "{}", stopped.err);
    assert!(place.path("stopped/model.safetensors").is_file());
    place.run("predict stopped/model.safetensors data.csv --out predictions.csv").succeeded();
    let before = place.json("stopped/improve.json")["steps"].as_array().unwrap().len();
    let result = place.run("improve stopped --budget 10s --json").succeeded().json();
    assert!(result["steps"].as_array().unwrap().len() >= before);
    assert!(result["improvement"]["seconds"].as_f64().unwrap() > 1.0);
    // Finished, it does nothing.
    let again = place.run(&format!("improve data.csv {OVERFITTED} --out stopped --resume")).succeeded();
    assert!(again.out.contains("nothing to do"), "{}", again.out);
}

#[test]
fn without_dev_rows_nothing_can_be_judged() {
    let place = Place::with_table(100);
    let refused = place.run("improve data.csv --target label --split 80/0/20 --out x");
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("dev"), "{}", refused.err);
}

#[test]
fn an_ablation_shows_the_effect_of_each_setting_and_is_on_the_page() {
    let place = Place::with_table(400);
    place.run("train data.csv --probes off --target amount --drop label,kind --epochs 15 --out run").succeeded();
    let answer = place.run("ablate run --json").succeeded().json();
    let knobs = answer["knobs"].as_array().unwrap();
    let named: Vec<&str> = knobs.iter().map(|knob| knob["knob"].as_str().unwrap()).collect();
    for knob in ["normalisation", "initialisation", "dropout", "schedule", "optimiser", "weight decay"] {
        assert!(named.contains(&knob), "{knob}: {named:?}");
    }
    let zeros = knobs.iter().find(|knob| knob["change"] == "network.init = \"zeros\"").unwrap();
    assert!(zeros["bought"]["low"].as_f64().unwrap() > 0.0, "zeros learn nothing: {zeros:#}");
    assert!(place.text("run/report.html").contains("Effect of each setting"));
    assert_eq!(answer["not_tried"], serde_json::json!([]));
    // Time that is up leaves settings out, names them, and takes nothing back that is known.
    let kept = place.read("run/ablation.json");
    let short = place.run("ablate run --budget 1ms --json").succeeded().json();
    let count = |key: &str| short[key].as_array().unwrap().len();
    assert!(count("not_tried") > 0 && count("knobs") + count("not_tried") == knobs.len(), "{short:#}");
    assert_eq!(place.read("run/ablation.json"), kept);
}
