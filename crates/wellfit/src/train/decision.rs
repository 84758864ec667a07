//! From probabilities to a class: the threshold of a binary task, and what its mistakes cost.

use serde::{Deserialize, Serialize};

/// What the mistakes of a binary task cost, in any unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// A row of the positive class that is taken for a negative one.
    pub missed_positive: f64,
    /// A row of the negative class that is taken for a positive one.
    pub false_alarm: f64,
}

/// Which class a row is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// (classes,): what a row of each class weighed in training; empty where all weigh the same. The probabilities are those
    /// of the data as they are, the class given is the one whose probability times weight is largest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub class_weights: Vec<f64>,
    /// The probability above which a row of a binary task is positive; `None` where the weights decide (0.5 without any).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// What mistakes cost, where somebody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub costs: Option<Costs>,
}

impl Decision {
    /// The most probable class.
    pub const MOST_PROBABLE: Decision = Decision { class_weights: Vec::new(), threshold: None, costs: None };

    /// Whether it is the most probable class, with no costs.
    pub fn is_plain(&self) -> bool {
        *self == Decision::MOST_PROBABLE
    }

    /// The same with another threshold.
    pub fn at(&self, threshold: f64) -> Decision {
        Decision { threshold: Some(threshold), ..self.clone() }
    }

    /// The class of a row, `probabilities`: (classes,). The first of equal ones.
    pub fn class_of(&self, probabilities: &[f32]) -> usize {
        let mut best = (0, f64::NEG_INFINITY);
        for (class, &probability) in probabilities.iter().enumerate() {
            let score = f64::from(probability) * self.weight(class);
            if score > best.1 {
                best = (class, score);
            }
        }
        best.0
    }

    /// The probability above which a row of a binary task is positive.
    pub fn positive_above(&self) -> f64 {
        let (negative, positive) = (self.weight(0), self.weight(1));
        negative / (negative + positive)
    }

    /// Turns the probabilities of a network that was trained with class weights into those of the data as they are: it has
    /// learned shares in which each class counts as often as it weighed.
    ///
    /// `probabilities`: (rows, classes), row-major. Source: Saerens, Latinne and Decaestecker 2002, *Neural Computation* 14:21, eq. 2.4.
    pub fn unweigh(&self, classes: usize, probabilities: &mut [f32]) {
        if self.class_weights.is_empty() {
            return;
        }
        for row in probabilities.chunks_exact_mut(classes) {
            let shares = row.iter().zip(&self.class_weights).map(|(&p, weight)| f64::from(p) / weight);
            let sum: f64 = shares.clone().sum();
            let shares: Vec<f32> = shares.map(|share| (share / sum) as f32).collect();
            row.copy_from_slice(&shares);
        }
    }

    fn weight(&self, class: usize) -> f64 {
        match self.threshold {
            Some(threshold) if class == 0 => threshold,
            Some(threshold) => 1.0 - threshold,
            None => self.class_weights.get(class).copied().unwrap_or(1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_more_the_most_probable_class_is_given_and_the_first_of_equal_ones() {
        let plain = Decision::MOST_PROBABLE;
        assert_eq!((plain.class_of(&[0.2, 0.5, 0.3]), plain.class_of(&[0.5, 0.5])), (1, 0));
        assert_eq!(plain.positive_above(), 0.5);
    }

    #[test]
    fn a_row_is_positive_above_the_threshold() {
        let at = Decision::MOST_PROBABLE.at(0.2);
        assert_eq!((at.class_of(&[0.79, 0.21]), at.class_of(&[0.81, 0.19])), (1, 0));
        assert!((at.positive_above() - 0.2).abs() < 1e-15);
    }

    #[test]
    fn class_weights_move_probabilities_back_and_leave_the_class() {
        // A network that saw positives nine times as heavy and gives 0.75 means odds of 3 : 9, so 0.25.
        let weighed = Decision { class_weights: vec![1.0, 9.0], ..Decision::default() };
        let mut probabilities = [0.25, 0.75];
        weighed.unweigh(2, &mut probabilities);
        assert!((probabilities[1] - 0.25).abs() < 1e-7, "{probabilities:?}");
        assert_eq!(weighed.class_of(&probabilities), 1);
        assert!((weighed.positive_above() - 0.1).abs() < 1e-15);
    }

    #[test]
    fn a_plain_decision_adds_nothing_to_a_model_file() {
        assert_eq!(serde_json::to_string(&Decision::MOST_PROBABLE).unwrap(), "{}");
    }
}
