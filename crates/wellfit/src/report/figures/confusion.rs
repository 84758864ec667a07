//! The confusion table: true classes down, predicted classes across.

use crate::text::thousands;

use super::super::svg::{escape, short};

// More classes than this do not fit a page; the most confused pairs would say more.
const MOST: usize = 12;

/// An HTML table shaded by each class's share, the diagonal in another colour; empty for too many classes.
///
/// `counts`: (classes, classes), true class outer. `names`: (classes,).
pub fn confusion(counts: &[Vec<u64>], names: &[String]) -> String {
    if counts.len() > MOST || counts.len() != names.len() {
        return String::new();
    }
    let mut out = String::from("<table class=\"confusion\"><thead><tr><th scope=\"col\">true ↓ predicted →</th>");
    for name in names {
        out.push_str(&format!("<th scope=\"col\">{}</th>", escape(name)));
    }
    out.push_str("</tr></thead><tbody>");
    for (truth, (row, name)) in counts.iter().zip(names).enumerate() {
        let total = row.iter().sum::<u64>().max(1) as f64;
        out.push_str(&format!("<tr><th scope=\"row\">{}</th>", escape(name)));
        for (predicted, &count) in row.iter().enumerate() {
            let share = 100.0 * count as f64 / total;
            let class = if truth == predicted { "right" } else { "wrong" };
            out.push_str(&format!(
                "<td class=\"{class}\" style=\"--share:{}%\">{}<small>{share:.0}%</small></td>",
                short(share),
                thousands(count)
            ));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
    out
}
