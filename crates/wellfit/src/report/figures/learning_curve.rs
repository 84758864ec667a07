//! Dev error over the rows of train, with the law fitted to it and what it forecasts.

use crate::words::Unit;

use super::super::diagnosis::LearningCurveReport;
use super::super::plot::{Axis, Plot};

/// Points of the fitted law that a line is drawn through.
const STEPS: usize = 40;

/// The sizes measured, the fitted law, and the forecast where it is one to decide by.
pub fn learning_curve(curve: &LearningCurveReport, unit: Unit, name: &str) -> String {
    let description = "Dev error of networks trained on parts of train, with the standard deviation of repeated trainings; the \
                       line is the power law fitted to them, the last points its forecast with 90% intervals.";
    let forecast = if curve.useful { &curve.forecast[..] } else { &[] };
    let measured = curve.points.iter().flat_map(|point| [point.error - point.spread, point.error + point.spread]);
    let errors = measured.chain(forecast.iter().flat_map(|forecast| [forecast.error.low, forecast.error.high]));
    let rows = || curve.points.iter().map(|point| point.rows as f64).chain(forecast.iter().map(|f| f.rows as f64));
    let y = Axis::round(name, errors).in_percent(unit == Unit::Rate);
    let mut plot = Plot::new("Learning curve", description, Axis::log("rows of train", rows()), y);
    let first = rows().fold(f64::INFINITY, f64::min);
    let last = rows().fold(0.0, f64::max);
    if let Some(law) = curve.fit.filter(|_| curve.useful) {
        let at = |step: usize| first * (last / first).powf(step as f64 / STEPS as f64);
        plot.line((0..=STEPS).map(at).map(|rows| (rows, law.error(rows))), "goal");
    }
    for point in &curve.points {
        let rows = point.rows as f64;
        plot.interval(rows, (point.error - point.spread, point.error + point.spread), "line dev");
        plot.dot((rows, point.error), 4.0, "dot dev");
    }
    for ahead in forecast {
        plot.interval(ahead.rows as f64, (ahead.error.low, ahead.error.high), "line target");
        plot.dot((ahead.rows as f64, ahead.error.value), 4.0, "dot target");
    }
    plot.finish()
}
