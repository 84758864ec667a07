//! The dev rows that the network gets most wrong.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::text::thousands;
use crate::words::{digits, percent};

use super::super::plot::escape;

/// A dev row that the network gets wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorstRow {
    /// Its number in its file, from 1, the header not counted.
    pub row: u64,
    /// The file, where it is dev's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// How it is wrong.
    pub miss: Miss,
}

/// How a row is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Miss {
    /// The true class is another than the one given.
    Class {
        /// The true class.
        actual: u32,
        /// The class given.
        given: u32,
        /// The probability that the network gave the true class.
        probability: f64,
    },
    /// The number is off.
    Value {
        /// The true value.
        actual: f64,
        /// The predicted one.
        predicted: f64,
    },
}

/// An HTML table of these rows, the worst first; empty without any. `classes`: their names.
pub fn worst_rows(rows: &[WorstRow], classes: &[String]) -> String {
    let head = match rows.first().map(|row| row.miss) {
        None => return String::new(),
        Some(Miss::Class { .. }) => ["true class", "predicted", "p(true class)"],
        Some(Miss::Value { .. }) => ["actual", "predicted", "residual"],
    };
    let mut out = String::from("<table class=\"plain\"><thead><tr><th scope=\"col\">row</th>");
    for name in head {
        let _ = write!(out, "<th scope=\"col\">{name}</th>");
    }
    out.push_str("</tr></thead><tbody>");
    let class = |class: u32| classes.get(class as usize).map_or("", String::as_str).to_string();
    for (place, row) in rows.iter().enumerate() {
        let keyed = |key: &str, told: &str| {
            format!("<td data-key=\"evidence.json#/worst/{place}/{key}\">{}</td>", escape(told))
        };
        let named = |told: String| format!("<td class=\"name\">{}</td>", escape(&told));
        let cells = match row.miss {
            Miss::Class { actual, given, probability } => {
                named(class(actual)) + &named(class(given)) + &keyed("miss/class/probability", &percent(probability))
            }
            Miss::Value { actual, predicted } => {
                keyed("miss/value/actual", &digits(actual))
                    + &keyed("miss/value/predicted", &digits(predicted))
                    + &format!("<td data-key=\"residual:{place}\">{}</td>", digits(actual - predicted))
            }
        };
        let file = row.file.as_ref().map_or(String::new(), |file| format!("{} ", escape(file)));
        let number = thousands(row.row);
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{file}<span data-key=\"evidence.json#/worst/{place}/row\">{number}</span></th>{cells}</tr>"
        );
    }
    out.push_str("</tbody></table>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_named_as_its_file_counts_it_with_what_was_expected() {
        let classes = ["no".to_string(), "<yes>".to_string()];
        let miss = Miss::Class { actual: 1, given: 0, probability: 0.012 };
        let table = worst_rows(&[WorstRow { row: 1207, file: None, miss }], &classes);
        assert!(table.contains("1,207") && table.contains("&lt;yes&gt;") && table.contains("1.2%"), "{table}");
        let miss = Miss::Value { actual: 500_001.0, predicted: 120_000.0 };
        assert!(worst_rows(&[WorstRow { row: 3, file: None, miss }], &[]).contains(">380,001</td>"));
        assert_eq!(worst_rows(&[], &classes), "");
    }
}
