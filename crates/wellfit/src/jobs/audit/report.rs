//! What `wellfit data --json` prints.

use std::fmt::Display;

use serde::{Serialize, Serializer};

use crate::data::{Aside, DataNotice, Dataset, Reason, SplitMethod};
use crate::diagnose::{Drift, Duplicates};
use crate::report::LeakReport;

use super::columns::ColumnReport;
use super::detectable::Detectable;
use super::target::TargetReport;

/// What was found in a table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DataReport {
    /// Version of this layout.
    pub schema: u64,
    /// Rows of all files, those without a target left out.
    pub rows: u64,
    /// The columns that were read.
    pub columns: Vec<ColumnReport>,
    /// Whether the columns are the pixels of images.
    #[serde(skip)]
    pub pixels: bool,
    /// The columns that are no feature.
    pub set_aside: Vec<SetAside>,
    /// What is to be predicted.
    pub target: TargetReport,
    /// How the rows are split.
    pub parts: PartsReport,
    /// Identical rows.
    pub duplicates: Duplicates,
    /// Columns that give the target away.
    pub leaks: Vec<LeakReport>,
    /// Columns that are set aside and would.
    pub aside_leaks: Vec<LeakReport>,
    /// Whether dev and test are distributed like train.
    pub drift: Vec<Drift>,
    /// What dev can detect; `None` without dev rows.
    pub detectable: Option<Detectable>,
    /// What was found in reading; a sentence each in JSON.
    #[serde(serialize_with = "as_texts")]
    pub notices: Vec<DataNotice>,
}

/// A column that is no feature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetAside {
    /// Its name.
    pub name: String,
    /// Why; in words in JSON.
    #[serde(serialize_with = "as_text")]
    pub reason: Reason,
}

/// Rows of each part.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PartsReport {
    /// Rows of train.
    pub train: u64,
    /// Rows of dev.
    pub dev: u64,
    /// Rows of test.
    pub test: u64,
    /// How they were split; in words in JSON.
    #[serde(serialize_with = "as_text")]
    pub rule: SplitMethod,
}

pub(super) fn set_aside(dataset: &Dataset) -> Vec<SetAside> {
    let report = |aside: &Aside| SetAside { name: aside.column.clone(), reason: aside.reason };
    dataset.aside.iter().map(report).collect()
}

pub(super) fn parts(dataset: &Dataset) -> PartsReport {
    let split = &dataset.split;
    PartsReport {
        train: split.train.as_slice().len() as u64,
        dev: split.dev.len() as u64,
        test: split.test.len() as u64,
        rule: split.method,
    }
}

fn as_text<S: Serializer>(value: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn as_texts<S: Serializer>(values: &[impl Display], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(values.iter().map(ToString::to_string))
}
