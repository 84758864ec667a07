//! What a caller may ask of the data: which rows, which target, which parts.

use std::path::PathBuf;

use super::{ColumnType, DataSource, Decimal, SplitRule, Task};

/// Everything of `data.*` in the config, parsed.
#[derive(Clone, Debug, PartialEq)]
pub struct DataRequest {
    /// The rows to learn from.
    pub source: DataSource,
    /// Name of the target column; needed for all but IDX files, whose labels lie beside the images.
    pub target: Option<String>,
    /// The kind of target; `None` infers it.
    pub task: Option<Task>,
    /// The positive class of a binary target; `None` chooses it.
    pub positive: Option<String>,
    /// Columns to leave out.
    pub drop: Vec<String>,
    /// Types that override what was found.
    pub types: Vec<(String, ColumnType)>,
    /// Words that mean "missing", in addition to the built-in ones.
    pub missing: Vec<String>,
    /// Columns in which built-in words for missing cells are values.
    pub keep_words: KeepWords,
    /// The decimal sign of numbers in texts; `None` finds it for each column.
    pub decimal: Option<Decimal>,
    /// What stands between two cells; `None` finds it.
    pub separator: Option<char>,
    /// Whether the first line names the columns.
    pub header: bool,
    /// Dev rows of their own.
    pub dev: Option<DataSource>,
    /// Test rows of their own.
    pub test: Option<DataSource>,
    /// How the main file is split into train, dev and test.
    pub split: SplitRule,
    /// Rows with the same value here stay in one part.
    pub group: Option<String>,
    /// Train is the oldest by this column, test the newest.
    pub time: Option<String>,
    /// Column with the weight of each row.
    pub weights: Option<String>,
    /// Whether columns with one value in the main file are kept in the table where every other file has them too, so
    /// that the files can be compared in them. They are listed as set aside all the same.
    pub keep_constant: bool,
    /// Seed of the split.
    pub seed: u64,
}

/// Columns in which built-in words for missing cells, such as `NA`, are values like any other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum KeepWords {
    /// None.
    #[default]
    None,
    /// These.
    Columns(Vec<String>),
    /// Every column.
    All,
}

impl KeepWords {
    /// As the setting says: names of columns, or `all`.
    pub fn of(columns: &[String]) -> KeepWords {
        match columns {
            [] => KeepWords::None,
            [all] if all == "all" => KeepWords::All,
            columns => KeepWords::Columns(columns.to_vec()),
        }
    }

    /// Whether words are values in that column.
    pub(crate) fn covers(&self, column: &str) -> bool {
        match self {
            KeepWords::None => false,
            KeepWords::All => true,
            KeepWords::Columns(columns) => columns.iter().any(|name| name == column),
        }
    }
}

impl DataRequest {
    /// The type asked for a column; the last one counts.
    pub(crate) fn type_of(&self, column: &str) -> Option<ColumnType> {
        self.types.iter().rev().find(|(name, _)| name == column).map(|(_, kind)| *kind)
    }
}

impl Default for DataRequest {
    fn default() -> Self {
        DataRequest {
            source: DataSource::File(PathBuf::new()),
            target: None,
            task: None,
            positive: None,
            drop: Vec::new(),
            types: Vec::new(),
            missing: Vec::new(),
            keep_words: KeepWords::default(),
            decimal: None,
            separator: None,
            header: true,
            dev: None,
            test: None,
            split: SplitRule::Auto,
            group: None,
            time: None,
            weights: None,
            keep_constant: false,
            seed: 0,
        }
    }
}
