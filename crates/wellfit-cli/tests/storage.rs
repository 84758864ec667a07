//! A full disk and a failing write, at every write: exit 5 with one line, and nothing that was there is lost.

// The shim stands between the program and the C library of Linux.
#![cfg(target_os = "linux")]
// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs::File;
use std::process::Command;

use support::faults::{Failure, Faults};
use support::undisturbed::{Undisturbed, is_partial};
use support::{Outcome, Place, count, outcome};

#[test]
fn a_run_survives_a_failure_of_any_of_its_calls() {
    survives_failures("--target label --hidden 6 --epochs 3 --early-stopping off");
}

#[test]
fn a_run_with_early_stopping_survives_a_failure_of_any_of_its_calls() {
    survives_failures("--target amount --hidden 5,3 --epochs 4 --early-stopping 3 --optimizer momentum");
}

/// Every call in turn fails in one way (in the full form in every way); then the run goes on, on a sound disk.
fn survives_failures(options: &str) {
    let whole = Undisturbed::of(60, options);
    let ways = count(1, Failure::ALL.len());
    let (mut failed, mut harmless, mut resumed) = (0, 0, 0);
    for call in 1..=whole.changes.len() {
        for way in 0..ways {
            let failure = Failure::ALL[(call + way) % Failure::ALL.len()];
            let what = format!("{options}: {failure:?} at call {call}, {:?}", whole.changes[call - 1].kind.path());
            let outcome = whole.disturbed(&whole.faults().fail(call, failure));
            whole.assert_nothing_torn(&what);
            if outcome.code == 0 {
                assert!(may_be_harmless(failure), "{what}: not noticed");
                whole.assert_same_end(&what);
                harmless += 1;
                continue;
            }
            assert_one_line(&outcome, failure, &what);
            assert_tidy(&whole, failure, &what);
            let (saved, finished) = (whole.saved_epoch(), whole.files_now().contains_key("result.json"));
            let from = whole.resumed()["resumed_from_epoch"].as_u64();
            whole.assert_same_end(&what);
            assert!(finished || from == saved, "{what}: resumed from epoch {from:?}, {saved:?} was saved");
            failed += 1;
            resumed += usize::from(from.is_some());
        }
    }
    println!(
        "proof: storage, each of {} calls of a run fails in {ways} of 5 ways: {failed} exits with 5 and one line, {harmless} harmless, \
         all ended the same ({resumed} from a checkpoint)",
        whole.changes.len()
    );
}

/// A write that took half is gone on with, and a disk may fill up when everything is written.
fn may_be_harmless(failure: Failure) -> bool {
    matches!(failure, Failure::ShortWrite | Failure::FullDisk)
}

/// Exit 5, and one line, also as JSON, that names a file of the run and the reason.
fn assert_one_line(outcome: &Outcome, failure: Failure, what: &str) {
    assert_eq!(outcome.code, 5, "{what}: {}", outcome.err);
    assert_ne!(failure, Failure::ShortWrite, "{what}: {}", outcome.err);
    let errors: Vec<&str> = outcome.err.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(errors.len(), 1, "{what}: {}", outcome.err);
    assert!(errors[0].contains("run") && errors[0].contains(failure.words()), "{what}: {}", errors[0]);
    let json = outcome.json();
    assert_eq!(json["error"]["code"], 5, "{what}");
    assert_eq!(errors[0].strip_prefix("error: "), json["error"]["message"].as_str(), "{what}");
}

/// A disk that still removes files is left without half-written ones.
fn assert_tidy(whole: &Undisturbed, failure: Failure, what: &str) {
    let left: Vec<String> = whole.files_now().into_keys().filter(|name| is_partial(name)).collect();
    assert!(left.is_empty() || failure == Failure::DeadDisk, "{what}: {left:?} are left");
}

#[test]
fn a_limit_on_the_size_of_files_is_an_error_and_not_the_end() {
    let whole = Undisturbed::of(60, "--target kind --effort quick --hidden 6 --epochs 3 --early-stopping off");
    let largest = whole.files.values().map(Vec::len).max().unwrap().div_ceil(1024);
    let limits = count(4, 16);
    for step in 0..limits {
        let kilobytes = step * largest / limits;
        whole.clear();
        let script = format!("trap '' XFSZ; ulimit -f {kilobytes}; exec \"$0\" {} --json", whole.command);
        let mut command = Command::new("bash");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_wellfit")]).current_dir(whole.place.root());
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let outcome = outcome(command.spawn().unwrap());
        let what = format!("files of at most {kilobytes} KB");
        assert_eq!(outcome.code, 5, "{what}: {}", outcome.err);
        assert!(outcome.err.contains("File too large"), "{what}: {}", outcome.err);
        assert_eq!(outcome.json()["error"]["code"], 5, "{what}");
        assert_tidy(&whole, Failure::Broken, &what);
        whole.resumed();
        whole.assert_same_end(&what);
    }
    println!(
        "proof: storage, file sizes limited to {limits} sizes below {largest} KB: exit 5 each, resumed to the same end"
    );
}

#[test]
fn a_full_disk_is_an_error_and_room_on_it_goes_on() {
    if count(0, 1) == 0 {
        println!("proof: storage, a disk that is full: only in the full form");
        return;
    }
    let whole = Undisturbed::of(60, "--target label --hidden 16 --epochs 4 --early-stopping off");
    std::fs::create_dir(whole.place.path("run")).unwrap();
    let run = whole.place.path("run");
    let mount = |options: &str| {
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(&run);
        command.stderr(std::process::Stdio::null()).status().is_ok_and(|status| status.success())
    };
    let mut full = 0;
    let sizes = [4, 8, 16, 32, 48, 64, 80, 96];
    for kilobytes in sizes {
        if !mount(&format!("size={kilobytes}k")) {
            println!("proof: storage, a disk that is full: skipped, mounting one needs more rights");
            return;
        }
        let outcome = whole.place.run_with(&whole.faults(), &format!("{} --json", whole.command));
        let nothing_torn = std::panic::catch_unwind(|| whole.assert_nothing_torn(&format!("{kilobytes} KB")));
        let more = mount("remount,size=16m");
        let resumed = whole.place.run(&format!("{} --resume", whole.command));
        let end = std::panic::catch_unwind(|| whole.assert_same_end(&format!("{kilobytes} KB")));
        // Before anything can panic: a mounted disk outlives the test.
        let unmounted = Command::new("umount").arg(&run).status().unwrap().success();
        assert!(more && unmounted && nothing_torn.is_ok() && end.is_ok(), "{kilobytes} KB");
        assert!([0, 5].contains(&outcome.code), "{kilobytes} KB: {}", outcome.err);
        if outcome.code == 5 {
            full += 1;
            assert_one_line(&outcome, Failure::FullDisk, &format!("{kilobytes} KB"));
        }
        resumed.succeeded();
    }
    assert!(full > 3, "most of these disks are too small");
    println!("proof: storage, disks of {sizes:?} KB: {full} full, all resumed to the same end once there was room");
}

#[test]
fn a_result_that_cannot_be_printed_is_an_error_and_the_run_is_whole() {
    let whole = Undisturbed::of(60, "--target label --hidden 6 --epochs 3");
    for json in ["", "--json"] {
        whole.clear();
        let command = format!("{} {json}", whole.command);
        let mut process = whole.place.command(&command.split_whitespace().collect::<Vec<_>>());
        process.stdout(File::create("/dev/full").unwrap());
        let outcome = outcome(process.spawn().unwrap());
        assert_eq!(outcome.code, 5, "{command}: {}", outcome.err);
        assert!(
            outcome.err.ends_with('\n') && outcome.err.contains("error: cannot write the output"),
            "{}",
            outcome.err
        );
        whole.assert_same_end(&command);
    }
}

#[test]
fn output_files_are_replaced_or_left_alone() {
    let place = Place::in_memory().and_table(60);
    place.run("train data.csv --probes off --target label --hidden 6 --epochs 3 --out runs/run").succeeded();
    let log = place.path("log");
    let mut failed = 0;
    for (command, file) in [
        ("predict runs/run data.csv --out predictions.csv", "predictions.csv"),
        ("report runs/run", "runs/run/report.html"),
    ] {
        place.run(command).succeeded();
        place.write(file, "the old one");
        let calls = calls_of(&place, command, &log);
        let new = place.read(file);
        for (call, failure) in (1..=calls).flat_map(|call| Failure::ALL.map(|failure| (call, failure))) {
            place.write(file, "the old one");
            let outcome = place.run_with(&Faults::in_folder(place.root()).fail(call, failure), command);
            let what = format!("{command}: {failure:?} at call {call}: {}", outcome.err);
            let now = place.read(file);
            match outcome.code {
                0 => assert!(may_be_harmless(failure) && now == new, "{what}"),
                5 => {
                    assert!(outcome.err.contains(file) && outcome.err.contains(failure.words()), "{what}");
                    assert_eq!(outcome.err.lines().count(), 1, "{what}");
                    // The last call makes the new file's name durable: it is there by then.
                    assert!(now == b"the old one" || (call == calls && now == new), "{what}");
                    failed += 1;
                }
                code => panic!("exit {code}: {what}"),
            }
        }
    }
    println!("proof: storage, predict and report: {failed} failing calls, the old file kept each time");
}

#[test]
fn an_opening_of_the_test_set_is_counted_or_refused() {
    let place = Place::in_memory().and_table(60);
    place.run("train data.csv --probes off --target label --hidden 6 --epochs 3 --out runs/run").succeeded();
    let (log, ledger) = (place.path("log"), "runs/ledger.jsonl");
    let lines = || place.text(ledger).lines().map(str::to_owned).collect::<Vec<_>>();
    let calls = [calls_of(&place, "test runs/run", &log), calls_of(&place, "test runs/run", &log)][1];
    let mut failed = 0;
    for (call, failure) in (1..=calls).flat_map(|call| Failure::ALL.map(|failure| (call, failure))) {
        let before = lines();
        let outcome = place.run_with(&Faults::in_folder(place.root()).fail(call, failure), "test runs/run --json");
        let what = format!("{failure:?} at call {call}: {}", outcome.err);
        let after = lines();
        assert_eq!(after[..before.len()], before, "{what}");
        for line in &after {
            serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|error| panic!("{what}: {error}: {line}"));
        }
        let result = place.json("runs/run/result.json");
        assert!(result["test"].is_object(), "{what}");
        match outcome.code {
            0 => {
                assert_eq!(outcome.json()["opening"], after.len(), "{what}");
                assert!(may_be_harmless(failure), "{what}");
            }
            5 => {
                assert!(
                    outcome.json()["test"].is_null() && !outcome.out.contains("auc"),
                    "{what}: a score without an entry"
                );
                assert!(outcome.err.contains(failure.words()), "{what}");
                failed += 1;
            }
            code => panic!("exit {code}: {what}"),
        }
    }
    let counted = lines().len();
    assert_eq!(place.run("test runs/run --json").succeeded().json()["opening"], counted + 1);
    println!(
        "proof: storage, the ledger: {failed} failing calls of `wellfit test`, {counted} openings counted, none lost"
    );
}

/// How many calls of this command change something.
fn calls_of(place: &Place, command: &str, log: &std::path::Path) -> usize {
    let _ = std::fs::remove_file(log);
    place.run_with(&Faults::in_folder(place.root()).log(log), command).succeeded();
    support::changes::read_changes(log, place.root()).len()
}
