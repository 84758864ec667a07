//! What an evaluation on a test set found.

use std::path::PathBuf;

use serde::Serialize;

use crate::data::Task;
use crate::report::TestScore;

/// What `wellfit test --json` prints.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestReport {
    /// Version of this layout: 1.
    pub schema: u32,
    /// The run's folder.
    pub run: PathBuf,
    /// How many times these rows have been evaluated on, this time included.
    pub opening: u64,
    /// The scores.
    pub test: TestScore,
    /// Rows.
    #[serde(skip)]
    pub rows: u64,
    /// The task, which decides how the error is written.
    #[serde(skip)]
    pub task: Task,
}
