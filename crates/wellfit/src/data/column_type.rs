//! What a column holds.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// Numbers.
    Numeric,
    /// One of several values.
    Categorical,
    /// One of two values.
    Boolean,
    /// A date, with or without a time of day.
    Datetime,
    /// Free text: set aside.
    Text,
    /// Names a row: set aside.
    Id,
}

impl ColumnType {
    /// Every type.
    pub const ALL: [ColumnType; 6] = [
        ColumnType::Numeric,
        ColumnType::Categorical,
        ColumnType::Boolean,
        ColumnType::Datetime,
        ColumnType::Text,
        ColumnType::Id,
    ];

    /// The name used in configs.
    pub fn name(self) -> &'static str {
        match self {
            ColumnType::Numeric => "numeric",
            ColumnType::Categorical => "categorical",
            ColumnType::Boolean => "boolean",
            ColumnType::Datetime => "datetime",
            ColumnType::Text => "text",
            ColumnType::Id => "id",
        }
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
