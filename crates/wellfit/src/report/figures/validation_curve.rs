//! The error over the values of one setting, train beside held-out rows.

use crate::tune::CurvePoint;
use crate::words::Unit;

use super::super::plot::{Axis, Key, Plot, Scale};

/// The curve of a setting whose values are numbers; empty for fewer than two, and for other values.
pub fn validation_curve(points: &[CurvePoint], setting: &str, unit: Unit, name: &str) -> String {
    let values: Option<Vec<f64>> = points.iter().map(|point| point.value.as_f64()).collect();
    let Some(values) = values.filter(|values| values.len() > 1) else { return String::new() };
    let description =
        "Error on the rows trained on and on held-out rows, with 95% intervals, for each value of the setting.";
    // Zeros have no place among powers of ten.
    let far = Scale::fitting(values.iter().copied(), 0.0, 1.0).is_log();
    let x = if far { Axis::log(setting, values.clone()) } else { Axis::exact(setting, values.clone()) };
    let errors = points.iter().flat_map(|point| [point.train_error, point.error.low, point.error.high]);
    let y = Axis::round(name, errors).in_percent(unit == Unit::Rate);
    let mut plot = Plot::new("Validation curve", description, x, y);
    plot.legend(&[Key { name: "train", class: "train" }, Key { name: "held out", class: "dev" }]);
    let of = |read: fn(&CurvePoint) -> f64| values.iter().copied().zip(points.iter().map(read)).collect::<Vec<_>>();
    plot.line(of(|point| point.train_error), "train");
    plot.line(of(|point| point.error.value), "dev");
    for (&value, point) in values.iter().zip(points) {
        plot.interval(value, (point.error.low, point.error.high), "line dev");
        plot.dot((value, point.error.value), 4.0, "dot dev");
        plot.dot((value, point.train_error), 4.0, "dot train");
    }
    plot.finish()
}
