//! The lines of a run that a person reads.

use crate::data::Dataset;
use crate::diagnose::words::Unit;
use crate::diagnose::{Diagnosis, Interval, detectable_difference};
use crate::experiment::{Plan, SETTINGS, SpecBuilder};
use crate::net::{Activation, CheckReport};
use crate::optim::Schedule;
use crate::report::{CrossValidation, RunResult};
use crate::text::{counted, thousands};
use crate::train::{Ended, Profile};

/// Rows and columns.
pub(crate) fn data(dataset: &Dataset) -> String {
    let table = &dataset.table;
    let (used, aside) = (dataset.used_columns().count(), dataset.aside.len());
    let columns = if aside == 0 {
        counted(used as u64, "column")
    } else {
        format!("{} of {} columns", thousands(used as u64), thousands((used + aside) as u64))
    };
    let target = &dataset.target;
    let asked = match target.classes.as_slice() {
        [] => format!("{} is a number", target.name),
        [_, positive] => format!("{}: {positive} or not", target.name),
        classes => format!("{}: {} classes", target.name, classes.len()),
    };
    format!("{}, {columns} · {asked}", counted(table.rows() as u64, "row"))
}

/// The parts, and what dev can tell.
pub(crate) fn split(dataset: &Dataset) -> String {
    let mut text = rows_of_parts(dataset);
    let dev = &dataset.split.dev;
    if dataset.target.task.is_classification() && !dev.is_empty() {
        let points = 100.0 * detectable_difference(naive_error(dataset), dev.len() as u64);
        text += &format!(" · dev tells {points:.1} points apart");
    }
    text
}

/// The parts.
pub(crate) fn rows_of_parts(dataset: &Dataset) -> String {
    let split = &dataset.split;
    let mut text = format!("train {}", thousands(split.train.as_slice().len() as u64));
    if split.dev.is_empty() {
        text += " · no dev rows, so no verdict";
    } else {
        text += &format!(" · dev {}", thousands(split.dev.len() as u64));
    }
    if !split.test.is_empty() {
        text += &format!(" · test {}, sealed", thousands(split.test.len() as u64));
    }
    text
}

/// The error of answering the majority class of train. Before training it is all there is to judge by.
pub(crate) fn naive_error(dataset: &Dataset) -> f64 {
    let train = dataset.split.train.as_slice();
    let most = dataset.target.class_counts(train).into_iter().max().unwrap_or(0) as f64;
    1.0 - most / train.len().max(1) as f64
}

/// The network in a line.
pub(crate) fn network(plan: &Plan) -> String {
    let layers: Vec<_> =
        plan.network.hidden_units().iter().chain([&plan.network.outputs()]).map(usize::to_string).collect();
    let activation = match plan.network.hidden().is_empty() {
        true => String::new(),
        false => format!(", {}", activation_name(plan.network.activation())),
    };
    format!("{} → {}{activation}", counted(plan.network.input_width() as u64, "input"), layers.join(" → "))
}

/// Number of parameters.
pub(crate) fn parameters(count: usize) -> String {
    counted(count as u64, "parameter")
}

/// Optimiser and regularisation in a line.
pub(crate) fn training(plan: &Plan) -> String {
    let recipe = &plan.recipe;
    let mut text = format!("{} {}", recipe.optimizer.title(), recipe.rate);
    if let Some(schedule) = schedule_name(recipe.schedule) {
        text += &format!(" ({schedule})");
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
    let each = plan.network.keep_probs();
    let mut keep = each.clone();
    if keep.iter().any(|&keep| keep < 1.0) {
        keep.dedup();
        // One for all layers, or one each.
        let shown = if keep.len() == 1 { &keep } else { &each };
        text += &format!(" · keep_prob {}", list(shown));
    }
    if recipe.weight_decay > 0.0 {
        text += &format!(" · weight decay {}", recipe.weight_decay);
    }
    if !recipe.augment.is_none() {
        text += &format!(" · augmented by {}", recipe.augment);
    }
    text
}

/// What the gradient check found.
pub(crate) fn check(report: &CheckReport) -> String {
    let blocks = counted(report.blocks.len() as u64, "block");
    format!("gradients agree to {:.1e} in {blocks}", report.relative_error)
}

/// Why training ended.
pub(crate) fn ended(ended: Ended, epochs: usize) -> String {
    match ended {
        Ended::Epochs => format!("all {} done", counted(epochs as u64, "epoch")),
        Ended::Patience(patience) => format!("no gain for {}", counted(patience as u64, "epoch")),
        Ended::Interrupted => "interrupted".to_string(),
    }
}

/// Where the time of training went; `seconds` is all of it, looks at train and dev included.
pub(crate) fn profile(profile: &Profile, seconds: f64) -> String {
    let all = (profile.seconds * profile.threads as f64).max(f64::MIN_POSITIVE);
    let share = |part: f64| format!("{:.0}%", 100.0 * part / all);
    let average = 1e6 * profile.seconds / profile.steps.max(1) as f64;
    format!(
        "data {}, rows sweep {}, parameter sweep {}, waiting {} of {} threads; {} steps of {average:.0} µs took {:.2} s, \
         with looks at train and dev {seconds:.2} s",
        share(profile.data),
        share(profile.rows),
        share(profile.parameters),
        share(profile.waiting()),
        profile.threads,
        thousands(profile.steps),
        profile.seconds,
    )
}

/// Errors with intervals, and the baselines.
pub(crate) fn errors(result: &RunResult) -> String {
    let unit = Unit::of_task(result.task);
    let mut parts = Vec::new();
    if let Some(diagnosis) = &result.diagnosis {
        let target = &diagnosis.target_error;
        // What nobody gave is no fact; the line below says where it comes from.
        let assumed = if target.is_given() { "" } else { " (assumed)" };
        parts.push(format!("target {}{assumed}", unit.error(target.value)));
    }
    parts.push(format!("train {}", unit.error_with_interval(result.train.error)));
    if let Some(dev) = &result.dev {
        parts.push(format!("dev {}", unit.error_with_interval(dev.error)));
    }
    let naive = &result.baseline.naive;
    if let (Some(linear), Some(dev)) = (result.baseline.linear.dev, naive.dev) {
        let name = naive.name.split(' ').next().unwrap_or_default();
        parts.push(format!("(linear {}, {name} {})", unit.error(linear), unit.error(dev)));
    }
    parts.join("   ")
}

/// A gain with a sign and without its unit: `+0.8 [+0.2, +1.4]`.
pub(crate) fn gain(gain: Interval, unit: Unit) -> String {
    let most = gain.value.abs().max(gain.low.abs()).max(gain.high.abs());
    // Two digits that matter: the rest is noise.
    let (scale, decimals) = match unit {
        Unit::Rate => (100.0, 1),
        Unit::Target => (1.0, (1.0 - most.max(1e-9).log10().floor()).clamp(0.0, 9.0) as usize),
    };
    let signed = |value: f64| format!("{:+.decimals$}", value * scale);
    format!("{} [{}, {}]", signed(gain.value), signed(gain.low), signed(gain.high))
}

/// A cross-validation: the error over all rows, and that of each fold.
pub(crate) fn cross_validation(validated: &CrossValidation, unit: Unit) -> String {
    let each: Vec<_> = validated.per_fold.iter().map(|error| unit.error(*error)).collect();
    let error = unit.error_with_interval(validated.error);
    format!("{error} over {} folds of train and dev: {}", validated.folds, each.join(" "))
}

/// Where a target error comes from that nobody gave.
pub(crate) fn assumption(diagnosis: &Diagnosis) -> Option<String> {
    let target = &diagnosis.target_error;
    (!target.is_given()).then(|| format!("{}; --target-error sets it", target.source))
}

/// The verdict in a sentence.
pub(crate) fn verdict(diagnosis: &Diagnosis) -> &str {
    diagnosis.headline()
}

/// The next moves, numbered, one a line.
pub(crate) fn next(result: &RunResult) -> String {
    let moves = result.prescription.iter().enumerate();
    let moves: Vec<_> =
        moves.map(|(i, p)| format!("{} {} ({}): {}", i + 1, p.remedy, p.purpose.name(), as_typed(&p.change))).collect();
    moves.join("\n")
}

/// Settings as they are written: 0.9 and not 0.9000.
fn list(values: &[f64]) -> String {
    values.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")
}

fn activation_name(activation: Activation) -> &'static str {
    match activation {
        Activation::Relu => "ReLU",
        Activation::LeakyRelu => "leaky ReLU",
        Activation::Elu => "ELU",
        Activation::Selu => "SELU",
        Activation::Gelu => "GELU",
        Activation::Silu => "SiLU",
        Activation::Mish => "Mish",
        Activation::Identity | Activation::Sigmoid | Activation::Tanh => activation.name(),
    }
}

/// What the rate does over time; `None` where it stays.
fn schedule_name(schedule: Schedule) -> Option<&'static str> {
    match schedule {
        Schedule::Constant => None,
        Schedule::WarmupCosine => Some("warm-up, cosine"),
        other => Some(other.name()),
    }
}

/// The change of a prescription as it is typed: `data.split = "40/40/20"` as `--split 40/40/20`.
///
/// What is no setting (a command to give) is left as it is.
fn as_typed(change: &str) -> String {
    typed(change).unwrap_or_else(|| change.to_string())
}

fn typed(change: &str) -> Option<String> {
    let (key, _) = change.split_once('=')?;
    let setting = SETTINGS.iter().find(|setting| setting.key() == key.trim())?;
    let mut builder = SpecBuilder::new();
    builder.assignment(change);
    let value = setting.get(&builder.finish().ok()?).to_text();
    let bare = !value.is_empty() && value.chars().all(|c| c.is_alphanumeric() || "._-/,:".contains(c));
    let quote = if bare { "" } else { "\"" };
    Some(format!("--{} {quote}{value}{quote}", setting.flag()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_shown_as_it_is_typed() {
        assert_eq!(as_typed("data.split = \"40/40/20\""), "--split 40/40/20");
        assert_eq!(as_typed("network.hidden = [128, 64]"), "--hidden 128,64");
        assert_eq!(as_typed("network.keep_prob = [0.75, 0.75]"), "--keep-prob 0.75,0.75");
        assert_eq!(as_typed("data.drop = [\"marital status\"]"), "--drop \"marital status\"");
        assert_eq!(as_typed("wellfit test runs/telco-1"), "wellfit test runs/telco-1");
    }

    #[test]
    fn settings_are_shown_as_they_were_written() {
        assert_eq!(list(&[0.9]), "0.9");
        assert_eq!(list(&[1.0, 0.25]), "1, 0.25");
    }
}
