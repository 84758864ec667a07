//! The target of one file while it is read.

use super::labels::Labels;
use super::notation::Value;
use super::read_plan::TargetField;
use crate::text::shell_word;

/// Cells of the target in one file.
#[derive(Debug)]
pub(crate) enum TargetCells {
    Numbers(Vec<f64>),
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
                Value::Number { number, .. } if number.is_finite() => numbers.push(number),
                Value::Number { number, .. } => return Err(format!("target {}: {number} is too large", field.name)),
                _ => {
                    value.category(text);
                    let advice = match field.is_new {
                        true => "; in training it was".to_owned(),
                        false => format!(
                            "; --na {} leaves such rows out, --task multiclass predicts classes",
                            shell_word(text)
                        ),
                    };
                    return Err(format!("target {}: \"{text}\" is not a number{advice}", field.name));
                }
            },
            TargetCells::Labels(labels) => {
                value.label(text, field.numeric);
                labels.push(text, line);
            }
        }
        Ok(())
    }
}
