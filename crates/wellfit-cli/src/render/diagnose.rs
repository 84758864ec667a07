//! `wellfit diagnose`: a diagnosis in about forty lines at eighty columns.

use wellfit::diagnose::{CurvePoint, FindingKind, Interval, LayerSummary};
use wellfit::report::{
    DiagnosisReport, DoubtedRow, ErrorLink, FindingReport, LabelNoiseReport, LearningCurveReport, LinkName, LinkSource,
    SourceReport, StepName,
};
use wellfit::text::{counted, thousands};
use wellfit::train::Record;
use wellfit::words::{Unit, findings, layers, percent};

use super::Line;
use super::train::measure;

/// Findings that are shown; the others are in the JSON.
const MOST_FINDINGS: usize = 4;
/// Characters of a label that are shown.
const LONGEST_LABEL: usize = 16;

/// The chain of errors, a link a line, with what lies between it and the one before.
pub fn chain(links: &[ErrorLink], unit: Unit) -> Vec<Line> {
    let mut lines = Vec::new();
    for (at, link) in links.iter().enumerate() {
        let Interval { value, low, high } = link.error;
        let error = match link.source {
            _ if low == high => unit.error(value),
            LinkSource::Target(_) => {
                format!("{} (range {} to {})", unit.error(value), unit.error(low), unit.error(high))
            }
            _ => unit.error_with_interval(link.error),
        };
        let step = link.step.as_ref().map_or(String::new(), |step| {
            format!("{} {}", step_name(step.name), unit.difference_with_interval(step.difference))
        });
        let text = format!("{:<12} {error:<20} {step}", link_name(link.name));
        let text = if at == 0 { format!("{}{}", measure(unit), text.trim_end()) } else { text.trim_end().to_owned() };
        lines.push(Line::new(if at == 0 { "chain" } else { "" }, text));
        // Of train, dev and test the name says enough.
        if matches!(link.source, LinkSource::HeldOut(_) | LinkSource::Target(SourceReport::Assumed(_))) {
            let source = String::from(link.source.clone());
            // Which end of the range is used can be seen from the error itself.
            let source = source.split("; ").next().unwrap_or_default();
            lines.push(Line::more(format!("             ({source})")));
        }
    }
    lines
}

fn link_name(name: LinkName) -> &'static str {
    match name {
        LinkName::Target => "target error",
        LinkName::Train => "train",
        LinkName::TrainDev => "train-dev",
        LinkName::Dev => "dev",
        LinkName::Test => "test",
    }
}

fn step_name(name: StepName) -> &'static str {
    match name {
        StepName::AvoidableBias => "bias",
        // Folds may say another number.
        StepName::Variance => "variance here",
        StepName::Mismatch => "mismatch",
        StepName::OverfitToDev => "overfit to dev",
    }
}

/// The verdict, the gravest findings, and the layers.
pub fn verdict(diagnosis: &DiagnosisReport, history: &[Record]) -> Vec<Line> {
    let mut lines = vec![Line::new("verdict", diagnosis.headline())];
    let (shown, more) = shown(diagnosis, MOST_FINDINGS);
    for (at, finding) in shown.into_iter().enumerate() {
        let text = format!("{}: {}", findings::label(finding.kind), finding.text);
        lines.push(Line::new(if at == 0 { "found" } else { "" }, text));
    }
    lines.extend(more.map(Line::more));
    lines.extend(LayerSummary::of(history).map(|summary| Line::new("layers", layers::summary(&summary))));
    lines
}

/// The findings that are shown, and how many more there are: the verdict has a line of its own.
fn shown(diagnosis: &DiagnosisReport, most: usize) -> (Vec<&FindingReport>, Option<String>) {
    let all: Vec<&FindingReport> =
        diagnosis.findings.iter().filter(|finding| finding.kind != FindingKind::Verdict).collect();
    let more = all.len().saturating_sub(most);
    let rest = (more > 0).then(|| format!("and {}: --json lists all", counted(more as u64, "more finding")));
    (all.into_iter().take(most).collect(), rest)
}

/// The range of label noise, and the rows to look at; `None` where it cannot be estimated.
pub fn label_noise(noise: Option<&LabelNoiseReport>) -> Vec<Line> {
    let Some(noise) = noise else {
        let why = "too few rows, or networks no better than predicting the majority class";
        return vec![Line::new("labels", format!("label noise cannot be estimated: {why}"))];
    };
    let doubt = match noise.doubted {
        0 => "no single label looks wrong".to_owned(),
        doubted => {
            format!(
                "{}; rows to check first (counted from 1 after the header; given label → suggested label):",
                counted(doubted, "suspect label")
            )
        }
    };
    let text = format!(
        "estimated label noise {} to {} (the upper bound includes class overlap); {doubt}",
        percent(noise.low),
        percent(noise.high)
    );
    let mut lines = vec![Line::new("labels", text)];
    if !noise.rows.is_empty() {
        lines.push(Line::more(noise.rows.iter().map(row).collect::<Vec<_>>().join(", ")));
    }
    lines
}

fn row(row: &DoubtedRow) -> String {
    let file = row.file.as_ref().map_or(String::new(), |file| format!("{file} "));
    format!("{file}{} {}→{}", row.row, shortened(&row.given), shortened(&row.suggested))
}

fn shortened(label: &str) -> String {
    match label.chars().count() {
        0..=LONGEST_LABEL => label.to_owned(),
        _ => label.chars().take(LONGEST_LABEL - 1).chain(['…']).collect(),
    }
}

/// Dev error over rows, and the forecast.
pub fn learning_curve(curve: &LearningCurveReport, unit: Unit) -> Vec<Line> {
    let mut lines = Vec::new();
    let point = |point: &CurvePoint| {
        format!("{} rows {} ± {}", thousands(point.rows), unit.error(point.error), unit.error(point.spread))
    };
    let points: Vec<String> = curve.points.iter().map(point).collect();
    if !points.is_empty() {
        let retrained = "dev error by train rows, each number trained on several times (mean ± standard deviation):";
        lines.push(Line::new("rows", format!("{retrained} {}", points.join(" · "))));
    }
    // A number that is not to be decided by is not shown to a person; the JSON has it.
    let forecasts = curve.forecast.iter().filter(|_| curve.useful);
    let forecasts: Vec<String> =
        forecasts.map(|f| format!("{} rows {}", thousands(f.rows), unit.error_with_interval(f.error))).collect();
    if !forecasts.is_empty() {
        lines.push(Line::more(format!("fitted curve, with 90% intervals: {}", forecasts.join(" · "))));
    }
    lines.push(Line::new("forecast", curve.note.clone()));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use wellfit::diagnose::Verdict;
    use wellfit::report::TargetErrorReport;

    #[test]
    fn a_long_label_is_cut_where_it_is_shown() {
        let doubted = DoubtedRow { row: 7, file: None, given: "no".to_owned(), suggested: "x".repeat(40) };
        assert_eq!(row(&doubted), format!("7 no→{}…", "x".repeat(15)));
    }

    #[test]
    fn a_long_list_says_how_much_more_there_is() {
        let finding = |kind| FindingReport { kind, text: "above the target.".to_owned() };
        let kinds = [FindingKind::Verdict, FindingKind::Leak, FindingKind::Bias, FindingKind::Variance];
        let found = DiagnosisReport {
            verdict: Verdict::GoodFit,
            target_error: TargetErrorReport { value: 0.1, source: SourceReport::Given },
            avoidable_bias: Interval::exact(0.0),
            variance: Interval::exact(0.0),
            findings: kinds.map(finding).into(),
        };
        let (shown, rest) = shown(&found, 2);
        assert_eq!(shown.len(), 2);
        assert_eq!(rest.as_deref(), Some("and 1 more finding: --json lists all"));
    }
}
