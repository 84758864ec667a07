//! The layers, one file each: a layer's configuration, its shapes and its kernels.

mod condense;
mod dense;
mod embed;
mod periodic;
mod scale;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use wellfit_kernels::scalar::Scalar;

use crate::data::Features;

use super::activation::Activation;
use super::layer::Layer;
use super::shape::Shape;

pub use condense::{Condense, CondenseSpec};
pub use dense::{Dense, DenseSpec};
pub use embed::{Embed, EmbedSpec, EmbeddingTable};
pub use periodic::{Periodic, PeriodicSpec};
pub use scale::{Scale, ScaleSpec};

/// Lists the layers: the variant, its configuration and its name in configs and parameters.
macro_rules! layers {
    ($($(#[$about:meta])* $variant:ident($spec:ident) = $name:literal,)+) => {
        /// One layer of a network as written in a config: `dense = { units = 64 }`.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum LayerSpec {
            $($(#[$about])* $variant($spec),)+
        }

        impl LayerSpec {
            /// The names of all kinds of layers.
            pub const NAMES: &[&str] = &[$($name),+];

            /// The name of its kind; the layer's own name adds which of the kind it is, as in `dense2`.
            pub fn name(&self) -> &'static str {
                match self { $(LayerSpec::$variant(_) => $name,)+ }
            }

            /// The same layer with everything that was left open decided.
            pub fn complete(&self, defaults: &LayerDefaults<'_>) -> LayerSpec {
                match self { $(LayerSpec::$variant(spec) => LayerSpec::$variant(spec.complete(defaults)),)+ }
            }

            /// The layer at its place in a network.
            pub fn build<T: Scalar>(&self, place: LayerPlace<'_>) -> Result<Box<dyn Layer<T>>, LayerError> {
                match self { $(LayerSpec::$variant(spec) => spec.build(place),)+ }
            }
        }
    };
}

layers! {
    /// Learned vectors for category codes, beside the numbers.
    Embed(EmbedSpec) = "embed",
    /// Waves of each number beside it.
    Periodic(PeriodicSpec) = "periodic",
    /// A few numbers from the waves of each.
    Condense(CondenseSpec) = "condense",
    /// A learned factor for each input.
    Scale(ScaleSpec) = "scale",
    /// Fully connected.
    Dense(DenseSpec) = "dense",
}

impl LayerSpec {
    /// Returns true if it is an embedding, which belongs to the inputs rather than to the hidden layers.
    pub fn is_embed(&self) -> bool {
        matches!(self, LayerSpec::Embed(_))
    }
}

/// What a layer takes where its configuration leaves something open.
#[derive(Clone, Copy, Debug)]
pub struct LayerDefaults<'a> {
    /// What the network reads.
    pub features: &'a Features,
    /// The activation of hidden layers.
    pub activation: Activation,
    /// Probability of keeping a unit of a hidden layer.
    pub keep_prob: f64,
}

impl<'a> LayerDefaults<'a> {
    /// Identity and no dropout.
    pub fn of(features: &'a Features) -> LayerDefaults<'a> {
        LayerDefaults { features, activation: Activation::Identity, keep_prob: 1.0 }
    }
}

/// Where a layer stands in a network.
#[derive(Clone, Debug)]
pub struct LayerPlace<'a> {
    /// The layer's name, such as `dense2`.
    pub name: String,
    /// The shape of what it reads of a row.
    pub input: Shape,
    /// What the network reads.
    pub features: &'a Features,
    /// Whether the numbers of a row come first in what it reads: nothing or an embedding stands before it.
    pub reads_numbers: bool,
    /// Whether it is the first layer, whose input gradient is not needed.
    pub first: bool,
}

/// A layer that cannot be built.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum LayerError {
    /// A layer without units.
    #[error("it has no units; give it one or more, or leave the layer out")]
    NoUnits,
    /// A probability outside (0, 1].
    #[error("keep_prob {0} is not in (0, 1]; it is the probability of keeping a unit")]
    KeepProb(f64),
    /// A layer that reads the rows themselves stands after another.
    #[error("it reads the rows themselves, so it must be the first layer")]
    NotFirst,
    /// A layer that reads the numbers of a row stands where there are none.
    #[error("it reads the numbers of a row: there must be some, and only `embed` may stand before it")]
    NoNumbers,
    /// A layer that reads waves stands behind another than `periodic`.
    #[error("it reads waves of {waves} for each number: put `periodic = {{ waves = {waves} }}` before it")]
    NoWaves {
        /// Waves of a number.
        waves: usize,
    },
    /// Widths that do not fit the columns of category codes.
    #[error("{found} widths for {columns} columns of category codes; give one for each, or none")]
    Widths {
        /// Widths given.
        found: usize,
        /// Columns of category codes.
        columns: usize,
    },
}
