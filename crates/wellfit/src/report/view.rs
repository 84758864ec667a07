//! What the page shows, every number already in words.

use serde::{Deserialize, Serialize};

use crate::diagnose::words::{Unit, counted, digits, percent, thousands};
use crate::diagnose::{HistoryPoint, Interval, LayerHealth, Verdict};

use super::figures::{self, CalibrationBin, ScatterPoint};
use super::result::RunResult;

/// Everything the page is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageInput {
    /// The run's result.
    pub result: RunResult,
    /// The data's name: the file's stem.
    pub data: String,
    /// The target column.
    pub target: String,
    /// Class names in class order; empty for numbers.
    pub classes: Vec<String>,
    /// The network in a line: `45 inputs → 64 → 32 → 1, ReLU`.
    pub network: String,
    /// The optimiser and its settings in a line: `Adam 0.002, batch 128, L2 0.5`.
    pub training: String,
    /// The epochs that were evaluated, in order.
    pub history: Vec<HistoryPoint>,
    /// The complete config, as it can be run again.
    pub config: String,
    /// What was noticed in the data, a sentence each.
    pub notices: Vec<String>,
    /// Health of the layers over time; empty when not recorded.
    pub layers: Vec<LayerSnapshot>,
    /// Conditioning of the inputs; `None` when not measured.
    pub conditioning: Option<Conditioning>,
    /// Calibration of a binary task on dev; empty otherwise.
    pub calibration: Vec<CalibrationBin>,
    /// Predicted and actual values of a regression on dev; empty otherwise.
    pub scatter: Vec<ScatterPoint>,
    /// How often the test set has been opened, by any run.
    pub test_openings: u64,
    /// The version of the program.
    pub version: String,
}

/// Health of every layer after an epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerSnapshot {
    /// The epoch.
    pub epoch: u64,
    /// The layers, input side first.
    pub layers: Vec<LayerHealth>,
}

/// Condition number of the inputs' covariance, before and after the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conditioning {
    /// Of the raw numbers.
    pub before: f64,
    /// Of the prepared numbers.
    pub after: f64,
}

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
    purpose: String,
    reason: String,
    change: String,
}

#[derive(Serialize)]
struct Chart {
    title: String,
    // Markup: from our figures, which escape every text they are given.
    markup: String,
    note: String,
}

#[derive(Serialize)]
struct HealthRow {
    name: String,
    cells: Vec<String>,
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
                if unit == Unit::Rate {
                    "The class"
                } else {
                    "The value"
                },
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
        Verdict::GoodFit => (
            "good",
            "The network fits its rows and carries over to new ones.",
        ),
        Verdict::HighBias => (
            "act",
            "The network does not yet fit the rows it learned from.",
        ),
        Verdict::HighVariance => (
            "act",
            "What the network learned does not carry over to new rows.",
        ),
        Verdict::HighBiasAndHighVariance => (
            "act",
            "The network neither fits its rows nor carries over to new ones.",
        ),
        Verdict::Undecided => (
            "open",
            "There are too few rows to tell whether the network fits well.",
        ),
    };
    let badge = diagnosis.verdict.name();
    let told = diagnosis.headline();
    // The badge already names the verdict.
    let told = told
        .strip_prefix(badge)
        .map_or(told, |rest| rest.trim_start_matches([':', ' ']));
    Headline {
        badge,
        tone,
        plain,
        measured: capitalised(told),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

// Findings and reasons are written without a full stop, to stand in a terminal line.
fn sentence(text: &str) -> String {
    let stop = if text.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
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
            note: if target.is_given() {
                "given".to_string()
            } else {
                "assumed".to_string()
            },
            class: "target",
        });
    }
    numbers.push(measured(
        "train",
        "train",
        result.train.error,
        result.rows.train,
    ));
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
    figures::budget(
        unit,
        &diagnosis.target_error,
        result.train.error,
        dev.error,
        terms,
    )
}

fn budget_note(result: &RunResult) -> String {
    let assumed = result
        .diagnosis
        .as_ref()
        .map(|diagnosis| &diagnosis.target_error)
        .filter(|target| !target.is_given());
    assumed.map_or(String::new(), |target| {
        format!("The target error is {}.", target.source)
    })
}

fn moves(result: &RunResult) -> Vec<Move> {
    let moves = result.prescription.iter().map(|move_| Move {
        remedy: capitalised(&move_.remedy),
        purpose: purpose_name(move_),
        reason: sentence(&move_.reason),
        change: move_.change.clone(),
    });
    moves.collect()
}

fn purpose_name(prescription: &crate::improve::Prescription) -> String {
    serde_json::to_value(prescription.purpose)
        .ok()
        .and_then(|name| name.as_str().map(str::to_string))
        .unwrap_or_default()
}

fn findings(result: &RunResult) -> Vec<(String, String)> {
    let found = result
        .diagnosis
        .iter()
        .flat_map(|diagnosis| &diagnosis.findings);
    found
        .filter(|finding| finding.kind != "verdict")
        .map(|f| (f.kind.clone(), sentence(&f.text)))
        .collect()
}

fn charts(input: &PageInput, unit: Unit) -> Vec<Chart> {
    let result = &input.result;
    let mut charts = Vec::new();
    let mut add = |title: &str, markup: String, note: String| {
        if !markup.is_empty() {
            charts.push(Chart {
                title: title.to_string(),
                markup,
                note,
            });
        }
    };
    if input.history.len() > 1 {
        let note =
            "Drawn without dropout and without penalties, so that train and dev can be compared.";
        add(
            "Loss",
            figures::loss_curves(&input.history, result.best_epoch),
            note.to_string(),
        );
        if input.history.iter().any(|point| point.dev_error.is_some()) {
            let best = result.dev.as_ref().map(|dev| dev.error);
            let name = if unit == Unit::Rate {
                "error rate".to_string()
            } else {
                format!("rmse of {}", input.target)
            };
            let markup = figures::error_curve(
                &input.history,
                result.best_epoch,
                best,
                unit == Unit::Rate,
                &name,
            );
            add(
                "Error on dev",
                markup,
                "Shaded: the interval of the kept weights' error.".to_string(),
            );
        }
    }
    if let Some(confusion) = &result.metrics.confusion {
        add(
            "Which class is taken for which",
            figures::confusion(confusion, &input.classes),
            String::new(),
        );
    }
    if let (false, Some(positive)) = (input.calibration.is_empty(), input.classes.get(1)) {
        let note = "On the dashed line probabilities mean what they say.";
        add(
            "Calibration",
            figures::calibration(&input.calibration, positive),
            note.to_string(),
        );
    }
    if !input.scatter.is_empty() {
        let note = format!(
            "{} of dev; on the dashed line the prediction is exact.",
            counted(input.scatter.len() as u64, "row")
        );
        add(
            "Predicted against actual",
            figures::scatter(&input.scatter, &input.target),
            note,
        );
    }
    if input.layers.len() > 1 {
        add(
            "Size of the weights",
            figures::weight_norms(&input.layers),
            "A penalty keeps these small.".to_string(),
        );
    }
    if !result.gradient_check.blocks.is_empty() {
        let check = &result.gradient_check;
        let outcome = if check.passed {
            "agree"
        } else {
            "do not agree"
        };
        let note = format!(
            "Analytic and numeric gradients {outcome}: {:.1e} over all parameters.",
            check.relative_error
        );
        add("Gradient check", figures::check(check), note);
    }
    charts
}

fn facts(input: &PageInput, unit: Unit) -> Vec<(String, Vec<(String, String)>)> {
    let result = &input.result;
    let fact = |name: &str, value: String| (name.to_string(), value);
    let rows = result.rows;
    let mut data = vec![
        fact(
            "rows",
            format!(
                "train {} · dev {} · test {}",
                thousands(rows.train),
                thousands(rows.dev),
                thousands(rows.test)
            ),
        ),
        fact(
            "test set",
            match input.test_openings {
                0 => "never opened".to_string(),
                times => format!("opened {}", counted(times, "time")),
            },
        ),
    ];
    if let Some(conditioning) = input.conditioning {
        let (before, after) = (digits(conditioning.before), digits(conditioning.after));
        data.push(fact(
            "conditioning",
            format!("{before} before normalising, {after} after"),
        ));
    }
    let network = vec![
        fact("layers", input.network.clone()),
        fact("parameters", thousands(result.parameters)),
        fact("training", input.training.clone()),
        fact(
            "epochs",
            format!("{} of which {} was kept", result.epochs, result.best_epoch),
        ),
        fact("seed", result.seed.to_string()),
    ];
    let mut scores = Vec::new();
    let named = |name: &str, error: Option<f64>| error.map(|error| fact(name, unit.error(error)));
    scores.extend(named(
        &result.baseline.naive.name,
        result.baseline.naive.dev,
    ));
    scores.extend(named("linear model", result.baseline.linear.dev));
    scores.push(fact("loss on train", digits(result.train.loss)));
    scores.extend(
        result
            .dev
            .as_ref()
            .map(|dev| fact("loss on dev", digits(dev.loss))),
    );
    let metrics = &result.metrics;
    scores.extend(metrics.auc.map(|auc| fact("AUC", digits(auc))));
    scores.extend(metrics.log_loss.map(|loss| fact("log loss", digits(loss))));
    scores.extend(metrics.r2.map(|r2| fact("R²", digits(r2))));
    scores.extend(
        metrics
            .mae
            .map(|mae| fact("mean absolute error", digits(mae))),
    );
    let named = |name: &str, facts| (name.to_string(), facts);
    vec![
        named("Data", data),
        named("Network", network),
        named("Other scores on dev", scores),
    ]
}

fn health(input: &PageInput) -> Vec<HealthRow> {
    let layers = input
        .layers
        .last()
        .map_or(&[][..], |snapshot| &snapshot.layers);
    let rows = layers.iter().map(|layer| HealthRow {
        name: layer.name.clone(),
        cells: vec![
            digits(layer.activation_sd),
            digits(layer.gradient_norm),
            digits(layer.update_ratio),
            percent(layer.linear),
            percent(layer.saturated),
            percent(layer.dead),
        ],
    });
    rows.collect()
}
