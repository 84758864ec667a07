//! How much worse the network does when a column is shuffled.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::diagnose::Interval;
use crate::words::Unit;

use super::super::plot::escape;
use super::change::{ChangeRange, Good, change};

/// A column, and what shuffling it among dev rows does to the error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnImportance {
    /// The column.
    pub column: String,
    /// The error with the column shuffled less the error as it is.
    pub rise: Interval,
}

/// Columns that are shown.
const MOST: usize = 15;

/// An HTML table of the columns that matter most; empty without any.
///
/// `columns`: the largest rise first.
pub fn importance(columns: &[ColumnImportance], unit: Unit) -> String {
    let shown = columns.get(..MOST).unwrap_or(columns);
    if shown.is_empty() {
        return String::new();
    }
    let range = ChangeRange::of(shown.iter().map(|column| &column.rise));
    let mut out = String::from(
        "<table class=\"plain\"><thead><tr><th scope=\"col\">column</th><th scope=\"col\">error rises by</th>\
         <th scope=\"col\"></th></tr></thead><tbody>",
    );
    for (place, column) in shown.iter().enumerate() {
        let told = unit.difference_with_interval(column.rise);
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td data-key=\"evidence.json#/importance/{place}/rise\">{told}</td>\
             <td class=\"picture\">{}</td></tr>",
            escape(&column.column),
            // A column that the network relies on is neither good nor bad.
            change("Rise of the error", column.rise, Good::Up, range, &told)
        );
    }
    out.push_str("</tbody></table>");
    out
}
