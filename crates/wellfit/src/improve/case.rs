//! What a remedy knows when it proposes a change.

use crate::data::{Augment, Normalize, Task};
use crate::diagnose::{Decides, Diagnosis, ErrorBudget, Finding, FindingKind, Standing, Verdict, is_found};
use crate::net::{Activation, Init};
use crate::optim::{Optimizer, Schedule};

/// A diagnosed run, as far as remedies need it.
#[derive(Clone, Debug)]
pub struct Case {
    /// The run's name, for commands that name it: `runs/telco-1`.
    pub run: String,
    /// What is predicted.
    pub task: Task,
    /// Fixes the resamples of intervals.
    pub seed: u64,
    /// The diagnosis.
    pub diagnosis: Diagnosis,
    /// The error budget it was made of.
    pub budget: ErrorBudget,
    /// The settings the run was trained with, every `auto` resolved.
    pub knobs: Knobs,
    /// The settings that `auto` stands for in each place, the hidden layers being as they are.
    pub usual: Knobs,
    /// Rows of each part.
    pub rows: RowCounts,
    /// Inputs of the first layer.
    pub inputs: usize,
    /// Outputs of the last layer.
    pub outputs: usize,
    /// Epochs trained.
    pub epochs_trained: u64,
    /// Epoch whose weights were kept.
    pub best_epoch: u64,
    /// Whether all rows of train and dev could be judged by cross-validation, and have not been.
    pub folds_possible: bool,
    /// The column that says whose rows they are, where it gives the target away.
    pub group_column: Option<String>,
    /// Columns that give the target away, that one left out.
    pub leak_columns: Vec<String>,
}

/// The settings that remedies may change.
#[derive(Clone, Debug, PartialEq)]
pub struct Knobs {
    /// Columns set aside on request.
    pub drop: Vec<String>,
    /// Units of each hidden layer.
    pub hidden: Vec<usize>,
    /// Probability of keeping a unit, one a hidden layer.
    pub keep_prob: Vec<f64>,
    /// The hidden layers' activation.
    pub activation: Activation,
    /// How weights start.
    pub init: Init,
    /// How numbers are scaled.
    pub normalize: Normalize,
    /// Whether rows are weighed by their class.
    pub class_weights: bool,
    /// The largest norm of a gradient; `None` where it is not clipped.
    pub clip_norm: Option<f64>,
    /// The learning rate's schedule.
    pub schedule: Schedule,
    /// Decoupled weight decay.
    pub weight_decay: f64,
    /// Share of each label spread over all classes.
    pub label_smoothing: f64,
    /// How rows are changed in training.
    pub augment: Augment,
    /// The optimiser.
    pub optimizer: Optimizer,
    /// The learning rate.
    pub lr: f64,
    /// Rows in a step.
    pub batch: usize,
    /// Epochs asked for.
    pub epochs: u64,
    /// λ of the squared penalty.
    pub l2: f64,
    /// λ of the absolute penalty.
    pub l1: f64,
    /// Epochs without improvement after which training stops; `None` when off.
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
    /// Whether train and dev were split from one file, so that `data.split` can move rows between them.
    pub split_from_one: bool,
    /// Whether test is a file of its own, which `data.split` leaves alone.
    pub test_given: bool,
}

impl RowCounts {
    /// Rows that were split.
    pub fn total(&self) -> u64 {
        self.train + self.dev + self.test_split()
    }

    /// Rows of test that came out of the split.
    pub fn test_split(&self) -> u64 {
        if self.test_given { 0 } else { self.test }
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

    /// Whether bias is neither surely high nor surely fine.
    pub fn bias_is_open(&self) -> bool {
        self.budget.bias_standing() == Standing::Inconclusive
    }

    /// Whether variance is neither surely high nor surely fine.
    pub fn variance_is_open(&self) -> bool {
        self.budget.variance_standing() == Some(Standing::Inconclusive)
    }

    /// The verdict, or what an undecided one leans to.
    pub fn leaning(&self) -> Verdict {
        match (self.diagnosis.verdict, self.budget.variance) {
            (Verdict::Undecided, Some(variance)) => {
                let bias = if self.bias_is_possible() { self.budget.avoidable_bias.value } else { 0.0 };
                let variance = if self.variance_is_possible() { variance.value } else { 0.0 };
                Verdict::if_exact(bias, variance, self.budget.delta)
            }
            (verdict, _) => verdict,
        }
    }

    /// Rows that would decide an open variance, where more of those that judge it would.
    pub fn rows_needed(&self) -> Option<u64> {
        match self.budget.decides_variance() {
            Decides::Rows(rows) => Some(rows.ceil() as u64),
            Decides::Times(_) | Decides::Nothing => None,
        }
    }

    /// Whether something keeps the network from learning: a layer, the inputs, the learning rate, or a simpler model that does
    /// as well.
    pub fn fails_to_learn(&self) -> bool {
        self.diagnosis.findings.iter().any(|finding| finding.kind().keeps_from_learning())
    }

    /// Whether something graver than a rare class keeps the network from learning.
    pub fn is_kept_from_learning(&self) -> bool {
        self.diagnosis.findings.iter().any(|finding| finding.kind().keeps_from_judging())
    }

    /// The first layer with a finding of this kind.
    pub fn layer_with(&self, kind: FindingKind) -> Option<&str> {
        self.diagnosis.findings.iter().find_map(|finding| match finding {
            Finding::Layer(found) if finding.kind() == kind => Some(found.layer.as_str()),
            Finding::AlikeUnits { layer, .. } if finding.kind() == kind => Some(layer.as_str()),
            _ => None,
        })
    }

    /// Whether many rows of a class are missed that the error rate passes over.
    pub fn misses_a_rare_class(&self) -> bool {
        let missed = |finding: &Finding| matches!(finding, Finding::RareClassMissed(rare) if rare.is_mostly_missed());
        self.diagnosis.findings.iter().any(missed)
    }

    /// Whether dev rows are distributed differently from train rows.
    pub fn has_mismatch(&self) -> bool {
        let found = |finding: &Finding| matches!(finding, Finding::Mismatch { difference, delta, .. } if is_found(*difference, *delta));
        self.diagnosis.findings.iter().any(found)
    }

    /// Whether bias is not surely fine.
    pub fn bias_is_possible(&self) -> bool {
        self.budget.bias_standing() != Standing::Fine
    }

    /// Whether variance is not surely fine.
    pub fn variance_is_possible(&self) -> bool {
        self.budget.variance_standing() != Some(Standing::Fine)
    }

    /// Whether a finding of this kind was made.
    pub fn found(&self, kind: FindingKind) -> bool {
        self.diagnosis.found(kind)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::diagnose::{LossRows, TargetError};
    use crate::train::Metric;

    fn losses(error: f64, rows: u64) -> LossRows {
        let wrong = (error * rows as f64) as u64;
        LossRows { losses: (0..rows).map(|row| f64::from(row < wrong)).collect(), ..LossRows::default() }
    }

    /// A run of 60 epochs on 40,000 rows with the verdict asked for.
    pub fn case(verdict: Verdict) -> Case {
        // Errors of train and dev that lead to the verdict, against a target of 10%.
        let (train, dev) = match verdict {
            Verdict::GoodFit => (0.10, 0.10),
            Verdict::HighBias => (0.30, 0.29),
            Verdict::HighVariance => (0.10, 0.20),
            Verdict::HighBiasAndHighVariance => (0.20, 0.35),
            Verdict::Undecided => (0.10, 0.14),
        };
        let rows = RowCounts {
            train: 40_000,
            dev: if verdict == Verdict::Undecided { 250 } else { 5_000 },
            test: 5_000,
            split_from_one: true,
            test_given: false,
        };
        let target = TargetError::given(0.1);
        let budget = ErrorBudget::measure(
            Metric::Error,
            0.5,
            target,
            (&losses(train, rows.train), Some(&losses(dev, rows.dev))),
            0,
        );
        Case {
            run: "runs/telco-1".to_string(),
            task: Task::Binary,
            seed: 0,
            diagnosis: Diagnosis {
                verdict,
                target_error: budget.target,
                avoidable_bias: budget.avoidable_bias,
                variance: budget.variance.unwrap(),
                findings: Vec::new(),
                rare_class: None,
            },
            budget,
            knobs: knobs(),
            usual: knobs(),
            rows,
            inputs: 45,
            outputs: 1,
            epochs_trained: 60,
            best_epoch: 40,
            folds_possible: true,
            group_column: None,
            leak_columns: Vec::new(),
        }
    }

    fn knobs() -> Knobs {
        Knobs {
            drop: Vec::new(),
            hidden: vec![64, 32],
            keep_prob: vec![1.0, 1.0],
            activation: Activation::Relu,
            schedule: Schedule::Constant,
            weight_decay: 0.0,
            label_smoothing: 0.0,
            augment: Augment::default(),
            optimizer: Optimizer::Adam,
            lr: 0.002,
            batch: 128,
            epochs: 60,
            l2: 0.5,
            l1: 0.0,
            early_stopping: None,
            init: Init::He,
            normalize: Normalize::Auto,
            class_weights: false,
            clip_norm: None,
        }
    }

    #[test]
    fn the_cases_have_the_verdicts_they_are_made_for() {
        use Verdict::*;
        for verdict in [GoodFit, HighBias, HighVariance, HighBiasAndHighVariance, Undecided] {
            let budget = case(verdict).budget;
            assert_eq!(Verdict::of(budget.bias_standing(), budget.variance_standing().unwrap()), verdict);
        }
    }

    #[test]
    fn weights_are_counted_without_biases() {
        assert_eq!(case(Verdict::GoodFit).weights(), 45 * 64 + 64 * 32 + 32);
    }
}
