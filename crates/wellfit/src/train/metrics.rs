//! From predictions to scores, row weights respected, sums in f64.

use serde::{Deserialize, Serialize};

use super::Metric;

/// What a network says about rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Predictions {
    /// A probability for each class of each row.
    Probabilities {
        /// Number of classes; binary tasks have 2.
        classes: usize,
        /// (rows, classes), row-major.
        values: Vec<f32>,
    },
    /// (rows,): the predicted number, in the target's unit.
    Values(Vec<f32>),
}

/// What is true of the rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    /// (rows,): index of the class.
    Classes(Vec<u32>),
    /// (rows,): the target, in its own unit.
    Values(Vec<f32>),
}

impl Predictions {
    /// Those of some rows, in their order; rows that are not there are left out.
    pub fn of_rows(&self, rows: &[u32]) -> Predictions {
        match self {
            Predictions::Probabilities { classes, values } => {
                let row = |&row: &u32| values.get(row as usize * classes..(row as usize + 1) * classes);
                Predictions::Probabilities {
                    classes: *classes,
                    values: rows.iter().filter_map(row).flatten().copied().collect(),
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

/// The scores that stand beside the error in a result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// (classes, classes): rows of true class i (outer) predicted as class j (inner), unweighted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confusion: Option<Vec<Vec<u64>>>,
    /// Area under the receiver operating curve; binary tasks with both classes present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auc: Option<f64>,
    /// Mean negative log probability of the true class, in nats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_loss: Option<f64>,
    /// Share of the target's variance explained; absent when the target does not vary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r2: Option<f64>,
    /// Mean absolute difference, in the target's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mae: Option<f64>,
}

impl Metrics {
    /// Every score that suits the predictions. `weights`: (rows,), or empty when every row weighs 1.
    ///
    /// Panics if predictions and truth are of different kinds or lengths (a bug in the caller).
    #[allow(clippy::panic, reason = "one task gives both")]
    pub fn measure(predictions: &Predictions, truth: &Truth, weights: &[f32]) -> Metrics {
        match (predictions, truth) {
            (Predictions::Probabilities { classes, values }, Truth::Classes(truth)) => Metrics {
                confusion: Some(confusion(*classes, values, truth)),
                auc: if *classes == 2 { auc(&positive_scores(values), truth, weights) } else { None },
                log_loss: Some(log_loss(*classes, values, truth, weights)),
                ..Metrics::default()
            },
            (Predictions::Values(values), Truth::Values(truth)) => {
                Metrics { r2: r2(values, truth, weights), mae: Some(mae(values, truth, weights)), ..Metrics::default() }
            }
            _ => panic!("predictions and truth are of different kinds"),
        }
    }
}

impl Metric {
    /// The score of predictions; `None` where it is not defined (one class only, a constant target, another task).
    ///
    /// `weights`: (rows,), or empty when every row weighs 1. Panics if lengths disagree (a bug in the caller).
    pub fn score(self, predictions: &Predictions, truth: &Truth, weights: &[f32]) -> Option<f64> {
        match (predictions, truth) {
            (Predictions::Probabilities { classes, values }, Truth::Classes(truth)) => match self {
                Metric::Error => Some(error_rate(*classes, values, truth, weights)),
                Metric::LogLoss => Some(log_loss(*classes, values, truth, weights)),
                Metric::Auc if *classes == 2 => auc(&positive_scores(values), truth, weights),
                _ => None,
            },
            (Predictions::Values(values), Truth::Values(truth)) => match self {
                Metric::Rmse => Some(rmse(values, truth, weights)),
                Metric::Mae => Some(mae(values, truth, weights)),
                Metric::R2 => r2(values, truth, weights),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The loss of each row that intervals are made of: 0 or 1 for classes, the squared difference for numbers. (rows,).
///
/// Panics if predictions and truth are of different kinds or lengths (a bug in the caller).
#[allow(clippy::panic, reason = "one task gives both")]
pub fn row_losses(predictions: &Predictions, truth: &Truth) -> Vec<f64> {
    match (predictions, truth) {
        (Predictions::Probabilities { classes, values }, Truth::Classes(truth)) => {
            check_rows(values.len(), truth.len() * classes);
            values.chunks_exact(*classes).zip(truth).map(|(row, &class)| f64::from(predicted(row) != class)).collect()
        }
        (Predictions::Values(values), Truth::Values(truth)) => {
            check_rows(values.len(), truth.len());
            values.iter().zip(truth).map(|(&p, &t)| (f64::from(p) - f64::from(t)).powi(2)).collect()
        }
        _ => panic!("predictions and truth are of different kinds"),
    }
}

/// Share of rows (by weight) whose most probable class is not the true one; ties go to the first class.
///
/// `probabilities`: (rows, classes), row-major. `truth`: (rows,). `weights`: (rows,) or empty.
pub fn error_rate(classes: usize, probabilities: &[f32], truth: &[u32], weights: &[f32]) -> f64 {
    check_rows(probabilities.len(), truth.len() * classes);
    let rows = probabilities.chunks_exact(classes).zip(truth);
    weighted_mean(rows.map(|(row, &class)| f64::from(predicted(row) != class)), weights)
}

/// Mean negative log probability of the true class, in nats; probabilities below 1e-7 count as 1e-7, so that one
/// sure mistake does not make the score infinite.
///
/// Shapes as in [`error_rate`].
pub fn log_loss(classes: usize, probabilities: &[f32], truth: &[u32], weights: &[f32]) -> f64 {
    check_rows(probabilities.len(), truth.len() * classes);
    let rows = probabilities.chunks_exact(classes).zip(truth);
    weighted_mean(rows.map(|(row, &class)| -f64::from(row[class as usize]).max(1e-7).ln()), weights)
}

/// Counts of rows by true class (outer) and predicted class (inner).
///
/// Shapes as in [`error_rate`].
pub fn confusion(classes: usize, probabilities: &[f32], truth: &[u32]) -> Vec<Vec<u64>> {
    check_rows(probabilities.len(), truth.len() * classes);
    let mut counts = vec![vec![0; classes]; classes];
    for (row, &class) in probabilities.chunks_exact(classes).zip(truth) {
        counts[class as usize][predicted(row) as usize] += 1;
    }
    counts
}

/// Probability that a row of class 1 scores above a row of class 0, ties counting half (midranks); `None` if a class
/// is absent.
///
/// `scores`, `truth`: (rows,). `weights`: (rows,) or empty.
pub fn auc(scores: &[f32], truth: &[u32], weights: &[f32]) -> Option<f64> {
    check_rows(scores.len(), truth.len());
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let (mut won, mut negatives, mut positives) = (0.0, 0.0, 0.0);
    for tied in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let (mut tied_negatives, mut tied_positives) = (0.0, 0.0);
        for &row in tied {
            let weight = weight_of(weights, row);
            if truth[row] == 1 { tied_positives += weight } else { tied_negatives += weight }
        }
        won += tied_positives * (negatives + tied_negatives / 2.0);
        negatives += tied_negatives;
        positives += tied_positives;
    }
    (negatives > 0.0 && positives > 0.0).then(|| won / (negatives * positives))
}

/// Root of the mean squared difference. `predicted`, `truth`: (rows,). `weights`: (rows,) or empty.
pub fn rmse(predicted: &[f32], truth: &[f32], weights: &[f32]) -> f64 {
    check_rows(predicted.len(), truth.len());
    weighted_mean(differences(predicted, truth).map(|d| d * d), weights).sqrt()
}

/// Mean absolute difference. Shapes as in [`rmse`].
pub fn mae(predicted: &[f32], truth: &[f32], weights: &[f32]) -> f64 {
    check_rows(predicted.len(), truth.len());
    weighted_mean(differences(predicted, truth).map(f64::abs), weights)
}

/// Share of the target's variance explained, at most 1, below 0 if the mean would do better; `None` if the target
/// does not vary. Shapes as in [`rmse`].
pub fn r2(predicted: &[f32], truth: &[f32], weights: &[f32]) -> Option<f64> {
    check_rows(predicted.len(), truth.len());
    let mean = weighted_mean(truth.iter().map(|&t| f64::from(t)), weights);
    let spread = weighted_mean(truth.iter().map(|&t| (f64::from(t) - mean).powi(2)), weights);
    let left = weighted_mean(differences(predicted, truth).map(|d| d * d), weights);
    (spread > 0.0).then(|| 1.0 - left / spread)
}

fn differences(predicted: &[f32], truth: &[f32]) -> impl Iterator<Item = f64> {
    predicted.iter().zip(truth).map(|(&p, &t)| f64::from(p) - f64::from(t))
}

fn weighted_mean(values: impl Iterator<Item = f64>, weights: &[f32]) -> f64 {
    let (mut sum, mut total) = (0.0, 0.0);
    for (row, value) in values.enumerate() {
        let weight = weight_of(weights, row);
        sum += weight * value;
        total += weight;
    }
    sum / total
}

fn weight_of(weights: &[f32], row: usize) -> f64 {
    if weights.is_empty() { 1.0 } else { f64::from(weights[row]) }
}

fn predicted(row: &[f32]) -> u32 {
    let mut best = 0;
    for (class, &probability) in row.iter().enumerate() {
        if probability > row[best] {
            best = class;
        }
    }
    best as u32
}

fn positive_scores(probabilities: &[f32]) -> Vec<f32> {
    probabilities.chunks_exact(2).map(|row| row[1]).collect()
}

fn check_rows(predicted: usize, expected: usize) {
    assert_eq!(predicted, expected, "predictions and truth differ in rows");
}

#[cfg(test)]
mod tests {
    use super::*;
    use wellfit_kernels::random::{Purpose, Stream};

    fn scored(rows: usize, levels: u64) -> (Vec<f32>, Vec<u32>, Vec<f32>) {
        let stream = |lane| Stream::new(7, Purpose::Sample, lane);
        let scores = (0..rows as u64).map(|i| stream(0).below(i, levels) as f32 / levels as f32).collect();
        let truth = (0..rows as u64).map(|i| stream(1).below(i, 2) as u32).collect();
        let weights = (0..rows as u64).map(|i| stream(2).uniform(i) as f32 + 0.1).collect();
        (scores, truth, weights)
    }

    fn auc_by_pairs(scores: &[f32], truth: &[u32], weights: &[f32]) -> f64 {
        let (mut won, mut pairs) = (0.0, 0.0);
        for i in 0..scores.len() {
            for j in 0..scores.len() {
                if truth[i] == 1 && truth[j] == 0 {
                    let weight = weight_of(weights, i) * weight_of(weights, j);
                    pairs += weight;
                    won += weight * (f64::from(scores[i] > scores[j]) + 0.5 * f64::from(scores[i] == scores[j]));
                }
            }
        }
        won / pairs
    }

    #[test]
    fn auc_agrees_with_counting_every_pair() {
        for levels in [1, 3, 10, 1_000_000] {
            let (scores, truth, weights) = scored(200, levels);
            // 1e-12: sums of at most 10,000 products in f64, in another order.
            assert!((auc(&scores, &truth, &[]).unwrap() - auc_by_pairs(&scores, &truth, &[])).abs() < 1e-12);
            assert!((auc(&scores, &truth, &weights).unwrap() - auc_by_pairs(&scores, &truth, &weights)).abs() < 1e-12);
        }
    }

    #[test]
    fn auc_needs_both_classes() {
        assert_eq!(auc(&[0.1, 0.9], &[1, 1], &[]), None);
    }

    #[test]
    fn a_row_of_weight_two_counts_as_the_row_twice() {
        let (p, t) = ([1.0, 2.0, 4.0], [1.5, 2.0, 3.0]);
        let (p2, t2) = ([1.0, 2.0, 4.0, 4.0], [1.5, 2.0, 3.0, 3.0]);
        let weights = [1.0, 1.0, 2.0];
        assert_eq!(rmse(&p, &t, &weights), rmse(&p2, &t2, &[]));
        assert_eq!(mae(&p, &t, &weights), mae(&p2, &t2, &[]));
        assert!((r2(&p, &t, &weights).unwrap() - r2(&p2, &t2, &[]).unwrap()).abs() < 1e-15);
        let probabilities = [0.9, 0.1, 0.2, 0.8];
        assert_eq!(error_rate(2, &probabilities, &[0, 0], &[1.0, 3.0]), 0.75);
    }

    #[test]
    fn the_confusion_table_holds_the_truth_in_its_rows() {
        let probabilities = [0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.1, 0.7, 0.2];
        assert_eq!(confusion(3, &probabilities, &[0, 1, 2]), [[1, 0, 0], [0, 1, 0], [0, 1, 0]]);
    }

    #[test]
    fn the_mean_explains_nothing_and_the_truth_everything() {
        let truth = [1.0, 2.0, 3.0];
        assert_eq!(r2(&[2.0; 3], &truth, &[]), Some(0.0));
        assert_eq!(r2(&truth, &truth, &[]), Some(1.0));
        assert_eq!(r2(&truth, &[5.0; 3], &[]), None);
    }

    #[test]
    fn an_even_guess_costs_ln_two_and_a_sure_mistake_a_finite_price() {
        assert!((log_loss(2, &[0.5, 0.5], &[1], &[]) - std::f64::consts::LN_2).abs() < 1e-15);
        assert!(log_loss(2, &[1.0, 0.0], &[1], &[]).is_finite());
    }

    #[test]
    fn row_losses_average_to_the_error_and_to_the_squared_rmse() {
        let probabilities = Predictions::Probabilities { classes: 2, values: vec![0.9, 0.1, 0.4, 0.6, 0.3, 0.7] };
        assert_eq!(row_losses(&probabilities, &Truth::Classes(vec![0, 0, 1])), [0.0, 1.0, 0.0]);
        let values = Predictions::Values(vec![1.0, 5.0]);
        assert_eq!(row_losses(&values, &Truth::Values(vec![2.0, 3.0])), [1.0, 4.0]);
    }

    #[test]
    fn metrics_leave_out_what_does_not_apply() {
        let metrics = Metrics::measure(&Predictions::Values(vec![1.0, 2.0]), &Truth::Values(vec![1.0, 3.0]), &[]);
        assert_eq!(serde_json::to_string(&metrics).unwrap(), r#"{"r2":0.5,"mae":0.5}"#);
    }
}
