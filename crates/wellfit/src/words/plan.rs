//! What will be trained, and how.

use crate::data::FeatureKind;
use crate::experiment::Plan;
use crate::net::LayerSpec;
use crate::optim::Schedule;
use crate::text::{counted, thousands};

use super::remedies::{activation_name, optimizer_name};

/// The network: `35 inputs (24 encoded) → 128 → 64 → 1, SiLU`. Encoded are inputs that are no number of a column: those of
/// categories, dates and missing values.
pub fn network_summary(plan: &Plan) -> String {
    let mut layers: Vec<String> = plan.network.hidden_units().chunk_by(|a, b| a == b).flat_map(alike).collect();
    layers.push(plan.network.outputs().to_string());
    let activation = match plan.network.hidden().is_empty() {
        true => String::new(),
        false => format!(", {}", activation_name(plan.network.activation())),
    };
    let has_waves = plan.network.layers.iter().any(|layer| matches!(layer, LayerSpec::Periodic(_)));
    let waves = if has_waves { ", periodic inputs" } else { "" };
    let features = &plan.network.inputs;
    let numbers = features.iter().filter(|feature| feature.kind == FeatureKind::Number);
    let encoded = plan.network.input_width().saturating_sub(numbers.map(|feature| feature.range.len()).sum());
    let encoded = if encoded > 0 { format!(" ({} encoded)", thousands(encoded as u64)) } else { String::new() };
    format!(
        "{}{encoded} → {}{activation}{waves}",
        counted(plan.network.input_width() as u64, "input"),
        layers.join(" → ")
    )
}

/// Layers of one width, one by one where they are few.
fn alike(units: &[usize]) -> Vec<String> {
    match units {
        [width, ..] if units.len() > 3 => vec![format!("{} × {width}", units.len())],
        few => few.iter().map(usize::to_string).collect(),
    }
}

/// Optimiser and regularisation: `AdamW lr 0.001 (cosine), batch 128 · keep_prob 0.8`.
pub fn training_summary(plan: &Plan) -> String {
    let recipe = &plan.recipe;
    let mut text = format!("{} lr {}", optimizer_name(recipe.optimizer), recipe.rate);
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
