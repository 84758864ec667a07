//! A diagnosis in lines: about forty at eighty columns.

use crate::diagnose::LayerSummary;
use crate::report::{DiagnosisReport, LearningCurveReport};
use crate::runs::Watcher;
use crate::text::{counted, thousands};
use crate::train::Record;
use crate::words::{Unit, findings, layers, percent};

use super::chain::Link;
use super::findings::shown;
use super::labels::{DoubtedRow, LabelNoiseFound};

/// Findings that are shown; the others are in the JSON.
const MOST_FINDINGS: usize = 4;
/// Characters of a label that are shown.
const LONGEST_LABEL: usize = 16;

/// The chain of errors, a link a line, with what lies between it and the one before.
pub(super) fn chain(links: &[Link], unit: Unit, watcher: &mut dyn Watcher) {
    for (at, link) in links.iter().enumerate() {
        let exact = link.error.low == link.error.high;
        let error = if exact { unit.error(link.error.value) } else { unit.error_with_interval(link.error) };
        let step = link.step.as_ref().map_or(String::new(), |step| {
            let name = if step.name == "avoidable bias" { "bias" } else { step.name };
            format!("{name} {}", unit.difference_with_interval(step.difference))
        });
        let text = format!("{:<9} {error:<20} {step}", link.name);
        watcher.line(if at == 0 { "chain" } else { "" }, text.trim_end());
        // Of train, dev and test the name says enough.
        if link.name == "train-dev" || link.name == "target" && link.source != "given" {
            watcher.line("", &format!("          ({})", link.source));
        }
    }
}

/// The verdict, the gravest findings, and the layers.
pub(super) fn diagnosis(diagnosis: &DiagnosisReport, history: &[Record], watcher: &mut dyn Watcher) {
    watcher.line("verdict", diagnosis.headline());
    let (shown, rest) = shown(diagnosis, MOST_FINDINGS);
    for (at, finding) in shown.into_iter().enumerate() {
        let text = format!("{}: {}", findings::label(finding.kind), finding.text);
        watcher.line(if at == 0 { "found" } else { "" }, &text);
    }
    if let Some(rest) = rest {
        watcher.line("", &rest);
    }
    if let Some(summary) = LayerSummary::of(history) {
        watcher.line("layers", &layers::summary(&summary));
    }
}

/// The range of label noise, and the rows to look at.
pub(super) fn labels(noise: &LabelNoiseFound, watcher: &mut dyn Watcher) {
    let doubt = match noise.doubted {
        0 => "no single label looks wrong".to_string(),
        doubted => format!(
            "{} suspected; rows to check first (label in the file → more likely one):",
            counted(doubted, "label")
        ),
    };
    let text = format!(
        "{} to {} look wrong (the high end counts overlap of classes as wrong); {doubt}",
        percent(noise.low),
        percent(noise.high)
    );
    watcher.line("labels", &text);
    let rows: Vec<String> = noise.rows.iter().map(row).collect();
    if !rows.is_empty() {
        watcher.line("", &rows.join(", "));
    }
}

/// What stands there where labels cannot be judged.
pub(super) fn no_labels(watcher: &mut dyn Watcher) {
    let text =
        "label noise cannot be estimated: too few rows, or networks no better than predicting the majority class";
    watcher.line("labels", text);
}

fn row(row: &DoubtedRow) -> String {
    let file = row.file.as_ref().map_or(String::new(), |file| format!("{file} "));
    format!("{file}{} {}→{}", row.row, cut(&row.given), cut(&row.suggested))
}

fn cut(label: &str) -> String {
    match label.chars().count() {
        0..=LONGEST_LABEL => label.to_string(),
        _ => label.chars().take(LONGEST_LABEL - 1).chain(['…']).collect(),
    }
}

/// Dev error over rows, and the forecast.
pub(super) fn curve(curve: &LearningCurveReport, unit: Unit, watcher: &mut dyn Watcher) {
    let point = |point: &crate::diagnose::CurvePoint| {
        format!("{} rows {} ± {}", thousands(point.rows), unit.error(point.error), unit.error(point.spread))
    };
    let points: Vec<String> = curve.points.iter().map(point).collect();
    if !points.is_empty() {
        watcher.line("rows", &format!("dev error by train rows: {}", points.join(" · ")));
    }
    // A number that is not to be decided by is not shown to a person; the JSON has it.
    for forecast in curve.forecast.iter().filter(|_| curve.useful) {
        let text = format!(
            "{} times the rows ({}): {}, 90%",
            forecast.times,
            thousands(forecast.rows),
            unit.error_with_interval(forecast.error)
        );
        watcher.line("", &text);
    }
    watcher.line("forecast", &curve.note);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_label_is_cut_where_it_is_shown() {
        let doubted = DoubtedRow { row: 7, file: None, given: "no".to_string(), suggested: "x".repeat(40) };
        assert_eq!(row(&doubted), format!("7 no→{}…", "x".repeat(15)));
    }
}
