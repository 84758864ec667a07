//! The scores beside the error, by name.

use crate::train::{Decision, Metrics};

use super::{digits, percent};

/// The share of the rarer class below which a binary task is called imbalanced.
const IMBALANCED: f64 = 0.2;

/// Every score that was measured, with its name.
pub fn all(metrics: &Metrics) -> Vec<(&'static str, String)> {
    let mut scores = of_classes(metrics);
    let mut add = |name, value: Option<f64>| scores.extend(value.map(|value| (name, digits(value))));
    add("AUC", metrics.auc);
    add("log loss", metrics.log_loss);
    add("R²", metrics.r2);
    add("mean absolute error", metrics.mae);
    scores
}

/// The scores of a binary task that depend on the threshold, the threshold among them where it is not the usual one; of more classes the balanced error.
pub fn of_classes(metrics: &Metrics) -> Vec<(&'static str, String)> {
    let mut scores = Vec::new();
    let mut add = |name, value: Option<String>| scores.extend(value.map(|value| (name, value)));
    add("recall", metrics.recall.map(percent));
    add("precision", metrics.precision.map(percent));
    add("F1", metrics.f1.map(digits));
    add("balanced error", metrics.balanced_error.map(percent));
    add("mean cost", metrics.cost.map(digits));
    let chosen = metrics.threshold.filter(|threshold| *threshold != Decision::MOST_PROBABLE.positive_above());
    add("threshold", chosen.map(|threshold| trimmed(&digits(threshold))));
    scores
}

/// Whether the error rate of a binary task says too little: a class is rare, or the threshold is not the usual one.
pub fn are_needed(metrics: &Metrics) -> bool {
    let usual = Some(Decision::MOST_PROBABLE.positive_above());
    let Some([negatives, positives]) = metrics.confusion.as_deref() else { return false };
    let (negatives, positives) = (negatives.iter().sum::<u64>() as f64, positives.iter().sum::<u64>() as f64);
    negatives.min(positives) < IMBALANCED * (negatives + positives) || metrics.threshold != usual
}

/// A number without zeros at the end of its decimals.
fn trimmed(number: &str) -> String {
    let decimals = number.contains('.') && !number.contains('e');
    if decimals { number.trim_end_matches('0').trim_end_matches('.').to_string() } else { number.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_positive_class_is_spoken_of_where_a_class_is_rare_or_the_threshold_is_another() {
        let metrics = |positives, threshold| Metrics {
            confusion: Some(vec![vec![900, 0], vec![positives, 0]]),
            threshold: Some(threshold),
            ..Metrics::default()
        };
        assert!(are_needed(&metrics(30, 0.5)));
        assert!(!are_needed(&metrics(500, 0.5)));
        assert!(are_needed(&metrics(500, 0.2)));
        assert!(!are_needed(&Metrics::default()));
    }
}
