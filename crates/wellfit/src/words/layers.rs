//! The health of the layers.

use crate::diagnose::{Ailment, LayerFinding, LayerSummary};
use crate::text::{counted, thousands};

use super::{digits, percent};

/// The layers in a line, for those who want to see that nothing is wrong.
pub fn summary(layers: &LayerSummary) -> String {
    let ratio = layers.gradient_ratio.map_or("not comparable".to_string(), |ratio| match ratio {
        1.0 => "equal".to_string(),
        ratio => format!("within a factor of {}", plain(ratio)),
    });
    let (least, most) = layers.update_ratios;
    format!(
        "at the last of {}: gradient norms of the {} layers{} {ratio}, {}; over all of training, the median update changed a layer's weights by {least:.0e} to {most:.0e} of their size (1e-3 \
         is common)",
        counted(layers.evaluations, "evaluation"),
        layers.layers,
        if layers.embedding { " (embedding included)" } else { "" },
        idle(layers),
    )
}

/// How many units do nothing, at most in a layer.
fn idle(layers: &LayerSummary) -> String {
    match layers.dead == 0.0 && layers.saturated == 0.0 {
        true => "no dead or saturated units".to_string(),
        false => format!(
            "at most {} of a layer's units dead and {} saturated",
            percent(layers.dead),
            percent(layers.saturated)
        ),
    }
}

/// A layer that is unhealthy: what was measured, and what to try.
pub fn finding(found: &LayerFinding) -> String {
    let (measure, cure) = match found.ailment {
        Ailment::VanishingGradients => (
            "its gradient is smaller than the last layer's",
            "try He or Xavier initialisation, ReLU instead of sigmoid, normalised inputs or fewer layers",
        ),
        Ailment::ExplodingGradients => (
            "its gradient is larger than the last layer's",
            "try --clip-norm, smaller starting weights or a lower learning rate",
        ),
        Ailment::DeadUnits => {
            ("units that are zero for every row", "try leaky ReLU, He initialisation or a lower learning rate")
        }
        Ailment::SaturatedUnits => {
            ("activations where the slope is almost zero", "try smaller starting weights, normalised inputs or ReLU")
        }
        Ailment::LargeUpdates => {
            ("size of an update relative to the weights", "lower the learning rate, or warm it up")
        }
    };
    format!(
        "{}: {measure} ({} at the end; worst {} at epoch {}; above {} at {} of {} evaluations); {cure}",
        found.layer,
        size(found.ailment, found.at_end),
        size(found.ailment, found.worst),
        found.worst_epoch,
        size(found.ailment, found.limit),
        found.beyond,
        found.evaluations,
    )
}

/// A learning rate that is too low.
pub fn rate_too_low(layer: &str, update_ratio: f64, fall: f64) -> String {
    format!(
        "an update changes the weights of {layer}, which move most, by only {} of their size (1e-3 is typical), while train \
         loss still fell by {} over the last tenth of training: raise the learning rate",
        digits(update_ratio),
        percent(fall)
    )
}

fn size(ailment: Ailment, size: f64) -> String {
    match ailment {
        Ailment::VanishingGradients | Ailment::ExplodingGradients => format!("{} times", plain(size)),
        _ => percent(size),
    }
}

/// A ratio without digits that mean nothing.
fn plain(ratio: f64) -> String {
    match ratio {
        0.0..100.0 => format!("{ratio:.1}"),
        _ if ratio < 1e15 => thousands(ratio.round() as u64),
        _ => digits(ratio),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_is_told_with_its_course_and_its_cure() {
        let found = LayerFinding {
            ailment: Ailment::DeadUnits,
            layer: "dense1".to_string(),
            at_end: 0.1,
            worst: 0.9,
            worst_epoch: 1,
            beyond: 20,
            evaluations: 40,
            limit: 0.5,
        };
        let expected = "dense1: units that are zero for every row (10.0% at the end; worst 90.0% at epoch 1; above 50.0% \
                        at 20 of 40 evaluations); try leaky ReLU";
        assert!(finding(&found).starts_with(expected), "{}", finding(&found));
        let vanishing = LayerFinding { ailment: Ailment::VanishingGradients, at_end: 1e5, limit: 1e3, ..found };
        assert!(finding(&vanishing).contains("last layer's (100,000 times at the end"), "{}", finding(&vanishing));
    }
}
