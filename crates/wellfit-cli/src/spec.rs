//! From the parsed command line to a [`Spec`]: config file, then `--set`, then flags.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use clap::parser::ValueSource;
use wellfit::experiment::{InputKind, SETTINGS, Spec, SpecBuilder, input_kind};
use wellfit::tune::Search;

use crate::output::{Failure, USAGE};

/// The spec of `train`, `check` and `lr-find`: flags over `--set` over `--config`, and what the command was pointed at.
///
/// That is data, or a config (a run's folder holds one), which then is the first of the layers.
pub fn from_all(matches: &ArgMatches, pointed_at: Option<&Path>) -> Result<Spec, Failure> {
    let input = pointed_at.map(input_kind);
    let base = match &input {
        Some(InputKind::Config(config)) => Some(config.as_path()),
        _ => None,
    };
    let mut builder = layers(matches, base);
    flags(matches, &mut builder);
    if let Some(InputKind::Data(data)) = &input {
        builder.data_path(data);
    }
    let spec = finish(builder)?;
    if spec.data.path.is_none() {
        let what_to_do = "no data: name a table, as in `wellfit train FILE --target NAME`, or a config file that names one, with --config";
        return Err(Failure::new(USAGE, what_to_do));
    }
    Ok(spec)
}

/// The spec of commands that take a few settings' flags and no config.
pub fn from_flags(matches: &ArgMatches) -> Result<Spec, Failure> {
    let mut builder = SpecBuilder::new();
    flags(matches, &mut builder);
    finish(builder)
}

/// The spec of `config --print`.
pub fn for_printing(matches: &ArgMatches) -> Result<Spec, Failure> {
    finish(layers(matches, None))
}

/// What `tune` searches.
pub fn search(matches: &ArgMatches) -> Result<Search, Failure> {
    let searches: Vec<String> = matches.get_many("search").into_iter().flatten().cloned().collect();
    let trials = matches.get_one::<String>("trials").map(String::as_str);
    Search::parse(&searches, trials).map_err(|error| Failure::new(USAGE, error.to_string()))
}

/// What is wrong with the settings of any subcommand, to be reported along with misspelt flags.
pub fn problems(matches: &ArgMatches) -> Vec<String> {
    let Some((_, matches)) = matches.subcommand() else { return Vec::new() };
    let mut builder = layers(matches, None);
    flags(matches, &mut builder);
    match builder.finish() {
        Ok(_) => Vec::new(),
        Err(error) => error.problems.iter().map(ToString::to_string).collect(),
    }
}

/// Config files (`base` first) and `--set`.
fn layers(matches: &ArgMatches, base: Option<&Path>) -> SpecBuilder {
    let mut builder = SpecBuilder::new();
    if let Some(base) = base {
        builder.config_file(base);
    }
    // A command without these arguments has none of them given.
    if let Ok(Some(config)) = matches.try_get_one::<PathBuf>("config") {
        builder.config_file(config);
    }
    for assignment in matches.try_get_many::<String>("set").ok().flatten().into_iter().flatten() {
        builder.assignment(assignment);
    }
    builder
}

fn flags(matches: &ArgMatches, builder: &mut SpecBuilder) {
    for setting in SETTINGS {
        // Commands have the flags of some settings; asking clap for one that is not there is an error.
        let key = setting.key();
        let given =
            matches.try_contains_id(&key).is_ok() && matches.value_source(&key) == Some(ValueSource::CommandLine);
        if !given {
            continue;
        }
        if setting.is_switch() {
            builder.switch_off(setting);
        } else if let Some(text) = matches.get_one::<String>(&key) {
            builder.flag(setting, text);
        }
    }
}

fn finish(builder: SpecBuilder) -> Result<Spec, Failure> {
    builder.finish().map_err(|error| Failure::new(USAGE, error.to_string()))
}
