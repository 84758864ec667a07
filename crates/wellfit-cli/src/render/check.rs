//! `wellfit check`: the gradient check, block by block.

use wellfit::jobs::{IntegrityCheck, IntegrityReport};
use wellfit::net::{BlockCheck, CheckReport};
use wellfit::words::percent;

use super::{Line, train};

/// Every block, and what the check comes to where it passes.
pub fn lines(report: &CheckReport) -> Vec<Line> {
    let block = |block: &BlockCheck| {
        let error = block.relative_error.map_or("cannot be checked".to_string(), |error| format!("{error:.1e}"));
        let way = if block.by_layer && block.relative_error.is_some() { "  (by its layer)" } else { "" };
        Line::new("block", format!("{:<20} {error}{way}", block.name))
    };
    let mut lines: Vec<Line> = report.blocks.iter().map(block).collect();
    lines.push(Line::new("limit", format!("{:.0e}: a larger relative error is a fault", CheckReport::LIMIT)));
    if report.skipped > 0.0 {
        let share = percent(report.skipped);
        let text = format!("{share} of comparisons skipped: a unit crossed the kink of its activation");
        lines.push(Line::new("kinks", text));
    }
    if report.passed {
        lines.push(train::check(report));
    }
    lines
}

/// What was looked at in a run's folder, and what is wrong with it.
pub fn integrity(report: &IntegrityReport) -> Vec<Line> {
    let line = |check: &IntegrityCheck| {
        let found = check.problem.as_deref().unwrap_or("in order");
        Line::new(if check.problem.is_some() { "wrong" } else { "whole" }, format!("{}: {found}", check.of))
    };
    report.checks.iter().map(line).collect()
}
