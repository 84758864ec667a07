//! Columns while they grow, and what may stand in their cells.

use super::ColumnType;
use super::labels::Labels;
use super::notation::{Decimal, Says, Style, Value, dates, number as written, says, words};
use super::numbers::GrowingNumbers;
use super::schema::{Field, not_a_number};
use super::table::{MISSING, Values};

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

    /// Adds a row without a value.
    pub fn push_missing(&mut self) {
        match self {
            Cells::Numbers(numbers) => numbers.push(f64::NAN),
            Cells::Categorical(labels) => labels.codes.push(MISSING),
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
            Cells::Categorical(labels) => match answer(field, value) {
                Some(answer) => labels.push(answer, line),
                None if value.category(text) => labels.push(text, line),
                None => labels.codes.push(MISSING),
            },
            Cells::Numbers(numbers) => numbers.push(match field.kind {
                ColumnType::Datetime => date(field, value)?,
                _ => number(field, value)?,
            }),
        }
        Ok(())
    }
}

/// The cell of a column of true and false, in whatever spelling.
fn answer(field: &Field, value: Value<'_>) -> Option<&'static str> {
    let is_true = match value {
        _ if field.kind != ColumnType::Boolean => None,
        Value::Text(text) => words::boolean(text),
        Value::Number { number: 1.0, .. } => Some(true),
        Value::Number { number: 0.0, .. } => Some(false),
        _ => None,
    };
    is_true.map(|is_true| if is_true { "true" } else { "false" })
}

fn is_stray(field: &Field, text: &str) -> bool {
    field.strays.iter().any(|stray| stray == text)
}

fn number(field: &Field, value: Value<'_>) -> Result<f64, String> {
    match value {
        Value::Missing { .. } => Ok(f64::NAN),
        Value::Number { number, .. } if number.is_finite() => Ok(number),
        Value::Number { .. } => {
            Err(format!("column {}: a number that is infinite or too large; write it as missing", field.name))
        }
        Value::Moment { seconds, .. } => Ok(seconds),
        Value::Text(text) if is_stray(field, text) => Ok(f64::NAN),
        // 1 and 0, or a number, as another program writes them.
        Value::Text(text) => match words::boolean(text) {
            Some(answer) => Ok(f64::from(u8::from(answer))),
            None => plain_in_clothes(text).ok_or_else(|| not_a_number(&field.name, text, 1)),
        },
    }
}

/// The number of a text that can be read in one way only.
pub(super) fn plain_in_clothes(text: &str) -> Option<f64> {
    match says(text)? {
        Says::Only(decimal) => written(text, decimal, false),
        Says::Nothing => written(text, Decimal::Point, false),
        Says::Either => None,
    }
}

fn date(field: &Field, value: Value<'_>) -> Result<f64, String> {
    match value {
        Value::Text(text) if is_stray(field, text) => Ok(f64::NAN),
        // Its day stands where the column has the month: what it seems to be is as doubtful as the cells beside it.
        Value::Text(text) if matches!(dates::recognise(text), Some(dates::Written::Ordered { .. })) => {
            Err(match field.notation.style {
                Style::Dates { order: Some(_), .. } => {
                    format!("column {}: \"{text}\" has day and month in another order than in training", field.name)
                }
                _ => day_or_month(&field.name, text),
            })
        }
        _ => seconds(&field.name, value),
    }
}

fn day_or_month(name: &str, text: &str) -> String {
    format!("column {name}: \"{text}\" may be day or month first; write it as 2024-12-31")
}

fn seconds(name: &str, value: Value<'_>) -> Result<f64, String> {
    let (text, moment) = match value {
        Value::Missing { .. } => return Ok(f64::NAN),
        Value::Moment { seconds, .. } => return Ok(seconds),
        Value::Text(text) => (text.to_owned(), dates::parse(text, None)),
        Value::Number { number, text } => match dates::compact(number) {
            Some(seconds) => return Ok(seconds),
            None => (if text.is_empty() { number.to_string() } else { text.to_owned() }, None),
        },
    };
    moment.map(|moment| moment.seconds).ok_or_else(|| match dates::recognise(&text) {
        Some(dates::Written::Ordered { .. }) => day_or_month(name, &text),
        _ => format!("column {name}: \"{text}\" is not a date; write it as 2024-12-31, optionally with 23:59:59"),
    })
}

/// A time to order rows by: a date, or a number such as a year.
pub(super) fn moment(name: &str, value: Value<'_>) -> Result<f64, String> {
    match value {
        Value::Missing { .. } => Err(format!("column {name}: missing, but every row needs a time to be ordered by")),
        Value::Number { number, .. } => Ok(number),
        _ => seconds(name, value),
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
