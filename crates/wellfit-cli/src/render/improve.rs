//! `wellfit improve`: the configuration at the start, the probes, and what they came to.

use std::path::Path;

use wellfit::diagnose::Forecast;
use wellfit::experiment::Assignment;
use wellfit::experiment::settings::Purpose;
use wellfit::improve::{Case, ImprovementEnd, JudgedOn, Outcome, Step};
use wellfit::report::{ImprovementReport, RunResult, TestScore};
use wellfit::text::counted;
use wellfit::words::{Unit, forecast, improvement, verdict};

use super::Line;
use super::train::{gain, measure, metrics};

/// How configurations are evaluated.
pub fn judged_on(rows: JudgedOn) -> Line {
    Line::new("method", improvement::method(rows))
}

/// The configuration at the start with the error that changes are compared with, how to read what follows, and the head of the
/// table of probes.
pub fn before(case: &Case, error: f64, rows: JudgedOn, unit: Unit) -> Vec<Line> {
    let budget = &case.budget;
    let dev = budget.dev.map_or(String::new(), |dev| format!("   dev {}", unit.error_with_interval(dev)));
    let (train, target) = (unit.error_with_interval(budget.train), unit.error(budget.target.value));
    vec![
        Line::new("before", format!("{}train {train}{dev}   target error {target}", measure(unit))),
        Line::new("verdict", verdict::headline(&case.diagnosis, unit)),
        Line::new("note", improvement::columns(rows)),
        Line::new("probe", row("change", "fits", "error", "gain", "kept")),
        Line::more(row("none", "", &unit.error(error), "", "")),
    ]
}

/// A line of the table.
pub fn step(step: &Step, unit: Unit) -> Line {
    let kept = match &step.outcome {
        Outcome::Kept(_) => "yes".to_owned(),
        Outcome::NoGain(_) => "no gain".to_owned(),
        Outcome::NotTested(_) => "not tested yet".to_owned(),
        Outcome::NotSignificant => improvement::outcome(&step.outcome),
        other => format!("no: {}", improvement::outcome(other)),
    };
    let change = step.changes().map(Assignment::without_section).collect::<Vec<_>>().join(" and ");
    // Over fewer splits and seeds than the rest it stands beside no other error.
    let (error, gain) = match &step.outcome {
        Outcome::Failed(_) => (String::new(), String::new()),
        looked if looked.is_first_look() => (String::new(), gain(step.gain, unit)),
        _ => (unit.error(step.after), gain(step.gain, unit)),
    };
    Line::more(row(&change.replace(", ", ","), fits(step.purpose), &error, &gain, &kept))
}

/// A line for what twice the rows would bring: nothing that can be tried.
pub fn more_rows(twice: &Forecast, unit: Unit) -> Line {
    let error = unit.error(twice.error.value);
    Line::more(row(
        forecast::TWICE_THE_ROWS,
        fits(Purpose::FitDev),
        &error,
        &gain(twice.gain, unit),
        "needs more data; 90% interval",
    ))
}

/// What a purpose fits, in a word: a line of 80 columns has no room for more.
fn fits(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::FitTrain => "train",
        Purpose::FitDev => "dev",
        Purpose::FitTrainAndDev => "both",
        other => other.name(),
    }
}

/// Letters of a line beside its label, on a screen of 80 columns.
const LINE: usize = 70;
/// Width of the column of changes.
const CHANGE: usize = 22;

fn row(change: &str, fits: &str, error: &str, gain: &str, kept: &str) -> String {
    // Two changes together have a line of their own.
    let change = if change.len() > CHANGE { format!("{change}\n{:CHANGE$}", "") } else { format!("{change:CHANGE$}") };
    let numbers = format!("{change} {fits:<5} {error:>6} {gain:<18}");
    // What came of it stands under its own column, or below the numbers where a line has no room.
    let last = numbers.lines().next_back().map_or(0, |line| line.chars().count());
    match last + 1 + kept.chars().count() > LINE {
        true => format!("{}\n{:CHANGE$} {kept}", numbers.trim_end(), ""),
        false => format!("{numbers} {kept}").trim_end().to_owned(),
    }
}

/// How it ended, what re-split rows say of the gain, and how to go on.
pub fn improved(result: &RunResult, report: &ImprovementReport, ended: ImprovementEnd, unit: Unit) -> Vec<Line> {
    let dev =
        result.dev.as_ref().map_or(String::new(), |dev| format!("   dev {}", unit.error_with_interval(dev.error)));
    // Where no epoch was chosen, both errors are those of the last.
    let chosen = if result.best_epoch < result.epochs { improvement::CHOSEN_ON_DEV } else { "" };
    let after = format!(
        "{}\ntrained in full: {}train {}{dev}{chosen}\n{}",
        report.before_and_after(unit),
        measure(unit),
        unit.error_with_interval(result.train.error),
        report.end(result.steps.as_deref().unwrap_or_default()),
    );
    let mut lines = vec![Line::new("after", after)];
    lines.extend(report.confirmation.map(|gain| Line::new("confirm", improvement::confirmation(gain, unit))));
    let kept = result.steps.iter().flatten().any(|step| step.accepted);
    let has_test = result.rows.test > 0;
    let closed = (!kept && has_test).then(|| improvement::test_stays_closed(&result.run));
    let goes_on = (ended == ImprovementEnd::TimeUp).then(|| improvement::goes_on(&result.run, kept && has_test));
    lines.extend(closed.into_iter().chain(goes_on).map(|text| Line::new("next", text)));
    lines
}

/// What a model scores on the rows of a test set or a file.
pub fn tested(
    score: &TestScore,
    unit: Unit,
    (rows, rows_of): (usize, &str),
    (opening, ledger): (u64, &Path),
) -> Vec<Line> {
    let times = match opening {
        1 => format!("first evaluation on {rows_of} in {}", ledger.display()),
        times => {
            format!(
                "evaluation {times} on {rows_of} or most of its rows, counted over all runs in {}",
                ledger.display()
            )
        }
    };
    let (measure, error) = (measure(unit), unit.error_with_interval(score.error));
    vec![
        Line::new("test", format!("{measure}{error} on {}, {times}", counted(rows as u64, "row"))),
        Line::more(metrics(&score.metrics)),
    ]
}
