//! The rows of a binary task by what they are and what they are given, and the scores made of them.

use super::decision::Costs;
use super::metric::Metric;

/// Rows of a binary task, by weight.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BinaryCounts {
    /// Positive rows that are found.
    pub true_positives: f64,
    /// Positive rows that are missed.
    pub false_negatives: f64,
    /// Negative rows that are taken for positive ones.
    pub false_positives: f64,
    /// The other negative rows.
    pub true_negatives: f64,
}

impl BinaryCounts {
    /// Share of the positive rows that are found; `None` without any.
    pub fn recall(&self) -> Option<f64> {
        share(self.true_positives, self.false_negatives)
    }

    /// Share of the rows called positive that are; `None` if none is.
    pub fn precision(&self) -> Option<f64> {
        share(self.true_positives, self.false_positives)
    }

    /// Harmonic mean of precision and recall; `None` without positive rows.
    pub fn f1(&self) -> Option<f64> {
        self.recall()?;
        share(2.0 * self.true_positives, self.false_positives + self.false_negatives)
    }

    /// Mean of the error rates of the two classes; `None` unless both are there.
    pub fn balanced_error(&self) -> Option<f64> {
        let specificity = share(self.true_negatives, self.false_positives)?;
        Some(1.0 - (self.recall()? + specificity) / 2.0)
    }

    /// Mean cost of a row.
    pub fn cost(&self, costs: Costs) -> f64 {
        let cost = costs.missed_positive * self.false_negatives + costs.false_alarm * self.false_positives;
        cost / (self.true_positives + self.false_negatives + self.false_positives + self.true_negatives)
    }

    /// What a threshold is judged by, smaller is better; `None` for metrics that no threshold is chosen for.
    fn error(&self, goal: Metric, costs: Option<Costs>) -> Option<f64> {
        match goal {
            Metric::F1 => Some(1.0 - self.f1()?),
            Metric::BalancedError => self.balanced_error(),
            Metric::Cost => Some(self.cost(costs?)),
            _ => None,
        }
    }
}

/// The threshold at which `goal` is best over these rows; of equally good ones the highest, which raises the fewest alarms.
/// `None` where the goal knows no best one (one class only, no costs).
///
/// `scores`: (rows,), the probability of the positive class. `truth`: (rows,), 0 or 1. `weights`: (rows,), or empty when
/// every row weighs 1.
pub fn best_threshold(
    goal: Metric,
    costs: Option<Costs>,
    scores: &[f32],
    truth: &[u32],
    weights: &[f32],
) -> Option<f64> {
    let mut rows: Vec<(f32, u32, f64)> = scores
        .iter()
        .zip(truth)
        .enumerate()
        .map(|(row, (&score, &class))| (score, class, weights.get(row).map_or(1.0, |&w| f64::from(w))))
        .collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut counts = BinaryCounts::default();
    for &(_, class, weight) in &rows {
        if class == 1 { counts.false_negatives += weight } else { counts.true_negatives += weight }
    }
    // Above every score nobody is positive.
    let mut best = (counts.error(goal, costs)?, 1.0);
    let mut tied = rows.chunk_by(|a, b| a.0 == b.0).peekable();
    while let Some(rows) = tied.next() {
        for &(_, class, weight) in rows {
            if class == 1 {
                counts.true_positives += weight;
                counts.false_negatives -= weight;
            } else {
                counts.false_positives += weight;
                counts.true_negatives -= weight;
            }
        }
        let at = |rows: &[(f32, u32, f64)]| rows.first().map_or(0.0, |row| f64::from(row.0));
        let middle = (at(rows) + tied.peek().map_or(0.0, |next| at(next))) / 2.0;
        let error = counts.error(goal, costs)?;
        if error < best.0 {
            best = (error, middle);
        }
    }
    Some(best.1)
}

fn share(part: f64, rest: f64) -> Option<f64> {
    (part + rest > 0.0).then(|| part / (part + rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORES: [f32; 6] = [0.05, 0.1, 0.2, 0.3, 0.4, 0.9];
    const TRUTH: [u32; 6] = [0, 0, 1, 0, 1, 1];

    #[test]
    fn scores_agree_with_their_definitions() {
        let counts =
            BinaryCounts { true_positives: 6.0, false_negatives: 2.0, false_positives: 4.0, true_negatives: 88.0 };
        assert_eq!((counts.recall(), counts.precision()), (Some(0.75), Some(0.6)));
        assert!((counts.f1().unwrap() - 2.0 * 0.75 * 0.6 / 1.35).abs() < 1e-15);
        assert!((counts.balanced_error().unwrap() - (0.25 + 4.0 / 92.0) / 2.0).abs() < 1e-15);
        assert_eq!(counts.cost(Costs { missed_positive: 10.0, false_alarm: 1.0 }), 0.24);
        let nothing_found = BinaryCounts { false_negatives: 3.0, true_negatives: 7.0, ..BinaryCounts::default() };
        assert_eq!((nothing_found.precision(), nothing_found.f1()), (None, Some(0.0)));
    }

    #[test]
    fn each_goal_has_its_own_best_threshold() {
        let best = |goal, costs| best_threshold(goal, costs, &SCORES, &TRUTH, &[]).unwrap();
        // All three positives for one false alarm: F1 of 6/7 beats the 4/5 of the two surest.
        assert!((best(Metric::F1, None) - 0.15).abs() < 1e-6);
        let dear_alarms = Some(Costs { missed_positive: 1.0, false_alarm: 5.0 });
        assert!((best(Metric::Cost, dear_alarms) - 0.35).abs() < 1e-6);
        let dear_misses = Some(Costs { missed_positive: 5.0, false_alarm: 1.0 });
        assert!((best(Metric::Cost, dear_misses) - 0.15).abs() < 1e-6);
    }

    #[test]
    fn a_row_of_weight_two_counts_as_the_row_twice() {
        let twice = best_threshold(Metric::F1, None, &[0.1, 0.6, 0.6, 0.7], &[0, 1, 1, 0], &[]);
        assert_eq!(best_threshold(Metric::F1, None, &[0.1, 0.6, 0.7], &[0, 1, 0], &[1.0, 2.0, 1.0]), twice);
    }

    #[test]
    fn one_class_alone_has_no_best_threshold() {
        assert_eq!(best_threshold(Metric::F1, None, &[0.2, 0.8], &[0, 0], &[]), None);
        assert_eq!(best_threshold(Metric::Error, None, &SCORES, &TRUTH, &[]), None);
    }
}
