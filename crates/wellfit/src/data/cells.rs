//! Columns while they grow, and what may stand in their cells.

use super::ColumnType;
use super::dates;
use super::gather::{TargetCells, TargetField};
use super::labels::Labels;
use super::schema::{Field, not_a_number};
use super::table::{MISSING, Values};
use super::value::Value;

/// Cells of a column while it grows.
pub(super) enum Cells {
    Numeric(Vec<f32>),
    Precise(Vec<f64>),
    Categorical(Labels),
}

impl Cells {
    /// Empty cells for a field, with room for `rows`.
    pub fn new(field: &Field, rows: usize) -> Cells {
        match field.kind {
            ColumnType::Numeric if !field.precise => Cells::Numeric(Vec::with_capacity(rows)),
            ColumnType::Numeric | ColumnType::Datetime => Cells::Precise(Vec::with_capacity(rows)),
            _ => Cells::Categorical(Labels::with_capacity(rows)),
        }
    }

    /// The finished column.
    pub fn into_values(self) -> Values {
        match self {
            Cells::Numeric(numbers) => Values::Numeric(numbers),
            Cells::Precise(numbers) => Values::Precise(numbers),
            Cells::Categorical(labels) => labels.sorted(),
        }
    }

    /// Adds a row; `text` is scratch space. The error is what is wrong with the value.
    pub fn push(&mut self, field: &Field, value: Value<'_>, line: u64, text: &mut String) -> Result<(), String> {
        let number = match self {
            Cells::Categorical(labels) => {
                match value.category(text) {
                    true => labels.push(text, line),
                    false => labels.codes.push(MISSING),
                }
                return Ok(());
            }
            _ if field.kind == ColumnType::Datetime => date(&field.name, value)?,
            _ => number(field, value)?,
        };
        match self {
            // A new file may hold numbers beyond f32; its edge keeps them finite.
            Cells::Numeric(cells) => cells.push((number as f32).clamp(f32::MIN, f32::MAX)),
            Cells::Precise(cells) => cells.push(number),
            Cells::Categorical(_) => {}
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

pub(super) fn push_target(
    cells: &mut TargetCells,
    field: &TargetField,
    value: Value<'_>,
    line: u64,
    text: &mut String,
) -> Result<(), String> {
    match cells {
        TargetCells::Numbers(numbers) => match value {
            Value::Number { number, .. } if number.abs() <= f64::from(f32::MAX) => numbers.push(number as f32),
            Value::Number { number, .. } => {
                return Err(format!("target {}: {number} is too large", field.name));
            }
            _ => {
                value.category(text);
                return Err(format!(
                    "target {}: \"{text}\" is not a number; --na \"{text}\" leaves such rows out, --task multiclass predicts classes",
                    field.name
                ));
            }
        },
        TargetCells::Labels(labels) => {
            match value {
                // + 0.0 makes -0 and 0 one class.
                Value::Number { number, .. } if field.numeric => *text = (number + 0.0).to_string(),
                _ => _ = value.category(text),
            }
            labels.push(text, line);
        }
    }
    Ok(())
}
