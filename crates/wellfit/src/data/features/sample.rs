//! A column as train shows it.

#![expect(clippy::indexing_slicing, reason = "rows are rows of the column, and its codes index its categories")]

use std::collections::BTreeMap;

use super::stats::Stats;
use crate::data::ColumnType;
use crate::data::table::{Column, MISSING, Values};

/// The most frequent categories that stay apart; rarer ones are treated as unseen.
const MAX_CATEGORIES: usize = 10_000;

/// What encodings are fitted on: the cells of train in one column, summed up.
pub(crate) enum Sample {
    /// Numbers or moments.
    Numbers {
        /// What the column holds.
        kind: ColumnType,
        /// The numbers present, in no order.
        numbers: Vec<f64>,
        /// Their moments and quantiles.
        stats: Stats,
    },
    /// Categories.
    Categories {
        /// The most frequent ones, sorted.
        names: Vec<String>,
        /// Whether a cell is missing.
        missing: bool,
        /// How many rarer ones there are.
        rarer: usize,
    },
}

impl Sample {
    /// The cells of these rows.
    pub fn of(column: &Column, rows: &[u32]) -> Sample {
        match &column.values {
            Values::Categorical { codes, categories } => of_categories(codes, categories, rows),
            _ => {
                let mut numbers: Vec<f64> = rows.iter().map(|&row| column.number(row)).collect();
                let stats = Stats::of(&mut numbers);
                Sample::Numbers { kind: column.kind, numbers, stats }
            }
        }
    }
}

fn of_categories(codes: &[u32], categories: &[String], rows: &[u32]) -> Sample {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for &row in rows {
        *counts.entry(codes[row as usize]).or_default() += 1;
    }
    let missing = counts.remove(&MISSING).is_some();
    let mut seen: Vec<(&str, usize)> =
        counts.iter().map(|(&code, &count)| (categories[code as usize].as_str(), count)).collect();
    let rarer = seen.len().saturating_sub(MAX_CATEGORIES);
    if rarer > 0 {
        seen.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        seen.truncate(MAX_CATEGORIES);
    }
    let mut names: Vec<String> = seen.iter().map(|(name, _)| (*name).to_owned()).collect();
    names.sort_unstable();
    Sample::Categories { names, missing, rarer }
}
