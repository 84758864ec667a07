//! The network: layers, activations, starting weights, losses, and the check of its gradients.

#![allow(
    clippy::indexing_slicing,
    reason = "shapes are fixed when the network is built, and rows and codes are those of `Examples`"
)]

mod activation;
mod augment;
mod block;
mod check;
mod init;
mod layer;
pub mod layers;
mod loss;
mod member;
mod network;
mod param;
mod penalty;
mod shape;
mod spec;
mod tile;

pub use activation::{Activation, Region};
pub use block::Block;
pub use check::{BlockCheck, CheckError, CheckOptions, CheckReport, Coverage, PenaltySlope, check, check_with_slope};
pub use init::{Init, InitError, theta_from_safetensors};
pub use layer::{Backward, BetweenSweeps, Forward, Gradient, Layer, Pass};
pub use layers::{LayerDefaults, LayerError, LayerSpec};
pub use loss::Loss;
pub use member::Member;
pub use network::Network;
pub use param::{Param, Start, State};
pub use penalty::Penalty;
pub use shape::Shape;
pub use spec::{DenseStack, MAX_PARAMETERS, NetworkError, NetworkSpec, StackStyle};
pub use tile::{Tile, TileShape};
