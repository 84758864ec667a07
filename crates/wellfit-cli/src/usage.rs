//! Parsing that reports every unknown flag at once rather than the first.

use std::ffi::OsString;

use clap::ArgMatches;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::output::{Failure, USAGE, print};
use crate::{arguments, spec};

/// The parsed arguments; `None` where help or the version was asked for, which is printed here.
pub fn parse(mut arguments: Vec<OsString>) -> Result<Option<ArgMatches>, Failure> {
    let mut problems = Vec::new();
    loop {
        match arguments::command().try_get_matches_from(&arguments) {
            Ok(matches) if problems.is_empty() => return Ok(Some(matches)),
            Ok(matches) => {
                problems.extend(spec::problems(&matches));
                return Err(refusal(&problems));
            }
            // `--help` beside a misspelt flag is answered with the help: it is what is needed.
            Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
                print(error.render().to_string().trim_end())?;
                return Ok(None);
            }
            Err(error) => match set_aside_unknown(&error, &mut arguments) {
                Some(problem) => problems.push(problem),
                None if problems.is_empty() => return Err(as_rendered(&error)),
                // What is missing now may have been the value of a flag that was set aside.
                None => return Err(refusal(&problems)),
            },
        }
    }
}

/// Takes an unknown flag and what seems to be its value out of `arguments`; returns the line about it.
fn set_aside_unknown(error: &clap::Error, arguments: &mut Vec<OsString>) -> Option<String> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(name)) = error.get(ContextKind::InvalidArg) else { return None };
    let position = arguments.iter().position(|argument| {
        let argument = argument.to_string_lossy();
        name.starts_with('-') && (argument == *name || argument.starts_with(&format!("{name}=")))
    })?;
    let removed = arguments.remove(position);
    let is_value = |next: &OsString| {
        let next = next.to_string_lossy();
        !next.starts_with('-') || next.parse::<f64>().is_ok()
    };
    let value_follows = !removed.to_string_lossy().contains('=') && arguments.get(position).is_some_and(is_value);
    if value_follows {
        arguments.remove(position);
    }
    let given = name.split('=').next().unwrap_or(name);
    let hint = match (meant(given), error.get(ContextKind::SuggestedArg)) {
        (Some(here), _) => format!("here that is {here}"),
        (None, Some(ContextValue::String(near))) => format!("did you mean `{near}`?"),
        _ => "`--help` lists the options".to_owned(),
    };
    Some(format!("{name}: no such option; {hint}"))
}

/// The option that is called otherwise elsewhere.
fn meant(name: &str) -> Option<&'static str> {
    const ELSEWHERE: [(&str, &str); 21] = [
        ("--dropout", "`--keep-prob`, 1 less the dropout rate: 0.8 for 0.2"),
        ("--drop-rate", "`--keep-prob`, 1 less the dropout rate: 0.8 for 0.2"),
        ("--patience", "`--early-stopping`"),
        ("--layers-sizes", "`--hidden`"),
        ("--units", "`--hidden`"),
        ("--neurons", "`--hidden`"),
        ("--lambda", "`--l2`"),
        ("--alpha", "`--l2`"),
        ("--wd", "`--weight-decay`"),
        ("--learning-rate", "`--lr`"),
        ("--eta", "`--lr`"),
        ("--batch-size", "`--batch`"),
        ("--momentum", "`--optimizer momentum`, with `--beta1`"),
        ("--n-epochs", "`--epochs`"),
        ("--max-epochs", "`--epochs`"),
        ("--delimiter", "`--sep`"),
        ("--delim", "`--sep`"),
        ("--valid", "`--dev`"),
        ("--validation", "`--dev`"),
        ("--label", "`--target`"),
        ("--output", "`--out`"),
    ];
    ELSEWHERE.iter().find(|(other, _)| *other == name).map(|(_, here)| *here)
}

fn refusal(problems: &[String]) -> Failure {
    Failure::new(USAGE, problems.join("\n"))
}

/// A usage error as clap words it, with its usage line; the first line is the message.
fn as_rendered(error: &clap::Error) -> Failure {
    let plain = error.render().to_string();
    let message = plain.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    Failure { code: USAGE, message, rendered: Some(plain) }
}
