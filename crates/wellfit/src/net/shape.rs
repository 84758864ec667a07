//! The shape of what a layer gives for one row.

use serde::{Deserialize, Serialize};

/// Dimensions of one row's numbers, row-major: (units,), or (channels, height, width) of an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape(Vec<usize>);

impl Shape {
    /// `count` units in a row.
    pub fn units(count: usize) -> Shape {
        Shape(vec![count])
    }

    /// A shape of any dimensions.
    pub fn of(dims: Vec<usize>) -> Shape {
        Shape(dims)
    }

    /// The dimensions.
    pub fn dims(&self) -> &[usize] {
        &self.0
    }

    /// Numbers in a row.
    pub fn len(&self) -> usize {
        self.0.iter().product()
    }

    /// Returns true if a row has no numbers.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
