//! Ctrl-C, in whatever a command is doing: it ends within a second with exit 130, says how to go on, and loses nothing.

// The shim that slows a disk down stands between the program and the C library of Linux.
#![cfg(target_os = "linux")]
// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs::File;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::changes::read_changes;
use support::faults::Faults;
use support::undisturbed::Undisturbed;
use support::{Place, count, numbers};

/// Longest time to end, in milliseconds: as promised on a machine that is left alone, three times that elsewhere.
fn limit() -> u128 {
    count(3000, 1000) as u128
}

#[test]
fn loading_and_evaluating_end_at_once() {
    let place = Place::in_memory();
    place.write("data.csv", long_table(250_000));
    let whole = Undisturbed::in_place(place, "--target label --hidden 4 --epochs 1", 0);
    let slow = whole.faults().slow("read", 100, 0);
    let loading = Interrupted::when(&whole, &slow, |seen| seen.begun.elapsed() > Duration::from_millis(400));
    assert!(!whole.place.path("run").exists());
    loading.assert_said("nothing to save");
    // The line about the last epoch stands before the evaluation.
    let evaluating = Interrupted::when(&whole, &whole.faults(), |seen| seen.told().contains("s  done"));
    evaluating.assert_said("--resume");
    assert!(!whole.files_now().contains_key("result.json"), "it was evaluated too quickly to be interrupted");
    whole.resumed();
    whole.assert_same_end("interrupted while evaluating");
    report("loading and evaluating", &[loading, evaluating]);
}

#[test]
fn boosted_trees_end_at_once() {
    let place = Place::in_memory();
    place.write("data.csv", table_of_numbers(20_000));
    let whole = Undisturbed::in_place(place, "--target label --hidden 2 --epochs 1 --batch full", 0);
    let trees = Interrupted::when(&whole, &whole.faults(), |seen| {
        let trained = seen.told().contains("s  done");
        sleep(if trained { Duration::from_millis(300) } else { Duration::ZERO });
        trained
    });
    trees.assert_said("--resume");
    let files = whole.files_now();
    assert!(files.contains_key("model.safetensors") && !files.contains_key("result.json"), "{:?}", files.keys());
    whole.resumed();
    whole.assert_same_end("interrupted while trees were trained");
    report("boosted trees", &[trees]);
}

#[test]
fn training_ends_at_once_and_goes_on() {
    // Training that lasts many times the longest pause, on a quick machine too.
    let place = Place::in_memory().and_table(200);
    let whole = Undisturbed::in_place(place, "--target kind --hidden 32 --epochs 12000 --early-stopping off", 0);
    let mut all = Vec::new();
    let mut next = numbers(1);
    for number in 0..count(2, 10) {
        let pause = Duration::from_millis((200.0 * next()) as u64);
        let training = Interrupted::when(&whole, &whole.faults(), |seen| {
            let training = seen.told().contains(" train ");
            sleep(if training { pause } else { Duration::ZERO });
            training
        });
        let what = format!("interrupted after the first line and {pause:?}, {number}");
        training.assert_said("--resume");
        let saved = whole.saved_epoch();
        assert!(saved.is_some(), "{what}: nothing was saved");
        assert_eq!(whole.resumed()["resumed_from_epoch"].as_u64(), saved, "{what}");
        whole.assert_same_end(&what);
        all.push(training);
    }
    report("training", &all);
}

#[test]
fn saving_and_reporting_end_at_once() {
    let whole = Undisturbed::of(60, "--target label --hidden 6 --epochs 4 --early-stopping off");
    let (calls, log) = (whole.changes.len(), whole.place.path("log"));
    let (mut all, mut done) = (Vec::new(), 0);
    let cases = count(10, calls);
    for call in (0..cases).map(|case| 1 + case * calls / cases) {
        let what = format!("interrupted at call {call}, {:?}", whole.changes[call - 1].kind.path());
        // From here on the disk takes its time.
        let slow = whole.faults().slow("fsync", 400, call).log(&log);
        let reached = || read_changes(&log, whole.place.root()).last().is_some_and(|change| change.number >= call - 1);
        let saving = Interrupted::when(&whole, &slow, |_| reached());
        whole.assert_nothing_damaged(&what);
        let (saved, finished) = (whole.saved_epoch(), whole.files_now().contains_key("result.json"));
        if saving.code == Some(0) {
            // It was past the last thing it had to wait for.
            whole.assert_same_end(&what);
            done += 1;
            continue;
        }
        saving.assert_said(if call == 1 { "interrupted" } else { "--resume" });
        let from = whole.resumed()["resumed_from_epoch"].as_u64();
        assert!(finished || from == saved, "{what}: resumed from {from:?}, {saved:?} was saved");
        whole.assert_same_end(&what);
        all.push(saving);
    }
    assert!(done * 4 <= cases, "{done} of {cases} were done before they could be interrupted");
    report("saving and reporting", &all);
}

#[test]
fn other_commands_end_at_once_and_keep_the_old_file() {
    let place = Place::in_memory();
    place.write("data.csv", long_table(20_000));
    place.run("train data.csv --probes off --target label --hidden 4 --epochs 1 --out run").succeeded();
    place.write("predictions.csv", "the old one");
    let mut all = Vec::new();
    for (command, slow, file) in [
        ("predict run data.csv --out predictions.csv", ("read", 200), "predictions.csv"),
        ("predict run data.csv --out predictions.csv", ("write", 700), "predictions.csv"),
        ("test run", ("read", 200), "run/result.json"),
        ("check data.csv --target label", ("read", 200), "run/result.json"),
        ("compare run run", ("read", 200), "run/result.json"),
        ("lr-find data.csv --target label --hidden 512,512,512,512", ("read", 5), "run/result.json"),
        ("report run", ("fsync", 1200), "run/model.safetensors"),
    ] {
        let before = place.read(file);
        let faults = Faults::in_folder(place.root()).slow(slow.0, slow.1, 0);
        let stopped =
            Interrupted::during(&place, &faults, command, |seen| seen.begun.elapsed() > Duration::from_millis(400));
        assert!(place.read(file) == before, "{command}: {file} has changed");
        stopped.assert_said("interrupted");
        all.push(stopped);
    }
    report("other commands", &all);
}

/// A command that was interrupted.
struct Interrupted {
    command: String,
    code: Option<i32>,
    out: String,
    err: String,
    /// From Ctrl-C to the end.
    took: Duration,
}

impl Interrupted {
    /// Presses Ctrl-C in a run of its own, once `now` says so.
    fn when(whole: &Undisturbed, faults: &Faults, now: impl Fn(&Seen) -> bool) -> Interrupted {
        whole.clear();
        let _ = std::fs::remove_file(whole.place.path("log"));
        Interrupted::during(&whole.place, faults, &whole.command, now)
    }

    fn during(place: &Place, faults: &Faults, command: &str, now: impl Fn(&Seen) -> bool) -> Interrupted {
        let command = format!("{command} --json");
        let seen = Seen { said: Place::in_memory(), begun: Instant::now() };
        let stream = |name| File::create(seen.said.path(name)).unwrap();
        let mut process = place.command(&command.split_whitespace().collect::<Vec<_>>());
        faults.apply(&mut process);
        let mut child = process.stdout(stream("out")).stderr(stream("err")).spawn().unwrap();
        while !now(&seen) && child.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(1));
        }
        let pressed = Instant::now();
        // One that has ended by now was too quick to be interrupted: its exit code says so.
        if child.try_wait().unwrap().is_none() {
            assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        }
        let code = child.wait().unwrap().code();
        Interrupted { command, code, out: seen.said.text("out"), err: seen.told(), took: pressed.elapsed() }
    }

    /// Panics unless it ended in time and with exit 130, said this in one line, and answered in JSON.
    fn assert_said(&self, words: &str) {
        let Interrupted { command, code, out, err, took } = self;
        assert_eq!(*code, Some(130), "{command}: {err}\n{out}");
        assert!(took.as_millis() <= limit(), "{command}: it took {took:?}");
        let errors: Vec<&str> = err.lines().filter_map(|line| line.strip_prefix("error: ")).collect();
        assert!(errors.len() == 1 && errors[0].contains(words), "{command}: {err}");
        let json: Value = serde_json::from_str(out).unwrap_or_else(|error| panic!("{command}: {error}: {out}"));
        assert_eq!(json["error"]["code"], 130, "{command}: {out}");
        assert_eq!(json["error"]["message"].as_str(), Some(errors[0]), "{command}");
    }
}

/// What can be seen of a command while it runs.
struct Seen {
    /// Its streams; outside of the place it runs in, whose disk may be slow.
    said: Place,
    begun: Instant,
}

impl Seen {
    /// What it has said so far.
    fn told(&self) -> String {
        self.said.text("err")
    }
}

fn report(what: &str, all: &[Interrupted]) {
    let longest = all.iter().map(|interrupted| interrupted.took).max().unwrap();
    println!(
        "proof: Ctrl-C, {what}: {} interrupted, exit 130 within {:.2} s each, what was there kept",
        all.len(),
        longest.as_secs_f64()
    );
}

/// A table whose trees take seconds: 40 numbers, no two alike, and a class of 5.
fn table_of_numbers(rows: usize) -> String {
    let mut next = numbers(2);
    let names: Vec<String> = (0..40).map(|column| format!("x{column}")).collect();
    let mut text = names.join(",") + ",label\n";
    for _ in 0..rows {
        let row: Vec<f64> = (0..40).map(|_| next()).collect();
        row.iter().for_each(|number| text += &format!("{number:.6},"));
        text += ["a", "b", "c", "d", "e"][(2.5 * (row[0] + row[1])) as usize];
        text.push('\n');
    }
    text
}

/// A table that takes long to load and to evaluate: 20 digits and a class of 5.
fn long_table(rows: usize) -> String {
    let mut next = numbers(1);
    let names: Vec<String> = (0..20).map(|column| format!("c{column}")).collect();
    let mut text = names.join(",") + ",label\n";
    for _ in 0..rows {
        let digits: Vec<u8> = (0..20).map(|_| (10.0 * next()) as u8).collect();
        digits.iter().for_each(|digit| text += &format!("{digit},"));
        text += ["a", "b", "c", "d", "e"][usize::from((digits[0] + digits[1]) / 4)];
        text.push('\n');
    }
    text
}
