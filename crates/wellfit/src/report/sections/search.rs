//! What `wellfit tune` tried before it trained this run.

use std::fmt::Write;

use serde_json::Value;

use crate::diagnose::Interval;
use crate::text::{counted, sentence};
use crate::tune::{TrialReport, TuneReport};
use crate::words::Unit;

use super::super::figures::{ChangeRange, Good, change, validation_curve};
use super::super::input::PageInput;
use super::super::plot::escape;
use super::{Chart, error_name};

/// Trials that are listed, the best first.
const MOST: usize = 20;

pub(super) fn charts(input: &PageInput, unit: Unit) -> Vec<Chart> {
    let Some(search) = &input.search else { return Vec::new() };
    let name = error_name(unit, &input.evidence.target);
    let setting = search.trials.first().and_then(|trial| trial.settings.keys().next());
    let mut charts = Vec::new();
    if let (Some(points), Some(setting)) = (&search.curve, setting) {
        let note = format!("{} With 95% intervals over rows.", sentence(&search.judged));
        charts.push(Chart::of("Validation curve", validation_curve(points, setting, unit, &name), note));
    }
    let note = format!(
        "{}; the settings given come to {}. Gain: error of the settings given less that of the trial, with its 95% interval. The \
         error of the best of many is optimistically biased, because it was chosen for it.",
        counted(search.trials.len() as u64, "configuration"),
        unit.error_with_interval(search.baseline.error)
    );
    charts.push(Chart { wide: charts.is_empty(), ..Chart::of("Trials", trials(search, unit), note) });
    charts
}

fn trials(search: &TuneReport, unit: Unit) -> String {
    let error = |trial: &TrialReport| trial.error.map_or(f64::INFINITY, |error| error.value);
    let mut order: Vec<(usize, &TrialReport)> = search.trials.iter().enumerate().collect();
    order.sort_by(|a, b| error(a.1).total_cmp(&error(b.1)));
    order.truncate(MOST);
    let gains: Vec<&Interval> = order.iter().filter_map(|(_, trial)| trial.gain.as_ref()).collect();
    let range = ChangeRange::of(gains.into_iter());
    let mut out = String::from(
        "<table class=\"plain\"><thead><tr><th scope=\"col\">settings</th><th scope=\"col\">error</th>\
         <th scope=\"col\">gain</th><th scope=\"col\"></th></tr></thead><tbody>",
    );
    for (place, trial) in order {
        let settings: Vec<String> =
            trial.settings.iter().map(|(key, value)| format!("{key} = {}", written(value))).collect();
        let key = |what: &str| format!("tune.json#/trials/{place}/{what}");
        let cell = |what: &str, told: String| format!("<td data-key=\"{}\">{told}</td>", key(what));
        let told = trial.gain.map_or(String::new(), |gain| unit.difference_with_interval(gain));
        let picture = trial.gain.map_or(String::new(), |gain| change("Gain", gain, Good::Up, range, &told));
        let cells = match trial.error {
            Some(error) => cell("error", unit.error(error.value)) + &cell("gain", told),
            None => {
                format!("<td class=\"name\" colspan=\"2\">{}</td>", escape(trial.failed.as_deref().unwrap_or("failed")))
            }
        };
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th>{cells}<td class=\"picture\">{picture}</td></tr>",
            escape(&settings.join(", "))
        );
    }
    out.push_str("</tbody></table>");
    out
}

/// A value as it is written behind a flag.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(written).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
