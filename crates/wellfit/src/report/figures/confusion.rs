//! The confusion table, what it says of each class, and the classes most often mistaken for one another.

use std::fmt::Write;

use crate::text::thousands;
use crate::words::{digits, percent};

use super::super::plot::{escape, short};

/// More classes than this do not fit a page; the pairs that are confused say more.
const MOST: usize = 26;
/// From here on cells hold a count alone.
const DENSE: usize = 7;
/// From here on a table needs the width of the page.
const WIDE: usize = 13;
/// Names of more letters stand upright over the columns of a dense table.
const LONGEST_LYING: usize = 3;
/// Pairs that are listed.
const PAIRS: usize = 8;

/// Whether a table of so many classes needs the width of the page.
pub fn is_wide(classes: usize) -> bool {
    classes >= WIDE
}

/// An HTML table shaded by each class's share, the diagonal in another colour; empty for too many classes.
///
/// `counts`: (classes, classes), true class outer. `names`: (classes,).
pub fn confusion(counts: &[Vec<u64>], names: &[String]) -> String {
    if counts.len() > MOST || counts.len() != names.len() {
        return String::new();
    }
    let dense = counts.len() >= DENSE;
    let upright = names.iter().any(|name| name.chars().count() > LONGEST_LYING);
    let class = match (dense, upright) {
        (false, _) => "confusion",
        (true, false) => "confusion dense",
        (true, true) => "confusion dense upright",
    };
    // Beside many columns there is no room for words.
    let corner = if dense { "" } else { "true ↓ predicted →" };
    let mut out = format!("<table class=\"{class}\"><thead><tr><th scope=\"col\">{corner}</th>");
    for name in names {
        let _ = write!(out, "<th scope=\"col\"><span>{}</span></th>", escape(name));
    }
    out.push_str("</tr></thead><tbody>");
    for (truth, (row, name)) in counts.iter().zip(names).enumerate() {
        let total = row.iter().sum::<u64>().max(1) as f64;
        let _ = write!(out, "<tr><th scope=\"row\">{}</th>", escape(name));
        for (predicted, &count) in row.iter().enumerate() {
            let share = 100.0 * count as f64 / total;
            let class = if truth == predicted { "right" } else { "wrong" };
            let of_class = if dense { String::new() } else { format!("<small>{share:.0}%</small>") };
            let shown = if dense && count == 0 { String::new() } else { thousands(count) };
            let _ = write!(
                out,
                "<td class=\"{class}\" style=\"--share:{}%\"><span data-key=\"/metrics/confusion/{truth}/{predicted}\">\
                 {shown}</span>{of_class}</td>",
                short(share)
            );
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
    out
}

/// An HTML table of each class: its rows, how many of them are found, and how many that are given it belong to it.
///
/// Shapes as in [`confusion`]. Empty where names are missing.
pub fn per_class(counts: &[Vec<u64>], names: &[String]) -> String {
    if counts.len() != names.len() {
        return String::new();
    }
    let mut out = String::from(
        "<table class=\"plain\"><thead><tr><th scope=\"col\">class</th><th scope=\"col\">rows</th><th scope=\"col\">recall</th>\
         <th scope=\"col\">precision</th><th scope=\"col\">F1</th></tr></thead><tbody>",
    );
    for (class, (row, name)) in counts.iter().zip(names).enumerate() {
        let right = row.get(class).copied().unwrap_or(0) as f64;
        let rows = row.iter().sum::<u64>();
        let given = counts.iter().filter_map(|row| row.get(class)).sum::<u64>();
        let share = |of: u64| (of > 0).then(|| right / of as f64);
        let both = rows + given;
        let f1 = (both > 0).then(|| 2.0 * right / both as f64);
        let cell = |name: &str, told: Option<String>| {
            let told = told.unwrap_or_else(|| "–".to_string());
            format!("<td data-key=\"confusion:{name}/{class}\">{told}</td>")
        };
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th>{}{}{}{}</tr>",
            escape(name),
            cell("rows", Some(thousands(rows))),
            cell("recall", share(rows).map(percent)),
            cell("precision", share(given).map(percent)),
            cell("f1", f1.map(digits))
        );
    }
    out.push_str("</tbody></table>");
    out
}

/// An HTML table of the classes most often mistaken for another; empty where nothing is, or for two classes.
///
/// Shapes as in [`confusion`].
pub fn most_confused(counts: &[Vec<u64>], names: &[String]) -> String {
    let mut pairs: Vec<(usize, usize, u64)> = Vec::new();
    for (truth, row) in counts.iter().enumerate() {
        let wrong = row.iter().enumerate().filter(|(predicted, count)| *predicted != truth && **count > 0);
        pairs.extend(wrong.map(|(predicted, &count)| (truth, predicted, count)));
    }
    if counts.len() < 3 || counts.len() != names.len() || pairs.is_empty() {
        return String::new();
    }
    pairs.sort_by_key(|&(truth, predicted, count)| (std::cmp::Reverse(count), truth, predicted));
    let mut out = String::from(
        "<table class=\"plain\"><thead><tr><th scope=\"col\">true class</th><th scope=\"col\">predicted</th>\
         <th scope=\"col\">rows</th></tr></thead><tbody>",
    );
    let name = |class: usize| escape(names.get(class).map_or("", String::as_str));
    for &(truth, predicted, count) in pairs.iter().take(PAIRS) {
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td class=\"name\">{}</td><td data-key=\"/metrics/confusion/{truth}/{predicted}\">{}</td></tr>",
            name(truth),
            name(predicted),
            thousands(count)
        );
    }
    out.push_str("</tbody></table>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(classes: usize) -> Vec<String> {
        (0..classes).map(|class| format!("class {class}")).collect()
    }

    #[test]
    fn up_to_26_classes_have_a_table_and_more_have_their_pairs() {
        let counts = |classes: usize| vec![vec![3; classes]; classes];
        assert_eq!(confusion(&counts(26), &names(26)).matches("<td").count(), 26 * 26);
        assert_eq!(confusion(&counts(27), &names(27)), "");
        assert_eq!(most_confused(&counts(27), &names(27)).matches("<td class").count(), PAIRS);
        assert_eq!(most_confused(&counts(2), &names(2)), "");
    }

    #[test]
    fn each_class_has_its_recall_and_precision_where_it_has_rows() {
        let table = per_class(&[vec![8, 2, 0], vec![8, 32, 0], vec![0, 0, 0]], &names(3));
        for told in ["rows/0\">10<", "recall/0\">80.0%<", "precision/0\">50.0%<", "f1/0\">0.6154<", "recall/2\">–<"] {
            assert!(table.contains(told), "{told} in {table}");
        }
    }
}
