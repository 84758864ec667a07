//! Columns that a file must have.

use std::collections::HashSet;

use super::{DataError, Origin};
use crate::text::{did_you_mean, list};

/// Missing columns named in one message; a likely name is looked for among all that there are.
const MOST_NAMED: usize = 20;

/// Checks that a file or table of columns `names` has all that are `wanted`; the error names those it lacks.
pub(crate) fn require_columns(origin: &Origin, names: &[String], wanted: &[&str]) -> Result<(), DataError> {
    let known: HashSet<&str> = names.iter().map(String::as_str).collect();
    let lacking: Vec<String> = wanted
        .iter()
        .filter(|wanted| !known.contains(**wanted))
        .take(MOST_NAMED)
        .map(|wanted| format!("{wanted}{}", did_you_mean(wanted, names)))
        .collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let columns = if lacking.len() == 1 { "column" } else { "columns" };
    let problem = format!("{columns} missing: {}; the {} has {}", lacking.join(", "), origin.noun(), list(names, 12));
    Err(DataError::of(origin, problem))
}
