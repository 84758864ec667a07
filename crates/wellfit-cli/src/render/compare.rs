//! Runs compared with the first: a table, the settings that differ, and how to read it.

use comfy_table::ColumnConstraint;
use wellfit::diagnose::{Interval, McNemar, Preference};
use wellfit::jobs::{CompareReport, ComparedRun};
use wellfit::text::{counted, thousands};
use wellfit::words::Unit;

use crate::layout::labelled;
use crate::tables::{finished, of_width};

/// Width where there is no terminal to ask.
const PLAIN_WIDTH: u16 = 80;

/// Numbers stay on one line where that leaves this much for the names of runs.
const ROOM_FOR_NAMES: usize = 12;
/// Spaces around the cells of a line.
const GAPS: usize = 8;

/// The comparison as a person reads it.
pub fn shown(report: &CompareReport) -> String {
    let unit = Unit::of_metric(report.metric);
    let gain = if unit == Unit::Rate { "gain (points)" } else { "gain" };
    let error = match unit.measure() {
        "" => "dev error",
        name => &format!("dev {name}"),
    };
    let header = ["run", error, gain, "verdict"];
    let mut table = of_width(header, PLAIN_WIDTH);
    let row = |run: &ComparedRun| {
        let gain = run.gain.map_or("-".to_owned(), |gain| bare(unit, gain));
        [run.run.clone(), unit.error_with_interval(run.dev), gain, run.verdict.map_or("reference", word).to_owned()]
    };
    table.add_rows(report.runs.iter().map(row));
    let width = usize::from(table.width().unwrap_or(PLAIN_WIDTH));
    let widest = table.column_max_content_widths().into_iter().skip(1).map(usize::from).sum::<usize>();
    if widest + GAPS + ROOM_FOR_NAMES <= width {
        table.column_iter_mut().skip(1).for_each(|column| {
            column.set_constraint(ColumnConstraint::ContentWidth);
        });
    }
    let mut lines = vec![finished(&table), String::new()];
    let others = || report.runs.iter().skip(1);
    lines.extend(others().map(|run| labelled("differs", &differences(run), width)));
    lines.extend(others().filter_map(|run| Some(labelled("McNemar", &mcnemar(&run.run, run.mcnemar?), width))));
    lines.extend(notes(report).iter().map(|note| labelled("note", note, width)));
    lines.join("\n")
}

/// How to read the table, and what it does not know.
fn notes(report: &CompareReport) -> Vec<String> {
    let rows = counted(report.dev_rows, "dev row");
    let first = report.runs.first().map_or("", |run| &run.run);
    let mut notes = vec![format!(
        "gain: the error of {first} minus that of the run, on the same {rows}, with its 95% confidence interval; above 0 the \
         run is better"
    )];
    let comparisons = report.runs.len().saturating_sub(1);
    if comparisons > 1 {
        notes.push(format!(
            "verdicts are corrected for {comparisons} comparisons (Bonferroni: level 0.05/{comparisons} each); intervals and \
             p-values are not"
        ));
    }
    notes.push("intervals cover the choice of rows only: with another seed, either error may differ".to_owned());
    notes
}

/// The rows on which one of the two errs, and what they say.
fn mcnemar(run: &str, test: McNemar) -> String {
    let McNemar { only_reference_wrong, only_this_wrong, p } = test;
    let counts = format!(
        "{run}: {} wrong in the reference only, {} in this run only",
        counted(only_reference_wrong, "row"),
        thousands(only_this_wrong)
    );
    match p {
        Some(p) => format!("{counts}; exact p {}", p_value(p)),
        None => format!("{counts}; no p-value, since rows are grouped or weighted"),
    }
}

fn differences(run: &ComparedRun) -> String {
    let value = |value: &str| if value.is_empty() { "none".to_owned() } else { value.to_owned() };
    let each = run.differences.iter().map(|d| format!("{} {} → {}", d.key, value(&d.reference), value(&d.this)));
    let each: Vec<String> = each.collect();
    format!("{}: {}", run.run, if each.is_empty() { "no setting".to_owned() } else { each.join(" · ") })
}

/// A difference without its unit, which stands above it.
fn bare(unit: Unit, gain: Interval) -> String {
    unit.difference_with_interval(gain).replace(" points", "")
}

fn word(preference: Preference) -> &'static str {
    match preference {
        Preference::Better => "better",
        Preference::Worse => "worse",
        Preference::NoDifference => "not significant",
    }
}

fn p_value(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") }
}

#[cfg(test)]
mod tests {
    use wellfit::jobs::ChangedSetting;

    use super::*;
    use wellfit::train::Metric;

    fn report(metric: Metric, scale: f64) -> CompareReport {
        let interval =
            |value: f64| Interval { value: value * scale, low: (value - 0.02) * scale, high: (value + 0.03) * scale };
        let mcnemar = McNemar { only_reference_wrong: 12, only_this_wrong: 1_031, p: Some(0.0002) };
        let row = |run: &str, verdict: Option<Preference>| ComparedRun {
            run: run.to_owned(),
            dev: interval(0.19),
            gain: verdict.map(|_| interval(-0.01)),
            mcnemar: verdict.filter(|_| metric == Metric::Error).map(|_| mcnemar),
            differences: vec![ChangedSetting {
                key: "network.hidden".to_owned(),
                reference: "128,64".to_owned(),
                this: String::new(),
            }],
            verdict,
        };
        let words = [None, Some(Preference::NoDifference), Some(Preference::Worse)];
        let names = ["runs/Telco-Customer-Churn-1", "runs/Telco-Customer-Churn-2", "runs/Telco-Customer-Churn-13"];
        let runs = names.iter().zip(words).map(|(name, verdict)| row(name, verdict)).collect();
        CompareReport { schema: 1, metric, dev_rows: 1_409, runs }
    }

    #[test]
    fn errors_and_numbers_of_any_size_fit_into_eighty_columns() {
        for (metric, scale) in [(Metric::Error, 1.0), (Metric::Rmse, 1.0), (Metric::Rmse, 2e5), (Metric::Rmse, 1e-3)] {
            let shown = shown(&report(metric, scale));
            assert!(shown.lines().all(|line| line.chars().count() <= usize::from(PLAIN_WIDTH)), "{shown}");
        }
    }

    #[test]
    fn what_differs_and_what_is_not_known_is_said() {
        let shown = shown(&report(Metric::Error, 1.0)).replace("\n          ", " ");
        for words in ["network.hidden 128,64 → none", "Bonferroni", "with another seed", "p < 0.001"] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        let two = CompareReport { runs: report(Metric::Rmse, 1.0).runs[..2].to_vec(), ..report(Metric::Rmse, 1.0) };
        let shown = super::shown(&two);
        assert!(!shown.contains("Bonferroni") && !shown.contains("McNemar"), "{shown}");
    }
}
