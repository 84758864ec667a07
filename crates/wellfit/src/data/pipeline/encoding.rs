//! How one column becomes inputs: fitted on train, applied to any table.

#![expect(
    clippy::indexing_slicing,
    reason = "a cell is as wide as `numeric_width` says, places lie within it, rows are rows of the column"
)]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::scale::{Scale, heavy_tailed};
use super::stats::Stats;
use crate::data::dates;
use crate::data::table::{Column, MISSING, Values};
use crate::data::{ColumnType, FeatureKind, Features, Normalize};

/// Up to this many categories get an input each, more get an embedding.
const MAX_ONE_HOT: usize = 16;
/// The most frequent categories that get a code of their own.
const MAX_CATEGORIES: usize = 10_000;

/// The inputs made of one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Encoding {
    /// A number, and whether it was missing.
    Number {
        /// Absent where the number is constant in train and only its presence varies.
        scale: Option<Scale>,
        indicator: bool,
    },
    /// Linear time, year, week and (with `clock`) day as points on a circle, and whether it was missing.
    Moment { scale: Scale, clock: bool, indicator: bool },
    /// -1 for the first, 1 for the second, 0 for missing and unseen.
    Pair { categories: [String; 2] },
    /// An input for each category, one for missing if train has missing cells; unseen is all zero.
    OneHot { categories: Vec<String>, missing: bool },
    /// A learned vector for each category; code 0 is missing and unseen, category i has code i + 1.
    Embedding { categories: Vec<String> },
}

/// What fitting a column found.
pub(super) struct Fitted {
    /// `None` where train says nothing: one value and no gaps.
    pub encoding: Option<Encoding>,
    /// Deviation in train as read, for numbers.
    pub deviation: Option<f64>,
    /// Whether the column is scaled robustly.
    pub robust: bool,
    /// Categories beyond the most frequent, which share code 0.
    pub dropped_categories: usize,
}

impl Encoding {
    /// Fits a column on rows of train.
    pub fn fit(column: &Column, rows: &[u32], normalize: Normalize) -> Fitted {
        match &column.values {
            Values::Categorical { codes, categories } => fit_categories(codes, categories, rows),
            _ => fit_numbers(column, rows, normalize),
        }
    }

    /// Inputs in `Examples::numeric`.
    pub fn numeric_width(&self) -> usize {
        match self {
            Encoding::Number { scale, indicator } => usize::from(scale.is_some()) + usize::from(*indicator),
            Encoding::Moment { clock, indicator, .. } => 5 + 2 * usize::from(*clock) + usize::from(*indicator),
            Encoding::Pair { .. } => 1,
            Encoding::OneHot { categories, missing } => categories.len() + usize::from(*missing),
            Encoding::Embedding { .. } => 0,
        }
    }

    /// Adds the features it makes of a column.
    pub fn add_features(&self, column: &str, features: &mut Features) {
        let mut add = |kind, width| features.add(column, kind, width);
        match self {
            Encoding::Number { scale, indicator } => {
                add(FeatureKind::Number, usize::from(scale.is_some()));
                add(FeatureKind::Indicator, usize::from(*indicator));
            }
            Encoding::Moment { clock, indicator, .. } => {
                add(FeatureKind::Number, 1);
                add(FeatureKind::Cyclic, 4 + 2 * usize::from(*clock));
                add(FeatureKind::Indicator, usize::from(*indicator));
            }
            Encoding::Pair { .. } => add(FeatureKind::OneHot, 1),
            Encoding::OneHot { categories, missing } => {
                add(FeatureKind::OneHot, categories.len() + usize::from(*missing));
            }
            Encoding::Embedding { categories } => add(FeatureKind::Category { count: categories.len() + 1 }, 1),
        }
    }

    /// Writes the inputs of `rows` into `out`, whose rows are `stride` long, from `offset` on.
    pub fn write(&self, column: &Column, rows: &[u32], out: &mut [f32], stride: usize, offset: usize) {
        let width = self.numeric_width();
        let cells = out.chunks_exact_mut(stride).map(|row| &mut row[offset..offset + width]).zip(rows);
        match self {
            Encoding::Number { scale, indicator } => {
                for (cell, &row) in cells {
                    let number = column.number(row);
                    if let Some(scale) = scale {
                        cell[0] = scale.apply(number);
                    }
                    if *indicator {
                        cell[width - 1] = f32::from(u8::from(number.is_nan()));
                    }
                }
            }
            Encoding::Moment { scale, clock, indicator } => {
                for (cell, &row) in cells {
                    let seconds = column.number(row);
                    write_moment(cell, seconds, scale, *clock);
                    if *indicator {
                        cell[width - 1] = f32::from(u8::from(seconds.is_nan()));
                    }
                }
            }
            Encoding::Pair { categories } => {
                let places = places(column, categories);
                for (cell, &row) in cells {
                    cell[0] = match place(column, &places, row) {
                        Some(0) => -1.0,
                        Some(_) => 1.0,
                        None => 0.0,
                    };
                }
            }
            Encoding::OneHot { categories, missing } => {
                let places = places(column, categories);
                for (cell, &row) in cells {
                    cell.fill(0.0);
                    match place(column, &places, row) {
                        Some(place) => cell[place] = 1.0,
                        None if *missing && column.is_missing(row) => cell[width - 1] = 1.0,
                        None => {}
                    }
                }
            }
            Encoding::Embedding { .. } => {}
        }
    }

    /// Writes the codes of `rows` of an embedding into `out`, whose rows are `stride` long, at `offset`.
    pub fn write_codes(&self, column: &Column, rows: &[u32], out: &mut [u32], stride: usize, offset: usize) {
        if let Encoding::Embedding { categories } = self {
            let places = places(column, categories);
            for (cell, &row) in out.chunks_exact_mut(stride).zip(rows) {
                cell[offset] = place(column, &places, row).map_or(0, |place| place as u32 + 1);
            }
        }
    }

    /// Whether the column has to hold categories.
    pub fn is_categorical(&self) -> bool {
        matches!(self, Encoding::Pair { .. } | Encoding::OneHot { .. } | Encoding::Embedding { .. })
    }
}

/// For each category of the column, its place in the fitted ones; both are sorted.
fn places(column: &Column, fitted: &[String]) -> Vec<Option<usize>> {
    match &column.values {
        Values::Categorical { categories, .. } => {
            categories.iter().map(|category| fitted.binary_search(category).ok()).collect()
        }
        _ => Vec::new(),
    }
}

fn place(column: &Column, places: &[Option<usize>], row: u32) -> Option<usize> {
    match &column.values {
        Values::Categorical { codes, .. } => places.get(codes[row as usize] as usize).copied().flatten(),
        _ => None,
    }
}

fn fit_numbers(column: &Column, rows: &[u32], normalize: Normalize) -> Fitted {
    let mut numbers: Vec<f64> = rows.iter().map(|&row| column.number(row)).collect();
    let stats = Stats::of(&mut numbers);
    let indicator = stats.missing > 0 && stats.count > 0;
    let encoding = if column.kind == ColumnType::Datetime {
        let clock = numbers.iter().any(|seconds| seconds.rem_euclid(86_400.0) != 0.0);
        // The course of time is scaled even where other numbers stay raw: seconds since 1970 overflow any network.
        let kind = if normalize == Normalize::Off { Normalize::Standard } else { normalize };
        let scale = Scale::fit(&stats, kind);
        (!stats.is_constant()).then_some(Encoding::Moment { scale, clock, indicator })
    } else {
        let scale = (!stats.is_constant()).then(|| Scale::fit(&stats, normalize));
        (scale.is_some() || indicator).then_some(Encoding::Number { scale, indicator })
    };
    let robust = match normalize {
        Normalize::Auto => heavy_tailed(&stats),
        normalize => normalize == Normalize::Robust,
    };
    let deviation = (!stats.is_constant()).then_some(stats.deviation);
    Fitted { robust: robust && deviation.is_some(), encoding, deviation, dropped_categories: 0 }
}

fn fit_categories(codes: &[u32], categories: &[String], rows: &[u32]) -> Fitted {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for &row in rows {
        *counts.entry(codes[row as usize]).or_default() += 1;
    }
    let missing = counts.remove(&MISSING).is_some();
    let mut seen: Vec<(&str, usize)> =
        counts.iter().map(|(&code, &count)| (categories[code as usize].as_str(), count)).collect();
    let dropped_categories = seen.len().saturating_sub(MAX_CATEGORIES);
    if dropped_categories > 0 {
        seen.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        seen.truncate(MAX_CATEGORIES);
    }
    let mut names: Vec<String> = seen.iter().map(|(name, _)| (*name).to_owned()).collect();
    names.sort_unstable();
    let encoding = match (names.len(), missing) {
        (0, _) | (1, false) => None,
        (2, _) => names.try_into().ok().map(|categories| Encoding::Pair { categories }),
        (1..=MAX_ONE_HOT, missing) => Some(Encoding::OneHot { categories: names, missing }),
        _ => Some(Encoding::Embedding { categories: names }),
    };
    Fitted { encoding, deviation: None, robust: false, dropped_categories }
}

fn write_moment(cell: &mut [f32], seconds: f64, scale: &Scale, clock: bool) {
    let seconds = if seconds.is_nan() { scale.fill } else { seconds };
    cell[0] = scale.apply(seconds);
    let Some(phases) = dates::phases(seconds) else {
        cell[1..].fill(0.0);
        return;
    };
    let phases = [phases.year, phases.week, phases.day];
    for (pair, phase) in cell[1..].chunks_exact_mut(2).zip(&phases[..if clock { 3 } else { 2 }]) {
        let (sine, cosine) = (std::f64::consts::TAU * phase).sin_cos();
        pair[0] = sine as f32;
        pair[1] = cosine as f32;
    }
}
