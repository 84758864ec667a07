//! `wellfit improve`: the configuration at the start, the probes, and what they came to.

use wellfit::diagnose::words::Unit;
use wellfit::diagnose::{Forecast, Interval};
use wellfit::experiment::settings::Purpose;
use wellfit::improve::{Case, Improvement, JudgedOn, MORE_ROWS, Step};
use wellfit::report::{RunResult, TestScore};
use wellfit::text::counted;

use super::Line;
use super::train::{gain, metrics};

/// The rows by which changes are judged.
pub fn judged_on(rows: JudgedOn) -> Line {
    Line::new("judged", format!("by {}", self::rows(rows)))
}

/// The rows by which configurations are judged, in words.
pub fn rows(judged_on: JudgedOn) -> &'static str {
    match judged_on {
        JudgedOn::Dev => "dev rows",
        JudgedOn::TrainAndDev => "train and dev rows, cross-validated",
    }
}

/// The configuration at the start, and the head of the table of probes.
pub fn before(case: &Case, unit: Unit) -> Vec<Line> {
    let budget = &case.budget;
    let dev = budget.dev.map_or(String::new(), |dev| format!("   dev {}", unit.error_with_interval(dev)));
    let target = unit.error(budget.target.value);
    vec![
        Line::new("before", format!("train {}{dev}   target {target}", unit.error_with_interval(budget.train))),
        Line::new("verdict", case.diagnosis.headline()),
        Line::new("probe", row("change", "purpose", "dev", "gain", "kept")),
    ]
}

/// A line of the table.
pub fn step(step: &Step, unit: Unit) -> Line {
    let kept = match (step.accepted, step.reason.as_str()) {
        (true, _) => "yes".to_owned(),
        (_, reason) if reason.starts_with("no gain") => "no".to_owned(),
        (_, reason) if reason.contains("significant") => "not significant".to_owned(),
        (_, reason) => format!("no: {reason}"),
    };
    let change = step.change.split_once('.').map_or(step.change.as_str(), |(_, change)| change);
    let gain = gain(step.gain, unit);
    Line::more(row(&change.replace(", ", ","), step.purpose.name(), &unit.error(step.after), &gain, &kept))
}

/// A line for what twice the rows would bring: nothing that can be tried.
pub fn more_rows(twice: &Forecast, unit: Unit) -> Line {
    let error = unit.error(twice.error.value);
    Line::more(row(MORE_ROWS, Purpose::FitDev.name(), &error, &gain(twice.gain, unit), "needs more data"))
}

fn row(change: &str, purpose: &str, dev: &str, gain: &str, kept: &str) -> String {
    format!("{change:<23} {purpose:<9} {dev:>6}  {gain:<18} {kept}").trim_end().to_owned()
}

/// How it ended, and what re-split rows say of the gain.
pub fn improved(result: &RunResult, improvement: &Improvement, unit: Unit) -> Vec<Line> {
    let dev =
        result.dev.as_ref().map_or(String::new(), |dev| format!("   dev {}", unit.error_with_interval(dev.error)));
    let tried = result.steps.as_ref().map_or(0, Vec::len) as u64;
    let after = format!(
        "train {}{dev}   {}; {}, {:.0} s",
        unit.error(result.train.error.value),
        improvement.ended,
        counted(tried, "probe"),
        improvement.seconds
    );
    let mut lines = vec![Line::new("after", after)];
    lines.extend(improvement.confirmation.map(|found| confirmation(found, unit)));
    lines
}

fn confirmation(found: Interval, unit: Unit) -> Line {
    let verdict = match found {
        Interval { low, .. } if low > 0.0 => "the gain is confirmed",
        Interval { high, .. } if high < 0.0 => "the gain is refuted: the first configuration was better",
        _ => "not significant there",
    };
    let gain = unit.difference_with_interval(found);
    Line::new("re-split", format!("on re-split train and dev rows: gain {gain}; {verdict}"))
}

/// What a model scores on test rows.
pub fn tested(score: &TestScore, unit: Unit, rows: usize, opening: u64) -> Vec<Line> {
    let times = match opening {
        1 => "evaluated on the test set for the first time".to_owned(),
        times => format!("evaluated on the test set {times} times"),
    };
    let error = unit.error_with_interval(score.error);
    vec![
        Line::new("test", format!("{error} on {}, {times}", counted(rows as u64, "row"))),
        Line::more(metrics(&score.metrics)),
    ]
}
