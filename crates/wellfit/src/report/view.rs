//! What the page shows, every number already in words.

use serde::Serialize;

use crate::diagnose::words::Unit;
use crate::diagnose::{Interval, Verdict};
use crate::text::counted;

use super::details::{Chart, HealthRow, charts, facts, health};
use super::figures;
use super::input::PageInput;
use super::result::RunResult;
use super::trail::{Trail, trails};

/// The page's own model: text, and markup made by our own figures.
#[derive(Serialize)]
pub(super) struct View {
    title: String,
    run: String,
    headline: Headline,
    summary: String,
    numbers: Vec<Number>,
    budget: String,
    budget_note: String,
    moves: Vec<Move>,
    findings: Vec<(String, String)>,
    trails: Vec<Trail>,
    charts: Vec<Chart>,
    facts: Vec<(String, Vec<(String, String)>)>,
    health: Vec<HealthRow>,
    notices: Vec<String>,
    config: String,
    version: String,
}

#[derive(Serialize)]
struct Headline {
    badge: &'static str,
    tone: &'static str,
    plain: &'static str,
    measured: String,
}

#[derive(Serialize)]
struct Number {
    name: &'static str,
    value: String,
    ends: String,
    note: String,
    class: &'static str,
}

#[derive(Serialize)]
struct Move {
    remedy: String,
    purpose: &'static str,
    reason: String,
    change: String,
}

impl View {
    /// The model of an input.
    pub fn of(input: &PageInput) -> View {
        let result = &input.result;
        let unit = Unit::of_task(result.task);
        View {
            title: format!("{} · wellfit", input.data),
            run: result.run.clone(),
            headline: headline(result),
            summary: format!(
                "{} of {}, predicted by {}; trained for {} in {:.1} s ({}).",
                if unit == Unit::Rate { "The class" } else { "The value" },
                input.target,
                input.network,
                counted(result.epochs, "epoch"),
                result.seconds,
                result.stopped
            ),
            numbers: numbers(input, unit),
            budget: budget(result, unit),
            budget_note: budget_note(result),
            moves: moves(result),
            findings: findings(result),
            trails: trails(input, unit),
            charts: charts(input, unit),
            facts: facts(input, unit),
            health: health(input),
            notices: input.notices.clone(),
            config: input.config.clone(),
            version: input.version.clone(),
        }
    }
}

// Badge, its tone, the verdict in plain words and in numbers.
fn headline(result: &RunResult) -> Headline {
    let Some(diagnosis) = &result.diagnosis else {
        return Headline {
            badge: "no verdict",
            tone: "open",
            plain: "Without a dev set nobody can tell how well this carries over.",
            measured: String::new(),
        };
    };
    let (tone, plain) = match diagnosis.verdict {
        Verdict::GoodFit => ("good", "The network fits its rows and carries over to new ones."),
        Verdict::HighBias => ("act", "The network does not yet fit the rows it learned from."),
        Verdict::HighVariance => ("act", "What the network learned does not carry over to new rows."),
        Verdict::HighBiasAndHighVariance => ("act", "The network neither fits its rows nor carries over to new ones."),
        Verdict::Undecided => ("open", "There are too few rows to tell whether the network fits well."),
    };
    let badge = diagnosis.verdict.name();
    let told = diagnosis.headline();
    // The badge already names the verdict.
    let told = told.strip_prefix(badge).map_or(told, |rest| rest.trim_start_matches([':', ' ']));
    Headline { badge, tone, plain, measured: capitalised(told) }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

// Findings and reasons are written without a full stop, to stand in a terminal line.
fn sentence(text: &str) -> String {
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{stop}", capitalised(text))
}

fn numbers(input: &PageInput, unit: Unit) -> Vec<Number> {
    let result = &input.result;
    let measured = |name, class, error: Interval, rows| Number {
        name,
        value: unit.error(error.value),
        ends: unit.ends(error),
        note: counted(rows, "row"),
        class,
    };
    let mut numbers = Vec::new();
    if let Some(diagnosis) = &result.diagnosis {
        let target = &diagnosis.target_error;
        numbers.push(Number {
            name: "target",
            value: unit.error(target.value),
            ends: String::new(),
            note: if target.is_given() { "given".to_string() } else { "assumed".to_string() },
            class: "target",
        });
    }
    numbers.push(measured("train", "train", result.train.error, result.rows.train));
    if let Some(dev) = &result.dev {
        numbers.push(measured("dev", "dev", dev.error, result.rows.dev));
    }
    if let Some(test) = &result.test {
        numbers.push(measured("test", "test", test.error, result.rows.test));
    } else if result.rows.test > 0 {
        let note = match input.test_openings {
            0 => "never opened".to_string(),
            times => format!("opened {} before", counted(times, "time")),
        };
        numbers.push(Number {
            name: "test",
            value: "sealed".to_string(),
            ends: String::new(),
            note: format!("{} · {note}", counted(result.rows.test, "row")),
            class: "test sealed",
        });
    }
    numbers
}

fn budget(result: &RunResult, unit: Unit) -> String {
    let (Some(diagnosis), Some(dev)) = (&result.diagnosis, &result.dev) else {
        return String::new();
    };
    let terms = [&diagnosis.avoidable_bias, &diagnosis.variance];
    figures::budget(unit, &diagnosis.target_error, result.train.error, dev.error, terms)
}

fn budget_note(result: &RunResult) -> String {
    let assumed =
        result.diagnosis.as_ref().map(|diagnosis| &diagnosis.target_error).filter(|target| !target.is_given());
    assumed.map_or(String::new(), |target| format!("The target error is {}.", target.source))
}

fn moves(result: &RunResult) -> Vec<Move> {
    let moves = result.prescription.iter().map(|move_| Move {
        remedy: capitalised(&move_.remedy),
        purpose: move_.purpose.name(),
        reason: sentence(&move_.reason),
        change: move_.change.clone(),
    });
    moves.collect()
}

fn findings(result: &RunResult) -> Vec<(String, String)> {
    let found = result.diagnosis.iter().flat_map(|diagnosis| &diagnosis.findings);
    found.filter(|finding| finding.kind != "verdict").map(|f| (f.kind.clone(), sentence(&f.text))).collect()
}
