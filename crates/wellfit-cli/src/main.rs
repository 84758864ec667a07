//! The `wellfit` command: arguments in, one call of the library, its report out.

#![forbid(unsafe_code)]

mod arguments;
mod commands;
mod interrupt;
mod layout;
mod output;
mod progress;
mod spec;
mod tables;
mod usage;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    // Asked before parsing: a caller that reads JSON gets JSON even for a misspelt flag.
    let json = arguments.iter().any(|argument| argument == "--json");
    let outcome = match usage::parse(arguments) {
        Ok(Some(matches)) => commands::run(&matches),
        Ok(None) => Ok(0),
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => ExitCode::from(output::report_failure(&failure, json)),
    }
}
