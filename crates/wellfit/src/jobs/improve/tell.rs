//! An improvement in lines.

use crate::diagnose::Forecast;
use crate::experiment::settings::Purpose;
use crate::improve::{Case, Outcome, Step};
use crate::report::{ImprovementReport, RunResult};
use crate::runs::lines::gain;
use crate::runs::{Event, Watcher};
use crate::text::counted;
use crate::words::{Unit, forecast, improvement as words};

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
    let kept = match &step.outcome {
        Outcome::Kept(_) => "yes".to_string(),
        Outcome::NoGain(_) => "no".to_string(),
        other => format!("no: {}", words::outcome(other)),
    };
    let change = step.change.without_section().replace(", ", ",");
    row(&change, step.purpose.name(), &unit.error(step.after), &gain(step.gain, unit), &kept)
}

/// A line for what twice the rows would bring: nothing that can be tried.
pub(super) fn more_rows(twice: &Forecast, unit: Unit) -> String {
    let error = unit.error(twice.error.value);
    row(forecast::TWICE_THE_ROWS, Purpose::FitDev.name(), &error, &gain(twice.gain, unit), "needs more data")
}

fn row(change: &str, purpose: &str, dev: &str, gain: &str, kept: &str) -> String {
    format!("{change:<23} {purpose:<9} {dev:>6}  {gain:<18} {kept}").trim_end().to_string()
}

/// How it ended.
pub(super) fn after(result: &RunResult, improvement: &ImprovementReport, unit: Unit) -> String {
    let dev =
        result.dev.as_ref().map_or(String::new(), |dev| format!("   dev {}", unit.error_with_interval(dev.error)));
    let tried = result.steps.as_ref().map_or(0, Vec::len) as u64;
    format!(
        "train {}{dev}   {}; {}, {:.0} s",
        unit.error(result.train.error.value),
        improvement.ended,
        counted(tried, "trial"),
        improvement.seconds
    )
}

/// What re-split rows say of the gain.
pub(super) fn confirmation(improvement: &ImprovementReport, unit: Unit) -> Option<String> {
    improvement.confirmation.map(|gain| words::confirmation(gain, unit))
}

/// Lets one line through.
pub(super) struct Only<'a>(pub &'static str, pub &'a mut dyn Watcher);

impl Watcher for Only<'_> {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Line { label, .. } = event
            && label == self.0
        {
            self.1.event(event);
        }
    }
    fn stop_requested(&self) -> bool {
        self.1.stop_requested()
    }
}
