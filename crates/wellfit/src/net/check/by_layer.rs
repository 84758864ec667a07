//! Each layer by itself: what is left to check where no step is small enough for the cost.
//!
//! The gradient of the cost is a product of the layers' own derivatives (the chain rule), and `Network::backward` does
//! nothing but hand each layer what the layer above gave. So where every layer turns any d/d(outputs) into the right
//! d/dθ and d/d(inputs), and the loss gives the right d/d(outputs), the gradient is right. One layer is never chaotic: its
//! differences converge at steps that are useless over thirty layers.

use std::ops::Range;

use super::FAULT;
use super::probe::{Probe, Unit};
use super::steps::Steps;
use super::workspace::Subject;

/// Streams of this lane and the following draw what is moved of the inputs of the layers.
const INPUT_LANES: u64 = 1 << 42;

/// The relative error of each parameter's gradient, in the order of θ: the largest of its own layer's and of all that comes
/// down to that layer. `None` where a layer cannot be checked either.
pub fn errors(probe: &mut Probe<'_>) -> Vec<Option<f64>> {
    // Every layer's inputs stand in the block.
    probe.turn_to(Subject::Cost);
    let network = probe.network();
    let mut errors: Vec<Option<f64>> = vec![None; network.params().count()];
    let mut params = errors.len();
    let layers = network.layers().len();
    // The loss stands behind the last layer.
    let mut above = own(probe, Subject::Inputs(layers), INPUT_LANES + layers as u64, None);
    for (layer, kernels) in network.layers().iter().enumerate().rev() {
        let mut end = network.range(layer).end;
        for param in kernels.params().iter().rev() {
            params -= 1;
            let range = end - param.len()..end;
            end = range.start;
            errors[params] = worse(own(probe, Subject::Parameters(layer), params as u64, Some(range)), above);
        }
        if layer > 0 {
            above = worse(own(probe, Subject::Inputs(layer), INPUT_LANES + layer as u64, None), above);
        }
    }
    errors
}

/// The relative error of one subject; of `range` of its variables, or of all.
fn own(probe: &mut Probe<'_>, subject: Subject, lane: u64, range: Option<Range<usize>>) -> Option<f64> {
    probe.turn_to(subject);
    let range = range.unwrap_or_else(|| probe.all());
    let error = |probe: &mut Probe<'_>, unit| {
        Steps::take(probe.rounding(), |share| probe.compared(lane, range.clone(), (share, unit))).error_of_layer()
    };
    match error(probe, Unit::Variables) {
        None if probe.resolves_its_size() => error(probe, Unit::Subject),
        found => found,
    }
}

/// The error of a chain of two: a fault anywhere is one, and what cannot be checked leaves the rest unknown.
fn worse(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (Some(error), None) | (None, Some(error)) if error > FAULT => Some(error),
        _ => None,
    }
}
