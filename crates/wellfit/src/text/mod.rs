//! Pieces of messages: counts, lists, learning rates, and the name that was probably meant.

mod list;
mod number;
mod rate;
mod sentence;
mod typo;

pub use list::list;
pub use number::{WholeNumber, counted, thousands};
pub use rate::rate;
pub use sentence::{capitalised, sentence};
pub use typo::{did_you_mean, meant};
