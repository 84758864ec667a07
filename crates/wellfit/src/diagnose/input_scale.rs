//! Whether the inputs of a network are of one size, and near 0.

use crate::data::{Examples, FeatureKind, Features};

/// Rows that are looked at.
const MOST_ROWS: usize = 2_000;
/// From here on the largest input is too large beside the smallest, or beside 1.
const TOO_FAR: f64 = 20.0;

/// The size of the numbers that a network reads, where they are not of one size.
#[derive(Clone, Debug, PartialEq)]
pub struct InputScale {
    /// The column of the input furthest from 0, and the root of its mean square.
    pub largest: (String, f64),
    /// The same of the input nearest to 0 that is not 0 everywhere.
    pub smallest: (String, f64),
}

/// The largest and the smallest number that a network reads, where the largest is too far from 1 to train well.
///
/// Indicators, one-hot inputs and phases are near 1 by themselves and are left out.
/// Source: LeCun et al. 1998, *Efficient BackProp*, §4.3.
pub fn input_scale(train: &Examples, features: &Features) -> Option<InputScale> {
    let width = train.source.numbers_in_a_row();
    let numbers = train.source.numbers();
    let rows = train.rows().min(MOST_ROWS);
    let size = |place: usize| {
        let squares = numbers.iter().skip(place).step_by(width).take(rows).map(|&x| f64::from(x).powi(2));
        (squares.sum::<f64>() / rows.max(1) as f64).sqrt()
    };
    let of_numbers = features.iter().filter(|feature| feature.kind == FeatureKind::Number);
    let sizes: Vec<(String, f64)> = of_numbers
        .flat_map(|feature| feature.range.clone().map(|place| (feature.column.clone(), size(place))))
        .filter(|(_, size)| *size > 0.0)
        .collect();
    let by_size = |a: &&(String, f64), b: &&(String, f64)| a.1.total_cmp(&b.1);
    let (largest, smallest) = (sizes.iter().max_by(by_size)?, sizes.iter().min_by(by_size)?);
    let too_far = largest.1 > TOO_FAR || largest.1 < 1.0 / TOO_FAR;
    too_far.then(|| InputScale { largest: largest.clone(), smallest: smallest.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{RowSource, Targets};

    fn scale_of(rows: &[[f32; 2]]) -> Option<InputScale> {
        let train = Examples::new(RowSource::of_matrix(rows.len(), rows.concat(), Vec::new()), Targets::Absent);
        input_scale(&train, &Features::of_numbers(2))
    }

    #[test]
    fn inputs_of_one_size_are_fine_and_large_or_tiny_ones_are_named() {
        assert_eq!(scale_of(&[[0.5, -1.2], [-0.7, 0.9]]), None);
        let found = scale_of(&[[0.5, 40_000.0], [-0.7, 60_000.0]]).unwrap();
        assert_eq!((found.largest.0.as_str(), found.smallest.0.as_str()), ("x2", "x1"));
        assert!((found.largest.1 - 50_990.2).abs() < 0.1, "{found:?}");
        assert!(scale_of(&[[1e-4, 3e-4], [2e-4, 1e-4]]).is_some(), "inputs that are next to nothing");
    }
}
