//! What training changes: the numbers of a network, and the optimiser's averages.

use crate::net::Member;
use crate::optim::Optimizer;

/// The numbers of a network in training, and the optimiser's moments of their gradients, each in the order of θ.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights<T> {
    /// Parameters and layer state.
    pub member: Member<T>,
    /// First moments; empty where the optimiser keeps none.
    pub first: Vec<T>,
    /// Second moments; empty where the optimiser keeps none.
    pub second: Vec<T>,
}

impl Weights<f32> {
    /// The numbers that training starts from; moments start at 0.
    pub fn start(member: Member<f32>, optimizer: Optimizer) -> Weights<f32> {
        let buffer = |kept: bool| if kept { vec![0.0; member.theta.len()] } else { Vec::new() };
        let buffers = optimizer.moment_buffers();
        Weights { first: buffer(buffers.first), second: buffer(buffers.second), member }
    }

    /// Starts the moments again at 0: after a divergence they may hold anything.
    pub fn reset_moments(&mut self) {
        self.first.fill(0.0);
        self.second.fill(0.0);
    }
}
