//! The end of the page: facts about data, network and scores, and the layers' health in numbers.

use serde::Serialize;

use crate::text::thousands;
use crate::words::{Unit, digits, percent, scores, training};

use super::input::PageInput;

/// A fact: its name, what it is, and where in `result.json` its numbers stand, if they do.
#[derive(Serialize)]
pub(super) struct Fact {
    name: &'static str,
    value: String,
    key: String,
}

/// A list of facts under a title.
#[derive(Serialize)]
pub(super) struct Facts {
    title: &'static str,
    facts: Vec<Fact>,
}

/// A layer's line in the table of health.
#[derive(Serialize)]
pub(super) struct HealthRow {
    name: String,
    cells: Vec<Cell>,
}

#[derive(Serialize)]
struct Cell {
    name: &'static str,
    value: String,
    key: String,
}

fn fact(name: &'static str, value: String) -> Fact {
    keyed(name, value, "")
}

fn keyed(name: &'static str, value: String, key: &str) -> Fact {
    Fact { name, value, key: key.to_string() }
}

/// Lists of facts about data, network and other scores.
pub(super) fn facts(input: &PageInput, unit: Unit) -> Vec<Facts> {
    vec![
        Facts { title: "Data", facts: data(input) },
        Facts { title: "Network", facts: network(input) },
        Facts { title: "Other scores on dev", facts: found(input, unit) },
    ]
}

fn data(input: &PageInput) -> Vec<Fact> {
    let rows = input.result.rows;
    let mut data = vec![
        keyed("train rows", thousands(rows.train), "/rows/train"),
        keyed("dev rows", thousands(rows.dev), "/rows/dev"),
        keyed("test rows", thousands(rows.test), "/rows/test"),
        fact("test set", training::test_evaluations(input.test_openings)),
    ];
    if let Some(conditioning) = input.evidence.conditioning {
        let (before, after) = (digits(conditioning.before), digits(conditioning.after));
        let text = format!("largest/smallest standard deviation {before} before normalisation, {after} after");
        data.push(fact("input scale", text));
    }
    data
}

fn network(input: &PageInput) -> Vec<Fact> {
    let result = &input.result;
    vec![
        fact("layers", input.evidence.network.clone()),
        keyed("parameters", thousands(result.parameters), "/parameters"),
        fact("training", input.evidence.training.clone()),
        keyed("epochs", thousands(result.epochs), "/epochs"),
        keyed("epoch kept", thousands(result.best_epoch), "/best_epoch"),
        keyed("seed", result.seed.to_string(), "/seed"),
    ]
}

fn found(input: &PageInput, unit: Unit) -> Vec<Fact> {
    let (result, baseline) = (&input.result, &input.result.baseline);
    let named = |name, error: Option<f64>, key: &str| {
        error.map(|error| keyed(name, unit.error(error), &format!("/baseline/{key}/dev")))
    };
    let mut found = Vec::new();
    found.extend(named(training::naive_model(baseline.naive.name), baseline.naive.dev, "naive"));
    found.extend(named("linear model", baseline.linear.dev, "linear"));
    found.extend(named("boosted trees", baseline.trees.dev, "trees"));
    if let Some(validated) = &result.cross_validation {
        found.push(keyed("cross-validation", unit.error_with_interval(validated.error), "/cross_validation/error"));
        found.push(keyed("folds", validated.folds.to_string(), "/cross_validation/folds"));
    }
    if let Some(ensemble) = &result.ensemble {
        found.push(fact("answer", training::answer(ensemble.networks, ensemble.linear_share, None)));
        let error = ensemble.error.map(|error| unit.error_with_interval(error));
        found.extend(error.map(|error| keyed("on rows not seen", error, "/ensemble/error")));
    }
    found.push(keyed("loss on train", digits(result.train.loss), "/train/loss"));
    found.extend(result.dev.as_ref().map(|dev| keyed("loss on dev", digits(dev.loss), "/dev/loss")));
    found.extend(scores::all(&result.metrics).into_iter().map(|(name, value)| keyed(name, value, metric_key(name))));
    if !result.chosen_on_dev.is_empty() {
        found.push(fact("chosen on dev", training::chosen_on_dev(&result.chosen_on_dev)));
    }
    found
}

/// Where a score stands in `result.json`.
fn metric_key(name: &str) -> &'static str {
    match name {
        "recall" => "/metrics/recall",
        "precision" => "/metrics/precision",
        "F1" => "/metrics/f1",
        "balanced error" => "/metrics/balanced_error",
        "mean cost" => "/metrics/cost",
        "threshold" => "/metrics/threshold",
        "AUC" => "/metrics/auc",
        "log loss" => "/metrics/log_loss",
        "R²" => "/metrics/r2",
        "mean absolute error" => "/metrics/mae",
        _ => "",
    }
}

/// The layers' health at the last evaluation.
pub(super) fn health(input: &PageInput) -> Vec<HealthRow> {
    let layers = input.history.last().map_or(&[][..], |record| &record.layers);
    let rows = layers.iter().enumerate().map(|(place, layer)| {
        let cell = |name: &'static str, key: &str, value: String| Cell {
            name,
            value,
            key: format!("history.jsonl#/last/layers/{place}/{key}"),
        };
        HealthRow {
            name: layer.name.clone(),
            cells: vec![
                cell("std. dev. of activations", "activation_sd", digits(layer.activation_sd)),
                cell("gradient norm", "gradient_norm", digits(layer.gradient_norm)),
                cell("last update / weights", "update_ratio", digits(layer.update_ratio)),
                cell("linear", "linear", percent(layer.linear)),
                cell("saturated", "saturated", percent(layer.saturated)),
                cell("dead", "dead", percent(layer.dead)),
            ],
        }
    });
    rows.collect()
}
