//! Columns of many categories.

use serde::{Deserialize, Serialize};

use super::FeatureKind;
use super::encoding::{Encode, Inputs};
use super::lookup::Lookup;
use super::sample::Sample;
use crate::data::{Column, Normalize};

/// A code for each category: 0 is missing and unseen, the category at place i has the code i + 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Category {
    /// The categories, sorted.
    pub categories: Vec<String>,
}

impl Category {
    pub(super) fn fit(sample: &Sample, _: Normalize) -> Option<Category> {
        let Sample::Categories { names, .. } = sample else { return None };
        // A single category is constant.
        (names.len() > 1).then(|| Category { categories: names.clone() })
    }
}

impl Encode for Category {
    fn categories(&self) -> &[String] {
        &self.categories
    }

    fn features(&self) -> Vec<(FeatureKind, usize)> {
        vec![(FeatureKind::Category { count: self.categories.len() + 1 }, 1)]
    }

    fn write_codes(&self, column: &Column, rows: &[u32], inputs: Inputs<'_, u32>) {
        let categories = Lookup::new(column, &self.categories);
        for (inputs, &row) in inputs.rows().zip(rows) {
            inputs.fill(categories.place(row).map_or(0, |place| place as u32 + 1));
        }
    }
}
