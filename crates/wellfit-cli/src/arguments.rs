//! The command line, built from the registry of settings.

use std::path::PathBuf;

use clap::{Arg, ArgAction, Command, value_parser};
use wellfit::experiment::SETTINGS;
use wellfit::experiment::Setting;

/// Ends the help of commands that take all settings.
const ABOUT_AUTO: &str = "What is left out is `auto`: chosen from rows, columns and task.\n\
`wellfit config` shows every setting with its purpose.";

/// Help is never wider; narrower terminals narrow it.
const WIDEST_HELP: usize = 80;

/// The whole command line.
pub fn command() -> Command {
    Command::new("wellfit")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Trains a network on a table, says what limits it and what to do next, with evidence.")
        .after_help(
            "Start with `wellfit demo`, then `wellfit train FILE --target NAME`.\n\
             Exit codes: 0 done, 1 failure, 2 arguments or config, 3 input, 4 diverged,\n\
             5 storage, 6 gradient check failed, 130 interrupted after saving.",
        )
        .max_term_width(WIDEST_HELP)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([
            demo(),
            data(),
            train(),
            diagnose(),
            improve(),
            ablate(),
            tune(),
            check(),
            lr_find(),
            test(),
            predict(),
            report(),
            runs(),
            compare(),
            config(),
            bench(),
        ])
}

fn demo() -> Command {
    Command::new("demo")
        .about("Make a data set whose true error is known, train on it, write the report")
        .arg(Arg::new("name").value_name("NAME").default_value("churn").help("moons, rings, churn or houses"))
        .arg(path("out", "DIR").help("Folder for the data and the run"))
        .args(some_flags(["seed", "threads"]))
        .args(screen())
}

fn data() -> Command {
    Command::new("data")
        .about("Look at a table before training: columns, parts, identical rows, leaks, drift")
        .arg(path_argument("data", "DATA|CONFIG|RUN").help("A table, a config file, or a run's folder"))
        .after_help(
            "Drift: a classifier tries to tell rows of train from those of dev, and of test.\n\
             Answers of test rows serve to deal them and nothing else: no opening is counted.",
        )
        .args(SETTINGS.iter().filter(|setting| is_about_data(setting)).map(flag).chain(layers()))
        .args(screen())
}

fn train() -> Command {
    Command::new("train")
        .about("Train: split, check, train, diagnose, prescribe, report")
        .override_usage("wellfit train DATA [OPTIONS]\n       wellfit train --config FILE [--set key=value]...")
        .arg(
            Arg::new("data")
                .value_name("DATA")
                .value_parser(value_parser!(PathBuf))
                .help("Table to learn from: .csv, .tsv (.gz, .zst), .parquet, or an IDX file of images"),
        )
        .after_help(ABOUT_AUTO)
        .args(spec_flags())
        .arg(path("out", "DIR").help_heading("Run").help("The run's folder [default: runs/<data>-<n>]"))
        .arg(switch("resume").help_heading("Run").help("Go on with the run in --out from its last checkpoint"))
        .arg(switch("profile").help_heading("Run").help("Say where the time of training went"))
        .arg(switch("dry-run").help_heading("Run").help("Say what would be done, and stop"))
        .args(screen())
}

fn improve() -> Command {
    Command::new("improve")
        .about("Diagnose, try one remedy after the other, keep what truly helps")
        .arg(path_argument("target", "DATA|RUN").help("A table, a run to start from, or an improvement to go on with"))
        .after_help("--budget is for the whole improvement here [default: 10m].")
        .args(spec_flags())
        .arg(path("out", "DIR").help_heading("Run").help("The folder [default: runs/<data>-<n>]"))
        .arg(switch("resume").help_heading("Run").help("Go on with the improvement in --out"))
        .args(screen())
}

fn diagnose() -> Command {
    Command::new("diagnose")
        .about("The verdict on a run again, in full, with doubtful labels and a forecast")
        .arg(path_argument("run", "RUN").help("The run's folder"))
        .args(some_flags(["threads"]))
        .args(screen())
}

fn ablate() -> Command {
    Command::new("ablate")
        .about("What each knob of a run bought: trained without it, compared with an interval")
        .arg(path_argument("run", "RUN").help("The run's folder"))
        .args(some_flags(["threads", "folds"]))
        .args(screen())
}

fn tune() -> Command {
    Command::new("tune")
        .about("Search settings by cross-validation; train the best in full if it is better")
        .arg(path_argument("target", "DATA|CONFIG|RUN").help("A table, a config, a run, or a search to go on with"))
        .after_help(
            "Lists alone make a grid; a range (by factors where its ends are far apart) or\n\
             fewer --trials than the grid has settings make a random search.\n\
             Without --search: hidden=64|64,32|128,64|256,128|128,128,64, l2=0,0.3,1,3,10,\n\
             keep_prob=0.6..1, and lr from a fifth to five times the rate it would have.\n\
             Folds are 5 where --folds names no number. Where rows have given places (--dev,\n\
             --time), settings are judged on dev under several seeds.\n\
             --budget is for the whole search. Test rows stay sealed.",
        )
        .arg(
            Arg::new("search")
                .long("search")
                .value_name("KEY=VALUES")
                .action(ArgAction::Append)
                .help_heading("Search")
                .help("A knob: l2=0,1,3 or hidden=64,32|128 or lr=1e-4..1e-2; may be repeated"),
        )
        .arg(
            Arg::new("trials")
                .long("trials")
                .value_name("N")
                .allow_negative_numbers(true)
                .help_heading("Search")
                .help("Settings to try [default: the whole grid, or 20 of a random search]"),
        )
        .args(spec_flags())
        .arg(path("out", "DIR").help_heading("Run").help("The folder [default: runs/<data>-<n>]"))
        .arg(switch("resume").help_heading("Run").help("Go on with the search in --out"))
        .args(screen())
}

fn check() -> Command {
    Command::new("check")
        .about("Check the network's gradients, per block of parameters")
        .arg(path_argument("target", "DATA|CONFIG|RUN").help("A table, a config file, or a run's folder"))
        .after_help(ABOUT_AUTO)
        .args(spec_flags())
        .args(screen())
}

fn lr_find() -> Command {
    Command::new("lr-find")
        .about("Find a learning rate: a short training whose rate grows at every step")
        .arg(path_argument("target", "DATA|CONFIG").help("A table, a config file, or a run's folder"))
        .after_help(ABOUT_AUTO)
        .args(spec_flags())
        .args(screen())
}

fn test() -> Command {
    Command::new("test")
        .about("Open the run's test set once, on purpose; or score another labelled file")
        .arg(path_argument("run", "RUN").help("The run's folder"))
        .arg(path("data", "FILE").help("Labelled rows to score instead of the test set"))
        .args(screen())
}

fn predict() -> Command {
    Command::new("predict")
        .about("Predict the rows of a table")
        .arg(path_argument("model", "RUN|MODEL").help("A run's folder, or a model.safetensors"))
        .arg(path_argument("data", "DATA").help("Rows to predict"))
        .arg(path("out", "FILE.csv").required(true).help("Where the predictions go, in the order of the rows"))
        .args(screen())
}

fn report() -> Command {
    Command::new("report")
        .about("Write the run's report.html again")
        .arg(path_argument("run", "RUN").help("The run's folder"))
        .args(screen())
}

fn runs() -> Command {
    Command::new("runs")
        .about("List the runs in a folder")
        .arg(
            Arg::new("dir").value_name("DIR").default_value("runs").value_parser(value_parser!(PathBuf)).help("Folder"),
        )
        .arg(json_switch())
}

fn compare() -> Command {
    Command::new("compare")
        .about("Compare finished runs on the dev rows they share, with intervals")
        .arg(
            Arg::new("runs")
                .value_name("RUN")
                .required(true)
                .num_args(1..)
                .value_parser(value_parser!(PathBuf))
                .help("The runs' folders; each is compared with the first"),
        )
        .arg(json_switch())
}

fn config() -> Command {
    Command::new("config")
        .about("Show every setting, its default and its purpose")
        .arg(switch("print").help("Print a complete config file instead, with --config and --set applied"))
        .args(layers())
}

fn bench() -> Command {
    Command::new("bench")
        .about("Measure how fast this machine trains the standard workloads")
        .arg(
            Arg::new("workload")
                .long("workload")
                .value_name("NAME")
                .help("tiny, table, mnist, wide or grid [default: the first four]"),
        )
        .args(some_flags(["precision", "threads"]))
        .args(screen())
}

/// The flags of a few settings.
fn some_flags<const COUNT: usize>(names: [&'static str; COUNT]) -> impl Iterator<Item = Arg> {
    SETTINGS.iter().filter(move |setting| names.contains(&setting.name)).map(flag)
}

/// Whether a setting decides which rows are looked at, or how fast.
fn is_about_data(setting: &Setting) -> bool {
    let reading = setting.section == "data" && !matches!(setting.name, "path" | "normalize" | "folds");
    reading || matches!(setting.name, "seed" | "threads")
}

/// The flags of all settings, with the config file and `--set` that come before them.
fn spec_flags() -> Vec<Arg> {
    SETTINGS.iter().filter(|setting| setting.key() != "data.path").map(flag).chain(layers()).collect()
}

/// A config file and single settings.
fn layers() -> [Arg; 2] {
    [
        path("config", "FILE").help_heading("Run").help("Read settings from a config file; flags win over it"),
        Arg::new("set")
            .long("set")
            .value_name("KEY=VALUE")
            .action(ArgAction::Append)
            .help_heading("Run")
            .help("Set one setting, as in --set lr=0.01; may be repeated"),
    ]
}

/// What goes to the screen.
fn screen() -> [Arg; 2] {
    [json_switch(), switch("quiet").help_heading("Run").help("Print nothing but errors and the last line")]
}

fn json_switch() -> Arg {
    switch("json").help_heading("Run").help("Print the result as JSON on stdout; progress goes to stderr")
}

/// The flag of one setting. Its value stays text here: the registry reads it, so that all problems are met at once.
fn flag(setting: &Setting) -> Arg {
    let arg = Arg::new(setting.key()).long(setting.flag()).help_heading(heading(setting.section));
    if setting.is_switch() {
        return arg.action(ArgAction::SetTrue).help(format!("Turns off: {}", setting.help));
    }
    // `auto` is the default of most and said once, below the help.
    let default = match setting.default().to_text() {
        default if default.is_empty() || default == "auto" => String::new(),
        default => format!(" [default: {default}]"),
    };
    arg.value_name(setting.takes).allow_negative_numbers(true).help(format!("{}{default}", setting.help))
}

fn heading(section: &str) -> &'static str {
    match section {
        "data" => "Data",
        "network" => "Network",
        _ => "Training",
    }
}

fn path(name: &'static str, takes: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(takes).value_parser(value_parser!(PathBuf))
}

fn path_argument(name: &'static str, takes: &'static str) -> Arg {
    Arg::new(name).value_name(takes).required(true).value_parser(value_parser!(PathBuf))
}

fn switch(name: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn help_fits_eighty_columns() {
        for name in ["train", "improve", "tune", "check", "lr-find", "compare", "config", "predict", "data"] {
            let mut command = command();
            let help = command
                .find_subcommand_mut(name)
                .unwrap()
                .clone()
                .max_term_width(WIDEST_HELP)
                .render_help()
                .to_string();
            for line in help.lines() {
                assert!(line.chars().count() <= WIDEST_HELP, "{name}: {line}");
            }
        }
    }
}
