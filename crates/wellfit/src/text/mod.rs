//! Pieces of messages: counts, lists, learning rates, the name that was probably meant, and words safe to paste into a shell.

mod list;
mod number;
mod one_line;
mod rate;
mod sentence;
mod shell;
mod significant;
mod typo;
mod visible;

pub use list::list;
pub use number::{WholeNumber, counted, thousands};
pub(crate) use one_line::one_line;
pub use rate::rate;
pub use sentence::{capitalised, sentence};
pub use shell::shell_word;
pub(crate) use significant::significant;
pub use typo::{did_you_mean, meant};
pub use visible::{steers, visible, visible_lines};
