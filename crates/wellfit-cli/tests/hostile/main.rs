//! A hundred hostile inputs through the real binary: each is one clear line, in little time and memory, and no panic.

// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod bombs;
mod configs;
mod data;
mod folders;
mod measured;
mod models;
#[path = "../support/mod.rs"]
mod support;
mod wide;

use measured::{MEGABYTE, Measured, run};
use support::Place;

/// What a hostile input may cost.
const MOST_SECONDS: f64 = 2.0;
const MOST_MEMORY: u64 = 512 * MEGABYTE;
/// Builds for tests check every sum and inline little: about so many times the seconds of a release build.
const SLOWER: f64 = if cfg!(debug_assertions) { 3.0 } else { 1.0 };

/// A hostile input: files made in the place, and a command that meets them.
struct Case {
    what: String,
    command: String,
    /// The exit codes that the contract allows.
    codes: &'static [i32],
}

/// Exit code of an input that is missing or invalid.
const INPUT: &[i32] = &[3];

fn case(what: impl Into<String>, command: impl Into<String>, codes: &'static [i32]) -> Case {
    Case { what: what.into(), command: command.into(), codes }
}

#[test]
fn a_hundred_hostile_inputs_are_one_line_each() {
    let place = Place::with_table(60);
    place.run("train data.csv --target label --epochs 3 --out run").succeeded();
    let mut cases = Vec::new();
    cases.extend(data::cases(&place));
    cases.extend(bombs::cases(&place));
    cases.extend(models::cases(&place));
    cases.extend(configs::cases(&place));
    cases.extend(folders::cases(&place));
    assert!(cases.len() >= 100, "{} cases", cases.len());

    let (mut failures, mut slowest, mut largest) = (Vec::new(), ("", 0.0f64), ("", 0));
    for case in &cases {
        let measured = run(&place, &case.command);
        if measured.seconds > slowest.1 {
            slowest = (&case.what, measured.seconds);
        }
        if measured.memory > largest.1 {
            largest = (&case.what, measured.memory);
        }
        if let Err(problem) = judge(case, &measured) {
            failures.push(format!("{} ({}): {problem}", case.what, case.command));
        }
    }
    println!(
        "proof: hostile inputs: {} of {} end as documented, in one line, without panic; slowest {:.2} s ({}), largest {} MB ({})",
        cases.len() - failures.len(),
        cases.len(),
        slowest.1,
        slowest.0,
        largest.1 / MEGABYTE,
        largest.0
    );
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

/// Whether a command did what it should.
fn judge(case: &Case, measured: &Measured) -> Result<(), String> {
    let shown = |text: &str| text.chars().take(600).collect::<String>();
    let errors: Vec<&str> = measured.err.lines().filter(|line| line.starts_with("error:")).collect();
    if measured.err.contains("panicked") || measured.err.contains("overflowed its stack") {
        return Err(format!("panic: {}", shown(&measured.err)));
    }
    if !case.codes.contains(&measured.code) {
        return Err(format!("exit code {}: {}{}", measured.code, shown(&measured.out), shown(&measured.err)));
    }
    if (measured.code != 0) != (errors.len() == 1) || measured.err.lines().count() != errors.len() {
        return Err(format!("not one line: {}", shown(&measured.err)));
    }
    if errors.iter().any(|line| line.len() > 4000 || line.contains(|c: char| c.is_control())) {
        return Err(format!("no plain line: {:?}", shown(&measured.err)));
    }
    if measured.seconds > MOST_SECONDS * SLOWER {
        return Err(format!("{:.1} s: {}", measured.seconds, shown(&measured.err)));
    }
    if measured.memory > MOST_MEMORY {
        return Err(format!("{} MB: {}", measured.memory / MEGABYTE, shown(&measured.err)));
    }
    Ok(())
}
