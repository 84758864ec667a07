//! Typed columns, held once.

use super::ColumnType;
use super::numbers::Numbers;

/// The code of a missing category.
pub const MISSING: u32 = u32::MAX;

/// Columns of equal length, in the order of the file; target, weights and set-aside columns are not among them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    rows: usize,
    columns: Vec<Column>,
}

/// One typed column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name in the file.
    pub name: String,
    /// What it holds: `Numeric`, `Categorical`, `Boolean` or `Datetime`.
    pub kind: ColumnType,
    /// Whether numbers that are the same as an f32 are different ones; those of other columns are rounded to one where rows are
    /// compared, as files of different types hold them.
    pub precise: bool,
    /// Its cells.
    pub values: Values,
}

/// The cells of a column, one a row.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Values {
    /// Numbers as they were read, or times in seconds since 1970; NaN is missing.
    Numbers(Numbers),
    /// Pixels, 0 to 255, never missing.
    Bytes(Vec<u8>),
    /// Categories.
    Categorical {
        /// Index into `categories`; [`MISSING`] is missing.
        codes: Vec<u32>,
        /// The different values, sorted.
        categories: Vec<String>,
    },
}

impl Values {
    /// Number of cells.
    pub fn len(&self) -> usize {
        match self {
            Values::Numbers(numbers) => numbers.len(),
            Values::Bytes(cells) => cells.len(),
            Values::Categorical { codes, .. } => codes.len(),
        }
    }

    /// Whether there are no cells.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cells of these rows, in their order.
    fn select(&self, rows: &[u32]) -> Values {
        match self {
            Values::Numbers(numbers) => Values::Numbers(numbers.select(rows)),
            Values::Bytes(cells) => Values::Bytes(of_rows(cells, rows)),
            Values::Categorical { codes, categories } => {
                Values::Categorical { codes: of_rows(codes, rows), categories: categories.clone() }
            }
        }
    }
}

/// What stands in these rows, in their order. Panics if there is no such row (a bug in the caller).
#[expect(clippy::indexing_slicing, reason = "the rows are rows of the table that the values belong to")]
pub(crate) fn of_rows<T: Copy>(values: &[T], rows: &[u32]) -> Vec<T> {
    rows.iter().map(|&row| values[row as usize]).collect()
}

impl Column {
    /// A column of numbers; NaN is missing.
    pub fn of_numbers(name: &str, numbers: impl IntoIterator<Item = f64>) -> Column {
        let values = Values::Numbers(numbers.into_iter().collect());
        Column { name: name.to_owned(), kind: ColumnType::Numeric, precise: true, values }
    }

    /// A column of texts; `None` is missing.
    pub fn of_texts<'a>(name: &str, texts: impl IntoIterator<Item = Option<&'a str>>) -> Column {
        let values = Values::of_texts(texts);
        Column { name: name.to_owned(), kind: ColumnType::Categorical, precise: false, values }
    }

    /// The number in a row; NaN where it is missing, the column holds categories, or there is no such row.
    #[inline]
    pub fn number(&self, row: u32) -> f64 {
        match &self.values {
            Values::Numbers(numbers) => numbers.get(row as usize).unwrap_or(f64::NAN),
            Values::Bytes(cells) => cells.get(row as usize).map_or(f64::NAN, |&cell| f64::from(cell)),
            Values::Categorical { .. } => f64::NAN,
        }
    }

    /// The category in a row; `None` where it is missing or the column holds numbers.
    pub fn category(&self, row: u32) -> Option<&str> {
        match &self.values {
            Values::Categorical { codes, categories } => {
                categories.get(*codes.get(row as usize)? as usize).map(String::as_str)
            }
            _ => None,
        }
    }

    /// Whether the cell of a row is missing.
    pub fn is_missing(&self, row: u32) -> bool {
        match &self.values {
            Values::Categorical { codes, .. } => codes.get(row as usize).is_none_or(|&code| code == MISSING),
            _ => self.number(row).is_nan(),
        }
    }

    /// A number that two cells of this column share if and only if they hold the same; missing is the same as missing.
    pub fn identity(&self, row: u32) -> u64 {
        match &self.values {
            Values::Categorical { codes, .. } => {
                codes.get(row as usize).map_or(u64::from(MISSING), |&code| code.into())
            }
            _ => match self.number(row) {
                missing if missing.is_nan() => f64::NAN.to_bits(),
                // + 0.0 makes -0 and 0 one value.
                number if self.precise => (number + 0.0).to_bits(),
                number => (f64::from(number as f32) + 0.0).to_bits(),
            },
        }
    }
}

impl Table {
    /// A table of columns of `rows` cells each. Panics if a column has another length (a bug in the caller).
    pub fn new(rows: usize, columns: Vec<Column>) -> Table {
        assert!(columns.iter().all(|column| column.values.len() == rows), "every column needs {rows} cells");
        Table { rows, columns }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns, in the order of the file.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The columns themselves.
    pub fn into_columns(self) -> Vec<Column> {
        self.columns
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The same columns with these rows alone, in their order. Panics if there is no such row (a bug in the caller).
    pub fn select(&self, rows: &[u32]) -> Table {
        let select = |column: &Column| Column {
            name: column.name.clone(),
            kind: column.kind,
            precise: column.precise,
            values: column.values.select(rows),
        };
        Table::new(rows.len(), self.columns.iter().map(select).collect())
    }

    /// Whether the columns are the pixels of images.
    pub fn is_pixels(&self) -> bool {
        !self.columns.is_empty() && self.columns.iter().all(|column| matches!(column.values, Values::Bytes(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stay_exact_and_rows_are_compared_as_precisely_as_the_column_is() {
        let column = |precise| Column {
            name: "x".into(),
            kind: ColumnType::Numeric,
            precise,
            values: Values::Numbers([0.1, f64::from(0.1f32), 1e300, f64::NAN].into_iter().collect()),
        };
        let (rounded, precise) = (column(false), column(true));
        assert_eq!([rounded.number(0), rounded.number(2)], [0.1, 1e300]);
        assert_eq!(rounded.identity(0), rounded.identity(1));
        assert_ne!(precise.identity(0), precise.identity(1));
        assert!(rounded.is_missing(3) && rounded.is_missing(4));
    }
}
