//! The layers, one file each.

mod dense;
mod embed;

pub use dense::Dense;
pub use embed::Embed;
