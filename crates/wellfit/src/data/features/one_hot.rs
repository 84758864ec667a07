//! Columns of a few categories.

use serde::{Deserialize, Serialize};

use super::FeatureKind;
use super::encoding::{Encode, Inputs};
use super::lookup::Lookup;
use super::sample::Sample;
use crate::data::{Column, Normalize};

/// Up to this many categories get an input each.
const MAX_CATEGORIES: usize = 16;

/// An input for each category, 1 where the column holds it; all 0 where the category was not seen in train.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct OneHot {
    /// The categories, sorted, in the order of their inputs.
    pub categories: Vec<String>,
    /// Whether one more input, the last, is 1 where the cell is missing; without it a missing cell is all 0.
    pub missing: bool,
}

impl OneHot {
    pub(super) fn fit(sample: &Sample, _: Normalize) -> Option<OneHot> {
        let Sample::Categories { names, missing, .. } = sample else { return None };
        // A single category is informative only by its gaps.
        let fewest = if *missing { 1 } else { 2 };
        let fits = (fewest..=MAX_CATEGORIES).contains(&names.len());
        fits.then(|| OneHot { categories: names.clone(), missing: *missing })
    }
}

impl Encode for OneHot {
    fn categories(&self) -> &[String] {
        &self.categories
    }

    fn features(&self) -> Vec<(FeatureKind, usize)> {
        vec![(FeatureKind::OneHot, self.categories.len() + usize::from(self.missing))]
    }

    fn write_numbers(&self, column: &Column, rows: &[u32], inputs: Inputs<'_, f32>) {
        let categories = Lookup::new(column, &self.categories);
        for (inputs, &row) in inputs.rows().zip(rows) {
            inputs.fill(0.0);
            let hot = match categories.place(row) {
                Some(place) => inputs.get_mut(place),
                None if self.missing && column.is_missing(row) => inputs.last_mut(),
                None => None,
            };
            if let Some(hot) = hot {
                *hot = 1.0;
            }
        }
    }
}
