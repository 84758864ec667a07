//! Runs on disk: a run's folder, what is saved while it trains, how it is resumed, and what a job says on the way.

mod divergence;
mod error;
mod events;
mod finished;
mod folder;
mod input_error;
mod ledger;
mod list;
mod no_folds;
mod options;
mod overview;
mod page;
mod recorder;
mod resume;
mod usage_error;

pub use divergence::{Advice, Divergence, TriedChange};
pub use error::{ErrorKind, JobError};
pub use events::{Comparing, Diagnosing, Epoch, Event, Notice, TrialScore, Watcher};
pub use input_error::{InputError, RowDifference};
pub use list::{RunList, RunSummary, list};
pub use no_folds::NoFolds;
pub use options::{RunOptions, Searched};
pub use overview::{DataOverview, SplitOverview};
pub use usage_error::UsageError;

pub(crate) use events::EpochsOnly;
pub(crate) use finished::FinishedRun;
pub(crate) use folder::{RunFolder, json_line, read_json};
pub(crate) use ledger::record_opening;
pub(crate) use options::{create_run_folder, refuse_taken_folder};
pub(crate) use overview::naive_error;
pub(crate) use page::{points, write_page};
pub(crate) use recorder::Recorder;
pub(crate) use resume::{deciding, existing, identity, refuse_other_run, saved_progress};
