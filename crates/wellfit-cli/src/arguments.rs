//! The command line, built from the registry of settings.

use std::path::PathBuf;

use clap::{Arg, ArgAction, Command, value_parser};
use wellfit::experiment::SETTINGS;
use wellfit::experiment::Setting;

/// Ends the help of commands that take all settings.
const ABOUT_AUTO: &str = "Settings that are left out are `auto`: chosen from the rows, columns and task.\n\
`wellfit config` lists every setting with its purpose.";

/// What `--folds` is to commands that compare configurations.
const FOLDS_HELP: &str = "Folds of the cross-validation that evaluates each configuration [default: 5]";

/// Help is never wider; narrower terminals narrow it.
const WIDEST_HELP: usize = 80;

/// The whole command line.
pub fn command() -> Command {
    Command::new("wellfit")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Trains neural networks on tables, separates bias from variance, and says what to try next.")
        .after_help(
            "Start with `wellfit demo`, then `wellfit train FILE --target NAME`.\n\
             Exit codes: 0 done, 1 failure, 2 arguments or config, 3 input, 4 diverged,\n\
             5 storage, 6 gradient check failed, 130 interrupted (progress is saved).",
        )
        .max_term_width(WIDEST_HELP)
        .args_override_self(true)
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
            explain(),
            config(),
            bench(),
        ])
}

fn demo() -> Command {
    Command::new("demo")
        .about("Generate a data set whose best possible error is known, and train on it")
        .arg(Arg::new("name").value_name("NAME").default_value("churn").help("Data set: moons, rings, churn or houses"))
        .arg(path("out", "DIR").help("Folder for the data and the run [default: wellfit-demo]"))
        .args(some_flags(["seed", "threads"]))
        .args(screen())
}

fn data() -> Command {
    Command::new("data")
        .about("Inspect a table before training: columns, split, duplicates, leaks, drift")
        .arg(path_argument("data", "DATA|CONFIG|RUN").help("A table, a config file, or the folder of a run"))
        .after_help(
            "Drift is measured by training a classifier to distinguish train from dev, and train from test. Labels of test \
             rows are used for splitting only: this does not count as an evaluation on the test set.",
        )
        .args(SETTINGS.iter().filter(|setting| is_about_data(setting)).map(flag).chain(layers()))
        .args(screen())
}

fn train() -> Command {
    Command::new("train")
        .about("Train a network, diagnose bias and variance, suggest next steps, write a report")
        .override_usage("wellfit train DATA [OPTIONS]\n       wellfit train --config FILE [--set key=value]...")
        .arg(
            Arg::new("data")
                .value_name("DATA")
                .value_parser(value_parser!(PathBuf))
                .help("Table to train on: .csv, .tsv (.gz, .zst), .jsonl, .xlsx, .parquet, or an IDX file of images"),
        )
        .after_help(ABOUT_AUTO)
        .args(spec_flags())
        .arg(path("out", "DIR").help_heading("Run").help("Folder of the run [default: runs/<data>-<n>]"))
        .arg(switch("resume").help_heading("Run").help("Resume the run in --out from its last checkpoint"))
        .arg(switch("profile").help_heading("Run").help("Report where the training time was spent"))
        .arg(switch("dry-run").help_heading("Run").help("Show what would be done, without training"))
        .args(screen())
}

fn improve() -> Command {
    Command::new("improve")
        .about("Diagnose, try one remedy after another, keep those with a significant gain")
        .arg(path_argument("target", "DATA|RUN").help("A table, a run to start from, or an improve run to resume"))
        .after_help(ABOUT_AUTO)
        .args(spec_flags())
        .mut_arg("data.folds", |arg| arg.help(FOLDS_HELP))
        .mut_arg("training.budget", |arg| {
            arg.help("Time limit for the whole improve run, as in 60s, 10m or 1h [default: 10m]")
        })
        .arg(path("out", "DIR").help_heading("Run").help("Folder of the improve run [default: runs/<data>-<n>]"))
        .arg(switch("resume").help_heading("Run").help("Resume the improve run in --out"))
        .args(screen())
}

fn diagnose() -> Command {
    Command::new("diagnose")
        .about("Diagnose a run: errors, most serious findings, doubtful labels, a forecast for more rows")
        .arg(path_argument("run", "RUN").help("Folder of the run"))
        .args(some_flags(["threads", "budget"]))
        .mut_arg("training.budget", |arg| {
            arg.help("Time limit, as in 60s or 10m; what there is no time for is left out")
        })
        .args(screen())
}

fn ablate() -> Command {
    Command::new("ablate")
        .about("Measure the effect of each setting by changing it and retraining")
        .arg(path_argument("run", "RUN").help("Folder of the run"))
        .args(some_flags(["threads", "folds", "budget"]))
        .mut_arg("data.folds", |arg| arg.help(FOLDS_HELP))
        .mut_arg("training.budget", |arg| {
            arg.help("Time limit, as in 60s or 10m; settings there is no time for are named")
        })
        .args(screen())
}

fn tune() -> Command {
    Command::new("tune")
        .about("Search settings by cross-validation; train the best if it is significantly better")
        .arg(path_argument("target", "DATA|CONFIG|RUN").help("A table, a config, a run, or a search to resume"))
        .after_help(
            "Values in a list are separated by commas, or by | where each value is a list itself: hidden=64,32|128 is two \
             values, 64,32 and 128. Lists alone make a grid. A range, or fewer --trials than the grid has configurations, \
             makes a random search; a range spanning more than a factor of ten is sampled on a log scale.\n\
             Without --search: hidden=64|64,32|128,64|256,128|128,128,64, l2=0,0.3,1,3,10, keep_prob=0.6..1, and lr from a \
             fifth to five times its default.\n\
             Where --dev or --time fixes the split, configurations are evaluated on dev with several seeds. The test set is \
             not evaluated.",
        )
        .arg(
            Arg::new("search")
                .long("search")
                .value_name("KEY=VALUES")
                .action(ArgAction::Append)
                .help_heading("Search")
                .help("Setting and its values, a list (l2=0,1,3) or a range (lr=1e-4..1e-2); may be repeated"),
        )
        .arg(
            Arg::new("trials")
                .long("trials")
                .value_name("N")
                .allow_negative_numbers(true)
                .help_heading("Search")
                .help("Configurations to try [default: the whole grid, or 20 at random]"),
        )
        .args(spec_flags())
        .mut_arg("data.folds", |arg| arg.help(FOLDS_HELP))
        .mut_arg("training.budget", |arg| arg.help("Time limit for the whole search, as in 60s, 10m or 1h [default: none]"))
        .arg(path("out", "DIR").help_heading("Run").help("Folder of the search [default: runs/<data>-<n>]"))
        .arg(switch("resume").help_heading("Run").help("Resume the search in --out"))
        .args(screen())
}

fn check() -> Command {
    Command::new("check")
        .about("Check the network's gradients numerically, per parameter block")
        .arg(path_argument("target", "DATA|CONFIG|RUN").help("A table, a config file, or the folder of a run"))
        .arg(switch("integrity").help("Check a run's files instead: complete, data unchanged, dev error as stated"))
        .after_help(ABOUT_AUTO)
        .args(spec_flags())
        .args(screen())
}

fn lr_find() -> Command {
    Command::new("lr-find")
        .about("Find a learning rate by a range test: the rate grows with every step")
        .arg(path_argument("target", "DATA|CONFIG|RUN").help("A table, a config file, or the folder of a run"))
        .after_help(ABOUT_AUTO)
        .args(spec_flags())
        .args(screen())
}

fn test() -> Command {
    Command::new("test")
        .about("Evaluate a run on its test set, or on another labelled file")
        .arg(path_argument("run", "RUN").help("Folder of the run"))
        .arg(path("data", "FILE").help("Labelled file to evaluate on instead of the test set"))
        .args(screen())
}

fn predict() -> Command {
    Command::new("predict")
        .about("Predict the rows of a table")
        .arg(path_argument("model", "RUN|MODEL").help("Folder of a run, or a model.safetensors"))
        .arg(path_argument("data", "DATA").help("Table with the rows to predict"))
        .arg(path("out", "FILE.csv").required(true).help("File for the predictions, in the order of the rows"))
        .arg(
            Arg::new("keep")
                .long("keep")
                .value_name("A,B")
                .value_delimiter(',')
                .action(ArgAction::Append)
                .help("Columns of DATA to write before the predictions"),
        )
        .args(screen())
}

fn report() -> Command {
    Command::new("report")
        .about("Rewrite the report.html of a run")
        .arg(path_argument("run", "RUN").help("Folder of the run"))
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
        .about("Compare finished runs on the same dev rows, with confidence intervals")
        .arg(
            Arg::new("runs")
                .value_name("RUN")
                .required(true)
                .num_args(1..)
                .value_parser(value_parser!(PathBuf))
                .help("Folders of the runs; each is compared with the first"),
        )
        .arg(json_switch())
}

fn explain() -> Command {
    Command::new("explain")
        .about("Explain a topic of deep learning: what it is, why it works, which settings act on it")
        .arg(Arg::new("topic").value_name("TOPIC").num_args(0..).help("The topic; without one, all are listed"))
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
        .about("Measure how fast this machine trains standard workloads")
        .arg(
            Arg::new("workload")
                .long("workload")
                .value_name("NAME")
                .help("Workload: tiny, table, mnist, wide or grid [default: the first four]"),
        )
        .args(some_flags(["precision", "threads"]))
        .mut_arg("training.threads", |arg| arg.help("Number of threads [default: all that make a step faster]"))
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
        path("config", "FILE").help_heading("Run").help("Read settings from a config file; flags take precedence"),
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
    [json_switch(), switch("quiet").help_heading("Run").help("Print only errors and the last line")]
}

fn json_switch() -> Arg {
    switch("json").help_heading("Run").help("Print the result as JSON on stdout; progress goes to stderr")
}

/// The flag of one setting. Its value stays text here: the registry reads it, so that all problems are reported at once.
fn flag(setting: &Setting) -> Arg {
    let arg = Arg::new(setting.key()).long(setting.flag()).help_heading(heading(setting.section));
    if setting.is_switch() {
        return arg.action(ArgAction::SetTrue).help(setting.takes);
    }
    // `auto`, the default of most, is explained once, below the help.
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
