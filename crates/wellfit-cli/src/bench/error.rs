//! Why a benchmark ended without a figure.

use thiserror::Error;
use wellfit::net::NetworkError;
use wellfit::train::NotFinite;

/// A benchmark that gives no figure.
#[derive(Debug, Error)]
pub enum BenchError {
    /// No workload has this name.
    #[error("--workload {name:?}: no such workload; there are {}", known.join(", "))]
    UnknownWorkload {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<&'static str>,
    },
    /// A network cannot be built.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// Training diverged.
    #[error(transparent)]
    Diverged(#[from] NotFinite),
    /// A trained network of the grid predicts nothing finite for the fold it was not trained on.
    #[error("the loss of a held-out fold is not finite")]
    HeldOutLoss,
}
