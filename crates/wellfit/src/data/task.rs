//! What is predicted.

use serde::{Deserialize, Serialize};

/// The kind of target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// Two classes, one sigmoid output.
    Binary,
    /// Three classes or more, one softmax output each.
    Multiclass,
    /// A number, one linear output on the standardised target.
    Regression,
}

impl Task {
    /// Whether a class is predicted rather than a number.
    pub fn is_classification(self) -> bool {
        self != Task::Regression
    }
}
