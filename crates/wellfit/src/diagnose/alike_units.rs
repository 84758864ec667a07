//! Layers whose units are all the same: they learn one feature between them.

use crate::net::Network;

use super::finding::Finding;

/// Weights that differ by less than this share of the largest are the same.
const SAME: f32 = 1e-5;

/// The first layer of two or more units that all have the same weights, as zeros for starting weights leave it.
///
/// `theta`: (parameters,), in the order of the network. Layers whose parameters are all rows by units are looked at.
/// Source: Goodfellow, Bengio and Courville 2016, *Deep Learning*, §8.4 (breaking symmetry).
pub fn alike_units(network: &Network<f32>, theta: &[f32]) -> Option<Finding> {
    // The last layer's units belong to classes, which the rows tell apart.
    let hidden = network.layers().len().saturating_sub(1);
    network.layers().iter().take(hidden).enumerate().find_map(|(at, layer)| {
        let (units, weights) = (layer.output().len(), theta.get(network.range(at))?);
        let by_unit = layer.params().iter().all(|param| param.dims.last() == Some(&units));
        // A unit that has one input of its own is told apart by that.
        let by_unit = by_unit && layer.params().iter().any(|param| param.dims.len() > 1);
        let alike = units > 1 && by_unit && !weights.is_empty() && rows_are_constant(weights, units);
        alike.then(|| Finding::AlikeUnits { layer: layer.name().to_string(), units })
    })
}

/// Whether each run of `units` weights is one number over and over.
fn rows_are_constant(weights: &[f32], units: usize) -> bool {
    let largest = weights.iter().fold(0.0_f32, |largest, w| largest.max(w.abs()));
    weights.chunks(units).all(|row| {
        let first = row.first().copied().unwrap_or_default();
        row.iter().all(|w| (w - first).abs() <= SAME * largest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Features;
    use crate::net::{Activation, DenseStack, Init, Loss};

    fn found(init: Init, hidden: &[usize]) -> Option<Finding> {
        let stack = DenseStack {
            inputs: Features::of_numbers(3),
            hidden: hidden.to_vec(),
            activation: Activation::Relu,
            keep_prob: vec![1.0; hidden.len()],
            outputs: 1,
            loss: Loss::Sigmoid,
        };
        let network = Network::new(&stack.network().unwrap()).unwrap();
        alike_units(&network, &init.theta(&network, 0))
    }

    #[test]
    fn zeros_leave_units_alike_and_random_weights_do_not() {
        let layer = "dense1".to_string();
        assert_eq!(found(Init::Zeros, &[4, 3]), Some(Finding::AlikeUnits { layer, units: 4 }));
        assert_eq!(found(Init::Normal(1e-4), &[4, 3]), None);
        assert_eq!(found(Init::Zeros, &[]), None, "no unit of a linear model has another to be like");
    }
}
