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

    /// Number of rows.
    pub fn rows(&self) -> usize {
        match self {
            Truth::Classes(classes) => classes.len(),
            Truth::Values(values) => values.len(),
        }
    }
}
