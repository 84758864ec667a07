//! Killed at any instant, a run goes on and ends as if it had not been.

// The shim that kills inside a save stands between the program and the C library of Linux.
#![cfg(target_os = "linux")]
// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use std::thread::sleep;

use support::changes::{Change, Kind};
use support::undisturbed::{Undisturbed, is_partial};
use support::{count, numbers, outcome};

#[test]
fn killed_runs_end_as_if_they_had_not_been() {
    killed(
        "binary, dropout, a remedy tried",
        "--target label --hidden 12,6 --keep-prob 0.8 --epochs 60 --early-stopping off --probes 1",
        1,
    );
    killed(
        "multiclass, L2, cosine",
        "--target kind --hidden 8 --l2 0.3 --schedule cosine --epochs 50 --early-stopping 49",
        2,
    );
}

#[test]
fn killed_runs_of_other_kinds_end_as_if_they_had_not_been() {
    killed(
        "regression, full batch, momentum, clipping",
        "--target amount --hidden 6,3 --batch full --optimizer momentum --clip-norm 1 --epochs 60 --early-stopping 59",
        3,
    );
    killed(
        "no hidden layer, RMSprop, L1",
        "--target kind --hidden= --optimizer rmsprop --l1 0.1 --batch 16 --epochs 50 --early-stopping off",
        4,
    );
    killed("three networks", "--target label --hidden 8 --epochs 30 --ensemble 3", 5);
}

/// A quarter of all kills: one in five at a call of a save, each at another; the others at random instants. One run in
/// six is killed once more on its way from there, one in six twice more.
fn killed(what: &str, options: &str, seed: u64) {
    let whole = Undisturbed::of(80, options);
    let (kills, calls, life) = (count(5, 50), whole.changes.len(), whole.life());
    let mut next = numbers(seed);
    let (mut inside, mut again, mut from_checkpoint, mut done, mut leftovers) = (0, 0, 0, 0, 0);
    for kill in 0..kills {
        whole.clear();
        let what = if kill % 5 == 0 {
            let (turn, turns) = (kill / 5, kills.div_ceil(5));
            // From the first save to the last, wherever this configuration starts.
            let call = 1 + (turn * calls + seed as usize * calls / 5) / turns % calls;
            let when = ["middle", "before", "after"][(turn + seed as usize) % 3];
            let kind = &whole.changes[call - 1].kind;
            let what = format!("{what}: killed {when} call {call}, {:?}", kind.path());
            assert_eq!(whole.disturbed(&whole.faults().kill(call, when)).code, -1, "{what}");
            inside += 1;
            what
        } else {
            let mut instant = life.mul_f64(next());
            while !kill_after(&whole, &whole.command, instant) {
                // It had ended by then.
                whole.clear();
                instant = life.mul_f64(next());
            }
            format!("{what}: killed after {instant:?}")
        };
        whole.assert_nothing_torn(&what);
        for _ in 0..[0, 1, 0, 2, 0, 0][kill % 6] {
            let instant = life.mul_f64(0.2 + 0.6 * next());
            again += usize::from(kill_after(&whole, &format!("{} --resume", whole.command), instant));
            whole.assert_nothing_damaged(&format!("{what}, and again after {instant:?}"));
        }
        let left = whole.files_now();
        let finished = left.contains_key("result.json");
        leftovers += usize::from(left.keys().any(|name| is_partial(name)));
        let saved = whole.saved_epoch().filter(|_| !finished);
        let from = whole.resumed()["resumed_from_epoch"].as_u64();
        whole.assert_same_end(&what);
        if !finished {
            assert_eq!(from, saved, "{what}: resumed from another epoch than the last that was saved");
            assert_ne!(from, Some(0), "{what}");
        }
        from_checkpoint += usize::from(saved.is_some());
        done += usize::from(finished);
    }
    println!(
        "proof: killed, {what}: {kills} runs killed, {inside} inside a save, {again} kills more on the way, {leftovers} left half \
         a file; all ended the same, {from_checkpoint} from a checkpoint, {done} had their result"
    );
}

/// Starts the command and kills it after so long; false if it had ended by then.
fn kill_after(whole: &Undisturbed, command: &str, instant: std::time::Duration) -> bool {
    let mut child = whole.place.start_with(&whole.faults(), command);
    sleep(instant);
    child.kill().unwrap();
    let code = outcome(child).code;
    assert!([-1, 0].contains(&code), "{command}: exit {code}");
    code == -1
}

#[test]
fn a_damaged_checkpoint_gives_way_to_the_one_before_and_to_no_older_one() {
    let whole = Undisturbed::of(80, "--target label --hidden 8 --epochs 6 --early-stopping off");
    let newest = whole.place.path("run/checkpoint.safetensors");
    let keeps =
        |change: &Change| matches!(&change.kind, Kind::Rename { to, .. } if to.ends_with("previous.safetensors"));
    let saved = whole.changes.iter().filter(|change| keeps(change)).nth(3).unwrap().number;
    let resume = format!("{} --resume --json", whole.command);
    // Killed at every call of the resumed run: the first of them put the good checkpoint back, others save again.
    let cases = count(12, 60);
    for call in 1..=cases {
        whole.disturbed(&whole.faults().kill(saved, "before"));
        let mut bytes = std::fs::read(&newest).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&newest, bytes).unwrap();
        let what = format!("damaged, and killed at call {call} after that");
        let outcome = whole.place.run_with(&whole.faults().kill(call, "before"), &resume);
        if outcome.code == 0 {
            assert!(outcome.err.contains("falling back to the previous checkpoint"), "{what}: {}", outcome.err);
        }
        let finished = whole.files_now().contains_key("result.json");
        let from = whole.resumed()["resumed_from_epoch"].as_u64();
        whole.assert_same_end(&what);
        assert!(finished || from >= Some(3), "{what}: resumed from {from:?}");
    }
    println!(
        "proof: killed, a damaged checkpoint gave way to the one before, and {cases} kills right after that lost nothing"
    );
}

#[test]
fn a_killed_run_goes_on_with_nothing_but_its_own_data_and_settings() {
    let whole = Undisturbed::of(80, "--target label --hidden 8 --epochs 6 --early-stopping off");
    let middle = whole.changes.len() / 2;
    assert_eq!(whole.disturbed(&whole.faults().kill(middle, "after")).code, -1);
    assert!(whole.saved_epoch().is_some());
    // What the killed process left half written may go.
    let left = || whole.files_now().into_iter().filter(|(name, _)| !is_partial(name)).collect::<Vec<_>>();
    let before = left();
    for (own, change, difference) in [
        ("--resume", "--resume --l2 0.5", "training.l2: 0 there, 0.5 now"),
        ("--hidden 8", "--hidden 9", "network.hidden: 8 there, 9 now"),
        ("--resume", "--resume --seed 3", "training.seed: 0 there, 3 now"),
        ("--epochs 6", "--epochs 7", "training.epochs: 6 there, 7 now"),
    ] {
        let refused = whole.place.run(&format!("{} --resume", whole.command).replace(own, change));
        assert_eq!(refused.code, 2, "{change}: {}", refused.err);
        assert!(refused.err.contains(difference), "{change}: {}", refused.err);
        assert!(left() == before, "{change}: the folder has changed");
    }
    let data = whole.place.read("data.csv");
    whole.place.write("data.csv", support::table(80, 2));
    let refused = whole.place.run(&format!("{} --threads 1 --resume --json", whole.command));
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("data.csv") && refused.err.contains("changed"), "{}", refused.err);
    assert_eq!(refused.json()["error"]["code"], 2);
    assert!(left() == before, "the folder has changed");
    // And with its own, by any number of threads.
    whole.place.write("data.csv", data);
    whole.place.run(&format!("{} --threads 1 --resume", whole.command)).succeeded();
    let (now, then) = (whole.files_now(), &whole.files);
    assert!(now["model.safetensors"] == then["model.safetensors"], "the models differ");
}
