//! What the page shows, every number already in words.

use serde::Serialize;

use crate::diagnose::{FindingKind, Interval, Verdict};
use crate::experiment::settings::Purpose;
use crate::text::{capitalised, counted, sentence};
use crate::words::{Unit, findings, improvement, training, verdict};

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
    purposes: String,
    findings: Vec<(&'static str, String)>,
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
        let unit = Unit::of_metric(result.metric);
        View {
            title: format!("{} · wellfit", input.data),
            run: result.run.clone(),
            headline: headline(result),
            summary: format!(
                "Predicts {} with {}; trained for {} in {:.1} s ({}).",
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
            purposes: purposes(result),
            findings: found(result),
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
            plain: "Without a dev set there is no telling how well the network generalises.",
            measured: String::new(),
        };
    };
    let tone = match diagnosis.verdict {
        Verdict::GoodFit => "good",
        Verdict::Undecided => "open",
        _ => "act",
    };
    let plain = verdict::in_plain_words(diagnosis.verdict);
    let badge = diagnosis.verdict.name();
    let told = diagnosis.headline();
    // The badge already names the verdict.
    let told = told.strip_prefix(badge).map_or(told, |rest| rest.trim_start_matches([':', ' ']));
    Headline { badge, tone, plain, measured: capitalised(told) }
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
            name: "target error",
            value: unit.error(target.value),
            ends: String::new(),
            note: if target.assumption().is_some() { "assumed".to_string() } else { "given".to_string() },
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
        let note = training::test_evaluations(input.test_openings);
        numbers.push(Number {
            name: "test",
            value: "held out".to_string(),
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
    let assumption = result.diagnosis.as_ref().and_then(|diagnosis| diagnosis.target_error.assumption());
    assumption.map_or(String::new(), |assumption| format!("The target error is {assumption}."))
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

// What the purposes of the moves mean, each once.
fn purposes(result: &RunResult) -> String {
    let named = |purpose: &Purpose| result.prescription.iter().any(|move_| move_.purpose == *purpose);
    let each: Vec<String> = Purpose::ALL.into_iter().filter(named).map(improvement::purpose).collect();
    sentence(&each.join(" · "))
}

fn found(result: &RunResult) -> Vec<(&'static str, String)> {
    let all = result.diagnosis.iter().flat_map(|diagnosis| &diagnosis.findings);
    all.filter(|finding| finding.kind != FindingKind::Verdict)
        .map(|f| (findings::label(f.kind), sentence(&f.text)))
        .collect()
}
