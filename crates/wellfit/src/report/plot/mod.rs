//! Small plots in SVG: scales, a frame with two axes, lines, dots and bars in it.

mod axes;
mod scale;
mod svg;

pub use axes::{Axis, Key, Plot, Series};
pub use scale::{Scale, tick_labels};
pub use svg::{Drawing, clipped, escape, short};
