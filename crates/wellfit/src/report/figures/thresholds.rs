//! What every threshold would do: the ROC curve and the curve of precision over recall.

use serde::{Deserialize, Serialize};

use super::super::plot::{Axis, Plot};

/// A threshold and what comes of it on dev, rows by weight.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThresholdPoint {
    /// Rows of this probability and above are called positive.
    pub threshold: f64,
    /// Share of the positive rows that are found.
    pub recall: f64,
    /// Share of the negative rows that are taken for positive ones.
    pub false_positives: f64,
    /// Share of the rows called positive that are.
    pub precision: f64,
}

/// What the thresholds of a binary task do, from the highest to the lowest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// The curve.
    pub points: Vec<ThresholdPoint>,
    /// The share of positive rows: the precision of a model that knows nothing.
    pub positives: f64,
}

/// Points closer to one another than this, in recall and in false positives, look alike.
const STEP: f64 = 0.01;

/// The curve of a binary task, thinned to what can be seen; `None` where a class is absent.
///
/// `scores`: (rows,), the probability of the positive class. `truth`: (rows,), 0 or 1. `weights`: (rows,), or empty when every
/// row weighs 1.
pub fn thresholds(scores: &[f32], truth: &[u32], weights: &[f32]) -> Option<Thresholds> {
    let weight = |row: usize| weights.get(row).map_or(1.0, |&weight| f64::from(weight));
    let mut rows: Vec<(f32, bool, f64)> =
        scores.iter().zip(truth).enumerate().map(|(row, (&score, &class))| (score, class == 1, weight(row))).collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let sum = |of: bool| rows.iter().filter(|row| row.1 == of).map(|row| row.2).sum::<f64>();
    let (positives, negatives) = (sum(true), sum(false));
    if positives <= 0.0 || negatives <= 0.0 {
        return None;
    }
    let (mut found, mut alarms) = (0.0, 0.0);
    let mut points: Vec<ThresholdPoint> = Vec::new();
    for tied in rows.chunk_by(|a, b| a.0 == b.0) {
        for &(_, positive, weight) in tied {
            if positive { found += weight } else { alarms += weight }
        }
        let point = ThresholdPoint {
            threshold: tied.first().map_or(0.0, |row| f64::from(row.0)),
            recall: found / positives,
            false_positives: alarms / negatives,
            precision: found / (found + alarms),
        };
        let far = |last: &ThresholdPoint| {
            point.recall - last.recall >= STEP || point.false_positives - last.false_positives >= STEP
        };
        let is_last = found + alarms >= positives + negatives;
        if is_last || points.last().is_none_or(far) {
            points.push(point);
        }
    }
    Some(Thresholds { points, positives: positives / (positives + negatives) })
}

impl Thresholds {
    /// The point at which rows above `threshold` are positive: the last one above it; `None` where no row is.
    pub fn at(&self, threshold: f64) -> Option<&ThresholdPoint> {
        self.points.iter().rfind(|point| point.threshold > threshold)
    }
}

/// Recall over false positives, the threshold in use marked.
pub fn roc(curve: &Thresholds, threshold: Option<f64>) -> String {
    let description = "Share of positive rows found against share of negative rows taken for positive, for every threshold; on \
                       the diagonal the model knows nothing. The threshold in use is marked.";
    let x = share("false positive rate");
    let mut plot = Plot::new("ROC curve on dev", description, x, share("recall (true positive rate)"));
    plot.dashed((0.0, 0.0), (1.0, 1.0));
    let points = curve.points.iter().map(|point| (point.false_positives, point.recall));
    plot.line([(0.0, 0.0)].into_iter().chain(points), "dev");
    mark(&mut plot, curve, threshold, Some((0.0, 0.0)), |point| (point.false_positives, point.recall));
    plot.finish()
}

/// Precision over recall, the threshold in use marked.
pub fn precision_recall(curve: &Thresholds, threshold: Option<f64>) -> String {
    let description = "Share of rows called positive that are, against share of positive rows found, for every threshold; the \
                       dashed line is the share of positive rows. The threshold in use is marked.";
    let mut plot = Plot::new("Precision and recall on dev", description, share("recall"), share("precision"));
    plot.dashed((0.0, curve.positives), (1.0, curve.positives));
    plot.line(curve.points.iter().map(|point| (point.recall, point.precision)), "dev");
    // Where no row is called positive, precision is of nothing.
    mark(&mut plot, curve, threshold, None, |point| (point.recall, point.precision));
    plot.finish()
}

fn share(name: &str) -> Axis<'_> {
    Axis::exact(name, [0.0, 1.0]).in_percent(true)
}

/// Marks the threshold in use; `none`: where it stands if no row is above it.
fn mark(
    plot: &mut Plot,
    curve: &Thresholds,
    threshold: Option<f64>,
    none: Option<(f64, f64)>,
    place: fn(&ThresholdPoint) -> (f64, f64),
) {
    let Some(threshold) = threshold else { return };
    if let Some(place) = curve.at(threshold).map(place).or(none) {
        plot.dot(place, 5.0, "dot chosen");
        plot.remark(place, &format!("threshold {}", (threshold * 1e3).round() / 1e3));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_threshold_finds_more_and_raises_more_alarms_than_the_one_above() {
        let curve = thresholds(&[0.9, 0.8, 0.8, 0.3, 0.1], &[1, 1, 0, 1, 0], &[]).unwrap();
        let shown: Vec<_> = curve.points.iter().map(|p| (p.recall, p.false_positives, p.precision)).collect();
        assert_eq!(shown, [(1.0 / 3.0, 0.0, 1.0), (2.0 / 3.0, 0.5, 2.0 / 3.0), (1.0, 0.5, 0.75), (1.0, 1.0, 0.6)]);
        assert_eq!(curve.positives, 0.6);
        assert_eq!(curve.at(0.5).unwrap().recall, 2.0 / 3.0);
        assert_eq!(thresholds(&[0.9, 0.2], &[1, 1], &[]), None);
    }

    #[test]
    fn many_rows_are_thinned_to_what_can_be_seen_and_end_at_everything() {
        let scores: Vec<f32> = (0..20_000).map(|row| row as f32 / 20_000.0).collect();
        let truth: Vec<u32> = (0..20_000).map(|row| u32::from(row % 3 == 0)).collect();
        let curve = thresholds(&scores, &truth, &[]).unwrap();
        assert!((90..=110).contains(&curve.points.len()), "{}", curve.points.len());
        let last = curve.points.last().unwrap();
        assert_eq!((last.recall, last.false_positives), (1.0, 1.0));
    }
}
