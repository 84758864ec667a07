//! Pieces of messages: counts, lists, and the name that was probably meant.

mod list;
mod number;
mod typo;

pub use list::list;
pub use number::{WholeNumber, counted, thousands};
pub use typo::{did_you_mean, meant};
