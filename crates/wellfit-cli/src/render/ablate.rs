//! `wellfit ablate`: the effect of each setting, a line each.

use std::path::Path;

use wellfit::experiment::Assignment;
use wellfit::improve::{AblationResult, JudgedOn};
use wellfit::jobs::AblationReport;
use wellfit::words::{Unit, improvement};

use super::Line;

/// The run as it is, and the head of the table.
pub fn whole(run: &Path, dev: String, judged_on: JudgedOn) -> Vec<Line> {
    vec![
        Line::new("method", improvement::method(judged_on)),
        Line::new("run", format!("{}: {} {dev}", run.display(), improvement::error_name(judged_on))),
        Line::new("effects", row("changed to", "error", "error rises by")),
    ]
}

/// What ablating a setting came to.
pub fn ablated(result: &AblationResult, unit: Unit) -> Line {
    let change = result.change.without_section();
    let (Some(dev), Some(effect)) = (result.dev, result.effect) else {
        return Line::more(row(&change, "", "training diverged"));
    };
    let verdict = improvement::effect(effect);
    let effect = unit.difference_with_interval(effect).replace(" points", "");
    Line::more(row(&change, &unit.error(dev), &format!("{effect:<18} {verdict}")))
}

/// How to read the table, and what it lacks.
pub fn notes(report: &AblationReport) -> Vec<Line> {
    let changes: Vec<String> = report.not_tried.iter().map(Assignment::without_section).collect();
    let left = (!changes.is_empty())
        .then(|| Line::new("next", format!("not tried for want of time: {}; --budget gives more", changes.join(", "))));
    [Line::new("note", improvement::EFFECTS_NOTE)].into_iter().chain(left).collect()
}

fn row(change: &str, dev: &str, effect: &str) -> String {
    format!("{change:<24} {dev:>7}  {effect}").trim_end().to_owned()
}
