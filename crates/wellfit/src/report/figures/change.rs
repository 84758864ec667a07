//! A change of the error and its interval as a bar about zero, one row of a table.

use super::super::plot::Drawing;
use crate::diagnose::Interval;

const WIDTH: f64 = 160.0;
const HEIGHT: f64 = 18.0;

/// The bar of one row, under the name of what it shows; `most` is the largest end of all rows, so that they share a scale.
pub fn change(name: &str, change: Interval, most: f64, told: &str) -> String {
    let mut drawing = Drawing::new(WIDTH, HEIGHT, name, told);
    let middle = HEIGHT / 2.0;
    let x = |value: f64| WIDTH / 2.0 * (1.0 + 0.96 * (value / most.max(f64::MIN_POSITIVE)).clamp(-1.0, 1.0));
    drawing.line((WIDTH / 2.0, 0.0), (WIDTH / 2.0, HEIGHT), "grid");
    drawing.line((x(change.low), middle), (x(change.high), middle), "whisker");
    let class = if change.low > 0.0 { "dot target" } else { "dot dev" };
    drawing.dot(x(change.value), middle, 4.0, class);
    drawing.finish()
}

/// The largest end of intervals, which [`change`] is drawn to.
pub fn widest<'a>(changes: impl Iterator<Item = &'a Interval>) -> f64 {
    changes.flat_map(|change| [change.low.abs(), change.high.abs()]).filter(|end| end.is_finite()).fold(0.0, f64::max)
}
