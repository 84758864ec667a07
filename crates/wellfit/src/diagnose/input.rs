//! What a run knows when it is over: everything a diagnosis is made of.

use serde::{Deserialize, Serialize};

use crate::data::rarer_share;
use crate::train::{Metric, Record};

use super::budget::ErrorBudget;
use super::finding::Finding;
use super::folds::FoldErrors;
use super::rare_class::RareClass;
use super::reached::{Reached, ReachedBy, Reference, reached};
use super::{Baselines, Leak, LossRows, TargetError, TargetRange, TargetSource};

/// Everything a diagnosis is made of.
#[derive(Clone, Debug)]
pub struct DiagnosisInput {
    /// What is judged.
    pub metric: Metric,
    /// Fixes the resamples of intervals.
    pub seed: u64,
    /// Losses of the train rows, in inference mode.
    pub train: LossRows,
    /// Losses of the dev rows; `None` without a dev set.
    pub dev: Option<LossRows>,
    /// What a cross-validation found, where there was one.
    pub folds: Option<FoldErrors>,
    /// The target error the user named.
    pub target_given: Option<f64>,
    /// What the data suggest where none is named.
    pub target_range: Option<TargetRange>,
    /// Models of other kinds, judged on dev.
    pub references: Vec<Reference>,
    /// Dev errors of simpler models.
    pub baselines: Baselines,
    /// Train rows of each class, by name, in class order; empty for numbers.
    pub class_counts: Vec<(String, u64)>,
    /// The rarer of two classes on dev, where it was counted.
    pub rare_class: Option<RareClass>,
    /// Columns that give the target away.
    pub leaks: Vec<Leak>,
    /// (dev rows,): whether the row stands in train too; empty where no row does.
    pub copies: Vec<bool>,
    /// Train rows that a row of dev would be a copy of by chance; only known where most of dev are copies.
    pub copies_by_chance: Option<f64>,
    /// What the network kept and its inputs show by themselves.
    pub seen: Vec<Finding>,
    /// The epochs that were evaluated, in order.
    pub history: Vec<HistoryPoint>,
    /// Epochs trained.
    pub epochs: u64,
    /// Epoch whose weights were kept.
    pub best_epoch: u64,
    /// Epochs without improvement after which training stops; `None` when it runs to its end.
    pub early_stopping: Option<u64>,
    /// The evaluations during training, with the health of the layers; empty when not recorded.
    pub evaluations: Vec<Record>,
}

impl DiagnosisInput {
    /// The error budget of the run.
    pub fn budget(&self) -> ErrorBudget {
        let target = match self.target_given {
            Some(value) => TargetError::given(value),
            None => TargetError::assumed(self.target_range, self.reached()),
        };
        let parts = (&self.train, self.dev.as_ref());
        let mut budget = ErrorBudget::measure(self.metric, self.rarer(), target, parts, self.seed);
        if let (TargetSource::Reached(reached), Some(dev)) = (target.source, &self.dev) {
            let bias = &mut budget.avoidable_bias;
            bias.high = bias.high.min(self.most_avoidable(reached.by, dev)).max(bias.value);
        }
        match self.folds {
            Some(folds) => folds.refined(budget),
            None => budget,
        }
    }

    /// The most that a model with a lower dev error says is avoidable on train, where error is no higher than on dev in
    /// expectation: what it gains on dev. On the same rows that is known far better than the difference of train and dev.
    fn most_avoidable(&self, by: ReachedBy, dev: &LossRows) -> f64 {
        let Some(reference) = self.references.iter().find(|reference| reference.model == by) else { return 0.0 };
        let gain = match reference.dev.rows() == dev.rows() {
            true => dev.paired_gap_above(&reference.dev, self.metric, self.seed),
            false => dev.gap_above(&reference.dev, self.metric, self.seed),
        };
        gain.high
    }

    fn reached(&self) -> Option<Reached> {
        let dev = self.dev.as_ref()?.interval(self.metric, self.seed);
        Some(reached(self.metric, dev, &self.references, self.seed))
    }

    /// The share of train outside its largest class.
    fn rarer(&self) -> f64 {
        rarer_share(self.class_counts.iter().map(|(_, count)| *count))
    }
}

/// One evaluated epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryPoint {
    /// The epoch, counted from 1.
    pub epoch: u64,
    /// Loss on train.
    pub train_loss: f64,
    /// Loss on dev.
    #[serde(default)]
    pub dev_loss: Option<f64>,
    /// Error on dev.
    #[serde(default)]
    pub dev_error: Option<f64>,
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::diagnose::NaiveModel;

    /// A healthy run: 20,000 train rows with 20% wrong, 10,000 dev rows with 20.2% wrong, target 19.9%.
    pub fn healthy() -> DiagnosisInput {
        let losses = |wrong: usize, rows: usize| LossRows {
            losses: (0..rows).map(|row| f64::from(row < wrong)).collect(),
            ..LossRows::default()
        };
        DiagnosisInput {
            metric: Metric::Error,
            seed: 0,
            train: losses(4_000, 20_000),
            dev: Some(losses(2_020, 10_000)),
            folds: None,
            target_given: Some(0.199),
            target_range: None,
            references: Vec::new(),
            baselines: Baselines {
                naive_model: NaiveModel::MajorityClass,
                naive: Some(0.265),
                linear: Some(0.21),
                trees: None,
                linear_r2: None,
            },
            class_counts: vec![("No".to_string(), 14_700), ("Yes".to_string(), 5_300)],
            rare_class: None,
            leaks: Vec::new(),
            copies: Vec::new(),
            copies_by_chance: None,
            seen: Vec::new(),
            history: (1..=40)
                .map(|epoch| {
                    let loss = 0.4 + 0.3 / epoch as f64;
                    HistoryPoint {
                        epoch,
                        train_loss: loss,
                        dev_loss: Some(loss + 0.01 + 0.0004 * epoch.saturating_sub(20) as f64),
                        dev_error: Some(0.202),
                    }
                })
                .collect(),
            epochs: 40,
            best_epoch: 28,
            early_stopping: None,
            evaluations: Vec::new(),
        }
    }

    #[test]
    fn bias_is_bounded_by_what_a_better_model_gains_on_the_same_rows() {
        let errors = |wrong: usize, rows: usize| LossRows {
            losses: (0..rows).map(|row| f64::from(row < wrong)).collect(),
            ..LossRows::default()
        };
        let budget = |trees: usize| {
            let references = vec![Reference { model: ReachedBy::Trees, dev: errors(trees, 2_000) }];
            let (train, dev) = (errors(180, 1_000), errors(400, 2_000));
            DiagnosisInput { target_given: None, train, dev: Some(dev), references, ..healthy() }.budget()
        };
        // Trees are worse: nothing shows that less than dev error is reachable, and few rows are no reason for doubt.
        let none = budget(500);
        assert_eq!((none.target.value, none.avoidable_bias.high), (0.2, 0.0));
        // They err on half a point less. From independent rows alone bias might be 1.5 points.
        let little = budget(390).avoidable_bias;
        assert!((little.value + 0.015).abs() < 1e-12 && (0.005..0.012).contains(&little.high), "{little:?}");
    }
}
