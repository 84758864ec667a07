//! What a job was asked and cannot do: arguments or config are wrong.

use std::path::PathBuf;

use thiserror::Error;

use crate::experiment::spec::Difference;

use super::no_folds::NoFolds;

/// What a job was asked and cannot do.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum UsageError {
    /// There is nothing to train on.
    #[error("no data: name a table or the folder of a run, or set `data.path` in a config")]
    NoData,
    /// A new run would be written over something.
    #[error("--out {}: there is something already; --resume goes on with a run, another --out starts one", .0.display())]
    OutTaken(PathBuf),
    /// Predictions would be written over what they are made from, or over a file of a run.
    #[error("--out {}: that is {what}; name another file", out.display())]
    OutInUse {
        /// The file named.
        out: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The settings make a config that is too long to be read again.
    #[error(
        "the settings make a config of {bytes} bytes, and at most {most} are read: shorten names, labels or lists of columns"
    )]
    LongConfig {
        /// Its length.
        bytes: usize,
        /// The most that is read.
        most: u64,
    },
    /// A column to keep has the name of the prediction.
    #[error("--keep {0}: that is the name of the prediction; keep other columns")]
    KeepsTarget(String),
    /// The name of a file asks for what is not written.
    #[error("--out {}: predictions are written as .csv, .tsv or either with .gz, not as {kind}", out.display())]
    OutKind {
        /// The file named.
        out: PathBuf,
        /// What its name says it is.
        kind: String,
    },
    /// A folder to search in holds something else.
    #[error("--out {}: this is no search; another --out starts one", .0.display())]
    NoSearch(PathBuf),
    /// A search is to be resumed, and none is named.
    #[error("--resume: which search? name its folder, as in `wellfit tune runs/telco-1`, or give it as --out")]
    WhichSearch,
    /// Another process works on the run.
    #[error("{}: another wellfit is at work on this run", .0.display())]
    Busy(PathBuf),
    /// The run that is there has other settings.
    #[error("--resume: {} was run with other settings\n{}", run.display(), in_lines(differences))]
    OtherSettings {
        /// The run.
        run: PathBuf,
        /// The settings in which they differ: those there, and those asked for.
        differences: Vec<Difference>,
    },
    /// The run that is there was trained on other data.
    #[error(
        "--resume: {} was run on other data: {} (or its dev or test file) has changed since; another --out starts a new run",
        run.display(), data.display()
    )]
    OtherData {
        /// The run.
        run: PathBuf,
        /// The data asked for.
        data: PathBuf,
    },
    /// The improvement that is there is another one.
    #[error("{} is an improvement of other settings or other data; another --out starts one", .0.display())]
    OtherImprovement(PathBuf),
    /// The search that is there is another one.
    #[error("{} is a search around other settings, with other folds or on other data; another --out starts one", .0.display())]
    OtherSearch(PathBuf),
    /// Folds were asked for.
    #[error("--folds: {0}; leave --folds out")]
    NoFolds(NoFolds),
    /// There are neither dev rows nor folds.
    #[error("nothing to judge settings by: there are no dev rows, and no folds, since {0}")]
    NothingToJudgeBy(NoFolds),
    /// Remedies are judged by dev rows.
    #[error("remedies are judged on dev rows, and there are none; give dev a share (--split 60/20/20) or --dev FILE")]
    ImproveNeedsDev,
    /// Settings of a run are judged by dev rows.
    #[error("the effect of a setting is measured on dev rows, and this run has none")]
    AblateNeedsDev,
    /// A verdict needs dev rows.
    #[error("a verdict needs dev rows, and this run has none")]
    DiagnoseNeedsDev,
    /// A run has no test rows.
    #[error(
        "this run has no test rows; train with a share for test (--split 60/20/20) or --test FILE, or evaluate on a \
         labelled file with --data FILE"
    )]
    NoTestRows,
    /// Something to compare with is missing.
    #[error("a comparison needs two runs or more, the reference first, as in `wellfit compare runs/a runs/b`")]
    NothingToCompare,
    /// There is no such demo.
    #[error("no demo is called \"{name}\"; there are {}", names.join(", "))]
    NoDemo {
        /// The name given.
        name: String,
        /// The names there are.
        names: Vec<&'static str>,
    },
}

fn in_lines(differences: &[Difference]) -> String {
    let each =
        differences.iter().map(|d| format!("  {}: {} there, {} now", d.key, d.left.to_text(), d.right.to_text()));
    each.collect::<Vec<_>>().join("\n")
}
