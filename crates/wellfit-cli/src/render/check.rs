//! `wellfit check`: the gradient check, block by block.

use wellfit::diagnose::words::percent;
use wellfit::net::{BlockCheck, CheckReport};
use wellfit::text::counted;

use super::Line;

/// Every block, and what the check comes to where it passes.
pub fn lines(report: &CheckReport) -> Vec<Line> {
    let block = |block: &BlockCheck| ("block", format!("{:<20} {:.1e}", block.name, block.relative_error));
    let mut lines: Vec<Line> = report.blocks.iter().map(block).collect();
    if report.skipped > 0.0 {
        let share = percent(report.skipped);
        lines.push(("kinks", format!("{share} of comparisons skipped: a unit crossed the kink of its activation")));
    }
    if report.passed {
        lines.push(("check", agreement(report)));
    }
    lines
}

/// How well the gradients agree.
pub fn agreement(report: &CheckReport) -> String {
    format!("gradients agree to {:.1e} in {}", report.relative_error, counted(report.blocks.len(), "block"))
}
