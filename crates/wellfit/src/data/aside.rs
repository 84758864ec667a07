//! Columns that are no feature, and why.

use std::fmt;

use super::ColumnType;
use crate::text::{list, shell_word, thousands};

/// A column that is no feature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Aside {
    /// Its name.
    pub column: String,
    /// Why it is none.
    pub reason: Reason,
}

/// Why a column is set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The rows are ordered by it.
    OrdersRows,
    /// It numbers the rows, one after the other.
    NumbersRows,
    /// Nearly every row has a value of its own, as names and numbers of things have.
    Id {
        /// Different values.
        values: u64,
        /// Rows with a value.
        rows: u64,
        /// The type that makes it a feature.
        keep: ColumnType,
    },
    /// Sentences, or texts that hardly repeat.
    FreeText {
        /// Different texts.
        values: u64,
        /// Rows with a text.
        rows: u64,
    },
    /// Every row has the same value.
    Constant,
    /// No row has a value.
    Empty,
    /// It holds something that has no place in a table.
    Odd(&'static str),
    /// The request gives it a type that is no feature.
    Asked(ColumnType),
}

impl Reason {
    /// The type that makes the column a feature all the same.
    pub fn keep(&self) -> Option<ColumnType> {
        match self {
            Reason::NumbersRows => Some(ColumnType::Numeric),
            Reason::Id { keep, .. } => Some(*keep),
            Reason::FreeText { .. } => Some(ColumnType::Categorical),
            Reason::OrdersRows | Reason::Constant | Reason::Empty | Reason::Odd(_) | Reason::Asked(_) => None,
        }
    }

    /// The reason without its figures.
    fn title(&self) -> String {
        match self {
            Reason::OrdersRows => "it orders the rows".into(),
            Reason::NumbersRows => "it numbers the rows".into(),
            Reason::Id { .. } => "identifier".into(),
            Reason::FreeText { .. } => "free text".into(),
            Reason::Constant => "the same value in every row".into(),
            Reason::Empty => "no value in any row".into(),
            Reason::Odd(held) => format!("{held} have no place in a table"),
            Reason::Asked(kind) => format!("--types says {kind}"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title())?;
        match self {
            Reason::Id { values, rows, .. } | Reason::FreeText { values, rows } => {
                write!(f, ": {} different values in {} rows", thousands(*values), thousands(*rows))
            }
            _ => Ok(()),
        }
    }
}

/// The columns by reason, and how one of them is kept: `a, b (identifier) · c (free text) · --types a=numeric keeps that one`.
pub(super) fn grouped(columns: &[Aside]) -> String {
    let mut groups: Vec<(&Reason, Vec<&str>)> = Vec::new();
    for Aside { column, reason } in columns {
        let same = |other: &Reason| other.title() == reason.title() && other.keep() == reason.keep();
        match groups.iter_mut().find(|(other, _)| same(other)) {
            Some((_, names)) => names.push(column),
            None => groups.push((reason, vec![column])),
        }
    }
    let mut parts: Vec<String> =
        groups.iter().map(|(reason, names)| format!("{} ({})", list(names, 5), reason.title())).collect();
    if let Some((name, keep)) = columns.iter().find_map(|aside| Some((&aside.column, aside.reason.keep()?))) {
        let which = if columns.len() == 1 { "it" } else { "that one" };
        parts.push(format!("--types {} keeps {which}", shell_word(&format!("{name}={keep}"))));
    }
    parts.join(" · ")
}
