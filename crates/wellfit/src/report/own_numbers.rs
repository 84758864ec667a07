//! What a run has to do with each topic of the course, in its own numbers.

use crate::experiment::SETTINGS;
use crate::net::CheckReport;
use crate::text::{counted, sentence, thousands};
use crate::train::LayerHealth;
use crate::words::check::gradients_agree;
use crate::words::{Unit, digits};

use super::input::PageInput;

/// A sentence or two about this run; empty where it has nothing to do with the topic.
pub(super) fn own_numbers(topic: &str, input: &PageInput) -> String {
    let text = match topic {
        "hyperparameters" => hyperparameters(input),
        "orthogonality" => moves(input),
        "splits" => splits(input),
        "bias-variance" => terms(input),
        "l2" => l2(input),
        "l1" => l1(input),
        "dropout" => dropout(input),
        "early-stopping" => early_stopping(input),
        "augmentation" => format!("in this run augment is {}", setting(input, "augment")),
        "normalisation" => normalisation(input),
        "initialisation" => initialisation(input),
        "gradients" => gradients(input),
        "gradient-check" => gradient_check(&input.result.gradient_check),
        "learning-rate" => learning_rate(input),
        _ => String::new(),
    };
    sentence(&text)
}

// The value of a setting as it is written.
fn setting(input: &PageInput, name: &str) -> String {
    let found = SETTINGS.iter().find(|setting| setting.name == name);
    found.map_or(String::new(), |setting| setting.get(&input.spec).to_text())
}

fn hyperparameters(input: &PageInput) -> String {
    let (network, training) = (&input.evidence.network, &input.evidence.training);
    let parameters = counted(input.result.parameters, "parameter");
    let tried = input.search.as_ref().map(|search| counted(search.trials.len() as u64, "configuration"));
    let chosen = tried.map_or("fixed before it began".to_string(), |tried| format!("chosen from {tried}"));
    format!("{parameters} were trained here; the hyperparameters were {chosen}: {network}; {training}")
}

fn moves(input: &PageInput) -> String {
    let moves = &input.result.prescription;
    let of = |move_: &super::PrescriptionReport| format!("{} ({})", move_.remedy, move_.purpose.name());
    match moves.is_empty() {
        true => String::new(),
        false => format!("the moves above and their purposes: {}", moves.iter().map(of).collect::<Vec<_>>().join(", ")),
    }
}

fn splits(input: &PageInput) -> String {
    let (result, rows) = (&input.result, input.result.rows);
    let unit = Unit::of_metric(result.metric);
    let parts = format!(
        "train has {}, dev {} and test {}",
        counted(rows.train, "row"),
        thousands(rows.dev),
        thousands(rows.test)
    );
    let known = result.dev.as_ref().map(|dev| {
        let half = (dev.error.high - dev.error.low) / 2.0;
        format!("; the dev rows give the error to within {} to either side", unit.difference(half))
    });
    let chosen = match result.chosen_on_dev.is_empty() {
        true => String::new(),
        false => format!("; chosen on dev: {}", crate::words::training::chosen_on_dev(&result.chosen_on_dev)),
    };
    parts + &known.unwrap_or_default() + &chosen
}

fn terms(input: &PageInput) -> String {
    let result = &input.result;
    let (Some(diagnosis), Some(dev)) = (input.diagnosis(), &result.dev) else { return String::new() };
    let unit = Unit::of_metric(result.metric);
    if let Some(folds) = input.cross_validation() {
        return format!(
            "here, over {} folds, {} on rows not seen = {} on the rows trained on {} (variance)",
            folds.folds,
            unit.error(folds.error.value),
            unit.error(folds.train_error),
            signed(unit, diagnosis.variance.value)
        );
    }
    let negative = match diagnosis.avoidable_bias.value < 0.0 {
        true => "; the bias is negative because train error lies below the target: there is none to remove",
        false => "",
    };
    format!(
        "here {} = {} (target) {} (avoidable bias) {} (variance){negative}",
        unit.error(dev.error.value),
        unit.error(diagnosis.target_error.value),
        signed(unit, diagnosis.avoidable_bias.value),
        signed(unit, diagnosis.variance.value)
    )
}

fn signed(unit: Unit, value: f64) -> String {
    format!("{} {}", if value < 0.0 { '−' } else { '+' }, unit.difference(value.abs()))
}

fn l1(input: &PageInput) -> String {
    format!("in this run λ of L1 is {}", setting(input, "l1"))
}

fn l2(input: &PageInput) -> String {
    let norm = |layers: &[LayerHealth]| layers.iter().map(|layer| layer.weight_norm.powi(2)).sum::<f64>().sqrt();
    let norms = input.history.first().zip(input.history.last()).map(|(first, last)| {
        format!(
            "; the norm of all parameters went from {} at epoch {} to {} at epoch {}",
            digits(norm(&first.layers)),
            first.epoch,
            digits(norm(&last.layers)),
            last.epoch
        )
    });
    let decay = match setting(input, "weight_decay").parse() {
        Ok(0.0) | Err(_) => String::new(),
        Ok(decay) => format!(" and the weight decay of AdamW {decay}"),
    };
    format!("in this run λ of L2 is {}{decay}{}", setting(input, "l2"), norms.unwrap_or_default())
}

fn dropout(input: &PageInput) -> String {
    let keep = setting(input, "keep_prob");
    match keep.split(',').all(|keep| keep.trim().parse() == Ok(1.0)) {
        true => "in this run keep_prob is 1: no units are dropped".to_string(),
        false => format!("in this run keep_prob is {keep}; the loss of its steps, with units dropped, is not drawn"),
    }
}

fn early_stopping(input: &PageInput) -> String {
    let result = &input.result;
    let dev_error = |epoch: u64| {
        input.history.iter().find(|record| record.epoch as u64 == epoch).and_then(|record| record.dev_error)
    };
    let unit = Unit::of_metric(result.metric);
    let errors = dev_error(result.best_epoch)
        .zip(dev_error(result.epochs))
        .filter(|_| result.best_epoch != result.epochs)
        .map(|(best, last)| format!("; dev error was {} there and {} at the end", unit.error(best), unit.error(last)));
    let patience = match setting(input, "early_stopping").as_str() {
        "off" => "early stopping was off; ".to_string(),
        // The run's own words say that it ended so.
        patience if patience.parse() == Ok(result.epochs - result.best_epoch) => String::new(),
        patience => format!("training was to stop after {patience} epochs without improvement; "),
    };
    format!(
        "{patience}{}; the weights of epoch {} were kept{}",
        result.stopped,
        result.best_epoch,
        errors.unwrap_or_default()
    )
}

fn normalisation(input: &PageInput) -> String {
    let scale = input.evidence.conditioning.map(|scale| {
        format!(
            "the largest standard deviation of a number column was {} times the smallest, {} times after normalisation",
            digits(scale.before),
            digits(scale.after)
        )
    });
    format!("in this run normalize is {}; {}", setting(input, "normalize"), scale.unwrap_or_default())
        .trim_end_matches("; ")
        .to_string()
}

fn initialisation(input: &PageInput) -> String {
    let begun = setting(input, "init");
    let Some(record) = input.history.first() else { return format!("in this run init is {begun}") };
    // The last layer gives out the answer, on the scale of the target.
    let hidden = record.layers.len().saturating_sub(1);
    let ends = record.layers.first().zip(record.layers.get(hidden.saturating_sub(1)));
    let spread = ends.filter(|_| hidden > 1).map(|(first, last)| {
        format!(
            "; at epoch {} the standard deviation of the activations is {} in {} and {} in {}",
            record.epoch,
            digits(first.activation_sd),
            first.name,
            digits(last.activation_sd),
            last.name
        )
    });
    format!("in this run init is {begun}{}", spread.unwrap_or_default())
}

fn gradients(input: &PageInput) -> String {
    let Some(record) = input.history.last() else { return String::new() };
    let (Some(first), Some(last)) = (record.layers.first(), record.layers.last()) else { return String::new() };
    format!(
        "at epoch {} the gradient norm is {} in {} and {} in {}; a step moves the weights of {} by {} of their norm",
        record.epoch,
        digits(first.gradient_norm),
        first.name,
        digits(last.gradient_norm),
        last.name,
        first.name,
        digits(first.update_ratio)
    )
}

fn gradient_check(check: &CheckReport) -> String {
    match check.blocks.is_empty() {
        true => String::new(),
        false => format!("on the starting weights of this run {}", gradients_agree(check)),
    }
}

fn learning_rate(input: &PageInput) -> String {
    let ends = input.history.first().zip(input.history.last());
    let course = ends.filter(|(first, last)| first.rate != last.rate).map(|(first, last)| {
        format!(
            "; it was {} at epoch {} and {} at epoch {}",
            digits(first.rate),
            first.epoch,
            digits(last.rate),
            last.epoch
        )
    });
    format!(
        "this run was trained by {} with lr {} and the schedule {}{}",
        setting(input, "optimizer"),
        setting(input, "lr"),
        setting(input, "schedule"),
        course.unwrap_or_default()
    )
}
