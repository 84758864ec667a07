//! The answer of several networks: the mean of theirs.

use crate::train::Predictions;

/// The weighted mean of predictions for the same rows, one network after the other: of probabilities class by class, or of values;
/// and that of their losses. How classes are given is the first one's business.
///
/// Source: Lakshminarayanan et al. 2017, *Simple and scalable predictive uncertainty estimation using deep ensembles*, §2.4.
#[derive(Default)]
pub(super) struct Mean {
    mean: Option<Predictions>,
    loss: f64,
    weight: f64,
}

impl Mean {
    pub fn add(&mut self, (predictions, loss): (Predictions, f64), weight: f64) {
        self.weight += weight;
        let share = if self.weight > 0.0 { weight / self.weight } else { 0.0 };
        self.loss += share * (loss - self.loss);
        self.mean = Some(match &self.mean {
            None => predictions,
            Some(mean) => mean.mixed_with(&predictions, share),
        });
    }

    /// The mean predictions, and the mean loss.
    pub fn taken(self) -> (Predictions, f64) {
        (self.mean.unwrap_or_else(|| Predictions::Values(Vec::new())), self.loss)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(all: &[(&[f64], f64)]) -> Predictions {
        let mut mean = Mean::default();
        all.iter().for_each(|(values, weight)| mean.add((Predictions::Values(values.to_vec()), 0.0), *weight));
        mean.taken().0
    }

    #[test]
    fn the_mean_of_one_is_itself_and_of_two_lies_between() {
        let values = |values: &[f64]| Predictions::Values(values.to_vec());
        assert_eq!(mean(&[(&[0.1, 0.3], 0.5)]), values(&[0.1, 0.3]));
        assert_eq!(mean(&[(&[1.0, 2.0], 1.0), (&[3.0, 2.0], 1.0)]), values(&[2.0, 2.0]));
        assert_eq!(mean(&[(&[1.0], 0.25), (&[3.0], 0.25), (&[6.0], 0.5)]), values(&[4.0]));
        assert_eq!(mean(&[(&[1.0], 0.0), (&[3.0], 0.5)]), values(&[3.0]));
        assert_eq!(mean(&[]), values(&[]));
    }
}
