//! Notices: what is worth knowing about how data were read, split and prepared.

use std::fmt;

use super::aside::{Aside, grouped};
use super::notation::dates;
use super::split::Part;
use super::{ColumnType, Origin, Place};
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
    /// Columns of numbers or dates that are not written plainly, and how they are read.
    AsWritten(Vec<AsWritten>),
    /// Classes that differ only in case or in spaces.
    ClassesAlike {
        /// Name of the target.
        target: String,
        /// The classes that are alike, group by group.
        alike: Vec<Vec<String>>,
    },
    /// A row that names the units of its columns, passed over.
    RowOfUnits {
        /// Its line.
        line: u64,
        /// Its cells.
        cells: Vec<String>,
    },
    /// Rows that are the header once more, passed over.
    RepeatedHeader {
        /// The first line of them.
        line: u64,
        /// Such rows.
        count: u64,
    },
    /// Columns with the name of another, which got one of their own.
    NamesTwice {
        /// The names.
        names: Vec<String>,
    },
    /// Columns of whole numbers that are codes: their zeros at the front count.
    Codes(Vec<String>),
    /// Texts that are dates, but for the order of day and month.
    DatesOfUnknownOrder {
        /// Name of the column.
        column: String,
        /// The first such cell.
        at: Place,
        /// What stands in it.
        text: String,
    },
    /// A word that means "missing" stands in many rows of the target, which are left out.
    WordInTarget {
        /// Name of the target.
        target: String,
        /// The word.
        word: String,
        /// Such rows.
        rows: u64,
        /// Their share of all rows.
        share: f64,
    },
    /// Cells with nothing but spaces, read as missing.
    Blanks {
        /// Name of the column.
        column: String,
        /// Such cells.
        count: u64,
    },
    /// Texts among numbers or dates, read as missing.
    StrayTexts {
        /// Name of the column.
        column: String,
        /// The first such cell.
        at: Place,
        /// What stands in it.
        text: String,
        /// Such cells.
        count: u64,
        /// What the other cells hold.
        kind: ColumnType,
    },
    /// Cells of new data that do not fit their column, read as missing.
    UnreadCells {
        /// Name of the column.
        column: String,
        /// The first such cell.
        at: Place,
        /// What stands in it.
        text: String,
        /// Such cells.
        count: u64,
        /// What the column holds.
        kind: ColumnType,
    },
    /// Categories in new data that train did not have.
    UnseenCells {
        /// Name of the column.
        column: String,
        /// Such cells.
        count: usize,
        /// Cells that are not missing.
        rows: usize,
        /// One of them.
        example: String,
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

/// How a column is written, by an example, and what that is read as.
#[derive(Clone, Debug, PartialEq)]
pub struct AsWritten {
    /// Name of the column.
    pub column: String,
    /// A cell.
    pub text: String,
    /// What it is read as.
    pub meaning: Meaning,
}

/// What a text is read as.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Meaning {
    /// A number.
    Number {
        /// As it is read.
        value: f64,
        /// As it would be read with a decimal comma, where nothing in the column decides.
        with_comma: Option<f64>,
    },
    /// A date, in seconds since 1970.
    Date(f64),
}

impl fmt::Display for AsWritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} \"{}\" as ", self.column, self.text)?;
        match self.meaning {
            Meaning::Number { value, with_comma: None } => write!(f, "{value}"),
            Meaning::Number { value, with_comma: Some(other) } => write!(f, "{value} (--decimal comma: {other})"),
            Meaning::Date(seconds) => f.write_str(&dates::moment(seconds, false)),
        }
    }
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
            DataNotice::AsWritten(columns) => {
                let each: Vec<String> = columns.iter().map(AsWritten::to_string).collect();
                write!(f, "read as written: {}", list(&each, MOST_COUNTED))
            }
            DataNotice::ClassesAlike { target, alike } => {
                let groups: Vec<String> = alike.iter().map(|classes| list(classes, MOST_COUNTED)).collect();
                write!(f, "classes of {target} differ only in case or spaces: {}; make one of them", groups.join(" · "))
            }
            DataNotice::RowOfUnits { line, cells } => {
                write!(f, "line {line} holds units ({}), no data: passed over", list(cells, MOST_NAMED))
            }
            DataNotice::RepeatedHeader { line, count } => {
                write!(f, "{} like the header passed over (first: line {line})", counted(*count, "row"))
            }
            DataNotice::NamesTwice { names } => {
                let first = names.first().map_or("", String::as_str);
                write!(f, "column names appear twice: {}; the second {first} is {first}.1", list(names, MOST_NAMED))
            }
            DataNotice::Codes(columns) => {
                let first = columns.first().map_or("", String::as_str);
                let (names, are) = (list(columns, MOST_NAMED), if columns.len() == 1 { "holds" } else { "hold" });
                write!(f, "{names} {are} codes (zeros at the front): read as categories; ")?;
                write!(f, "--types {} for numbers", shell_word(&format!("{first}=numeric")))
            }
            DataNotice::DatesOfUnknownOrder { column, at, text } => {
                write!(f, "{}: {column} looks like dates, but {text} may be day or month first; write ", at.short())?;
                f.write_str("them as 2024-12-31")
            }
            DataNotice::WordInTarget { target, word, rows, share } => {
                write!(f, "{:.0}% of {target} are \"{word}\", read as missing and left out; ", 100.0 * share)?;
                write!(f, "--keep-na {} makes it a class of {}", shell_word(target), counted(*rows, "row"))
            }
            DataNotice::Blanks { column, count } => {
                write!(f, "{} in {column} treated as missing", counted(*count, "blank cell"))
            }
            DataNotice::StrayTexts { column, at, text, count, kind } => {
                let at = at.short();
                let (cells, them) = (counted(*count, "such cell"), if *count == 1 { "it" } else { "them" });
                let noun = if *kind == ColumnType::Datetime { "date" } else { "number" };
                write!(f, "{at}: \"{text}\" in {column} is not a {noun}; ")?;
                write!(
                    f,
                    "{cells} treated as missing (--types {} keeps {them})",
                    shell_word(&format!("{column}=categorical"))
                )
            }
            DataNotice::UnreadCells { column, at, text, count, kind } => {
                let noun = if *kind == ColumnType::Datetime { "date" } else { "number" };
                write!(f, "{}: \"{text}\" in {column} is not a {noun}; ", at.short())?;
                write!(f, "{} treated as missing", counted(*count, "such cell"))
            }
            DataNotice::UnseenCells { column, count, rows, example } => {
                let share = 100.0 * *count as f64 / (*rows).max(1) as f64;
                write!(
                    f,
                    "{column}: {share:.0}% of its cells hold categories that train did not have, such as \"{example}\""
                )?;
                f.write_str(if 2 * count > *rows { "; is it the same column?" } else { "" })
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
