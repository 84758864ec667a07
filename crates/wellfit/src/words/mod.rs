//! The catalogue of messages: every sentence that terminal, page and result share, made from typed values.
//!
//! Nothing here decides anything, and nothing below here makes a sentence but errors and notices of what was read.

pub mod check;
pub mod findings;
pub mod forecast;
pub mod improvement;
pub mod layers;
mod numbers;
pub mod plan;
pub mod remedies;
pub mod scores;
pub mod target;
pub mod topics;
pub mod training;
pub mod verdict;

pub use numbers::{Unit, digits, percent};
