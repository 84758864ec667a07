//! One feature, and the list of all that a network gets.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Some of a network's inputs: what they mean and where they stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// The column it was made of. Neighbours of one column belong together: a number and whether it was missing, say.
    pub column: String,
    /// What it is.
    pub kind: FeatureKind,
    /// Its place among the numbers of a row, or for [`FeatureKind::Category`] among the category codes.
    pub range: Range<usize>,
}

/// What a feature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FeatureKind {
    /// A number on a scale.
    Number,
    /// 1 where the column is missing, else 0.
    Indicator,
    /// An input for each category, at most one of them 1; of two categories a single input, -1 or 1.
    OneHot,
    /// Sines and cosines of a phase, in pairs.
    Cyclic,
    /// A category code for a layer to look up; code 0 is missing and unseen.
    Category {
        /// Number of codes, the code 0 included.
        count: usize,
    },
}

/// All features of a network's input, in order: their ranges follow one another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Feature>", into = "Vec<Feature>")]
pub struct Features {
    list: Vec<Feature>,
    numbers: usize,
    codes: usize,
}

/// The places of the features that one column gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnPlaces {
    /// Among the numbers of a row.
    pub numbers: Range<usize>,
    /// Among its category codes.
    pub codes: Range<usize>,
}

impl Features {
    /// No features yet.
    pub fn new() -> Features {
        Features::default()
    }

    /// `count` numbers, as inputs that come from no table have them.
    pub fn of_numbers(count: usize) -> Features {
        let mut features = Features::new();
        for place in 0..count {
            features.add(&format!("x{}", place + 1), FeatureKind::Number, 1);
        }
        features
    }

    /// The same features and a column of `count` category codes after them.
    pub fn and_category(mut self, count: usize) -> Features {
        let column = format!("category{}", self.codes() + 1);
        self.add(&column, FeatureKind::Category { count }, 1);
        self
    }

    /// Adds a feature of `width` inputs after the others of its sort; no width, no feature.
    pub fn add(&mut self, column: &str, kind: FeatureKind, width: usize) {
        let total = if kind.is_code() { &mut self.codes } else { &mut self.numbers };
        let range = *total..*total + width;
        *total = range.end;
        if width > 0 {
            self.list.push(Feature { column: column.to_owned(), kind, range });
        }
    }

    /// The features, in their order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Feature> {
        self.list.iter()
    }

    /// Numbers in a row.
    pub fn numbers(&self) -> usize {
        self.numbers
    }

    /// Category codes in a row.
    pub fn codes(&self) -> usize {
        self.codes
    }

    /// Inputs in a row, numbers and codes.
    pub fn inputs(&self) -> usize {
        self.numbers() + self.codes()
    }

    /// The places of those that are numbers on a scale.
    pub fn continuous(&self) -> impl Iterator<Item = usize> {
        self.iter().filter(|feature| feature.kind == FeatureKind::Number).flat_map(|feature| feature.range.clone())
    }

    /// How many codes each column of category codes has.
    pub fn categories(&self) -> impl Iterator<Item = usize> {
        self.iter().filter_map(|feature| match feature.kind {
            FeatureKind::Category { count } => Some(count),
            _ => None,
        })
    }

    /// The places of each column's features, in their order.
    pub fn columns(&self) -> Vec<ColumnPlaces> {
        let same = |a: &Feature, b: &Feature| a.column == b.column;
        self.list.chunk_by(same).map(ColumnPlaces::of).collect()
    }
}

/// Features as a file lists them.
impl From<Vec<Feature>> for Features {
    fn from(list: Vec<Feature>) -> Features {
        let total = |codes: bool| {
            let last = list.iter().rfind(|feature| feature.kind.is_code() == codes);
            last.map_or(0, |last| last.range.end)
        };
        Features { numbers: total(false), codes: total(true), list }
    }
}

impl From<Features> for Vec<Feature> {
    fn from(features: Features) -> Vec<Feature> {
        features.list
    }
}

impl FeatureKind {
    /// Whether it stands among the category codes.
    pub fn is_code(self) -> bool {
        matches!(self, FeatureKind::Category { .. })
    }
}

impl ColumnPlaces {
    fn of(features: &[Feature]) -> ColumnPlaces {
        let span = |codes: bool| {
            let of_kind = || features.iter().filter(move |feature| feature.kind.is_code() == codes);
            let start = of_kind().next().map_or(0, |first| first.range.start);
            start..of_kind().next_back().map_or(start, |last| last.range.end)
        };
        ColumnPlaces { numbers: span(false), codes: span(true) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_codes_are_counted_apart_and_a_columns_features_belong_together() {
        let mut features = Features::new();
        features.add("age", FeatureKind::Number, 1);
        features.add("age", FeatureKind::Indicator, 1);
        features.add("city", FeatureKind::Category { count: 40 }, 1);
        features.add("colour", FeatureKind::OneHot, 3);
        features.add("nothing", FeatureKind::OneHot, 0);
        assert_eq!((features.numbers(), features.codes(), features.inputs()), (5, 1, 6));
        assert_eq!(features.categories().collect::<Vec<_>>(), [40]);
        let places: Vec<_> = features.columns().into_iter().map(|places| (places.numbers, places.codes)).collect();
        assert_eq!(places, [(0..2, 0..0), (0..0, 0..1), (2..5, 0..0)]);
        assert_eq!(Features::from(Vec::from(features.clone())), features);
    }
}
