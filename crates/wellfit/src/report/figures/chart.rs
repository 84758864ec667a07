//! A frame with two axes, shared by the charts.

use super::super::scale::{Scale, tick_labels};
use super::super::svg::Drawing;

pub const WIDTH: f64 = 380.0;
pub const HEIGHT: f64 = 256.0;
pub const LEFT: f64 = 50.0;
pub const RIGHT: f64 = 366.0;
pub const TOP: f64 = 34.0;
pub const BOTTOM: f64 = 210.0;

/// A name in the legend and the class of its line.
pub struct Key<'a> {
    pub name: &'a str,
    pub class: &'a str,
}

/// Draws grid, axes, their labels and the legend.
pub fn frame(drawing: &mut Drawing, x: &Scale, y: &Scale, x_label: &str, y_label: &str, percent: bool) {
    let shown: Vec<f64> = y.ticks.iter().map(|tick| if percent { tick * 100.0 } else { *tick }).collect();
    let sign = if percent { "%" } else { "" };
    for (&tick, label) in y.ticks.iter().zip(tick_labels(&shown)) {
        let at = y.at(tick);
        drawing.line((LEFT, at), (RIGHT, at), "grid");
        drawing.text(LEFT - 8.0, at + 4.0, "end", "tick", &format!("{label}{sign}"));
    }
    for (&tick, label) in x.ticks.iter().zip(tick_labels(&x.ticks)) {
        let at = x.at(tick);
        drawing.line((at, BOTTOM), (at, BOTTOM + 5.0), "axis");
        drawing.text(at, BOTTOM + 19.0, "middle", "tick", &label);
    }
    drawing.line((LEFT, BOTTOM), (RIGHT, BOTTOM), "axis");
    drawing.text((LEFT + RIGHT) / 2.0, BOTTOM + 40.0, "middle", "label", x_label);
    let y_label = if y.is_log() { format!("{y_label} (log axis)") } else { y_label.to_string() };
    drawing.text(6.0, 16.0, "start", "label", &y_label);
}

/// The legend, right-aligned above the frame.
pub fn legend(drawing: &mut Drawing, keys: &[Key<'_>]) {
    // 7.4 units a letter at the size of labels, a little more than they take.
    let width = |key: &Key<'_>| 26.0 + 7.4 * key.name.chars().count() as f64;
    let mut left = RIGHT - keys.iter().map(width).sum::<f64>() - 16.0 * (keys.len() as f64 - 1.0);
    for key in keys {
        drawing.line((left, 12.0), (left + 18.0, 12.0), &format!("line {}", key.class));
        drawing.text(left + 24.0, 16.0, "start", "label", key.name);
        left += width(key) + 16.0;
    }
}
