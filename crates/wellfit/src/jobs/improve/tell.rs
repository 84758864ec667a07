//! An improvement in lines.

use crate::diagnose::words::Unit;
use crate::diagnose::{Forecast, Interval};
use crate::experiment::settings::Purpose;
use crate::improve::{Case, Improvement, MORE_ROWS, Step};
use crate::report::RunResult;
use crate::runs::lines::gain;
use crate::text::counted;

/// The error budget on one line.
pub(super) fn errors(case: &Case, unit: Unit) -> String {
    let budget = &case.budget;
    let dev = budget.dev.map_or(String::new(), |dev| format!("   dev {}", unit.error_with_interval(dev)));
    let target = unit.error(budget.target.value);
    format!("train {}{dev}   target {target}", unit.error_with_interval(budget.train))
}

/// The head of the table of probes.
pub(super) fn header() -> String {
    row("change", "purpose", "dev", "gain", "kept")
}

/// A line of the table.
pub(super) fn step(step: &Step, unit: Unit) -> String {
    let kept = match (step.accepted, step.reason.as_str()) {
        (true, _) => "yes".to_string(),
        (_, reason) if reason.starts_with("no gain") => "no".to_string(),
        (_, reason) if reason.contains("noise") => "no, noise".to_string(),
        (_, reason) => format!("no: {reason}"),
    };
    let change = step.change.split_once('.').map_or(step.change.as_str(), |(_, change)| change);
    row(&change.replace(", ", ","), step.purpose.name(), &unit.error(step.after), &gain(step.gain, unit), &kept)
}

/// A line for what twice the rows would bring: nothing that can be tried.
pub(super) fn more_rows(twice: &Forecast, unit: Unit) -> String {
    let error = unit.error(twice.error.value);
    row(MORE_ROWS, Purpose::FitDev.name(), &error, &gain(twice.gain, unit), "yours to do")
}

fn row(change: &str, purpose: &str, dev: &str, gain: &str, kept: &str) -> String {
    format!("{change:<23} {purpose:<9} {dev:>6}  {gain:<18} {kept}").trim_end().to_string()
}

/// How it ended.
pub(super) fn after(result: &RunResult, improvement: &Improvement, unit: Unit) -> String {
    let dev =
        result.dev.as_ref().map_or(String::new(), |dev| format!("   dev {}", unit.error_with_interval(dev.error)));
    let tried = result.steps.as_ref().map_or(0, Vec::len) as u64;
    format!(
        "train {}{dev}   {}; {}, {:.0} s",
        unit.error(result.train.error.value),
        improvement.ended,
        counted(tried, "probe"),
        improvement.seconds
    )
}

/// What rows dealt anew say of the gain.
pub(super) fn confirmation(improvement: &Improvement, unit: Unit) -> Option<String> {
    let found = improvement.confirmation?;
    let said = match found {
        Interval { low, .. } if low > 0.0 => "the gain holds",
        Interval { high, .. } if high < 0.0 => "the gain does not hold: the start was better there",
        _ => "rows dealt anew cannot tell the gain from none",
    };
    Some(format!("train and dev dealt anew: gain {}; {said}", unit.difference_with_interval(found)))
}
