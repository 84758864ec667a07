//! The ways in which a layer can be unhealthy, and how each is measured.

use crate::train::LayerHealth;

/// Half the units lost is more than a network can spare.
const MANY: f64 = 0.5;
/// Gradients of the first layer this much smaller or larger than those of the last do not train together.
const GRADIENT_RATIO: f64 = 1e3;
/// A step that moves weights by over a tenth of their size forgets what they had learned; usual steps are near 1e-3.
const LARGEST_UPDATE: f64 = 0.1;

/// A way in which a layer can be unhealthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ailment {
    /// Its gradient is far smaller than that of the last layer; measured as how many times.
    VanishingGradients,
    /// Its gradient is far larger than that of the last layer; measured as how many times.
    ExplodingGradients,
    /// Units that are zero for every row, as a share.
    DeadUnits,
    /// Activations where the slope is almost zero, as a share.
    SaturatedUnits,
    /// Updates that are large beside the weights they change; the norm of the one over the norm of the other.
    LargeUpdates,
}

impl Ailment {
    pub(super) const ALL: [Ailment; 5] = [
        Ailment::VanishingGradients,
        Ailment::ExplodingGradients,
        Ailment::DeadUnits,
        Ailment::SaturatedUnits,
        Ailment::LargeUpdates,
    ];

    /// From here on it is one.
    pub(super) fn limit(self) -> f64 {
        match self {
            Ailment::VanishingGradients | Ailment::ExplodingGradients => GRADIENT_RATIO,
            Ailment::DeadUnits | Ailment::SaturatedUnits => MANY,
            Ailment::LargeUpdates => LARGEST_UPDATE,
        }
    }

    /// Its size in a layer, given the last layer of the same evaluation; `None` where it is undefined.
    pub(super) fn size(self, layer: &LayerHealth, last: &LayerHealth) -> Option<f64> {
        match self {
            Ailment::VanishingGradients => {
                (layer.gradient_norm > 0.0).then_some(last.gradient_norm / layer.gradient_norm)
            }
            Ailment::ExplodingGradients => {
                (last.gradient_norm > 0.0).then_some(layer.gradient_norm / last.gradient_norm)
            }
            Ailment::DeadUnits => Some(layer.dead),
            Ailment::SaturatedUnits => Some(layer.saturated),
            Ailment::LargeUpdates => Some(layer.update_ratio),
        }
    }
}

/// A layer that is unhealthy, over the whole of training.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerFinding {
    /// In which way.
    pub ailment: Ailment,
    /// The layer, such as `dense1`.
    pub layer: String,
    /// Size of the ailment at the last evaluation.
    pub at_end: f64,
    /// Its size when it was worst.
    pub worst: f64,
    /// The epoch at which it was worst.
    pub worst_epoch: usize,
    /// Evaluations at which it was beyond the limit.
    pub beyond: usize,
    /// All evaluations.
    pub evaluations: usize,
    /// From here on it is an ailment.
    pub limit: f64,
}
