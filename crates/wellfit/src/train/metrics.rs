//! From predictions to scores, row weights respected, sums in f64.

use serde::{Deserialize, Serialize};

use super::Metric;
use super::binary_counts::BinaryCounts;
use super::predictions::{Predictions, Truth};

/// Probabilities count as this much at least, so that one sure mistake does not make a score infinite.
pub(super) const LEAST_PROBABILITY: f64 = 1e-7;

/// A table of more classes is read by nobody, and takes a hundred times the room of the data.
const MOST_IN_TABLE: usize = 1_000;

/// The scores that stand beside the error in a result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// (classes, classes): rows of true class i (outer) predicted as class j (inner), unweighted; up to 1,000 classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confusion: Option<Vec<Vec<u64>>>,
    /// Area under the receiver operating curve; binary tasks with both classes present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auc: Option<f64>,
    /// Mean negative log probability of the true class, in nats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_loss: Option<f64>,
    /// Share of the positive rows that are found; binary tasks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recall: Option<f64>,
    /// Share of the rows called positive that are; binary tasks in which one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<f64>,
    /// Harmonic mean of precision and recall; binary tasks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub f1: Option<f64>,
    /// Mean of the error rates of the classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balanced_error: Option<f64>,
    /// Mean cost of a row; where costs were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// The probability above which a row is called positive; binary tasks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
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
            (Predictions::Probabilities { classes, values, decision }, Truth::Classes(truth)) => {
                let given = predictions.classes_given();
                let all = Metrics {
                    confusion: (*classes <= MOST_IN_TABLE).then(|| confusion(*classes, &given, truth)),
                    log_loss: Some(log_loss(*classes, values, truth, weights)),
                    balanced_error: balanced_error(&given, truth, weights),
                    ..Metrics::default()
                };
                if *classes != 2 {
                    return all;
                }
                let counts = binary_counts(&given, truth, weights);
                Metrics {
                    auc: auc(&predictions.positive_scores(), truth, weights),
                    recall: counts.recall(),
                    precision: counts.precision(),
                    f1: counts.f1(),
                    cost: decision.costs.map(|costs| counts.cost(costs)),
                    threshold: Some(decision.positive_above()),
                    ..all
                }
            }
            (Predictions::Values(values), Truth::Values(truth)) => {
                Metrics { r2: r2(values, truth, weights), mae: Some(mae(values, truth, weights)), ..Metrics::default() }
            }
            _ => panic!("predictions and truth are of different kinds"),
        }
    }
}

impl Metric {
    /// The error of predictions: the metric, or 1 less it where larger is better. `None` where it is not defined (one class
    /// only, a constant target, another task).
    ///
    /// `weights`: (rows,), or empty when every row weighs 1. Panics if lengths disagree (a bug in the caller).
    pub fn error(self, predictions: &Predictions, truth: &Truth, weights: &[f32]) -> Option<f64> {
        match (predictions, truth) {
            (Predictions::Probabilities { classes, values, decision }, Truth::Classes(truth)) => {
                let given = || predictions.classes_given();
                let counts = || (*classes == 2).then(|| binary_counts(&given(), truth, weights));
                match self {
                    Metric::Error => Some(error_rate(&given(), truth, weights)),
                    Metric::LogLoss => Some(log_loss(*classes, values, truth, weights)),
                    Metric::BalancedError => balanced_error(&given(), truth, weights),
                    Metric::Auc if *classes == 2 => Some(1.0 - auc(&predictions.positive_scores(), truth, weights)?),
                    Metric::F1 => Some(1.0 - counts()?.f1()?),
                    Metric::Cost => Some(counts()?.cost(decision.costs?)),
                    _ => None,
                }
            }
            (Predictions::Values(values), Truth::Values(truth)) => match self {
                Metric::Rmse => Some(rmse(values, truth, weights)),
                Metric::Mae => Some(mae(values, truth, weights)),
                Metric::R2 => Some(1.0 - r2(values, truth, weights)?),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Share of rows (by weight) that are given another class than the true one.
///
/// `given`, `truth`: (rows,). `weights`: (rows,) or empty.
pub fn error_rate(given: &[u32], truth: &[u32], weights: &[f32]) -> f64 {
    check_rows(given.len(), truth.len());
    weighted_mean(given.iter().zip(truth).map(|(given, class)| f64::from(given != class)), weights)
}

/// Mean of the error rates of the classes that occur; `None` if that is only one. Shapes as in [`error_rate`].
pub fn balanced_error(given: &[u32], truth: &[u32], weights: &[f32]) -> Option<f64> {
    check_rows(given.len(), truth.len());
    let classes = truth.iter().max().map_or(0, |&class| class as usize + 1);
    let mut rates = vec![(0.0, 0.0); classes];
    for (row, (given, &class)) in given.iter().zip(truth).enumerate() {
        let (wrong, all) = &mut rates[class as usize];
        *all += weight_of(weights, row);
        *wrong += weight_of(weights, row) * f64::from(*given != class);
    }
    let rates: Vec<f64> = rates.iter().filter(|(_, all)| *all > 0.0).map(|(wrong, all)| wrong / all).collect();
    (rates.len() > 1).then(|| rates.iter().sum::<f64>() / rates.len() as f64)
}

/// Counts of a binary task. Shapes as in [`error_rate`].
fn binary_counts(given: &[u32], truth: &[u32], weights: &[f32]) -> BinaryCounts {
    check_rows(given.len(), truth.len());
    let mut counts = BinaryCounts::default();
    for (row, of) in given.iter().zip(truth).enumerate() {
        *match of {
            (1, 1) => &mut counts.true_positives,
            (_, 1) => &mut counts.false_negatives,
            (1, _) => &mut counts.false_positives,
            _ => &mut counts.true_negatives,
        } += weight_of(weights, row);
    }
    counts
}

/// Mean negative log probability of the true class, in nats; probabilities count as 1e-7 at least.
///
/// `probabilities`: (rows, classes), row-major. `truth`: (rows,). `weights`: (rows,) or empty.
pub fn log_loss(classes: usize, probabilities: &[f32], truth: &[u32], weights: &[f32]) -> f64 {
    check_rows(probabilities.len(), truth.len() * classes);
    let rows = probabilities.chunks_exact(classes).zip(truth);
    weighted_mean(rows.map(|(row, &class)| -f64::from(row[class as usize]).max(LEAST_PROBABILITY).ln()), weights)
}

/// Counts of rows by true class (outer) and class given (inner). `given`, `truth`: (rows,).
pub fn confusion(classes: usize, given: &[u32], truth: &[u32]) -> Vec<Vec<u64>> {
    check_rows(given.len(), truth.len());
    let mut counts = vec![vec![0; classes]; classes];
    for (&given, &class) in given.iter().zip(truth) {
        counts[class as usize][given as usize] += 1;
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
pub fn rmse(predicted: &[f64], truth: &[f64], weights: &[f32]) -> f64 {
    check_rows(predicted.len(), truth.len());
    weighted_mean(differences(predicted, truth).map(|d| d * d), weights).sqrt()
}

/// Mean absolute difference. Shapes as in [`rmse`].
pub fn mae(predicted: &[f64], truth: &[f64], weights: &[f32]) -> f64 {
    check_rows(predicted.len(), truth.len());
    weighted_mean(differences(predicted, truth).map(f64::abs), weights)
}

/// Share of the target's variance explained, at most 1, below 0 if the mean would do better; `None` if the target
/// does not vary. Shapes as in [`rmse`].
pub fn r2(predicted: &[f64], truth: &[f64], weights: &[f32]) -> Option<f64> {
    check_rows(predicted.len(), truth.len());
    let mean = weighted_mean(truth.iter().copied(), weights);
    let spread = weighted_mean(truth.iter().map(|t| (t - mean).powi(2)), weights);
    let left = weighted_mean(differences(predicted, truth).map(|d| d * d), weights);
    (spread > 0.0).then(|| 1.0 - left / spread)
}

fn differences(predicted: &[f64], truth: &[f64]) -> impl Iterator<Item = f64> {
    predicted.iter().zip(truth).map(|(p, t)| p - t)
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

pub(super) fn weight_of(weights: &[f32], row: usize) -> f64 {
    if weights.is_empty() { 1.0 } else { f64::from(weights[row]) }
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
        assert_eq!(error_rate(&[0, 1], &[0, 0], &[1.0, 3.0]), 0.75);
        assert_eq!(balanced_error(&[0, 1, 1], &[0, 0, 1], &[1.0, 3.0, 1.0]), Some(0.375));
    }

    #[test]
    fn the_confusion_table_holds_the_truth_in_its_rows() {
        assert_eq!(confusion(3, &[0, 1, 1], &[0, 1, 2]), [[1, 0, 0], [0, 1, 0], [0, 1, 0]]);
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
    fn metrics_leave_out_what_does_not_apply() {
        let metrics = Metrics::measure(&Predictions::Values(vec![1.0, 2.0]), &Truth::Values(vec![1.0, 3.0]), &[]);
        assert_eq!(serde_json::to_string(&metrics).unwrap(), r#"{"r2":0.5,"mae":0.5}"#);
    }
}
