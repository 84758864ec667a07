//! The target of one file while it is read.

use super::labels::Labels;
use super::read_plan::TargetField;
use super::value::Value;
use crate::text::shell_word;

/// Cells of the target in one file.
#[derive(Debug)]
pub(crate) enum TargetCells {
    Numbers(Vec<f32>),
    Labels(Labels),
}

impl TargetCells {
    /// None yet.
    pub fn new(field: &TargetField) -> TargetCells {
        match field.regression {
            true => TargetCells::Numbers(Vec::new()),
            false => TargetCells::Labels(Labels::default()),
        }
    }

    /// Adds a row; `text` is scratch space. The error is what is wrong with the value.
    pub fn push(&mut self, field: &TargetField, value: Value<'_>, line: u64, text: &mut String) -> Result<(), String> {
        match self {
            TargetCells::Numbers(numbers) => match value {
                Value::Number { number, .. } if number.abs() <= f64::from(f32::MAX) => numbers.push(number as f32),
                Value::Number { number, .. } => return Err(format!("target {}: {number} is too large", field.name)),
                _ => {
                    value.category(text);
                    return Err(format!(
                        "target {}: \"{text}\" is not a number; --na {} leaves such rows out, --task multiclass predicts classes",
                        field.name,
                        shell_word(text)
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
}
