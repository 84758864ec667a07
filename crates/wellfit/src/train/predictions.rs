//! What a network says about rows, and what is true of them.

use super::Metric;
use super::binary_counts::best_threshold;
use super::decision::Decision;

/// What a network says about rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Predictions {
    /// A probability for each class of each row.
    Probabilities {
        /// Number of classes; binary tasks have 2.
        classes: usize,
        /// (rows, classes), row-major.
        values: Vec<f32>,
        /// Which class a row is given.
        decision: Decision,
    },
    /// (rows,): the predicted number, in the target's unit.
    Values(Vec<f64>),
}

/// What is true of the rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    /// (rows,): index of the class.
    Classes(Vec<u32>),
    /// (rows,): the target, in its own unit.
    Values(Vec<f64>),
}

impl Predictions {
    /// (rows,): the class each row is given; empty for numbers.
    pub fn classes_given(&self) -> Vec<u32> {
        match self {
            Predictions::Probabilities { classes, values, decision } => {
                values.chunks_exact(*classes).map(|row| decision.class_of(row) as u32).collect()
            }
            Predictions::Values(_) => Vec::new(),
        }
    }

    /// (rows,): the probability of the positive class of a binary task; empty for others.
    pub fn positive_scores(&self) -> Vec<f32> {
        match self {
            Predictions::Probabilities { classes: 2, values, .. } => {
                values.iter().skip(1).step_by(2).copied().collect()
            }
            _ => Vec::new(),
        }
    }

    /// The same with the threshold that is best for `goal` on these rows, where there is one.
    pub fn with_best_threshold(self, goal: Metric, truth: &Truth, weights: &[f32]) -> Predictions {
        let (Predictions::Probabilities { classes: 2, .. }, Truth::Classes(truth)) = (&self, truth) else {
            return self;
        };
        let decision = self.decision();
        match best_threshold(goal, decision.costs, &self.positive_scores(), truth, weights) {
            Some(threshold) => self.decided_by(decision.at(threshold)),
            None => self,
        }
    }

    /// How a row is given its class.
    pub fn decision(&self) -> Decision {
        match self {
            Predictions::Probabilities { decision, .. } => decision.clone(),
            Predictions::Values(_) => Decision::MOST_PROBABLE,
        }
    }

    /// The same with classes given as `decision` says.
    pub fn decided_by(mut self, by: Decision) -> Predictions {
        if let Predictions::Probabilities { decision, .. } = &mut self {
            *decision = by;
        }
        self
    }

    /// The same with probabilities as a softmax at this temperature gives them: above 1 they are less sure. Values stay.
    ///
    /// Source: Guo et al. 2017, *On calibration of modern neural networks*, §4.2.
    pub fn tempered(mut self, temperature: f64) -> Predictions {
        if let Predictions::Probabilities { classes, values, .. } = &mut self {
            temper(*classes, values, temperature);
        }
        self
    }

    /// The same, followed by those of further rows.
    pub fn followed_by(mut self, further: &Predictions) -> Predictions {
        match (&mut self, further) {
            (Predictions::Values(all), Predictions::Values(further)) => all.extend(further),
            (Predictions::Probabilities { values: all, .. }, Predictions::Probabilities { values: further, .. }) => {
                all.extend(further);
            }
            _ => {}
        }
        self
    }

    /// The same mixed with a share of another's, of the same rows: probabilities class by class, or values.
    pub fn mixed_with(&self, other: &Predictions, share: f64) -> Predictions {
        let mut mixed = self.clone();
        match (&mut mixed, other) {
            (Predictions::Values(all), Predictions::Values(other)) => {
                all.iter_mut().zip(other).for_each(|(one, other)| *one += share * (other - *one));
            }
            (Predictions::Probabilities { values: all, .. }, Predictions::Probabilities { values: other, .. }) => {
                all.iter_mut().zip(other).for_each(|(one, other)| *one += share as f32 * (other - *one));
            }
            _ => {}
        }
        mixed
    }

    /// Those of some rows, in their order; rows that are not there are left out.
    pub fn of_rows(&self, rows: &[u32]) -> Predictions {
        match self {
            Predictions::Probabilities { classes, values, decision } => {
                let row = |&row: &u32| values.get(row as usize * classes..(row as usize + 1) * classes);
                Predictions::Probabilities {
                    classes: *classes,
                    values: rows.iter().filter_map(row).flatten().copied().collect(),
                    decision: decision.clone(),
                }
            }
            Predictions::Values(values) => {
                Predictions::Values(rows.iter().filter_map(|&row| values.get(row as usize).copied()).collect())
            }
        }
    }
}

/// Probabilities, (rows, classes), at another temperature.
pub(super) fn temper(classes: usize, probabilities: &mut [f32], temperature: f64) {
    if temperature == 1.0 {
        return;
    }
    for row in probabilities.chunks_exact_mut(classes) {
        let most = row.iter().fold(0.0f64, |most, &p| most.max(f64::from(p)));
        let powers = row.iter().map(|&p| (f64::from(p) / most).powf(1.0 / temperature));
        let sum: f64 = powers.clone().sum();
        let tempered: Vec<f32> = powers.map(|power| (power / sum) as f32).collect();
        row.copy_from_slice(&tempered);
    }
}

impl Truth {
    /// That of some rows, in their order; rows that are not there are left out.
    pub fn of_rows(&self, rows: &[u32]) -> Truth {
        match self {
            Truth::Classes(classes) => {
                Truth::Classes(rows.iter().filter_map(|&row| classes.get(row as usize).copied()).collect())
            }
            Truth::Values(values) => {
                Truth::Values(rows.iter().filter_map(|&row| values.get(row as usize).copied()).collect())
            }
        }
    }

    /// The same, followed by that of further rows.
    pub fn followed_by(mut self, further: &Truth) -> Truth {
        match (&mut self, further) {
            (Truth::Classes(all), Truth::Classes(further)) => all.extend(further),
            (Truth::Values(all), Truth::Values(further)) => all.extend(further),
            _ => {}
        }
        self
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        match self {
            Truth::Classes(classes) => classes.len(),
            Truth::Values(values) => values.len(),
        }
    }
}
