//! Notices: what is worth knowing about how data were read, split and prepared.

mod words;

use super::aside::Aside;
use super::notation::Decimal;
use super::split::Part;
use super::{ColumnType, Origin, Place};

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
    /// Rows without a group, each of which is one of its own.
    RowsWithoutGroup {
        /// Name of the column.
        group: String,
        /// Such rows.
        rows: usize,
    },
    /// Parts whose rows are all of one group, so that nothing says how much groups differ.
    OneGroup {
        /// Name of the column.
        group: String,
        /// Such parts.
        parts: Vec<Part>,
    },
    /// Rows of other parts that stand in train too.
    CopiesInTrain(Vec<PartCopies>),
    /// Parts that have far more or fewer rows than they were to have.
    UnevenParts(Vec<PartShare>),
    /// Rows of one time stand on both sides of a cut.
    OneTimeInTwoParts {
        /// Name of the column.
        time: String,
        /// The two parts, the older first.
        parts: [Part; 2],
    },
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
    /// Sheets of a workbook that hold something and are not read.
    OtherSheets {
        /// The sheet that is read.
        sheet: String,
        /// The others.
        others: Vec<String>,
    },
    /// Columns with the name of another, which got one of their own.
    NamesTwice {
        /// The names.
        names: Vec<String>,
    },
    /// Columns of whole numbers that are codes.
    Codes {
        /// The columns.
        columns: Vec<String>,
        /// Whether zeros at the front say so; the length does otherwise.
        zeros: bool,
    },
    /// Numbers of a column of which some have a percent sign and others none.
    SomePercent {
        /// Name of the column.
        column: String,
        /// Cells with one.
        with: u64,
        /// Numbers without.
        without: u64,
    },
    /// Amounts of one column in several currencies.
    SomeCurrencies {
        /// Name of the column.
        column: String,
        /// The currencies.
        currencies: Vec<String>,
    },
    /// Texts that are dates, but for the order of day and month.
    DatesOfUnknownOrder {
        /// Name of the column.
        column: String,
        /// The first such cell.
        at: Place,
        /// What stands in it.
        text: String,
        /// Whether others have the day first and others the month.
        disagree: bool,
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
    /// Columns of new data that are unlike what they were in train.
    UnlikeTrain {
        /// The columns.
        columns: Vec<Unlike>,
        /// The new rows.
        rows: usize,
    },
    /// Values that may not be what they seem.
    Suspicious {
        /// Numbers that repeat and lie far from all others of their columns, those of one value together.
        far: Vec<Extreme>,
        /// Numbers that are the largest of their columns and far more frequent than others.
        piles: Vec<Extreme>,
        /// Values that stand in most rows.
        frequent: Vec<Frequent>,
    },
    /// Columns that are no feature.
    SetAside(Vec<Aside>),
    /// Columns with missing cells, each with their number.
    MissingValues {
        /// The columns that have some.
        columns: Vec<Gaps>,
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

/// The missing cells of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gaps {
    /// Name of the column.
    pub column: String,
    /// Such cells; those with nothing but spaces not counted.
    pub count: u64,
    /// What stands in most of them, where that means "missing" only among numbers or dates.
    pub word: Option<String>,
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
        /// As it would be read with the other decimal sign, where nothing in the column decides.
        otherwise: Option<(Decimal, f64)>,
    },
    /// A date, in seconds since 1970.
    Date(f64),
}

/// A column of new data that is unlike train's.
#[derive(Clone, Debug, PartialEq)]
pub struct Unlike {
    /// Name of the column.
    pub column: String,
    /// What it holds.
    pub kind: ColumnType,
    /// How it differs.
    pub deviation: Deviation,
}

/// How new cells differ from train's; shares are of the new cells and of train's.
#[derive(Clone, Debug, PartialEq)]
pub enum Deviation {
    /// Cells are missing.
    Missing {
        /// So many now.
        share: f64,
        /// So many in train.
        train: f64,
    },
    /// Numbers lie beyond every one of train.
    OutOfRange {
        /// So many.
        share: f64,
        /// The largest of train, or the smallest.
        bound: f64,
        /// Whether they are larger.
        above: bool,
    },
    /// Numbers are larger or smaller than they were.
    Moved {
        /// A number at or below which
        cut: f64,
        /// so many are now and
        share: f64,
        /// so many were in train.
        train: f64,
    },
    /// A category is rarer or more frequent.
    Category {
        /// Its name.
        name: String,
        /// So many now.
        share: f64,
        /// So many in train.
        train: f64,
    },
}

/// The smallest or largest number of a column.
#[derive(Clone, Debug, PartialEq)]
pub struct Extreme {
    /// Name of the column.
    pub column: String,
    /// The number.
    pub value: f64,
    /// Whether it is the largest.
    pub is_largest: bool,
    /// Rows that hold it.
    pub rows: usize,
    /// Rows in all.
    pub of: usize,
}

/// The most frequent value of a column.
#[derive(Clone, Debug, PartialEq)]
pub struct Frequent {
    /// Name of the column.
    pub column: String,
    /// The value.
    pub value: String,
    /// The share of rows that hold it.
    pub share: f64,
}

/// The share of the rows that a part was to have, and has, in percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartShare {
    /// The part.
    pub part: Part,
    /// As asked.
    pub asked: f64,
    /// As it is.
    pub found: f64,
}

/// How many rows of a part stand in train too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartCopies {
    /// The part.
    pub part: Part,
    /// Such rows.
    pub copies: u64,
    /// Its rows.
    pub rows: u64,
}
