//! `report.html`: one file that runs nothing and fetches nothing.

use crate::text::steers;
use minijinja::Environment;
use minijinja::value::Serde;
use thiserror::Error;

use super::input::PageInput;
use super::view::View;

const TEMPLATE: &str = include_str!("page.html");

/// The page could not be written; its template is at fault, not the run.
#[derive(Debug, Error)]
#[error("report.html: {0}")]
pub struct ReportError(#[from] minijinja::Error);

/// The page of a run: one self-contained HTML file.
///
/// Every name from the data is escaped; the same input gives the same bytes.
pub fn page(input: &PageInput) -> Result<String, ReportError> {
    let mut environment = Environment::new();
    // The name ends in .html, which turns escaping on.
    environment.add_template("page.html", TEMPLATE)?;
    let page = environment.get_template("page.html")?.render(Serde(View::of(input)))?;
    // Names and labels come from files: none may turn the direction of what stands around it.
    let harmless = |letter| if steers(letter) && !matches!(letter, '\n' | '\t') { '\u{fffd}' } else { letter };
    Ok(page.chars().map(harmless).collect())
}

#[cfg(test)]
mod tests;
