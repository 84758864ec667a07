//! What the page shows, every number already in words.

use serde::Serialize;

use crate::diagnose::{FindingKind, Interval, Verdict};
use crate::experiment::config_toml;
use crate::experiment::settings::Purpose;
use crate::improve::MORE_ROWS_TO_JUDGE_BY;
use crate::text::{capitalised, counted, sentence};
use crate::words::{Unit, findings, improvement, training, verdict};

use super::details::{Facts, HealthRow, facts, health};
use super::diagnosis::DiagnosisReport;
use super::figures;
use super::improvement::PrescriptionReport;
use super::input::PageInput;
use super::sections::{Section, sections};
use super::trail::{Trail, trails};
use super::why::{Why, whys};

/// Topics beside the facts; that of a search stands there where there was one.
const FACTS_TOPICS: [&str; 4] = ["hyperparameters", "splits", "normalisation", "augmentation"];

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
    budget_whys: Vec<Why>,
    moves: Vec<Move>,
    moves_whys: Vec<Why>,
    purposes: String,
    findings: Vec<(&'static str, String)>,
    trails: Vec<Trail>,
    sections: Vec<Section>,
    facts: Vec<Facts>,
    facts_whys: Vec<Why>,
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
    // Where its numbers stand in `result.json`: the error, and the count of rows.
    key: String,
    rows_key: &'static str,
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
            title: format!("{} · wellfit", input.evidence.data),
            run: result.run.clone(),
            headline: headline(input.diagnosis()),
            summary: format!(
                "Predicts {} with {}; trained for {} in {:.1} s ({}).",
                input.evidence.target,
                input.evidence.network,
                counted(result.epochs, "epoch"),
                result.seconds,
                result.stopped
            ),
            numbers: numbers(input, unit),
            budget: budget(input, unit),
            budget_note: budget_note(input),
            budget_whys: whys(&["bias-variance"], input),
            moves: moves(input),
            moves_whys: whys(&["orthogonality"], input),
            purposes: purposes(input),
            findings: found(input),
            trails: trails(input, unit),
            sections: sections(input, unit),
            facts: facts(input, unit),
            facts_whys: whys(FACTS_TOPICS.get(usize::from(input.search.is_some())..).unwrap_or_default(), input),
            health: health(input),
            notices: input.evidence.notices.clone(),
            config: config_toml(&input.spec),
            version: input.version.clone(),
        }
    }
}

// Badge, its tone, the verdict in plain words and in numbers.
fn headline(diagnosis: Option<&DiagnosisReport>) -> Headline {
    let Some(diagnosis) = diagnosis else {
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
    let told = told.strip_prefix(badge).map_or(told, |rest| rest.trim_start_matches([',', ':', ' ']));
    Headline { badge, tone, plain, measured: capitalised(told) }
}

fn numbers(input: &PageInput, unit: Unit) -> Vec<Number> {
    let result = &input.result;
    let measured = |class, error: Interval, rows, (key, rows_key): (&str, &'static str)| Number {
        name: class,
        value: unit.error(error.value),
        ends: unit.ends(error),
        note: counted(rows, "row"),
        class,
        key: key.to_string(),
        rows_key,
    };
    let mut numbers = Vec::new();
    if let Some(diagnosis) = input.diagnosis() {
        let target = &diagnosis.target_error;
        numbers.push(Number {
            name: "target error",
            value: unit.error(target.value),
            ends: String::new(),
            note: if target.assumption().is_some() { "assumed".to_string() } else { "given".to_string() },
            class: "target",
            key: input.diagnosis_key("target_error"),
            rows_key: "",
        });
    }
    numbers.push(measured("train", result.train.error, result.rows.train, ("/train/error", "/rows/train")));
    if let Some(dev) = &result.dev {
        numbers.push(measured("dev", dev.error, result.rows.dev, ("/dev/error", "/rows/dev")));
    }
    if let Some(test) = &result.test {
        numbers.push(measured("test", test.error, result.rows.test, ("/test/error", "/rows/test")));
    } else if result.rows.test > 0 {
        numbers.push(Number {
            name: "test",
            value: "held out".to_string(),
            ends: training::test_evaluations(input.test_openings),
            note: counted(result.rows.test, "row"),
            class: "test sealed",
            key: String::new(),
            rows_key: "/rows/test",
        });
    }
    numbers
}

fn budget(input: &PageInput, unit: Unit) -> String {
    let result = &input.result;
    let (Some(diagnosis), Some(dev)) = (input.diagnosis(), &result.dev) else {
        return String::new();
    };
    let variance = if input.cross_validation().is_some() { "variance over folds" } else { "variance" };
    let keys = ["target_error/value", "avoidable_bias/value", "variance/value"].map(|key| input.diagnosis_key(key));
    let terms = [("bias", &diagnosis.avoidable_bias), (variance, &diagnosis.variance)];
    figures::budget(unit, &diagnosis.target_error, result.train.error, dev.error, terms, &keys)
}

fn budget_note(input: &PageInput) -> String {
    let assumption = input.diagnosis().and_then(|diagnosis| diagnosis.target_error.assumption());
    assumption.map_or(String::new(), |assumption| format!("The target error is {assumption}."))
}

/// What is still to be done: what folds would tell, they may have told.
fn left_to_do(input: &PageInput) -> impl Iterator<Item = &PrescriptionReport> {
    let is_validated = input.cross_validation().is_some();
    let is_left = move |move_: &&PrescriptionReport| !(is_validated && move_.remedy == MORE_ROWS_TO_JUDGE_BY);
    input.result.prescription.iter().filter(is_left)
}

fn moves(input: &PageInput) -> Vec<Move> {
    let moves = left_to_do(input).map(|move_| Move {
        remedy: capitalised(&move_.remedy),
        purpose: move_.purpose.name(),
        reason: sentence(&move_.reason),
        change: move_.change.clone(),
    });
    moves.collect()
}

// What the purposes of the moves mean, each once.
fn purposes(input: &PageInput) -> String {
    let named = |purpose: &Purpose| left_to_do(input).any(|move_| move_.purpose == *purpose);
    let each: Vec<String> = Purpose::ALL.into_iter().filter(named).map(improvement::purpose).collect();
    sentence(&each.join(" · "))
}

fn found(input: &PageInput) -> Vec<(&'static str, String)> {
    let all = input.diagnosis().into_iter().flat_map(|diagnosis| &diagnosis.findings);
    all.filter(|finding| finding.kind != FindingKind::Verdict)
        .map(|f| (findings::label(f.kind), sentence(&f.text)))
        .collect()
}
