//! The page of a run, as a browser on a phone shows it.

// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]
#![cfg(unix)]

mod support;

use serde_json::Value;
use support::browser::Browser;
use support::{Place, numbers};

/// Opens all that is folded, then reads widths, numbers with their keys, and numbers in tables and lists that have none.
const READ: &str = r#"(() => {
    document.querySelectorAll('details').forEach(details => { details.open = true; });
    const text = element => element.textContent.trim();
    const keyed = [...document.querySelectorAll('[data-key]')].map(element => [element.dataset.key, text(element)]);
    const number = /^[-−+]?[\d.,]+(e-?\d+)?%?( points)?( \[.*\])?$/;
    const bare = [...document.querySelectorAll('td, dd')].filter(element =>
        number.test(text(element)) && !element.classList.contains('name')
        && !element.matches('[data-key]') && !element.querySelector('[data-key]')).map(text);
    const root = document.documentElement;
    return { width: root.clientWidth, scroll: root.scrollWidth, keyed, bare };
})()"#;

const WIDTH: u32 = 390;

#[test]
fn on_a_phone_pages_do_not_scroll_sideways_say_nothing_and_show_the_numbers_of_their_files() {
    let Some(mut browser) = Browser::start(WIDTH, 844) else { return };
    let place = Place::with_table(400);
    place.write("letters.csv", letters(700));
    let train = "--hidden 8 --epochs 12 --batch 32";
    place.run("train data.csv --target label --hidden 16 --epochs 40 --batch 32 --probes 3 --out binary").succeeded();
    place.run("diagnose binary").succeeded();
    place.run("ablate binary").succeeded();
    place.run(&format!("train data.csv --target amount {train} --probes off --out numbers")).succeeded();
    place.run(&format!("train letters.csv --target letter {train} --probes off --out letters")).succeeded();
    place.run(&format!("tune data.csv --target label {train} --search l2=0,1,10 --out search")).succeeded();
    place.run("demo moons").succeeded();
    // Keys that the page of each must have, as a sign that its figures are there.
    let runs = [
        ("binary", ["/probes/0/gain", "ablation.json#/0/bought", "diagnosis.json#/label_noise/rows/0/row"]),
        ("numbers", ["/metrics/r2", "residual:9", "evidence.json#/worst/0/miss/value/actual"]),
        ("letters", ["/metrics/confusion/25/25", "confusion:recall/25", "/metrics/balanced_error"]),
        ("search", ["tune.json#/trials/2/error", "tune.json#/trials/0/gain", "/metrics/auc"]),
        (
            "wellfit-demo/runs/moons-1",
            ["/dev/error", "evidence.json#/importance/0/rise", "history.jsonl#/last/layers/0/dead"],
        ),
    ];
    for (run, keys) in runs {
        let shown = browser.open(&place.path(&format!("{run}/report.html")), READ);
        assert_eq!(shown.messages, Vec::<String>::new(), "{run}: console");
        let read = shown.value;
        assert_eq!(
            (read["width"].as_u64(), read["scroll"].as_u64()),
            (Some(WIDTH.into()), Some(WIDTH.into())),
            "{run}"
        );
        assert_eq!(read["bare"], serde_json::json!([]), "{run}: numbers that name no source");
        let files = Files::of(&place, run);
        let keyed: Vec<(&str, &str)> = read["keyed"].as_array().unwrap().iter().map(pair).collect();
        for key in keys {
            assert!(keyed.iter().any(|(found, _)| *found == key), "{run}: no {key} among {} numbers", keyed.len());
        }
        for (key, text) in keyed {
            files.check(key, text).unwrap_or_else(|why| panic!("{run}: {key} is shown as {text:?}: {why}"));
        }
    }
}

fn pair(pair: &Value) -> (&str, &str) {
    (pair[0].as_str().unwrap(), pair[1].as_str().unwrap())
}

/// A table of 26 classes, each a little apart from the next.
fn letters(rows: usize) -> String {
    let mut next = numbers(3);
    let mut text = "x,y,z,letter\n".to_string();
    for row in 0..rows {
        let class = row % 26;
        let at = |cells: usize| (class / cells % 3) as f64;
        let (x, y, z) = (at(1) + 0.3 * next(), at(3) + 0.3 * next(), at(9) + 0.3 * next());
        text += &format!("{x:.3},{y:.3},{z:.3},{}\n", char::from(b'A' + class as u8));
    }
    text
}

/// The files of a run that numbers on its page come from.
struct Files {
    result: Value,
    others: Vec<(&'static str, Value)>,
}

impl Files {
    fn of(place: &Place, run: &str) -> Files {
        let name = |file: &str| format!("{run}/{file}");
        let names = ["evidence.json", "diagnosis.json", "ablation.json", "tune.json"];
        let there = names.into_iter().filter(|file| place.path(&name(file)).is_file());
        let mut others: Vec<_> = there.map(|file| (file, place.json(&name(file)))).collect();
        let history = place.text(&name("history.jsonl"));
        let last: Value = serde_json::from_str(history.lines().last().unwrap()).unwrap();
        others.push(("history.jsonl", serde_json::json!({ "last": last })));
        Files { result: place.json(&name("result.json")), others }
    }

    /// Compares what is shown with what the file holds, to half of the last digit that is shown.
    fn check(&self, key: &str, text: &str) -> Result<(), String> {
        let stored = self.stored(key)?;
        let shown = shown_numbers(text);
        let is_rate = self.result["metric"] == "error" && stored.is_object();
        let scale = if is_rate || text.contains('%') || text.contains("points") { 0.01 } else { 1.0 };
        let end = |name: &str| if stored.is_object() { stored[name].as_f64() } else { stored.as_f64() };
        let expected: Vec<Option<f64>> = match shown.len() {
            0 if stored == 0 || stored.is_null() => return Ok(()),
            1 => vec![end("value")],
            2 => vec![end("low"), end("high")],
            3 => vec![end("value"), end("low"), end("high")],
            _ => return Err(format!("{} numbers, stored is {stored}", shown.len())),
        };
        for ((number, half), expected) in shown.into_iter().zip(expected) {
            let expected = expected.ok_or(format!("stored is {stored}"))?;
            // 1.001: the half itself may be rounded either way.
            if (number * scale - expected).abs() > 1.001 * half * scale {
                return Err(format!("stored is {stored}"));
            }
        }
        Ok(())
    }

    /// What a key stands for.
    fn stored(&self, key: &str) -> Result<Value, String> {
        if let Some(place) = key.strip_prefix("residual:") {
            let value = |name: &str| {
                let pointer = format!("evidence.json#/worst/{place}/miss/value/{name}");
                self.stored(&pointer).map(|value| value.as_f64().unwrap())
            };
            return Ok(serde_json::json!(value("actual")? - value("predicted")?));
        }
        if let Some((name, class)) = key.strip_prefix("confusion:").and_then(|key| key.split_once('/')) {
            return Ok(of_class(&self.result["metrics"]["confusion"], name, class.parse().unwrap()));
        }
        let (file, pointer) = key.split_once('#').unwrap_or(("result.json", key));
        let held = self.others.iter().find(|(name, _)| *name == file).map(|(_, held)| held);
        let held = held.or((file == "result.json").then_some(&self.result)).ok_or(format!("no {file}"))?;
        held.pointer(pointer).cloned().ok_or(format!("nothing there in {file}"))
    }
}

/// A score of a class, from the confusion matrix; null where it has none.
fn of_class(counts: &Value, name: &str, class: usize) -> Value {
    let counts: Vec<Vec<f64>> = serde_json::from_value(counts.clone()).unwrap();
    let right = counts[class][class];
    let rows: f64 = counts[class].iter().sum();
    let given: f64 = counts.iter().map(|row| row[class]).sum();
    let score = match name {
        "rows" => rows,
        "recall" => right / rows,
        "precision" => right / given,
        "f1" => 2.0 * right / (rows + given),
        other => panic!("no score {other}"),
    };
    serde_json::json!(score)
}

/// The numbers in a text, each with half of its last digit.
fn shown_numbers(text: &str) -> Vec<(f64, f64)> {
    let letters: Vec<char> = text.replace('−', "-").chars().collect();
    // A comma before a digit stands between thousands, one before a space between numbers.
    let thousands = |at: usize| letters[at] == ',' && letters.get(at + 1).is_some_and(char::is_ascii_digit);
    let plain: String = (0..letters.len()).filter(|&at| !thousands(at)).map(|at| letters[at]).collect();
    let pieces = plain.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+')));
    let number = |piece: &str| {
        let value: f64 = piece.parse().ok().filter(|value: &f64| value.is_finite())?;
        let (digits, power) = piece.split_once('e').unwrap_or((piece, "0"));
        let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        Some((value, 0.5 * 10f64.powi(power.parse::<i32>().ok()? - decimals as i32)))
    };
    pieces.filter_map(number).collect()
}
