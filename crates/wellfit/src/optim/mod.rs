//! How θ moves: optimisers and learning-rate schedules.

mod optimizer;
mod schedule;

pub use optimizer::Optimizer;
pub use schedule::Schedule;
