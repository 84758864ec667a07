//! The health of layers: vanishing and exploding gradients, saturated and dead units.

use super::budget::ErrorBudget;
use super::words::{digits, percent};
use super::{Evidence, Finding};
use crate::train::LayerHealth;

// Half the units lost is more than a network can spare.
pub(super) const MANY: f64 = 0.5;

// Gradients of the first layer this much smaller or larger than those of the last do not train together.
pub(super) const GRADIENT_RATIO: f64 = 1e3;

// A step that moves weights by over a tenth of their size forgets what they had learned; usual steps are near 1e-3.
pub(super) const LARGEST_UPDATE: f64 = 0.1;

/// What is unhealthy, with its layer and its cure.
pub(super) fn findings(evidence: &Evidence, _: &ErrorBudget) -> Vec<Finding> {
    let layers = &evidence.layers;
    let mut found = Vec::new();
    for layer in layers {
        let name = &layer.name;
        if layer.dead > MANY {
            let text = format!(
                "{name}: {} of its units are off for every row; try leaky ReLU, He initialisation or a lower rate",
                percent(layer.dead)
            );
            found.push(Finding::new("dead units", text));
        }
        if layer.saturated > MANY {
            let text = format!(
                "{name}: {} of its activations are saturated, where the slope is almost 0; try smaller starting weights, \
                 normalised inputs or ReLU",
                percent(layer.saturated)
            );
            found.push(Finding::new("saturated units", text));
        }
        if layer.update_ratio > LARGEST_UPDATE {
            let text = format!(
                "{name}: a step moves its weights by {} of their size; lower the learning rate",
                percent(layer.update_ratio)
            );
            found.push(Finding::new("learning rate", text));
        }
    }
    found.extend(gradients(layers));
    found
}

fn gradients(layers: &[LayerHealth]) -> Option<Finding> {
    let last = layers.last().filter(|_| layers.len() > 1)?;
    let extreme = |worse: fn(f64, f64) -> bool| {
        layers.iter().reduce(|a, b| if worse(b.gradient_norm, a.gradient_norm) { b } else { a })
    };
    let (smallest, largest) = (extreme(|b, a| b < a)?, extreme(|b, a| b > a)?);
    if last.gradient_norm > 0.0 && smallest.gradient_norm * GRADIENT_RATIO < last.gradient_norm {
        let text = format!(
            "{}: its gradient ({}) is over a thousand times smaller than that of {} ({}); try He or Xavier \
             initialisation, ReLU in place of sigmoid, or fewer layers",
            smallest.name,
            digits(smallest.gradient_norm),
            last.name,
            digits(last.gradient_norm)
        );
        return Some(Finding::new("vanishing gradients", text));
    }
    if largest.gradient_norm > GRADIENT_RATIO * last.gradient_norm && last.gradient_norm > 0.0 {
        let text = format!(
            "{}: its gradient ({}) is over a thousand times larger than that of {} ({}); try clip_norm, smaller starting \
             weights or a lower rate",
            largest.name,
            digits(largest.gradient_norm),
            last.name,
            digits(last.gradient_norm)
        );
        return Some(Finding::new("exploding gradients", text));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::diagnose;
    use super::super::evidence::tests::healthy;
    use super::*;

    fn layer(name: &str, gradient_norm: f64) -> LayerHealth {
        LayerHealth { name: name.to_string(), gradient_norm, update_ratio: 1e-3, ..LayerHealth::default() }
    }

    fn found(layers: Vec<LayerHealth>) -> Vec<Finding> {
        diagnose(&Evidence { layers, ..healthy() }).unwrap().findings.split_off(1)
    }

    #[test]
    fn healthy_layers_are_not_mentioned() {
        assert_eq!(found(vec![layer("dense1", 0.3), layer("dense2", 1.0)]), []);
    }

    #[test]
    fn each_ailment_is_named_with_its_layer() {
        let ill = LayerHealth { dead: 0.8, saturated: 0.6, update_ratio: 0.4, ..layer("dense1", 1.0) };
        let findings = found(vec![ill, layer("dense2", 1.0)]);
        let kinds: Vec<&str> = findings.iter().map(|finding| finding.kind.as_str()).collect();
        assert_eq!(kinds, ["dead units", "saturated units", "learning rate"]);
        assert!(findings.iter().all(|finding| finding.text.starts_with("dense1: ")));
    }

    #[test]
    fn gradients_that_vanish_or_explode_are_told_apart() {
        let vanishing = found(vec![layer("dense1", 1e-6), layer("dense2", 1e-3), layer("dense3", 1.0)]);
        assert_eq!(vanishing[0].kind, "vanishing gradients");
        assert!(vanishing[0].text.starts_with("dense1: "));
        let exploding = found(vec![layer("dense1", 1e5), layer("dense2", 1.0)]);
        assert_eq!(exploding[0].kind, "exploding gradients");
        assert_eq!(found(vec![layer("dense1", 0.0), layer("dense2", 0.0)]), []);
    }
}
