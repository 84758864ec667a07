//! The lower half of the page: pictures, facts, the layers' health.

use serde::Serialize;

use crate::text::{counted, thousands};
use crate::words::check::gradients_agree;
use crate::words::{Unit, digits, percent, scores, training};

use super::figures;
use super::input::PageInput;
use super::svg::clipped;

/// A picture with its title and a remark.
#[derive(Serialize)]
pub(super) struct Chart {
    title: String,
    // Markup: from our figures, which escape every text they are given.
    markup: String,
    note: String,
}

/// A layer's line in the table of health.
#[derive(Serialize)]
pub(super) struct HealthRow {
    name: String,
    cells: Vec<String>,
}

/// Every picture the input has numbers for.
pub(super) fn charts(input: &PageInput, unit: Unit) -> Vec<Chart> {
    let result = &input.result;
    let mut charts = Vec::new();
    let mut add = |title: &str, markup: String, note: String| {
        if !markup.is_empty() {
            charts.push(Chart { title: title.to_string(), markup, note });
        }
    };
    if input.history.len() > 1 {
        let note = "Without dropout and penalties, so that train and dev can be compared.";
        add("Loss", figures::loss_curves(&input.history, result.best_epoch), note.to_string());
        if input.history.iter().any(|point| point.dev_error.is_some()) {
            let best = result.dev.as_ref().map(|dev| dev.error);
            let name = match unit {
                Unit::Rate => "error rate".to_string(),
                Unit::Target => format!("rmse of {}", clipped(&input.target, 28)),
                Unit::Score(_) => unit.measure().to_string(),
            };
            let markup = figures::error_curve(&input.history, result.best_epoch, best, unit == Unit::Rate, &name);
            add(
                "Error on dev",
                markup,
                "Shaded: the 95% interval of the error of the weights that were kept.".to_string(),
            );
        }
    }
    if let Some(confusion) = &result.metrics.confusion {
        let note = "Dev rows, and their share of the rows of their true class.";
        add("Confusion matrix", figures::confusion(confusion, &input.classes), note.to_string());
    }
    if let (false, Some(positive)) = (input.calibration.is_empty(), input.classes.get(1)) {
        let note = "On the dashed line predicted probabilities equal observed shares.";
        add("Calibration", figures::calibration(&input.calibration, positive), note.to_string());
    }
    if !input.scatter.is_empty() {
        let note = format!("{}; on the dashed line the prediction is exact.", counted(input.scatter.len(), "dev row"));
        add("Predicted and actual values", figures::scatter(&input.scatter, &input.target), note);
    }
    if input.layers.len() > 1 {
        add(
            "Weight norms",
            figures::weight_norms(&input.layers),
            "L2, L1 and weight decay keep these small.".to_string(),
        );
    }
    if !result.gradient_check.blocks.is_empty() {
        let check = &result.gradient_check;
        let note = format!("On the starting weights, {}.", gradients_agree(check));
        add("Gradient check", figures::check(check), note);
    }
    charts
}

/// Lists of facts about data, network and other scores.
pub(super) fn facts(input: &PageInput, unit: Unit) -> Vec<(String, Vec<(String, String)>)> {
    let result = &input.result;
    let fact = |name: &str, value: String| (name.to_string(), value);
    let rows = result.rows;
    let mut data = vec![
        fact(
            "rows",
            format!("train {} · dev {} · test {}", thousands(rows.train), thousands(rows.dev), thousands(rows.test)),
        ),
        fact("test set", training::test_evaluations(input.test_openings)),
    ];
    if let Some(conditioning) = input.conditioning {
        let (before, after) = (digits(conditioning.before), digits(conditioning.after));
        let text = format!("largest/smallest standard deviation {before} before normalisation, {after} after");
        data.push(fact("input scale", text));
    }
    let network = vec![
        fact("layers", input.network.clone()),
        fact("parameters", thousands(result.parameters)),
        fact("training", input.training.clone()),
        fact("epochs", format!("{}, the weights of epoch {} kept", result.epochs, result.best_epoch)),
        fact("seed", result.seed.to_string()),
    ];
    let mut found = Vec::new();
    let named = |name: &str, error: Option<f64>| error.map(|error| fact(name, unit.error(error)));
    found.extend(named(training::naive_model(result.baseline.naive.name), result.baseline.naive.dev));
    found.extend(named("linear model", result.baseline.linear.dev));
    found.extend(named("boosted trees", result.baseline.trees.dev));
    if let Some(validated) = &result.cross_validation {
        let error = unit.error_with_interval(validated.error);
        found.push(fact("cross-validation", format!("{error} over {} folds", validated.folds)));
    }
    found.push(fact("loss on train", digits(result.train.loss)));
    found.extend(result.dev.as_ref().map(|dev| fact("loss on dev", digits(dev.loss))));
    found.extend(scores::all(&result.metrics).into_iter().map(|(name, value)| fact(name, value)));
    if !result.chosen_on_dev.is_empty() {
        found.push(fact("chosen on dev", training::chosen_on_dev(&result.chosen_on_dev)));
    }
    let named = |name: &str, facts| (name.to_string(), facts);
    vec![named("Data", data), named("Network", network), named("Other scores on dev", found)]
}

/// The layers' health after the last epoch.
pub(super) fn health(input: &PageInput) -> Vec<HealthRow> {
    let layers = input.layers.last().map_or(&[][..], |snapshot| &snapshot.layers);
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
