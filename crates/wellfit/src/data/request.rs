//! What a caller may ask of the data: which file, which target, which parts.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::words::did_you_mean;
use super::{SplitRule, Task};

/// Everything of `data.*` in the config, parsed.
#[derive(Clone, Debug, PartialEq)]
pub struct DataRequest {
    /// The main file.
    pub path: PathBuf,
    /// Name of the target column; needed for all but IDX files, whose labels lie beside the images.
    pub target: Option<String>,
    /// What is predicted; `None` infers it.
    pub task: Option<Task>,
    /// The class a binary network gives the probability of; `None` chooses it.
    pub positive: Option<String>,
    /// Columns to leave out.
    pub drop: Vec<String>,
    /// Types that override what was found.
    pub types: Vec<(String, ColumnType)>,
    /// Words that mean "missing", in addition to the built-in ones.
    pub missing: Vec<String>,
    /// What stands between two cells; `None` finds it.
    pub separator: Option<char>,
    /// Whether the first line names the columns.
    pub header: bool,
    /// A file of dev rows.
    pub dev: Option<PathBuf>,
    /// A file of test rows.
    pub test: Option<PathBuf>,
    /// How the main file is dealt to train, dev and test.
    pub split: SplitRule,
    /// Rows with the same value here stay in one part.
    pub group: Option<String>,
    /// Train is the oldest by this column, test the newest.
    pub time: Option<String>,
    /// Column with the weight of each row.
    pub weights: Option<String>,
    /// Seed of the split.
    pub seed: u64,
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
            path: PathBuf::new(),
            target: None,
            task: None,
            positive: None,
            drop: Vec::new(),
            types: Vec::new(),
            missing: Vec::new(),
            separator: None,
            header: true,
            dev: None,
            test: None,
            split: SplitRule::Auto,
            group: None,
            time: None,
            weights: None,
            seed: 0,
        }
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// Numbers.
    Numeric,
    /// One of several values.
    Categorical,
    /// One of two values.
    Boolean,
    /// A date, with or without a time of day.
    Datetime,
    /// Free text: set aside.
    Text,
    /// Names a row: set aside.
    Id,
}

impl ColumnType {
    const NAMES: [(&'static str, ColumnType); 6] = [
        ("numeric", ColumnType::Numeric),
        ("categorical", ColumnType::Categorical),
        ("boolean", ColumnType::Boolean),
        ("datetime", ColumnType::Datetime),
        ("text", ColumnType::Text),
        ("id", ColumnType::Id),
    ];
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(name_in(&Self::NAMES, *self))
    }
}

impl FromStr for ColumnType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        named("column type", &Self::NAMES, text)
    }
}

/// How numbers are scaled before the network sees them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Normalize {
    /// Heavy-tailed columns as in `Robust`, the others as in `Standard`; pixels by one mean and deviation.
    #[default]
    Auto,
    /// (x - mean) / deviation.
    Standard,
    /// (x - median) / (q75 - q25), then clipped smoothly to (-3, 3).
    Robust,
    /// Numbers as they are.
    Off,
}

impl Normalize {
    const NAMES: [(&'static str, Normalize); 4] = [
        ("auto", Normalize::Auto),
        ("standard", Normalize::Standard),
        ("robust", Normalize::Robust),
        ("off", Normalize::Off),
    ];
}

impl fmt::Display for Normalize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(name_in(&Self::NAMES, *self))
    }
}

impl FromStr for Normalize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        named("normalisation", &Self::NAMES, text)
    }
}

fn name_in<T: PartialEq + Copy>(names: &[(&'static str, T)], value: T) -> &'static str {
    names.iter().find(|(_, known)| *known == value).map_or("", |(name, _)| name)
}

fn named<T: Copy>(what: &str, names: &[(&'static str, T)], text: &str) -> Result<T, String> {
    let known: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
    names
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(text.trim()))
        .map(|(_, value)| *value)
        .ok_or_else(|| format!("\"{text}\" is no {what}{}; there are {}", did_you_mean(text, &known), known.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_type_is_met_with_the_right_one() {
        assert_eq!("Numeric".parse(), Ok(ColumnType::Numeric));
        assert!("categroical".parse::<ColumnType>().unwrap_err().contains("did you mean categorical?"));
        assert_eq!("robust".parse::<Normalize>().unwrap().to_string(), "robust");
    }
}
