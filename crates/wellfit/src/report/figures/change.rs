//! A change of the error and its interval as a bar beside zero, one row of a table.

use super::super::plot::Drawing;
use crate::diagnose::Interval;

const WIDTH: f64 = 160.0;
const HEIGHT: f64 = 18.0;
/// Room for a dot at either end.
const ASIDE: f64 = 5.0;

/// Which way a change is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Good {
    /// Above zero: a gain.
    Up,
    /// Below zero: a rise of the error.
    Down,
}

/// The range that the rows of a table share.
#[derive(Clone, Copy, Debug)]
pub struct ChangeRange {
    low: f64,
    high: f64,
}

impl ChangeRange {
    /// Zero and all ends of these changes.
    pub fn of<'a>(changes: impl Iterator<Item = &'a Interval>) -> ChangeRange {
        let ends = changes.flat_map(|change| [change.low, change.high]).filter(|end| end.is_finite());
        ends.fold(ChangeRange { low: 0.0, high: 0.0 }, |range, end| ChangeRange {
            low: range.low.min(end),
            high: range.high.max(end),
        })
    }

    fn at(&self, value: f64) -> f64 {
        let width = (self.high - self.low).max(f64::MIN_POSITIVE);
        ASIDE + (WIDTH - 2.0 * ASIDE) * ((value - self.low) / width).clamp(0.0, 1.0)
    }
}

/// The bar of one row, under the name of what it shows. What passes the range ends at its edge.
pub fn change(name: &str, change: Interval, good: Good, range: ChangeRange, told: &str) -> String {
    let mut drawing = Drawing::new(WIDTH, HEIGHT, name, told);
    let middle = HEIGHT / 2.0;
    drawing.line((range.at(0.0), 0.0), (range.at(0.0), HEIGHT), "axis");
    drawing.line((range.at(change.low), middle), (range.at(change.high), middle), "whisker");
    let class = match good {
        _ if change.low <= 0.0 && change.high >= 0.0 => "dot unsure",
        Good::Up if change.low > 0.0 => "dot target",
        Good::Down if change.high < 0.0 => "dot target",
        _ => "dot dev",
    };
    drawing.dot(range.at(change.value), middle, 4.0, class);
    drawing.finish()
}
