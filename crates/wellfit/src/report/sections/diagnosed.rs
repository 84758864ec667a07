//! What `wellfit diagnose` added to the run.

use std::fmt::Write;

use crate::text::{sentence, thousands};
use crate::words::{Unit, percent};

use super::super::figures;
use super::super::full_diagnosis::LabelNoiseReport;
use super::super::input::PageInput;
use super::super::plot::escape;
use super::{Chart, error_name};

/// What the charts are about.
pub(super) fn title(input: &PageInput) -> &'static str {
    match input.diagnosed.as_ref().is_some_and(|diagnosed| diagnosed.label_noise.is_some()) {
        true => "More data and doubtful labels",
        false => "More data",
    }
}

pub(super) fn charts(input: &PageInput, unit: Unit) -> Vec<Chart> {
    let Some(diagnosed) = &input.diagnosed else { return Vec::new() };
    let curve = &diagnosed.learning_curve;
    let mut charts = Vec::new();
    if !curve.points.is_empty() {
        let markup = figures::learning_curve(curve, unit, &error_name(unit, &input.evidence.target));
        charts.push(Chart::of("Learning curve", markup, sentence(&curve.note)));
    }
    if let Some(noise) = &diagnosed.label_noise {
        let note = "Each row is judged by networks that have not seen it; the upper bound includes classes that overlap. Rows are \
                    counted from 1 after the header.";
        charts.push(Chart::of("Doubtful labels", share(noise) + &rows(noise), note));
    }
    charts
}

fn share(noise: &LabelNoiseReport) -> String {
    let fact = |name: &str, key: &str, told: String| {
        format!("<tr><th scope=\"row\">{name}</th><td data-key=\"diagnosis.json#/label_noise/{key}\">{told}</td></tr>")
    };
    let facts = [
        fact("wrong labels, at least", "low", percent(noise.low)),
        fact("at most", "high", percent(noise.high)),
        fact("rows judged", "judged", thousands(noise.judged)),
        fact("suspect labels", "doubted", thousands(noise.doubted)),
    ];
    format!("<table class=\"plain\"><tbody>{}</tbody></table>", facts.concat())
}

fn rows(noise: &LabelNoiseReport) -> String {
    if noise.rows.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "<table class=\"plain\"><thead><tr><th scope=\"col\">row</th><th scope=\"col\">label</th>\
         <th scope=\"col\">more likely</th></tr></thead><tbody>",
    );
    for (place, row) in noise.rows.iter().enumerate() {
        let file = row.file.as_ref().map_or(String::new(), |file| format!("{} ", escape(file)));
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{file}<span data-key=\"diagnosis.json#/label_noise/rows/{place}/row\">{}</span></th>\
             <td class=\"name\">{}</td><td class=\"name\">{}</td></tr>",
            thousands(row.row),
            escape(&row.given),
            escape(&row.suggested)
        );
    }
    out.push_str("</tbody></table>");
    out
}
