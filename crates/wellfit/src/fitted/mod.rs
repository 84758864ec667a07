//! A trained model at work: it predicts, scores, and saves itself.

mod ensemble;
mod fitted;

pub use fitted::Fitted;
