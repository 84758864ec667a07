//! `wellfit ablate`: the effect of each setting, a line each.

use std::path::Path;

use wellfit::diagnose::Interval;
use wellfit::diagnose::words::Unit;
use wellfit::improve::{AblationResult, JudgedOn};

use super::{Line, improve};

/// The run as it is, and the head of the table.
pub fn whole(run: &Path, dev: String, judged_on: JudgedOn) -> Vec<Line> {
    let rows = improve::rows(judged_on);
    vec![
        Line::new("run", format!("{}: dev {dev}, by {rows}", run.display())),
        Line::new("without", row("instead", "dev", "effect of the setting")),
    ]
}

/// What ablating a setting came to.
pub fn ablated(result: &AblationResult, unit: Unit) -> Line {
    let change = result.change.split_once('.').map_or(result.change.as_str(), |(_, change)| change);
    let (Some(dev), Some(effect)) = (result.dev, result.bought) else {
        return Line::more(row(change, "", "training diverged"));
    };
    let said = match effect {
        Interval { low, .. } if low > 0.0 => "  helps",
        Interval { high, .. } if high < 0.0 => "  hurts",
        _ => "",
    };
    let effect = unit.difference_with_interval(effect).replace(" points", "");
    Line::more(row(change, &unit.error(dev), &format!("{effect:<22}{said}")))
}

/// How to read the table.
pub fn note() -> Line {
    Line::new("note", "each setting alone, all others unchanged (the learning rate too); positive: the setting helps")
}

fn row(change: &str, dev: &str, effect: &str) -> String {
    format!("{change:<26} {dev:>8}  {effect}").trim_end().to_owned()
}
