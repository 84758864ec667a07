//! Notices: what is worth knowing about how data were read, split and prepared.

use std::fmt;

use super::aside::{Aside, grouped};
use super::split::Part;
use super::{Origin, Place};
use crate::text::{counted, list, shell_word, thousands};

/// Names in one notice.
const MOST_NAMED: usize = 5;
/// Names in one notice that have their counts beside them, so that a line holds them.
const MOST_COUNTED: usize = 3;

/// Something worth knowing; its `Display` is one sentence without a full stop.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DataNotice {
    /// The target holds few different whole numbers, which are predicted as numbers.
    WholeNumbersAsNumbers {
        /// Name of the target.
        target: String,
        /// Different values.
        values: u64,
    },
    /// The target holds whole numbers, which are predicted as classes.
    WholeNumbersAsClasses {
        /// Name of the target.
        target: String,
        /// Different values.
        values: u64,
        /// Smallest value.
        low: f64,
        /// Largest value.
        high: f64,
    },
    /// Most cells of a column are numbers with a sign, a unit or a comma, read as text.
    DecoratedNumbers {
        /// Name of the column.
        column: String,
        /// The first such cell.
        at: Place,
        /// What stands in it.
        text: String,
    },
    /// Cells with nothing but spaces, read as missing.
    Blanks {
        /// Name of the column.
        column: String,
        /// Such cells.
        count: u64,
    },
    /// Texts among numbers, read as missing.
    StrayTexts {
        /// Name of the column.
        column: String,
        /// The first such cell.
        at: Place,
        /// What stands in it.
        text: String,
        /// Such cells.
        count: u64,
    },
    /// Columns that are no feature.
    SetAside(Vec<Aside>),
    /// Columns with missing cells, each with their number.
    MissingValues {
        /// Names of the columns, and such cells in each; those with nothing but spaces not counted.
        columns: Vec<(String, u64)>,
        /// Whether cells with nothing but spaces have a notice of their own.
        besides_blanks: bool,
    },
    /// Rows that are left out because they have no target.
    RowsWithoutTarget {
        /// Name of the target.
        target: String,
        /// The file or table.
        origin: Origin,
        /// Such rows.
        rows: usize,
        /// Line of the first of them.
        first_line: u64,
    },
    /// Labels that differ from the main file's by a full stop at the end, read as the same.
    FullStops {
        /// The file or table.
        origin: Origin,
    },
    /// Which class is the positive one, where nobody said so and no name does.
    PositiveClass {
        /// Name of the target.
        target: String,
        /// The class.
        class: String,
    },
    /// Classes of fewer than 3 rows, which are in train alone.
    RareClasses {
        /// Such classes.
        count: usize,
    },
    /// Classes without a row in some parts.
    AbsentClasses {
        /// The classes.
        classes: Vec<String>,
        /// The parts that lack them.
        parts: Vec<Part>,
    },
    /// Categories of a column beyond the most frequent ones, which are treated as unseen.
    RareCategories {
        /// Name of the column.
        column: String,
        /// Such categories.
        count: usize,
    },
    /// Columns that are left out because they are constant within train.
    ConstantInTrain(Vec<String>),
    /// Columns that are scaled by their quartiles because of a few extreme numbers.
    HeavyTails(Vec<String>),
    /// Scaling that made the standard deviations of the number columns more alike.
    Normalised {
        /// Largest over smallest deviation as read.
        before: f64,
        /// The same as the network sees them.
        after: f64,
    },
    /// Pixels that are all scaled alike.
    Pixels {
        /// Their mean.
        mean: f64,
        /// Their deviation.
        deviation: f64,
    },
}

impl fmt::Display for DataNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DataNotice::WholeNumbersAsNumbers { target, values } => {
                let values = thousands(*values);
                write!(
                    f,
                    "{target} has {values} whole-number values: read as regression; --task multiclass for classes"
                )
            }
            DataNotice::WholeNumbersAsClasses { target, values, low, high } => {
                let values = thousands(*values);
                write!(f, "{target} has {values} whole-number values, {low} to {high}: ")?;
                f.write_str("read as classes; --task regression for a number")
            }
            DataNotice::DecoratedNumbers { column, at, text } => {
                let at = at.short();
                write!(f, "{at}: numbers of {column} are read as text, such as \"{text}\": ")?;
                f.write_str("write digits with a decimal point")
            }
            DataNotice::Blanks { column, count } => {
                write!(f, "{} in {column} treated as missing", counted(*count, "blank cell"))
            }
            DataNotice::StrayTexts { column, at, text, count } => {
                let at = at.short();
                let (cells, them) = (counted(*count, "such cell"), if *count == 1 { "it" } else { "them" });
                write!(f, "{at}: \"{text}\" in {column} is not a number; ")?;
                write!(
                    f,
                    "{cells} treated as missing (--types {} keeps {them})",
                    shell_word(&format!("{column}=categorical"))
                )
            }
            DataNotice::SetAside(columns) => write!(f, "not used: {}", grouped(columns)),
            DataNotice::MissingValues { columns, besides_blanks } => {
                let columns: Vec<String> =
                    columns.iter().map(|(name, count)| format!("{name} {}", thousands(*count))).collect();
                let other = if *besides_blanks { "other " } else { "" };
                write!(f, "{other}missing values: {}", list(&columns, MOST_COUNTED))
            }
            DataNotice::RowsWithoutTarget { target, origin, rows, first_line } => {
                let (rows, line) = (counted(*rows, "row"), origin.line_noun());
                write!(f, "{rows} of {} left out: {target} is missing (first: {line} {first_line})", origin.short())
            }
            DataNotice::FullStops { origin } => {
                let file = origin.short();
                write!(f, "labels of {file} differ only by a full stop at the end: the same classes")
            }
            DataNotice::PositiveClass { target, class } => {
                write!(f, "{class} is the positive class of {target}; --positive changes it")
            }
            DataNotice::RareClasses { count } => {
                let (have, they) = if *count == 1 { ("class has", "it is") } else { ("classes have", "they are") };
                write!(f, "{count} {have} fewer than 3 rows: {they} in train only, not in dev or test")
            }
            DataNotice::AbsentClasses { classes, parts } => {
                let parts: Vec<&str> = parts.iter().map(|part| part.name()).collect();
                write!(f, "no row of class {} is in {}", list(classes, MOST_NAMED), parts.join(" or "))
            }
            DataNotice::RareCategories { column, count } => {
                write!(f, "{column}: the {} rarest categories are treated as unseen", thousands(*count))
            }
            DataNotice::ConstantInTrain(columns) => match columns.as_slice() {
                [column] => write!(f, "{column} left out: constant within train"),
                columns => {
                    let (count, names) = (counted(columns.len(), "column"), list(columns, MOST_NAMED));
                    write!(f, "{count} left out: constant within train ({names})")
                }
            },
            DataNotice::HeavyTails(columns) => {
                write!(f, "robust scaling (heavy tails): {}", list(columns, MOST_NAMED + 1))
            }
            DataNotice::Normalised { before, after } => {
                let (before, after) = (ratio(*before), ratio(*after));
                write!(f, "inputs normalised: largest/smallest standard deviation {before}, now {after}")
            }
            DataNotice::Pixels { mean, deviation } => {
                write!(f, "all pixels scaled by one mean ({mean:.1}) and standard deviation ({deviation:.1})")
            }
        }
    }
}

/// A ratio with as many digits as it deserves.
fn ratio(ratio: f64) -> String {
    if ratio < 100.0 { format!("{ratio:.1}") } else { thousands(ratio.round().min(1e18) as u64) }
}
