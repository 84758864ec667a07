//! `wellfit data`: the columns, the target, the split, and what speaks against training on them.

use wellfit::diagnose::{Copies, rounded_up};
use wellfit::jobs::{DataReport, Detectable, PartsReport};
use wellfit::runs::SplitOverview;
use wellfit::text::{counted, shell_word, thousands};
use wellfit::words::percent;

use super::{Line, columns, drift, target, train};

/// A dev set that detects no smaller rise of the error rate, or of the RMSE as a share of it, is worth more rows.
const COARSE: f64 = 0.05;
const COARSE_SHARE: f64 = 0.2;
/// From this share of a part on, rows that are also in train are worth a remark.
const WORTH_A_MOVE: f64 = 0.01;

/// The report, with columns in `width` columns of text.
pub fn lines(report: &DataReport, width: usize) -> Vec<Line> {
    let columns = match report.pixels {
        true => format!("{}, 0 to 255", counted(report.columns.len(), "pixel")),
        false => columns::columns(&report.columns, width),
    };
    vec![
        Line::new("columns", columns),
        Line::new("target", target::target(&report.target)),
        Line::new("split", split(&report.parts)),
        Line::new("dev", dev(report.detectable.as_ref())),
        Line::new("copies", copies(report)),
        Line::new("leaks", leaks(report)),
        Line::new("drift", drift::drift(&report.drift)),
        Line::new("next", next(report)),
    ]
}

/// Rows of each part, and how they were chosen.
fn split(parts: &PartsReport) -> String {
    let [train, dev, test] = [parts.train, parts.dev, parts.test].map(|rows| rows as usize);
    let rows = train::split(&SplitOverview { train, dev, test, detectable: None });
    format!("{} · {}", rows.text, parts.rule)
}

/// What dev can detect, and what it would take to detect more.
fn dev(detectable: Option<&Detectable>) -> String {
    let Some(detectable) = detectable else { return "no rows, so no difference can be detected".to_owned() };
    let rows = counted(rounded_up(detectable.wanted_rows as f64), "row");
    match detectable.at {
        Some(at) => format!(
            "can detect differences in error of {:.1} points or more; 1 point needs about {rows} (at an error near {}, that of the \
             majority class)",
            100.0 * detectable.difference,
            percent(at)
        ),
        // The figures rest on normal errors: `assumed` says so in JSON.
        None => format!(
            "can detect an RMSE that differs by {}; {:.0}% needs about {rows}",
            percent(detectable.difference),
            100.0 * detectable.wanted
        ),
    }
}

/// Identical rows.
fn copies(report: &DataReport) -> String {
    let (rows, duplicates) = (&report.parts, &report.duplicates);
    let across = [
        ("dev", "train", rows.dev, duplicates.train_dev),
        ("test", "train", rows.test, duplicates.train_test),
        ("test", "dev", rows.test, duplicates.dev_test),
    ];
    if duplicates.train.rows == 0 && across.iter().all(|(.., copies)| copies.rows == 0) {
        return "no duplicate rows".to_owned();
    }
    let share = |rows: u64, all: u64| percent(rows as f64 / all.max(1) as f64);
    let mut found = vec![format!(
        "{} within train ({}){}",
        counted(duplicates.train.rows, "duplicate"),
        share(duplicates.train.rows, rows.train),
        conflicts(duplicates.train)
    )];
    for (part, other, all, copies) in across.iter().filter(|(.., copies)| copies.rows > 0) {
        let (share, conflicts) = (share(copies.rows, *all), conflicts(*copies));
        found.push(format!("{} of {part} ({share}) also in {other}{conflicts}", thousands(copies.rows)));
    }
    if found.len() == 1 {
        found.push("none across parts".to_owned());
    }
    found.join(" · ")
}

fn conflicts(copies: Copies) -> String {
    match copies.conflicting {
        Some(rows) if rows > 0 => format!(", {} with a conflicting target", thousands(rows)),
        _ => String::new(),
    }
}

/// Columns that give the target away, a line each.
fn leaks(report: &DataReport) -> String {
    if report.pixels {
        return "not checked for images".to_owned();
    }
    let of_used = report.leaks.iter().map(|leak| leak.text.clone());
    let mut lines: Vec<String> = of_used.collect();
    if lines.is_empty() {
        lines.push(match report.target.task.is_classification() {
            true => "no single column gives the target away".to_owned(),
            false => "no single column gives the target away, and no two add up to it".to_owned(),
        });
    }
    lines.extend(report.aside_leaks.iter().map(|leak| leak.text.clone()));
    lines.join("\n")
}

/// What to see to before training, the gravest first.
fn next(report: &DataReport) -> String {
    let mut moves = Vec::new();
    if !report.leaks.is_empty() {
        let columns: Vec<&str> = report.leaks.iter().flat_map(|leak| leak.columns.iter().map(String::as_str)).collect();
        let columns = columns.join(",");
        moves.push(format!("--drop {}, unless known before the target is", shell_word(&columns)));
    }
    let drifting: Vec<&str> = report.drift.iter().filter(|drift| drift.drifts).map(|drift| drift.parts[1]).collect();
    if !drifting.is_empty() {
        let (differ, them) = if drifting.len() == 1 { ("differs", "it") } else { ("differ", "them") };
        moves.push(format!("{} {differ} from train: find out why before trusting {them}", drifting.join(" and ")));
    }
    let many = |rows: u64, of: u64| rows as f64 >= WORTH_A_MOVE * of.max(1) as f64 && rows > 0;
    let (duplicates, rows) = (&report.duplicates, &report.parts);
    let copied: Vec<&str> =
        [("dev", many(duplicates.train_dev.rows, rows.dev)), ("test", many(duplicates.train_test.rows, rows.test))]
            .iter()
            .filter_map(|(part, copied)| copied.then_some(*part))
            .collect();
    if !copied.is_empty() {
        let parts = copied.join(" and ");
        moves.push(format!(
            "copies across parts make {parts} look too good: remove them, or give them a column in common and name it with \
             --group{}",
            // Two people of one age have two names.
            if report.set_aside.is_empty() { "" } else { "; rows that differ in an unused column may not be copies" }
        ));
    }
    moves.extend(more_dev_rows(report.detectable.as_ref()));
    match moves.as_slice() {
        [] => "no problem found; ready to train".to_owned(),
        [only] => only.clone(),
        _ => moves.iter().enumerate().map(|(i, text)| format!("{} {text}", i + 1)).collect::<Vec<_>>().join("\n"),
    }
}

fn more_dev_rows(detectable: Option<&Detectable>) -> Option<String> {
    let Some(detectable) = detectable else {
        return Some("give dev some rows (--split or --dev): without them there is no verdict".to_owned());
    };
    let coarse = if detectable.at.is_some() { COARSE } else { COARSE_SHARE };
    (detectable.difference > coarse).then(|| "dev is small: give it more rows (--split), or collect more".to_owned())
}
