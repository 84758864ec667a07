//! The network: layers, activations, starting weights, losses, and the check of its gradients.

#![allow(
    clippy::indexing_slicing,
    reason = "shapes are fixed when the network is built, and rows and codes are those of `Examples`"
)]

mod activation;
mod augment;
mod check;
mod init;
mod layer;
pub mod layers;
mod loss;
mod network;
mod penalty;
mod space;

pub use activation::{Activation, Region};
pub use check::{BlockCheck, CheckError, CheckOptions, CheckReport, Coverage, PenaltySlope, check, check_with_slope};
pub use init::{Init, InitError, theta_from_safetensors};
pub use layer::{Backward, Forward, Gradient, Layer, Param, ParamStart, Pass, TileShape};
pub use loss::Loss;
pub use network::{MAX_PARAMETERS, Network, NetworkError, NetworkSpec};
pub use penalty::Penalty;
pub use space::{Block, Tile};
