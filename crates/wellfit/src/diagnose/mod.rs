//! Bias and variance with intervals, and what else the run shows.

mod bootstrap;
mod interval;
mod losses;
mod rates;
pub mod words;

pub use bootstrap::{RESAMPLES, bca};
pub use interval::{Interval, Standing};
pub use losses::LossRows;
pub use rates::{detectable_difference, difference, rows_for_half_width, wilson};
