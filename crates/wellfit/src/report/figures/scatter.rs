//! Predicted values of a regression against the actual ones, and what is left between them.

use serde::{Deserialize, Serialize};

use super::super::plot::{Axis, Plot, clipped};

/// One dev row of a regression.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScatterPoint {
    /// The true value.
    pub actual: f64,
    /// The predicted value.
    pub predicted: f64,
}

/// More dots than this hide one another and fatten the page.
const MOST: usize = 600;
/// Groups of rows that a mean residual is drawn of.
const GROUPS: usize = 10;
/// Rows of such a group, at least.
const LEAST_ROWS: usize = 10;

/// At most 600 rows, evenly spaced through the part.
///
/// `predicted`, `actual`: (rows,), in the target's unit.
pub fn scatter_points(predicted: &[f64], actual: &[f64]) -> Vec<ScatterPoint> {
    let each = predicted.len().div_ceil(MOST).max(1);
    let rows = predicted.iter().zip(actual).step_by(each);
    rows.map(|(&predicted, &actual)| ScatterPoint { actual, predicted }).collect()
}

/// Dots around the diagonal.
pub fn scatter(points: &[ScatterPoint], target: &str) -> String {
    let target = clipped(target, 30);
    let description = "Each dot is a dev row; on the diagonal the prediction is exact.";
    let values = || points.iter().flat_map(|point| [point.actual, point.predicted]);
    let (x, y) = (format!("actual {target}"), format!("predicted {target}"));
    let axes = (Axis::round(&x, values()), Axis::round(&y, values()));
    let mut plot = Plot::new("Predicted against actual on dev", description, axes.0, axes.1);
    let finite = values().filter(|value| value.is_finite());
    let (low, high) = (finite.clone().fold(f64::INFINITY, f64::min), finite.fold(f64::NEG_INFINITY, f64::max));
    plot.dashed((low, low), (high, high));
    for point in points {
        plot.dot((point.actual, point.predicted), 2.5, "dot dev faint");
    }
    plot.finish()
}

/// Actual less predicted over the predicted value, with the mean of each tenth of the rows.
pub fn residuals(points: &[ScatterPoint], target: &str) -> String {
    let description = "Each dot is a dev row: actual less predicted value, over the predicted one. The line is the mean of \
                       each tenth of the rows; where it leaves zero the predictions are too low or too high there.";
    let of = |point: &ScatterPoint| (point.predicted, point.actual - point.predicted);
    let mut rows: Vec<(f64, f64)> = points.iter().map(of).filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let x = format!("predicted {}", clipped(target, 30));
    let axes = (Axis::round(&x, rows.iter().map(|row| row.0)), Axis::round("residual", rows.iter().map(|row| row.1)));
    let mut plot = Plot::new("Residuals on dev", description, axes.0, axes.1);
    for &row in &rows {
        plot.dot(row, 2.5, "dot dev faint");
    }
    if let (Some(first), Some(last)) = (rows.first(), rows.last()) {
        plot.dashed((first.0, 0.0), (last.0, 0.0));
    }
    let groups = (rows.len() / LEAST_ROWS).clamp(1, GROUPS);
    let group = |group: usize| rows.get(group * rows.len() / groups..(group + 1) * rows.len() / groups);
    let mean = |rows: &[(f64, f64)]| {
        let count = rows.len().max(1) as f64;
        (rows.iter().map(|row| row.0).sum::<f64>() / count, rows.iter().map(|row| row.1).sum::<f64>() / count)
    };
    plot.line((0..groups).filter_map(group).map(mean), "over");
    plot.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_rows_are_thinned_evenly() {
        let rows: Vec<f64> = (0..10_000).map(f64::from).collect();
        let points = scatter_points(&rows, &rows);
        assert!((500..=MOST).contains(&points.len()));
        assert_eq!(scatter_points(&rows[..7], &rows[..7]).len(), 7);
    }

    #[test]
    fn no_rows_are_an_empty_frame() {
        assert!(residuals(&[], "price").contains("</svg>"));
        assert!(scatter(&[], "price").contains("</svg>"));
    }
}
