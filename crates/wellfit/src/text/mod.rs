//! Pieces of messages: counts, lists, learning rates, and the name that was probably meant.

mod capitalised;
mod list;
mod number;
mod rate;
mod typo;

pub use capitalised::capitalised;
pub use list::list;
pub use number::{WholeNumber, counted, thousands};
pub use rate::rate;
pub use typo::{did_you_mean, meant};
