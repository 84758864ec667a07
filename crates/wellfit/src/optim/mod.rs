//! How θ moves: optimisers and learning-rate schedules.

mod optimizer;
mod schedule;

pub use optimizer::{MomentBuffers, Optimizer};
pub use schedule::Schedule;
