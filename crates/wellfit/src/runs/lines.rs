//! The lines of a run that a person reads.

use crate::data::Dataset;
use crate::experiment::Plan;
use crate::net::CheckReport;
use crate::optim::Schedule;
use crate::text::{counted, thousands};
use crate::train::RangeTest;
use crate::words::remedies::{activation_name, optimizer_name};

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
        [] => format!("{}: a number", target.name),
        [_, positive] => format!("{}: binary (positive = {positive})", target.name),
        classes => format!("{}: {} classes", target.name, classes.len()),
    };
    format!("{}, {columns} · {asked}", counted(table.rows() as u64, "row"))
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

/// The network in a line.
pub fn network(plan: &Plan) -> String {
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
pub fn training(plan: &Plan) -> String {
    let recipe = &plan.recipe;
    let mut text = format!("{} {}", optimizer_name(recipe.optimizer), recipe.rate);
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

/// The steps of a range test.
pub(crate) fn range_steps(plan: &Plan, test: &RangeTest) -> String {
    let batch = match test.orders {
        1 => "full batch".to_string(),
        orders => format!("batch {}, mean of {orders} orders of batches", plan.recipe.batch),
    };
    format!("{} of {}, {batch}", counted(test.points.len() as u64, "step"), optimizer_name(plan.recipe.optimizer))
}

/// What the gradient check found.
pub(crate) fn check(report: &CheckReport) -> String {
    let blocks = counted(report.blocks.len() as u64, "block");
    format!("gradients agree to {:.1e} in {blocks}", report.relative_error)
}

/// Settings as they are written: 0.9 and not 0.9000.
fn list(values: &[f64]) -> String {
    values.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")
}

/// What the rate does over time; `None` where it stays.
fn schedule_name(schedule: Schedule) -> Option<&'static str> {
    match schedule {
        Schedule::Constant => None,
        Schedule::WarmupCosine => Some("warm-up, cosine"),
        other => Some(other.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_shown_as_they_were_written() {
        assert_eq!(list(&[0.9]), "0.9");
        assert_eq!(list(&[1.0, 0.25]), "1, 0.25");
    }
}
