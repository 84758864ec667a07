//! What a learning curve says of more rows.

use crate::diagnose::{LearningCurve, Outlook};
use crate::text::thousands;

use super::Unit;

/// What a forecast from the learning curve is called among changes.
pub const TWICE_THE_ROWS: &str = "twice the rows (forecast)";

/// What the forecast comes to.
pub fn outlook(curve: &LearningCurve, unit: Unit) -> String {
    let twice = curve.forecast.first();
    let gain = twice.map_or(String::new(), |twice| unit.difference_with_interval(twice.gain));
    // Of the curve, and not of the last point measured: that has the noise of its trainings.
    let fitted = twice.map_or(String::new(), |twice| {
        let [now, then] = [twice.error.value + twice.gain.value, twice.error.value].map(|error| unit.error(error));
        format!("from {now} to {then}, by ")
    });
    let worth = match curve.outlook {
        Outlook::TooFewSizes => {
            return "no useful forecast is possible: fewer than three sizes could be trained on".to_string();
        }
        Outlook::NotFalling => {
            let ends = curve.points.first().zip(curve.points.last());
            return ends.map_or(String::new(), |(first, last)| {
                format!(
                    "no useful forecast is possible: from {} to {} rows dev error does not fall significantly ({} to {})",
                    thousands(first.rows),
                    thousands(last.rows),
                    unit.error(first.error),
                    unit.error(last.error)
                )
            });
        }
        Outlook::TooUncertain(delta) => {
            return format!(
                "no useful forecast is possible: the gain from twice the rows, {gain} (90% interval), is too uncertain; it is \
                 of use if known to within {} to either side",
                unit.difference(delta)
            );
        }
        Outlook::Worthwhile => "more rows are worth collecting",
        Outlook::NotWorthwhile => "more rows alone are not the next step",
        Outlook::WorthwhileIfCheap => "worthwhile if rows are cheap",
    };
    format!("by the fitted curve, twice the rows would lower dev error {fitted}{gain} (90% interval): {worth}")
}
