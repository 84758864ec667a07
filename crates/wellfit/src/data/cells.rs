//! Columns while they grow, and what may stand in their cells.

use super::ColumnType;
use super::dates;
use super::labels::Labels;
use super::numbers::GrowingNumbers;
use super::schema::{Field, not_a_number};
use super::table::{MISSING, Values};
use super::value::Value;

/// Cells of a column while it grows.
pub(super) enum Cells {
    Numbers(GrowingNumbers),
    Categorical(Labels),
}

impl Cells {
    /// Empty cells for a field, with room for `rows`.
    pub fn new(field: &Field, rows: usize) -> Cells {
        match field.kind {
            ColumnType::Numeric | ColumnType::Datetime => Cells::Numbers(GrowingNumbers::with_capacity(rows)),
            _ => Cells::Categorical(Labels::with_capacity(rows)),
        }
    }

    /// The finished column.
    pub fn into_values(self) -> Values {
        match self {
            Cells::Numbers(numbers) => Values::Numbers(numbers.finish()),
            Cells::Categorical(labels) => labels.sorted(),
        }
    }

    /// Adds a row; `text` is scratch space. The error is what is wrong with the value.
    pub fn push(&mut self, field: &Field, value: Value<'_>, line: u64, text: &mut String) -> Result<(), String> {
        match self {
            Cells::Categorical(labels) => match value.category(text) {
                true => labels.push(text, line),
                false => labels.codes.push(MISSING),
            },
            Cells::Numbers(numbers) => numbers.push(match field.kind {
                ColumnType::Datetime => date(&field.name, value)?,
                _ => number(field, value)?,
            }),
        }
        Ok(())
    }
}

fn number(field: &Field, value: Value<'_>) -> Result<f64, String> {
    match value {
        Value::Missing { .. } => Ok(f64::NAN),
        Value::Number { number, .. } if number.is_finite() => Ok(number),
        Value::Number { .. } => {
            Err(format!("column {}: a number that is infinite or too large; write it as missing", field.name))
        }
        Value::Moment { seconds, .. } => Ok(seconds),
        Value::Text(text) if field.strays.iter().any(|stray| stray == text) => Ok(f64::NAN),
        Value::Text(text) => Err(not_a_number(&field.name, text, 1)),
    }
}

fn date(name: &str, value: Value<'_>) -> Result<f64, String> {
    let text = match value {
        Value::Missing { .. } => return Ok(f64::NAN),
        Value::Moment { seconds, .. } => return Ok(seconds),
        Value::Text(text) | Value::Number { text, .. } => text,
    };
    dates::parse(text, true).map(|moment| moment.seconds).ok_or_else(|| {
        format!("column {name}: \"{text}\" is not a date; write it as 2024-12-31, optionally with 23:59:59")
    })
}

/// A time to order rows by: a date, or a number such as a year.
pub(super) fn moment(name: &str, value: Value<'_>) -> Result<f64, String> {
    match value {
        Value::Missing { .. } => Err(format!("column {name}: missing, but every row needs a time to be ordered by")),
        Value::Number { number, .. } => Ok(number),
        _ => date(name, value),
    }
}

/// The weight of a row.
pub(super) fn weight(name: &str, value: Value<'_>) -> Result<f32, String> {
    match value {
        Value::Number { number, .. } if number >= 0.0 && number <= f64::from(f32::MAX) => Ok(number as f32),
        Value::Number { number, .. } => {
            Err(format!("column {name}: weight {number} is not a finite number of 0 or more"))
        }
        Value::Missing { .. } => Err(format!("column {name}: the weight is missing; write 0 or more")),
        Value::Text(text) => Err(format!("column {name}: weight \"{text}\" is not a number")),
        Value::Moment { .. } => Err(format!("column {name}: a date cannot be a weight")),
    }
}
