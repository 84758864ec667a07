//! What a job was given and cannot use: an input is missing or invalid.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::experiment::SpecError;
use crate::experiment::spec::Difference;
use crate::model::ModelError;
use crate::text::one_line;

/// What a job was given and cannot use.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum InputError {
    /// There is no such folder.
    #[error("{}: no such run; `wellfit runs` lists what there is", .0.display())]
    NoSuchRun(PathBuf),
    /// The folder is no run.
    #[error("{}: no config.toml in this folder, so it is no run", .0.display())]
    NoRun(PathBuf),
    /// A model predicts what is no number.
    #[error("{}: its prediction for row {row} is no finite number, so nothing was written; train it again", model.display())]
    NotFinite {
        /// The model.
        model: PathBuf,
        /// The row, counted from 1.
        row: usize,
    },
    /// Files of a run are damaged, changed or not its own.
    #[error("{}: {} wrong with this run; train it again, or fetch it again from where it came", run.display(), things(*problems))]
    NotWhole {
        /// The run.
        run: PathBuf,
        /// How many things are wrong.
        problems: usize,
    },
    /// The run has not been trained to its end.
    #[error(
        "{run}: no result.json, so this run is not finished; resume it with `wellfit train --config {run}/config.toml --out \
         {run} --resume`", run = .0.display()
    )]
    Unfinished(PathBuf),
    /// The data are not those that the run was trained on.
    #[error(
        "{}: {} (or its dev or test file) has changed since this run was trained, so its rows are no longer the same; train it \
         again", run.display(), data.display()
    )]
    DataChanged {
        /// The run.
        run: PathBuf,
        /// Its data.
        data: PathBuf,
    },
    /// The config of a run is something else than a file.
    #[error("{}: no file, so this run cannot go on; another --out starts one", .0.display())]
    ConfigIsNoFile(PathBuf),
    /// The settings that a run has written down are wrong.
    #[error(transparent)]
    Settings(SpecError),
    /// A file of a run is damaged.
    #[error("{}", one_line(&format!("{}{}: {source}", path.display(), line.map_or(String::new(), |line| format!(":{line}")))))]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, where each line is a value of its own.
        line: Option<usize>,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// A folder of runs cannot be listed.
    #[error("{}: {source}", folder.display())]
    Unlisted {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The description of the model takes too much room.
    #[error("{0}; --drop columns with many or long categories")]
    DescriptionTooLong(#[source] ModelError),
    /// A run has no dev rows to compare on.
    #[error("{}: this run has no dev rows to compare on", .0.display())]
    NoDevRows(PathBuf),
    /// A model belongs to another config.
    #[error("{}: this model is not the one that the config.toml beside it trains", .0.display())]
    OtherModel(PathBuf),
    /// Two runs were trained on different data.
    #[error(
        "{} and {} were trained on different data: {}; train one of them again on the data of the other",
        runs[0].display(), runs[1].display(), data_differ(data)
    )]
    OtherData {
        /// The runs.
        runs: [PathBuf; 2],
        /// Their data.
        data: [PathBuf; 2],
    },
    /// Two runs do not have the same dev rows.
    #[error(
        "{} and {} cannot be compared: {difference} ({}); train one of them again with the other's settings",
        runs[0].display(), runs[1].display(), in_words(settings)
    )]
    OtherRows {
        /// The runs.
        runs: [PathBuf; 2],
        /// In what their rows differ.
        difference: RowDifference,
        /// Settings of the data, and the seed, that differ.
        settings: Vec<Difference>,
    },
}

/// In what the dev rows of two runs differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RowDifference {
    /// They predict different columns.
    #[error("they predict different columns")]
    Target,
    /// They read the target as different tasks.
    #[error("they read the target as different tasks")]
    Task,
    /// The rows are not the same.
    #[error("their dev rows are not the same")]
    Rows,
    /// The rows weigh differently.
    #[error("their dev rows weigh differently")]
    Weights,
}

fn things(count: usize) -> String {
    if count == 1 { "one thing is".to_owned() } else { format!("{count} things are") }
}

fn data_differ([first, second]: &[PathBuf; 2]) -> String {
    match first == second {
        true => format!("{} (or its dev or test file) changed between them", first.display()),
        false => format!(
            "{} and {} (with their dev and test files) do not hold the same bytes",
            first.display(),
            second.display()
        ),
    }
}

fn in_words(settings: &[Difference]) -> String {
    // Nothing at all would be hard to see.
    let shown = |text: String| if text.is_empty() { "none".to_string() } else { text };
    let each =
        settings.iter().map(|d| format!("{} {} and {}", d.key, shown(d.left.to_text()), shown(d.right.to_text())));
    each.collect::<Vec<_>>().join(", ")
}
