//! What is written down about an epoch.

use serde::{Deserialize, Serialize};

use crate::net::{Activation, Network, Region};

/// One line of `history.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Epochs done.
    pub epoch: usize,
    /// Steps done.
    pub step: u64,
    /// Learning rate of the last step.
    pub rate: f64,
    /// Mean loss over the epoch's steps, with dropout where there is any: not a curve of one function.
    pub running_loss: f64,
    /// Mean loss in inference mode over a fixed sample of train rows.
    pub train_loss: f64,
    /// The metric over the same sample, in inference mode.
    pub train_error: f64,
    /// Mean loss over dev.
    pub dev_loss: Option<f64>,
    /// The metric over dev.
    pub dev_error: Option<f64>,
    /// Seconds of training so far.
    pub seconds: f64,
    /// What each layer does.
    pub layers: Vec<LayerHealth>,
}

/// What is measured of a layer: over 64 train rows, and of the epoch's last step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerHealth {
    /// The layer's name, such as `dense1`.
    pub name: String,
    /// Standard deviation of its outputs.
    pub activation_sd: f64,
    /// Norm of the gradient of its parameters.
    pub gradient_norm: f64,
    /// Norm of a step over the norm of the parameters.
    pub update_ratio: f64,
    /// Share of outputs in their saturated range.
    pub saturated: f64,
    /// Share of units that are 0 for every row.
    pub dead: f64,
    /// Share of outputs in their linear range.
    pub linear: f64,
    /// Norm of the parameters.
    pub weight_norm: f64,
}

/// Measures every layer, from its `outputs` for some train rows. `before`: θ before the epoch's last step.
pub(super) fn layer_health(
    network: &Network<f32>,
    outputs: &[Vec<f32>],
    theta: &[f32],
    before: &[f32],
    gradient_norms: &[f64],
) -> Vec<LayerHealth> {
    let mut layers = Vec::new();
    for (i, (layer, output)) in network.layers().iter().zip(outputs).enumerate() {
        let units = layer.output().len();
        let function = layer.activation().unwrap_or(Activation::Identity);
        let count = output.len().max(1) as f64;
        let share = |region| output.iter().filter(|&&y| function.region(f64::from(y)) == region).count() as f64 / count;
        let dead = (0..units).filter(|&unit| output.iter().skip(unit).step_by(units).all(|&y| y == 0.0)).count();
        let range = network.range(i);
        let now = &theta[range.clone()];
        let moved =
            now.iter().zip(&before[range]).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum::<f64>().sqrt();
        let weight_norm = now.iter().map(|w| f64::from(*w).powi(2)).sum::<f64>().sqrt();
        layers.push(LayerHealth {
            name: layer.name().to_string(),
            activation_sd: deviation(output),
            gradient_norm: gradient_norms[i],
            update_ratio: if weight_norm > 0.0 { moved / weight_norm } else { 0.0 },
            saturated: share(Region::Saturated),
            dead: dead as f64 / units.max(1) as f64,
            linear: share(Region::Linear),
            weight_norm,
        });
    }
    layers
}

fn deviation(values: &[f32]) -> f64 {
    let count = values.len().max(1) as f64;
    let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / count;
    (values.iter().map(|v| (f64::from(*v) - mean).powi(2)).sum::<f64>() / count).sqrt()
}
