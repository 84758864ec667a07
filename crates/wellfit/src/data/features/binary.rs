//! Columns of two categories.

use serde::{Deserialize, Serialize};

use super::FeatureKind;
use super::encoding::{Encode, Inputs};
use super::lookup::Lookup;
use super::sample::Sample;
use crate::data::{Column, Normalize};

/// One input: -1 for the first category, 1 for the second, 0 for missing and unseen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Binary {
    /// The two categories, sorted.
    pub categories: [String; 2],
}

impl Binary {
    pub(super) fn fit(sample: &Sample, _: Normalize) -> Option<Binary> {
        let Sample::Categories { names, .. } = sample else { return None };
        names.clone().try_into().ok().map(|categories| Binary { categories })
    }
}

impl Encode for Binary {
    fn categories(&self) -> &[String] {
        &self.categories
    }

    fn features(&self) -> Vec<(FeatureKind, usize)> {
        vec![(FeatureKind::OneHot, 1)]
    }

    fn write_numbers(&self, column: &Column, rows: &[u32], inputs: Inputs<'_, f32>) {
        let categories = Lookup::new(column, &self.categories);
        for (inputs, &row) in inputs.rows().zip(rows) {
            inputs.fill(match categories.place(row) {
                Some(0) => -1.0,
                Some(_) => 1.0,
                None => 0.0,
            });
        }
    }
}
