//! Pieces of messages: counts, lists, learning rates, the name that was probably meant, and words safe to paste into a shell.

mod list;
mod number;
mod rate;
mod sentence;
mod shell;
mod typo;
mod visible;

pub use list::list;
pub use number::{WholeNumber, counted, thousands};
pub use rate::rate;
pub use sentence::{capitalised, sentence};
pub use shell::shell_word;
pub use typo::{did_you_mean, meant};
pub use visible::{steers, visible, visible_lines};
