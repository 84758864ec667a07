//! What a remedy knows when it proposes a change.

use crate::data::Task;
use crate::diagnose::{Diagnosis, HistoryPoint};

/// A diagnosed run, as far as remedies need it.
#[derive(Clone, Debug)]
pub struct Case {
    /// The run's name, for commands that name it: `runs/telco-1`.
    pub run: String,
    /// What is predicted.
    pub task: Task,
    /// The diagnosis.
    pub diagnosis: Diagnosis,
    /// The settings the run was made with, every `auto` resolved.
    pub knobs: Knobs,
    /// Rows of each part.
    pub rows: RowCounts,
    /// Inputs of the first layer.
    pub inputs: usize,
    /// Outputs of the last layer.
    pub outputs: usize,
    /// Epoch whose weights were kept.
    pub best_epoch: u64,
    /// The epochs that were evaluated, in order.
    pub history: Vec<HistoryPoint>,
    /// Dev rows that would decide an undecided verdict, where more dev rows would.
    pub dev_rows_needed: Option<u64>,
}

/// The knobs remedies may turn.
#[derive(Clone, Debug, PartialEq)]
pub struct Knobs {
    /// Units of each hidden layer.
    pub hidden: Vec<usize>,
    /// Probability of keeping a unit, one a hidden layer.
    pub keep_prob: Vec<f64>,
    /// The optimiser's name.
    pub optimizer: String,
    /// The learning rate.
    pub lr: f64,
    /// Epochs asked for.
    pub epochs: u64,
    /// λ of the squared penalty.
    pub l2: f64,
    /// λ of the absolute penalty.
    pub l1: f64,
    /// Epochs without gain after which training stops; `None` when off.
    pub early_stopping: Option<u64>,
}

/// Rows of the three parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowCounts {
    /// Rows of train.
    pub train: u64,
    /// Rows of dev.
    pub dev: u64,
    /// Rows of test; 0 without one.
    pub test: u64,
    /// Whether the parts were split from one file, so that `data.split` can move rows between them.
    pub split_from_one: bool,
}

impl RowCounts {
    /// Rows in all.
    pub fn total(&self) -> u64 {
        self.train + self.dev + self.test
    }
}

impl Case {
    /// Weights of the dense layers, biases left out.
    pub fn weights(&self) -> usize {
        let mut width = self.inputs;
        let mut weights = 0;
        for &units in self.knobs.hidden.iter().chain([&self.outputs]) {
            weights += width * units;
            width = units;
        }
        weights
    }

    /// Whether a finding of this kind was made.
    pub fn found(&self, kind: &str) -> bool {
        self.diagnosis
            .findings
            .iter()
            .any(|finding| finding.kind == kind)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::diagnose::{Finding, Interval, TargetError, Verdict};

    /// A run of 60 epochs on 4,225 rows with the verdict asked for.
    pub fn case(verdict: Verdict) -> Case {
        Case {
            run: "runs/telco-1".to_string(),
            task: Task::Binary,
            diagnosis: Diagnosis {
                verdict,
                target_error: TargetError::given(0.1),
                avoidable_bias: Interval {
                    value: 0.08,
                    low: 0.07,
                    high: 0.09,
                },
                variance: Interval {
                    value: 0.05,
                    low: 0.03,
                    high: 0.07,
                },
                findings: vec![Finding {
                    kind: "verdict".to_string(),
                    text: verdict.to_string(),
                }],
            },
            knobs: Knobs {
                hidden: vec![64, 32],
                keep_prob: vec![1.0, 1.0],
                optimizer: "adam".to_string(),
                lr: 0.002,
                epochs: 60,
                l2: 0.5,
                l1: 0.0,
                early_stopping: None,
            },
            rows: RowCounts {
                train: 4_225,
                dev: 1_409,
                test: 1_409,
                split_from_one: true,
            },
            inputs: 45,
            outputs: 1,
            best_epoch: 40,
            history: Vec::new(),
            dev_rows_needed: Some(5_200),
        }
    }

    #[test]
    fn weights_are_counted_without_biases() {
        assert_eq!(case(Verdict::GoodFit).weights(), 45 * 64 + 64 * 32 + 32);
    }
}
