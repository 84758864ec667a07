//! Power cuts: every state that a disk may be in after any call of a run loads the old files or the new ones.

// The shim that logs the calls stands between the program and the C library of Linux.
#![cfg(target_os = "linux")]
// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::rc::Rc;

use support::changes::{Change, read_changes};
use support::disk::{Disk, State};
use support::faults::Faults;
use support::undisturbed::{Undisturbed, epoch_of, is_checkpoint, is_partial};
use support::{Place, count};

#[test]
fn a_run_goes_on_from_whatever_a_power_cut_leaves() {
    power_cuts(&format!("--target label --hidden 6 --epochs {} --early-stopping off", count(3, 20)));
}

#[test]
fn a_run_with_early_stopping_goes_on_from_whatever_a_power_cut_leaves() {
    let epochs = count(4, 24);
    power_cuts(&format!("--target amount --hidden 5,3 --epochs {epochs} --early-stopping 3 --optimizer momentum"));
}

fn power_cuts(options: &str) {
    let whole = Undisturbed::of(60, options);
    let states = states_of(&whole.changes, &mut Disk::default(), |disk, state, what| {
        assert_ends_with_result(&whole, state, what);
        assert_no_checkpoint_lost(disk, state, what);
    });
    let replayed = replay(&states, count(40, usize::MAX), |state| {
        whole.clear();
        put(whole.place.root(), state);
        let saved = whole.saved_epoch().filter(|_| !state.contains_key("run/result.json"));
        let from = whole.resumed()["resumed_from_epoch"].as_u64();
        let what = format!("{options}: {:?}", state.keys());
        whole.assert_same_end(&what);
        assert!(saved.is_none() || saved == from, "{what}: resumed from {from:?}, {saved:?} was there");
    });
    println!(
        "proof: power cuts, {} calls of a run leave {} states, each file old or new; {replayed} of them resumed to the same end",
        whole.changes.len(),
        states.len()
    );
}

#[test]
fn an_opening_of_the_test_set_survives_a_power_cut() {
    let place = Place::in_memory().and_table(60);
    place.run("train data.csv --probes off --target label --hidden 6 --epochs 3 --out runs/run").succeeded();
    place.run("test runs/run").succeeded();
    let before = files_under(place.root(), "runs");
    let log = place.path("log");
    let opened = place.run_with(&Faults::in_folder(place.root()).log(&log), "test runs/run --json").succeeded();
    assert_eq!(opened.json()["opening"], 2);
    let changes = read_changes(&log, place.root());
    let mut disk = Disk::holding(&before);
    let states = states_of(&changes, &mut disk, |disk, state, what| {
        for path in before.keys().filter(|path| is_ledger(path)) {
            // What was safe is there, whatever comes after it.
            let safe = disk.safe(path).unwrap();
            assert!(state.get(path).is_some_and(|now| now.starts_with(safe)), "{what}: {path} lost an opening");
        }
    });
    // The score has been shown by now: its opening can be forgotten no more.
    assert_eq!(disk.safe("runs/ledger.jsonl"), Some(&place.read("runs/ledger.jsonl")[..]));
    let replayed = replay(&states, count(12, usize::MAX), |state| {
        std::fs::remove_dir_all(place.path("runs")).unwrap();
        put(place.root(), state);
        let entries = place.text("runs/ledger.jsonl").lines().filter(|line| line.ends_with('}')).count();
        let opening = place.run("test runs/run --json").succeeded().json()["opening"].as_u64().unwrap();
        assert_eq!(opening, entries as u64 + 1, "{}", place.text("runs/ledger.jsonl"));
    });
    println!(
        "proof: power cuts, {} calls of `wellfit test` leave {} states, no opening lost; {replayed} of them opened again",
        changes.len(),
        states.len()
    );
}

/// Whether a file grows by lines instead of being replaced.
fn is_ledger(path: &str) -> bool {
    path.ends_with("ledger.jsonl") || path.ends_with("openings.jsonl")
}

/// Every different state that a power cut may leave after any of these calls, each file in it judged.
fn states_of(changes: &[Change], disk: &mut Disk, judge: impl Fn(&Disk, &State, &str)) -> Vec<State> {
    let (mut seen, mut states) = (BTreeSet::new(), Vec::new());
    for change in changes {
        disk.apply(&change.kind);
        let what = format!("after call {} on {}", change.number, change.kind.path());
        for state in disk.states() {
            // A state may be fine after one call and a loss after a later one.
            if let Some(fault) = disk.fault(&state, |path| is_partial(path) || is_ledger(path)) {
                panic!("{what}: {fault}");
            }
            judge(disk, &state, &what);
            let mut hash = DefaultHasher::new();
            state.hash(&mut hash);
            if seen.insert(hash.finish()) {
                states.push(state);
            }
        }
    }
    states
}

/// A run with a result has everything else too, as it is at the end.
fn assert_ends_with_result(whole: &Undisturbed, state: &State, what: &str) {
    if state.contains_key("run/result.json") {
        for (name, bytes) in &whole.files {
            assert!(state.get(&format!("run/{name}")).is_some_and(|now| **now == *bytes), "{what}: {name} at the end");
        }
    }
}

/// The newest checkpoint there is knows at least what the newest safe one knew.
fn assert_no_checkpoint_lost(disk: &Disk, state: &State, what: &str) {
    let names = ["run/checkpoint.safetensors", "run/checkpoint.previous.safetensors"];
    let safe = names.iter().filter_map(|name| epoch_of(disk.safe(name)?)).max();
    let checkpoints = state.iter().filter(|(path, _)| path.strip_prefix("run/").is_some_and(is_checkpoint));
    let found = checkpoints.filter_map(|(_, bytes)| epoch_of(bytes)).max();
    assert!(
        found >= safe || state.contains_key("run/result.json"),
        "{what}: epoch {safe:?} was safe, {found:?} is left"
    );
}

/// Tries at most so many of the states, evenly spread; how many it were.
fn replay(states: &[State], at_most: usize, each: impl Fn(&State)) -> usize {
    let chosen = states.len().min(at_most);
    (0..chosen).for_each(|i| each(&states[i * states.len() / chosen]));
    chosen
}

/// Puts the files of a state where they belong.
fn put(root: &Path, state: &State) {
    for (name, bytes) in state {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &**bytes).unwrap();
    }
}

fn files_under(root: &Path, folder: &str) -> State {
    let mut state = State::new();
    for entry in std::fs::read_dir(root.join(folder)).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        match entry.file_type().unwrap().is_dir() {
            true => state.extend(files_under(root, &name)),
            false => _ = state.insert(name, Rc::new(std::fs::read(entry.path()).unwrap())),
        }
    }
    state
}
