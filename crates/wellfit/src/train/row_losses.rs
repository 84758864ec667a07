//! Losses of single rows whose mean is the error of a metric: what every interval and every comparison is made of.

use super::metric::Metric;
use super::metrics::{LEAST_PROBABILITY, weight_of};
use super::predictions::{Predictions, Truth};

impl Metric {
    /// The loss of each row, (rows,): their mean by weight is [`Metric::error`], and the root of it for an RMSE.
    ///
    /// F1, AUC, R² and the balanced error are no means. There a row's loss is the error plus the row's influence on it, so that
    /// the mean is the metric, and drawing rows again moves the mean as it moves the metric, to first order. Where the metric is
    /// not defined on these rows every loss is that of a constant answer.
    ///
    /// `weights`: (rows,), or empty when every row weighs 1. Panics if predictions and truth are of different kinds or lengths
    /// (a bug in the caller). Source: Hampel 1974, *J. Am. Stat. Assoc.* 69:383; for AUC DeLong et al. 1988, *Biometrics* 44:837.
    #[allow(clippy::panic, reason = "one task gives both")]
    pub fn row_losses(self, predictions: &Predictions, truth: &Truth, weights: &[f32]) -> Vec<f64> {
        match (predictions, truth) {
            (Predictions::Probabilities { classes, values, decision }, Truth::Classes(truth)) => {
                assert_eq!(values.len(), truth.len() * classes, "predictions and truth differ in rows");
                let given = predictions.classes_given();
                let rows = || given.iter().copied().zip(truth.iter().copied());
                let wrong = || rows().map(|(given, class)| f64::from(given != class)).collect::<Vec<_>>();
                match self {
                    Metric::LogLoss => {
                        let of = |(row, &class): (&[f32], &u32)| f64::from(row[class as usize]);
                        let rows = values.chunks_exact(*classes).zip(truth).map(of);
                        rows.map(|probability| -probability.max(LEAST_PROBABILITY).ln()).collect()
                    }
                    Metric::Cost => {
                        let costs = decision.costs.map_or((1.0, 1.0), |c| (c.missed_positive, c.false_alarm));
                        let cost = |class| if class == 1 { costs.0 } else { costs.1 };
                        rows().map(|(given, class)| if given == class { 0.0 } else { cost(class) }).collect()
                    }
                    Metric::F1 => {
                        let part = rows().map(|(given, class)| f64::from(given) + f64::from(class)).collect::<Vec<_>>();
                        of_ratio(&wrong(), &part, weights).unwrap_or(vec![1.0; truth.len()])
                    }
                    Metric::BalancedError => of_classes(&wrong(), truth, weights, classes_present(truth).recip())
                        .unwrap_or(vec![0.5; truth.len()]),
                    Metric::Auc => {
                        let lost = pairs_lost(&predictions.positive_scores(), truth, weights);
                        of_classes(&lost, truth, weights, 1.0).unwrap_or(vec![0.5; truth.len()])
                    }
                    _ => wrong(),
                }
            }
            (Predictions::Values(values), Truth::Values(truth)) => {
                assert_eq!(values.len(), truth.len(), "predictions and truth differ in rows");
                let differences = values.iter().zip(truth).map(|(p, t)| p - t);
                match self {
                    Metric::Mae => differences.map(f64::abs).collect(),
                    Metric::R2 => {
                        let squares: Vec<f64> = differences.map(|d| d * d).collect();
                        let mean = mean(truth, weights);
                        let spread: Vec<f64> = truth.iter().map(|target| (target - mean).powi(2)).collect();
                        of_ratio(&squares, &spread, weights).unwrap_or(vec![1.0; truth.len()])
                    }
                    _ => differences.map(|d| d * d).collect(),
                }
            }
            _ => panic!("predictions and truth are of different kinds"),
        }
    }
}

/// Losses whose mean is the sum of `parts` over the sum of `wholes`; `None` where that is no number.
fn of_ratio(parts: &[f64], wholes: &[f64], weights: &[f32]) -> Option<Vec<f64>> {
    let whole = mean(wholes, weights);
    let ratio = mean(parts, weights) / whole;
    let loss = |(part, whole_of_row): (&f64, &f64)| ratio + (part - ratio * whole_of_row) / whole;
    ratio.is_finite().then(|| parts.iter().zip(wholes).map(loss).collect())
}

/// Losses whose mean is the mean over classes of the mean loss of each, which moves by so much as that of one class does; `None`
/// with fewer than two classes.
///
/// A pair lost moves the mean of both of its classes.
fn of_classes(losses: &[f64], truth: &[u32], weights: &[f32], moves_by: f64) -> Option<Vec<f64>> {
    let classes = truth.iter().max().map_or(0, |&class| class as usize + 1);
    let mut sums = vec![(0.0, 0.0); classes];
    for (row, (loss, &class)) in losses.iter().zip(truth).enumerate() {
        let weight = weight_of(weights, row);
        sums[class as usize].0 += weight * loss;
        sums[class as usize].1 += weight;
    }
    let (all, present) = (sums.iter().map(|sum| sum.1).sum::<f64>(), classes_present(truth));
    if present < 2.0 {
        return None;
    }
    let error = sums.iter().filter(|sum| sum.1 > 0.0).map(|(loss, weight)| loss / weight).sum::<f64>() / present;
    let loss = |(loss, &class): (&f64, &u32)| {
        let (sum, weight) = sums[class as usize];
        error + moves_by * (loss - sum / weight) * all / weight
    };
    Some(losses.iter().zip(truth).map(loss).collect())
}

fn classes_present(truth: &[u32]) -> f64 {
    let mut classes = truth.to_vec();
    classes.sort_unstable();
    classes.dedup();
    classes.len() as f64
}

/// Of each row the share of the other class's rows, by weight, that stand on the wrong side of it; equal scores count half.
/// The mean over either class is 1 less the area under the curve.
fn pairs_lost(scores: &[f32], truth: &[u32], weights: &[f32]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let total =
        |class: u32| (0..truth.len()).filter(|&row| truth[row] == class).map(|row| weight_of(weights, row)).sum();
    let totals: [f64; 2] = [total(0), total(1)];
    let mut lost = vec![0.0; scores.len()];
    let mut below = [0.0, 0.0];
    for tied in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let mut here = [0.0, 0.0];
        for &row in tied {
            here[truth[row] as usize] += weight_of(weights, row);
        }
        for &row in tied {
            // A positive loses to the negatives above it, a negative to the positives below it.
            lost[row] = match truth[row] {
                1 => (totals[0] - below[0] - here[0] / 2.0) / totals[0],
                _ => (below[1] + here[1] / 2.0) / totals[1],
            };
        }
        below = [below[0] + here[0], below[1] + here[1]];
    }
    lost
}

fn mean(values: &[f64], weights: &[f32]) -> f64 {
    let (mut sum, mut total) = (0.0, 0.0);
    for (row, value) in values.iter().enumerate() {
        sum += weight_of(weights, row) * value;
        total += weight_of(weights, row);
    }
    sum / total
}

#[cfg(test)]
mod tests {
    use super::super::decision::{Costs, Decision};
    use super::*;
    use wellfit_kernels::random::{Purpose, Stream};

    fn binary(rows: u64) -> (Predictions, Truth, Vec<f32>) {
        let draws = |lane| Stream::new(4, Purpose::Sample, lane);
        let truth: Vec<u32> = (0..rows).map(|row| u32::from(draws(0).uniform(row) < 0.2)).collect();
        // Twenty scores, so that some are equal.
        let score =
            |row: u64| ((draws(1).uniform(row) + 0.3 * f64::from(truth[row as usize])) * 15.0).floor() as f32 / 20.0;
        let values = (0..rows).flat_map(|row| [1.0 - score(row), score(row)]).collect();
        let costs = Some(Costs { missed_positive: 7.0, false_alarm: 2.0 });
        let weights = (0..rows).map(|row| draws(2).uniform(row) as f32 + 0.1).collect();
        let decision = Decision { costs, ..Decision::default() };
        (Predictions::Probabilities { classes: 2, values, decision }, Truth::Classes(truth), weights)
    }

    #[test]
    fn the_mean_of_the_losses_is_the_error_of_every_metric() {
        let (predictions, truth, weights) = binary(300);
        let numbers = (0..300).map(|row| (f64::from(row) * 0.7).sin()).collect::<Vec<_>>();
        let values = Truth::Values(numbers.iter().map(|value| value * 1.3 + 0.1).collect());
        for metric in Metric::ALL {
            for weights in [&[][..], &weights] {
                let classes = metric.row_losses(&predictions, &truth, weights);
                let of_numbers = Predictions::Values(numbers.clone());
                let (losses, error) = match metric.error(&predictions, &truth, weights) {
                    Some(error) => (classes, error),
                    None => {
                        let losses = metric.row_losses(&of_numbers, &values, weights);
                        (losses, metric.error(&of_numbers, &values, weights).unwrap())
                    }
                };
                let mean = mean(&losses, weights);
                let mean = if metric == Metric::Rmse { mean.sqrt() } else { mean };
                // 1e-7: predictions are f32, and one of the two sums their squares in another order.
                assert!((mean - error).abs() < 1e-7, "{metric}: {mean} against {error}");
            }
        }
    }

    #[test]
    fn a_row_counted_twice_moves_the_metric_as_its_loss_says() {
        let (predictions, truth, _) = binary(2_000);
        for metric in [Metric::F1, Metric::Auc, Metric::BalancedError] {
            let losses = metric.row_losses(&predictions, &truth, &[]);
            let error = metric.error(&predictions, &truth, &[]).unwrap();
            for row in [0, 17, 400, 1_999] {
                let mut weights = vec![1.0; 2_000];
                weights[row] = 2.0;
                let moved = metric.error(&predictions, &truth, &weights).unwrap() - error;
                let said = (losses[row] - error) / 2_001.0;
                // What is left is of second order: a row's share, 1/400 of the positives, of its influence.
                assert!((moved - said).abs() < 0.02 * said.abs() + 1e-9, "{metric} {row}: {moved} against {said}");
            }
        }
    }

    #[test]
    fn one_class_alone_is_judged_as_a_constant_answer_is() {
        let predictions =
            Predictions::Probabilities { classes: 2, values: vec![0.9, 0.1], decision: Decision::MOST_PROBABLE };
        let losses = |metric: Metric| metric.row_losses(&predictions, &Truth::Classes(vec![0]), &[]);
        assert_eq!((losses(Metric::Auc), losses(Metric::F1)), (vec![0.5], vec![1.0]));
    }
}
