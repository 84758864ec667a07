//! The numbers of one network.

/// Everything that makes a trained network predict: its parameters, and the state of its layers.
///
/// A model is an ensemble of one or more of them over the same [`super::NetworkSpec`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Member<T> {
    /// All parameters as one vector, θ, in the order of [`super::Network::params`].
    pub theta: Vec<T>,
    /// The state of all layers, in the order of [`super::Network::states`]; empty for most networks.
    pub state: Vec<T>,
}

/// The parameters of a network whose layers have no state.
impl<T> From<Vec<T>> for Member<T> {
    fn from(theta: Vec<T>) -> Member<T> {
        Member { theta, state: Vec::new() }
    }
}
