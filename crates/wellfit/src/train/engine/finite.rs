//! Numbers that are not finite: what they are, and where they arise.

use std::fmt;

use thiserror::Error;
use wellfit_kernels::scalar::Scalar;

use crate::net::{Block, Network};

/// A number stopped being finite.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{what} of {layer} is not finite")]
pub struct NotFinite {
    /// What it is.
    pub what: Quantity,
    /// The layer, by name.
    pub layer: String,
}

/// What a number is in a step of training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Quantity {
    /// An input of the first layer.
    Input,
    /// An output of a layer.
    Output,
    /// The loss over the outputs of the last layer.
    Loss,
    /// The gradient of a parameter.
    Gradient,
    /// A parameter.
    Weight,
    /// The optimiser's mean square of a gradient.
    MeanSquareGradient,
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Quantity::Input => "an input",
            Quantity::Output => "an output",
            Quantity::Loss => "the loss over the outputs",
            Quantity::Gradient => "the gradient",
            Quantity::Weight => "a weight",
            Quantity::MeanSquareGradient => "the mean square gradient",
        })
    }
}

/// Sum over the rows of `blocks` of weight times loss, in their order.
pub(super) fn loss_of<T: Scalar>(blocks: &[Block<T>]) -> f64 {
    blocks.iter().flat_map(Block::weighted_losses).sum()
}

/// The first number of a block that is not finite, on its way from the inputs to the loss.
pub(super) fn not_finite<T: Scalar>(network: &Network<T>, block: &Block<T>) -> Option<NotFinite> {
    let layers = network.layers();
    let found = |what, layer: &str| Some(NotFinite { what, layer: layer.to_string() });
    if !all_finite(block.input(0)) {
        return found(Quantity::Input, layers[0].name());
    }
    if let Some(layer) = network.first_not_finite(block) {
        return found(Quantity::Output, layer);
    }
    if !loss_of(std::slice::from_ref(block)).is_finite() {
        return found(Quantity::Loss, layers[layers.len() - 1].name());
    }
    None
}

/// Returns true if all values are finite. x·0 is 0 for every finite x and NaN otherwise, so one sum without branches decides.
pub(crate) fn all_finite<T: Scalar>(values: &[T]) -> bool {
    let mut lanes = [T::ZERO; 16];
    let (chunks, rest) = values.as_chunks::<16>();
    for chunk in chunks {
        for (lane, &value) in lanes.iter_mut().zip(chunk) {
            *lane += value * T::ZERO;
        }
    }
    lanes.iter().copied().chain(rest.iter().map(|&value| value * T::ZERO)).sum::<T>().is_finite()
}
