//! Bias and variance with intervals, and what else the run shows.

mod interval;

pub use interval::Interval;
