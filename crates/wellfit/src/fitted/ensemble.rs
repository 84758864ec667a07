//! The answer of several networks: the mean of theirs.

use std::ops::AddAssign;

use crate::train::Predictions;

/// The mean of predictions for the same rows: of probabilities class by class, or of values. `None` of none.
///
/// Source: Lakshminarayanan et al. 2017, *Simple and scalable predictive uncertainty estimation using deep ensembles*, §2.4.
pub(super) fn mean(all: Vec<Predictions>) -> Option<Predictions> {
    let count = all.len();
    let mut all = all.into_iter();
    let mut sum = all.next()?;
    for one in all {
        match (&mut sum, one) {
            (Predictions::Values(sum), Predictions::Values(one)) => add(sum, &one),
            (Predictions::Probabilities { values: sum, .. }, Predictions::Probabilities { values: one, .. }) => {
                add(sum, &one)
            }
            _ => {}
        }
    }
    match &mut sum {
        _ if count == 1 => {}
        Predictions::Values(values) => values.iter_mut().for_each(|value| *value /= count as f64),
        Predictions::Probabilities { values, .. } => values.iter_mut().for_each(|value| *value /= count as f32),
    }
    Some(sum)
}

fn add<T: Copy + AddAssign>(to: &mut [T], from: &[T]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += *from);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_one_is_itself_and_of_two_lies_between() {
        let values = |values: &[f64]| Predictions::Values(values.to_vec());
        assert_eq!(mean(vec![values(&[0.1, 0.3])]), Some(values(&[0.1, 0.3])));
        assert_eq!(mean(vec![values(&[1.0, 2.0]), values(&[3.0, 2.0])]), Some(values(&[2.0, 2.0])));
        assert_eq!(mean(Vec::new()), None);
    }
}
