//! Searching settings as a user does: what is judged, what is trained in the end, and what an interruption leaves.

// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};
use support::{Place, numbers, outcome};

/// A plain network, trained far too long on few rows of [`noisy`]: a penalty must help it.
const OVERFITTED: &str = "--target label --preset textbook --hidden 32,16 --epochs 60 --lr 0.01";

/// One column in eight says what the label is, in four rows of five.
fn noisy(rows: usize) -> String {
    let mut next = numbers(77);
    let mut text = "x0,x1,x2,x3,x4,x5,x6,x7,owner,day,label\n".to_string();
    for row in 0..rows {
        let x: Vec<f64> = (0..8).map(|_| 2.0 * next() - 1.0).collect();
        let label = if (x[0] > 0.0) == (next() < 0.8) { "yes" } else { "no" };
        let cells = x.iter().map(|x| format!("{x:.3}")).collect::<Vec<_>>().join(",");
        text += &format!("{cells},{},2024-01-{:02},{label}\n", row / 5, 1 + row % 28);
    }
    text
}

fn place(rows: usize) -> Place {
    let place = Place::new();
    place.write("data.csv", noisy(rows));
    place
}

/// A report without what differs from one run to the next.
fn timeless(mut report: Value) -> Value {
    let drop = |value: &mut Value| value.as_object_mut().unwrap().retain(|key, _| key != "seconds" && key != "run");
    drop(&mut report);
    drop(&mut report["baseline"]);
    report["trials"].as_array_mut().unwrap().iter_mut().for_each(drop);
    report
}

fn lines_of(place: &Place, kind: &str) -> usize {
    place.text("search/tune.jsonl").lines().filter(|line| line.starts_with(&format!("{{\"{kind}\""))).count()
}

#[test]
fn a_penalty_that_helps_is_found_and_trained_and_test_rows_stay_sealed() {
    let place = place(500);
    let options = format!("{OVERFITTED} --drop owner,day --search training.l2=0,3,30");
    let report = place.run(&format!("tune data.csv {options} --out search --json")).succeeded().json();
    for key in ["schema", "run", "metric", "folds", "baseline", "trials", "best", "verdict"] {
        assert!(report.get(key).is_some(), "{key}: {report:#}");
    }
    assert_eq!((&report["schema"], &report["folds"], &report["metric"]), (&json!(1), &json!(5), &json!("error")));
    let trials = report["trials"].as_array().unwrap();
    assert_eq!(
        trials.iter().map(|t| &t["settings"]["training.l2"]).collect::<Vec<_>>(),
        [&json!(0), &json!(3), &json!(30)]
    );
    for trial in trials {
        assert_eq!(trial["folds"].as_array().unwrap().len(), 5);
        let gain = report["baseline"]["error"]["value"].as_f64().unwrap() - trial["error"]["value"].as_f64().unwrap();
        assert!((trial["gain"]["value"].as_f64().unwrap() - gain).abs() < 1e-12, "{trial:#}");
    }
    assert_eq!(
        trials[0]["gain"],
        json!({"value": 0.0, "low": 0.0, "high": 0.0}),
        "the settings given are one of the grid"
    );
    assert_eq!(report["verdict"], "better", "{report:#}");
    let best = report["best"]["settings"]["training.l2"].as_f64().unwrap();
    // One knob has a curve: the penalty costs on train what it gains on rows not seen.
    let curve = report["curve"].as_array().unwrap();
    assert!(curve[0]["train_error"].as_f64().unwrap() < curve[2]["train_error"].as_f64().unwrap());
    // What was trained is the best one, from the same config by hand the same.
    let config = place.text("search/config.toml");
    assert!(config.lines().any(|line| line.starts_with(&format!("l2 = {best}"))), "{config}");
    assert_eq!(config, place.text("search/best.toml"));
    let result = place.json("search/result.json");
    assert_eq!(result["test"], Value::Null);
    assert!(!place.path("ledger.jsonl").exists(), "the test set stays sealed");
    // Finished, it does nothing and answers alike.
    let again = place.run("tune search --json").succeeded();
    assert_eq!(again.json(), report);
    assert!(again.err.contains("nothing to do"), "{}", again.err);
}

#[test]
fn settings_that_cannot_be_told_from_those_given_are_not_taken() {
    let place = place(300);
    let options = "--target label --drop owner,day --epochs 15 --search l1=0,0.001 --search beta1=0.9,0.88";
    let told = place.run(&format!("tune data.csv {options} --out search")).succeeded();
    let said = told.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("are kept") && said.contains("optimistically biased"), "{}", told.out);
    assert!(told.out.contains("same as given"), "{}", told.out);
    assert!(told.out.lines().all(|line| line.chars().count() <= 80), "{}", told.out);
    let config = place.text("search/config.toml");
    assert!(config.contains("beta1 = 0.9 ") && config.contains("l1 = 0 "), "{config}");
    assert!(place.path("search/best.toml").is_file() && place.path("search/model.safetensors").is_file());
}

#[test]
fn all_problems_of_a_search_come_at_once() {
    let place = place(60);
    let refused = place.run(
        "tune data.csv --target label --search lrr=1,2 --search l2=1,x --search lr=0.1..0.01 --search seed=1,2 --trials 0 \
         --keep-prob 7 --json",
    );
    assert_eq!(refused.code, 2, "{}", refused.err);
    for said in [
        "lrr; did you mean `lr`?",
        "--search l2: \"x\"",
        "lr: the range",
        "seed: is not searched",
        "--trials: \"0\"",
        "--keep-prob: 7",
    ] {
        assert!(refused.err.contains(said), "{said}: {}", refused.err);
    }
    assert_eq!(refused.json()["error"]["code"], 2);
    let grid: Vec<String> = (1..50).map(|i| i.to_string()).collect();
    let grid = grid.join(",");
    let large = place.run(&format!("tune data.csv --target label --search l2={grid} --search epochs={grid}"));
    assert!(large.code == 2 && large.err.contains("a grid of 2401 settings; --trials N"), "{}", large.err);
}

#[test]
fn any_number_of_threads_and_any_number_of_trials_give_the_same_first_trials() {
    let place = place(200);
    let search = |more: &str| {
        let options =
            "--target label --drop owner,day --epochs 4 --search lr=1e-4..1e-2 --search hidden=4..12 --folds 3";
        timeless(place.run(&format!("tune data.csv {options} {more} --json")).succeeded().json())
    };
    let (one, two, more) =
        (search("--trials 3 --threads 1"), search("--trials 3 --threads 2"), search("--trials 5 --threads 2"));
    assert_eq!(one, two);
    assert_eq!(one["trials"].as_array().unwrap()[..], more["trials"].as_array().unwrap()[..3]);
    assert_eq!((one["trials"].as_array().unwrap().len(), &one["folds"]), (3, &json!(3)));
}

#[cfg(unix)]
#[test]
fn a_search_that_is_stopped_goes_on_and_ends_as_if_it_had_not_been() {
    let place = place(1_200);
    let options = format!("{OVERFITTED} --drop owner,day --search l2=0,1,2,3,4,5,6,7 --search l1=0,0.1");
    let whole = timeless(place.run(&format!("tune data.csv {options} --out whole --json")).succeeded().json());
    let child = place.start(&format!("tune data.csv {options} --out search"));
    while !place.path("search/best.toml").exists() {
        sleep(Duration::from_millis(5));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let stopped = outcome(child);
    assert_eq!(stopped.code, 130, "{}\n{}", stopped.out, stopped.err);
    assert!(stopped.err.contains("best.toml; resume with `wellfit tune search`"), "{}", stopped.err);
    let before = lines_of(&place, "trial");
    assert!((1..15).contains(&before), "{before}");
    // A writer that lost power leaves half a line; what it told of is done again.
    place.write("search/tune.jsonl", place.text("search/tune.jsonl") + "{\"trial\":{\"settings\":{\"tra");
    let resumed = place.run("tune search --json").succeeded();
    assert_eq!(timeless(resumed.json()), whole);
    assert_eq!((lines_of(&place, "trial"), lines_of(&place, "baseline"), lines_of(&place, "search")), (16, 1, 1));
    assert_eq!(place.read("search/model.safetensors"), place.read("whole/model.safetensors"));
}

#[test]
fn a_search_is_extended_and_one_around_other_settings_is_refused() {
    let place = place(200);
    let options = "--target label --drop owner,day --epochs 3 --search lr=1e-4..1e-2";
    // The time is over after the first batch, and the folder is taken.
    place.run(&format!("tune data.csv {options} --trials 40 --budget 1ms --threads 1 --out search")).succeeded();
    let report = place.json("search/tune.json");
    assert_eq!(report["ended"], "the time is up");
    let tried = report["trials"].as_array().unwrap().len();
    assert!((1..40).contains(&tried), "{tried}");
    let taken = place.run(&format!("tune data.csv {options} --out search"));
    assert_eq!(taken.code, 2, "{}", taken.err);
    // Without its end it goes on, with more trials and without repeating those there are.
    for file in ["tune.json", "result.json", "config.toml"] {
        std::fs::remove_file(place.path(&format!("search/{file}"))).unwrap();
    }
    let refused = place.run(&format!("tune data.csv {options} --batch 16 --out search --resume"));
    assert!(refused.code == 2 && refused.err.contains("other settings"), "{}", refused.err);
    let more = tried + 2;
    let longer = place.run(&format!("tune search --trials {more} --budget 10m --json")).succeeded().json();
    assert_eq!(longer["trials"].as_array().unwrap()[..tried], report["trials"].as_array().unwrap()[..]);
    assert_eq!((longer["trials"].as_array().unwrap().len(), lines_of(&place, "trial")), (more, more));
    let nowhere = place.run(&format!("tune data.csv {options} --resume"));
    assert!(nowhere.code == 2 && nowhere.err.contains("which search?"), "{}", nowhere.err);
}

#[test]
fn rows_in_given_places_are_not_cross_validated_but_judged_on_dev() {
    let place = place(200);
    place.write("dev.csv", place.text("data.csv"));
    let options = "--target label --epochs 3 --search l2=0,1";
    for given in ["--time day --drop owner", "--drop owner,day --dev dev.csv"] {
        let refused = place.run(&format!("tune data.csv {options} {given} --folds 5"));
        assert!(refused.code == 2 && refused.err.contains("--folds: "), "{}", refused.err);
        let report = place.run(&format!("tune data.csv {options} {given} --json")).succeeded();
        assert!(report.err.contains("evaluation on dev with 5 seeds"), "{}", report.err);
        let report = report.json();
        assert_eq!((&report["folds"], &report["judged"]), (&Value::Null, &json!("dev rows under 5 seeds")));
        assert_eq!(report["trials"][1]["folds"].as_array().unwrap().len(), 5);
    }
    let hopeless = place.run(&format!("tune data.csv {options} --time day --split 80/0/20"));
    assert!(hopeless.code == 2 && hopeless.err.contains("nothing to judge"), "{}", hopeless.err);
    let few = place.run(&format!("tune data.csv {options} --drop day --group x0 --folds 500"));
    assert!(few.code == 2 && few.err.contains("too few for 500 folds"), "{}", few.err);
}

#[test]
fn settings_that_do_not_fit_or_diverge_are_told_of_and_the_search_goes_on() {
    let place = place(200);
    let options = "--target label --drop day --group owner --optimizer gd --epochs 3 --split 80/0/20";
    let searches = "--search keep_prob=0.9|0.9,0.8 --search hidden=8|8,4|8,8,4 --search lr=0.1,1e9";
    let report = place.run(&format!("tune data.csv {options} {searches} --json")).succeeded().json();
    let trials = report["trials"].as_array().unwrap();
    assert_eq!(trials.len(), 12);
    let failed =
        |what: &str| trials.iter().filter(|t| t["failed"].as_str().is_some_and(|why| why.contains(what))).count();
    assert_eq!(failed("does not fit"), 4, "{report:#}");
    assert_eq!(failed("diverged"), 4, "{report:#}");
    assert_eq!(report["best"]["chosen_from"], 4);
}

#[test]
fn train_cross_validates_where_folds_are_asked_for() {
    let place = place(300);
    let options = "--target label --drop owner,day --epochs 10";
    let plain = place.run(&format!("train data.csv --probes off {options} --out plain --json")).succeeded().json();
    assert!(plain.get("cross_validation").is_none());
    let told = place.run(&format!("train data.csv --probes off {options} --folds 4 --out folded")).succeeded();
    assert!(told.out.contains(" over 4 folds of train and dev: "), "{}", told.out);
    let result = place.json("folded/result.json");
    let validated = &result["cross_validation"];
    assert_eq!((&validated["folds"], validated["per_fold"].as_array().unwrap().len()), (&json!(4), 4));
    let number = |key: &str| validated["error"][key].as_f64().unwrap();
    assert!(number("low") < number("value") && number("value") < number("high"));
    // It changes nothing else, and the page tells of it.
    assert_eq!(place.read("folded/model.safetensors"), place.read("plain/model.safetensors"));
    assert!(place.text("folded/report.html").contains("cross-validation"));
    let refused = place.run("train data.csv --target label --time day --folds 4");
    assert!(refused.code == 2 && refused.err.contains("--folds: rows are split by time"), "{}", refused.err);
    // There are as many folds as are asked for, and a judgement is over five trainings at least.
    let ablated = place.run("ablate folded --folds 3 --json").succeeded().json();
    assert_eq!(ablated["seeds"], 6, "each of three splits twice");
    let improved =
        place.run(&format!("improve data.csv {options} --folds 7 --budget 2s --out better --json")).succeeded().json();
    let rule = improved["improvement"]["rule"].as_str().unwrap();
    let told = [7, 14, 28].map(|trainings| format!("and {trainings} trainings"));
    assert!(told.iter().any(|told| rule.contains(told)) && improved["cross_validation"]["folds"] == 7, "{rule}");
}
