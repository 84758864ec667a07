//! Predicted against actual values of a regression.

use serde::{Deserialize, Serialize};

use super::super::scale::Scale;
use super::super::svg::{Drawing, clipped};
use super::chart::{BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, frame};

/// One dev row of a regression.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScatterPoint {
    /// The true value.
    pub actual: f64,
    /// The predicted value.
    pub predicted: f64,
}

// More dots than this hide one another and fatten the page.
const MOST: usize = 600;

/// At most 600 rows, evenly spaced through the part.
///
/// `predicted`, `actual`: (rows,), in the target's unit.
pub fn scatter_points(predicted: &[f32], actual: &[f32]) -> Vec<ScatterPoint> {
    let each = predicted.len().div_ceil(MOST).max(1);
    let rows = predicted.iter().zip(actual).step_by(each);
    rows.map(|(&p, &a)| ScatterPoint { actual: f64::from(a), predicted: f64::from(p) }).collect()
}

/// Dots around the diagonal.
pub fn scatter(points: &[ScatterPoint], target: &str) -> String {
    let target = clipped(target, 30);
    let mut drawing = Drawing::new(
        WIDTH,
        HEIGHT,
        "Predicted against actual on dev",
        "Each dot is a dev row; on the diagonal the prediction is exact.",
    );
    let values = points.iter().flat_map(|point| [point.actual, point.predicted]).filter(|value| value.is_finite());
    let low = values.clone().fold(f64::INFINITY, f64::min);
    let high = values.fold(f64::NEG_INFINITY, f64::max);
    let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
    let x = Scale::linear(low, high, LEFT, RIGHT, 5);
    let y = Scale::linear(low, high, BOTTOM, TOP, 5);
    frame(&mut drawing, &x, &y, &format!("actual {target}"), &format!("predicted {target}"), false);
    drawing.line((LEFT, BOTTOM), (RIGHT, TOP), "mark");
    for point in points.iter().filter(|point| point.actual.is_finite() && point.predicted.is_finite()) {
        drawing.dot(x.at(point.actual), y.at(point.predicted), 2.5, "dot dev faint");
    }
    drawing.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_rows_are_thinned_evenly() {
        let rows: Vec<f32> = (0..10_000).map(|row| row as f32).collect();
        let points = scatter_points(&rows, &rows);
        assert!((500..=MOST).contains(&points.len()));
        assert_eq!(scatter_points(&rows[..7], &rows[..7]).len(), 7);
    }
}
