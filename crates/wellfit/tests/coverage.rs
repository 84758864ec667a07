//! Are the intervals honest? Simulated sets whose truth is known, trained with early stopping through the main job.
//!
//! In full (`WELLFIT_PROOF=full`) 1,000 sets with a true error of 5 to 40% and 500 dev rows or more, and 500 elsewhere: 100 to
//! 500 dev rows, or errors down to half a percent.

#![allow(clippy::unwrap_used)] // helpers are part of the tests

mod support;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use support::{Draw, count};
use wellfit::diagnose::Interval;
use wellfit::experiment::Spec;
use wellfit::experiment::settings::{Auto, Effort, Switch};
use wellfit::jobs::{compare, test, train};
use wellfit::runs::RunOptions;
use wellfit_kernels::random::{Purpose, Stream};

const FEATURES: u64 = 6;
/// Rows that stand for the truth: the error over them is off by a fifth of what it is off by over dev.
const NEW_ROWS: u64 = 60_000;

/// Rows of two classes, each a cloud of normal points; the clouds are `apart` deviations from each other along a curve.
fn rows(stream: Stream, from: u64, count: u64, apart: f64) -> String {
    let mut text = "a,b,c,d,e,f,label\n".to_string();
    for row in from..from + count {
        let first = row * (FEATURES + 1);
        let label = stream.uniform(first) < 0.5;
        let side = if label { apart / 2.0 } else { -apart / 2.0 };
        let second = stream.normal(first + 2);
        let _ = write!(text, "{:.4},{second:.4}", stream.normal(first + 1) + side + 0.5 * second * second);
        for feature in 3..=FEATURES {
            let _ = write!(text, ",{:.4}", stream.normal(first + feature));
        }
        let _ = writeln!(text, ",{}", u8::from(label));
    }
    text
}

/// A set: its distance between classes and its rows.
struct Set {
    seed: u64,
    apart: f64,
    train_rows: u64,
    dev_rows: u64,
}

/// What a set showed: of each interval whether it holds the truth, by name.
struct Shown {
    true_error: f64,
    covered: Vec<(&'static str, bool)>,
}

fn run(folder: &Path, name: &str, seed: u64, changes: &[&str]) -> (PathBuf, Interval, Interval) {
    let mut spec = Spec::default();
    spec.network.effort = Effort::Quick;
    spec.data.path = Some(folder.join("train.csv"));
    spec.data.dev = Some(folder.join("dev.csv"));
    // Intervals are looked at, not advice.
    spec.training.probes = Auto::Given(Switch::Off);
    let seed = format!("training.seed = {seed}");
    let common = [
        "data.target = \"label\"",
        "data.split = \"100/0/0\"",
        "training.threads = 1",
        "training.epochs = 40",
        "training.early_stopping = 8",
        "training.batch = 64",
        "training.lr = 0.003",
        &seed,
    ];
    for change in common.iter().chain(changes) {
        spec = spec.with_change(&change.parse().unwrap()).unwrap();
    }
    let out = folder.join(name);
    let options = RunOptions { out: Some(out.clone()), ..RunOptions::default() };
    let result = train(&spec, &options, &mut ()).unwrap().result.unwrap();
    (out, result.dev.unwrap().error, result.train.error)
}

fn error_on_new_rows(run: &Path, new: &Path) -> f64 {
    test(run, Some(new), &mut ()).unwrap().test.error.value
}

fn covers(interval: Interval, truth: f64) -> bool {
    interval.low <= truth && truth <= interval.high
}

fn shown_by(set: &Set) -> Shown {
    let stream = Stream::new(set.seed, Purpose::Demo, 77);
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("new.csv");
    for (path, from, count) in [
        (&folder.path().join("train.csv"), 0, set.train_rows),
        (&folder.path().join("dev.csv"), 1 << 20, set.dev_rows),
        (&new, 1 << 21, NEW_ROWS),
    ] {
        std::fs::write(path, rows(stream, from, count, set.apart)).unwrap();
    }
    let (plain, dev, train) =
        run(folder.path(), "plain", set.seed, &["network.hidden = [32, 16]", "network.preset = \"textbook\""]);
    let other: &[&str] = match set.seed % 3 {
        0 => &["network.hidden = [32, 16]", "network.keep_prob = 0.6"],
        1 => &["network.hidden = [3]"],
        _ => &["network.hidden = [32, 16]", "training.l2 = 20"],
    };
    let (other, other_dev, other_train) = run(folder.path(), "other", set.seed, other);
    let (truth, other_truth) = (error_on_new_rows(&plain, &new), error_on_new_rows(&other, &new));
    let gain = compare(&[plain.clone(), other.clone()], &mut ()).unwrap().unwrap().runs[1].gain.unwrap();
    let variance = |run: &Path| -> Interval {
        let result: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(run.join("result.json")).unwrap()).unwrap();
        serde_json::from_value(result["diagnosis"]["variance"].clone()).unwrap()
    };
    Shown {
        true_error: truth,
        covered: vec![
            ("dev error", covers(dev, truth)),
            ("dev error", covers(other_dev, other_truth)),
            ("variance", covers(variance(&plain), truth - train.value)),
            ("variance", covers(variance(&other), other_truth - other_train.value)),
            ("paired difference", covers(gain, truth - other_truth)),
        ],
    }
}

/// Share of intervals of each kind that hold the truth, over the sets whose true error lies within `errors`.
fn coverage(sets: &[Set], errors: std::ops::RangeInclusive<f64>) -> Vec<(&'static str, usize, usize)> {
    let half = sets.len().div_ceil(2);
    let shown: Vec<Shown> = std::thread::scope(|scope| {
        let workers: Vec<_> =
            sets.chunks(half).map(|some| scope.spawn(move || some.iter().map(shown_by).collect::<Vec<_>>())).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let mut kinds: Vec<(&'static str, usize, usize)> = Vec::new();
    for shown in shown.iter().filter(|shown| errors.contains(&shown.true_error)) {
        for (kind, covered) in &shown.covered {
            let at = kinds.iter().position(|(known, ..)| known == kind).unwrap_or_else(|| {
                kinds.push((*kind, 0, 0));
                kinds.len() - 1
            });
            kinds[at].1 += usize::from(*covered);
            kinds[at].2 += 1;
        }
    }
    kinds
}

#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    let sets = count(16, 1_000);
    let usual: Vec<Set> = (0..sets)
        .map(|case| {
            let draw = Draw::new(31, case);
            Set {
                seed: case as u64,
                apart: draw.size(0.7, 3.4),
                train_rows: draw.size(400.0, 3_000.0) as u64,
                dev_rows: draw.size(500.0, 2_500.0) as u64,
            }
        })
        .collect();
    let usual = told("", &coverage(&usual, 0.05..=0.4));
    let elsewhere: Vec<Set> = (0..sets / 2)
        .map(|case| {
            let draw = Draw::new(32, case);
            let few = case % 2 == 0;
            Set {
                seed: 10_000 + case as u64,
                apart: if few { draw.size(0.7, 3.4) } else { draw.size(3.6, 5.2) },
                train_rows: draw.size(400.0, 3_000.0) as u64,
                dev_rows: if few { draw.size(100.0, 500.0) as u64 } else { draw.size(100.0, 2_500.0) as u64 },
            }
        })
        .collect();
    let elsewhere = told(" elsewhere", &coverage(&elsewhere, 0.004..=0.5));
    let (between, least) = if sets < 1_000 { (0.75..=1.0, 0.7) } else { (0.93..=0.97, 0.92) };
    assert!(usual.iter().all(|share| between.contains(share)), "{usual:?}");
    assert!(elsewhere.iter().all(|share| *share >= least), "{elsewhere:?}");
}

/// Prints what was covered; returns the shares.
fn told(place: &str, kinds: &[(&'static str, usize, usize)]) -> Vec<f64> {
    let share = |(kind, covered, of): &(&str, usize, usize)| {
        let share = *covered as f64 / *of as f64;
        println!("proof: coverage{place} of {kind}: {covered} of {of}, {:.1}%", 100.0 * share);
        share
    };
    kinds.iter().map(share).collect()
}
