//! The `wellfit` command: arguments in, one call of the library, its report out.

#![forbid(unsafe_code)]
#![warn(clippy::indexing_slicing, clippy::string_slice, clippy::panic, clippy::unreachable)]

mod arguments;
mod bench;
mod commands;
mod interrupt;
mod layout;
mod output;
mod progress;
mod render;
mod spec;
mod tables;
mod usage;

use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use output::{FAILED, Failure};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    // Asked before parsing: a caller that reads JSON gets JSON even for a misspelt flag.
    let json = arguments.iter().any(|argument| argument == "--json");
    let outcome = guarded(|| match usage::parse(arguments) {
        Ok(Some(matches)) => commands::run(&matches),
        Ok(None) => Ok(0),
        Err(failure) => Err(failure),
    });
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => ExitCode::from(output::report_failure(&failure, json)),
    }
}

/// Turns a panic, which is a bug of ours, into a failure like any other: one line and an exit code.
fn guarded(job: impl FnOnce() -> Result<u8, Failure>) -> Result<u8, Failure> {
    let place = Arc::new(Mutex::new(String::new()));
    let first_place = place.clone();
    panic::set_hook(Box::new(move |info| {
        // A library's, about to be answered like an error: that a file is damaged, say.
        if wellfit::data::panics_are_caught() {
            return;
        }
        let message = info.to_string().replace('\n', " ");
        // The first panic is the cause of the others.
        let mut place = first_place.lock().unwrap_or_else(PoisonError::into_inner);
        if place.is_empty() {
            *place = message;
        }
    }));
    panic::catch_unwind(AssertUnwindSafe(job)).unwrap_or_else(|_| {
        let place = place.lock().unwrap_or_else(PoisonError::into_inner);
        Err(Failure::new(FAILED, format!("a bug in wellfit, please report it: {place}; saved files are intact")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_failure_of_one_line() {
        let failure = guarded(|| panic!("no such\nrow")).unwrap_err();
        assert_eq!((failure.code, failure.message.lines().count()), (1, 1));
        assert!(failure.message.contains("no such row") && failure.message.contains("main.rs"), "{}", failure.message);
    }
}
