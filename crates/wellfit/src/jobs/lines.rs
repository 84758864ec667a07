//! The lines of a run that a person reads.

use crate::diagnose::words::{Unit, counted, digits, thousands};
use crate::diagnose::{Diagnosis, detectable_difference};
use crate::experiment::{Plan, Prepared};
use crate::net::CheckReport;
use crate::report::RunResult;
use crate::train::{Ended, Metrics};

/// Rows and columns.
pub(super) fn data(prepared: &Prepared) -> String {
    let table = &prepared.dataset.table;
    let (used, aside) = (table.columns().len(), prepared.dataset.aside.len());
    let columns = if aside == 0 {
        counted(used as u64, "column")
    } else {
        format!("{} of {} columns", thousands(used as u64), thousands((used + aside) as u64))
    };
    let target = &prepared.dataset.target;
    let asked = match prepared.pipeline.classes() {
        [] => format!("{} is a number", target.name),
        [_, positive] => format!("{}: {positive} or not", target.name),
        classes => format!("{}: {} classes", target.name, classes.len()),
    };
    format!("{}, {columns} · {asked}", counted(table.rows() as u64, "row"))
}

/// The parts, and what dev can tell.
pub(super) fn split(prepared: &Prepared) -> String {
    let split = &prepared.dataset.split;
    let mut text = format!("train {}", thousands(prepared.train.rows as u64));
    if split.dev.is_empty() {
        text += " · no dev rows, so no verdict";
    } else {
        text += &format!(" · dev {}", thousands(split.dev.len() as u64));
    }
    if !split.test.is_empty() {
        text += &format!(" · test {}, sealed", thousands(split.test.len() as u64));
    }
    if prepared.pipeline.task().is_classification() && !split.dev.is_empty() {
        // Before training the naive error is all there is to judge by.
        let counts = prepared.dataset.target.class_counts(split.train.as_slice());
        let most = counts.iter().copied().max().unwrap_or(0) as f64;
        let naive = 1.0 - most / split.train.as_slice().len().max(1) as f64;
        let points = 100.0 * detectable_difference(naive, split.dev.len() as u64);
        text += &format!(" · dev can tell {points:.1} points");
    }
    text
}

/// The network in a line.
pub(super) fn network(plan: &Plan) -> String {
    let layers: Vec<_> = plan.network.hidden.iter().chain([&plan.network.outputs]).map(usize::to_string).collect();
    let activation =
        if plan.network.hidden.is_empty() { String::new() } else { format!(", {}", plan.network.activation) };
    format!("{} inputs → {}{activation}", plan.network.input.width(), layers.join(" → "))
}

/// Optimiser and regularisation in a line.
pub(super) fn training(plan: &Plan) -> String {
    let recipe = &plan.recipe;
    let mut text = format!("{} {}", recipe.optimizer, recipe.rate);
    if recipe.schedule != crate::optim::Schedule::Constant {
        text += &format!(" {}", recipe.schedule);
    }
    text += &match plan.spec.training.batch.given().and_then(|batch| batch.rows()) {
        Some(_) => format!(", batch {}", recipe.batch),
        None => ", full batch".to_string(),
    };
    for (name, values) in [("L2", plan.spec.training.l2.given()), ("L1", plan.spec.training.l1.given())] {
        if let Some(values) = values.filter(|values| values.iter().any(|&value| value != 0.0)) {
            text += &format!(" · {name} {}", list(values));
        }
    }
    if plan.network.keep_prob.iter().any(|&keep| keep < 1.0) {
        let same = plan.network.keep_prob.iter().all(|keep| *keep == plan.network.keep_prob[0]);
        let shown = if same { &plan.network.keep_prob[..1] } else { &plan.network.keep_prob[..] };
        text += &format!(" · keep_prob {}", list(shown));
    }
    if recipe.weight_decay > 0.0 {
        text += &format!(" · decay {}", recipe.weight_decay);
    }
    text
}

/// What the gradient check found.
pub(super) fn check(report: &CheckReport) -> String {
    let blocks = counted(report.blocks.len() as u64, "block");
    format!("gradients agree to {:.1e} in {blocks}", report.relative_error)
}

/// Why training ended.
pub(super) fn ended(ended: Ended, epochs: usize) -> String {
    match ended {
        Ended::Epochs => format!("all {} done", counted(epochs as u64, "epoch")),
        Ended::Patience(patience) => format!("no gain for {}", counted(patience as u64, "epoch")),
        Ended::Interrupted => "interrupted".to_string(),
    }
}

/// Errors with intervals, and the baselines.
pub(super) fn errors(result: &RunResult) -> String {
    let unit = Unit::of_task(result.task);
    let mut parts = Vec::new();
    if let Some(diagnosis) = result.diagnosis.as_ref().filter(|diagnosis| diagnosis.target_error.is_given()) {
        parts.push(format!("target {}", unit.error(diagnosis.target_error.value)));
    }
    parts.push(format!("train {}", unit.error_with_interval(result.train.error)));
    if let Some(dev) = &result.dev {
        parts.push(format!("dev {}", unit.error_with_interval(dev.error)));
    }
    let naive = &result.baseline.naive;
    if let (Some(linear), Some(dev)) = (result.baseline.linear.dev, naive.dev) {
        parts.push(format!("(linear {}, {} {})", unit.error(linear), naive.name, unit.error(dev)));
    }
    parts.join("   ")
}

/// The verdict in a sentence.
pub(super) fn verdict(diagnosis: &Diagnosis) -> &str {
    diagnosis.headline()
}

/// The next moves, numbered.
pub(super) fn next(result: &RunResult) -> String {
    let moves = result.prescription.iter().enumerate();
    let moves: Vec<_> = moves.map(|(i, p)| format!("{} {}: {}", i + 1, p.remedy, p.change)).collect();
    moves.join("   ")
}

/// The scores beside the error.
pub(super) fn metrics(metrics: &Metrics) -> String {
    let named = [("AUC", metrics.auc), ("log loss", metrics.log_loss), ("R²", metrics.r2), ("MAE", metrics.mae)];
    let shown: Vec<_> =
        named.iter().filter_map(|(name, value)| Some(format!("{name} {}", digits((*value)?)))).collect();
    shown.join(" · ")
}

fn list(values: &[f64]) -> String {
    values.iter().map(|&value| digits(value)).collect::<Vec<_>>().join(",")
}
