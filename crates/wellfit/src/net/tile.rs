//! Tiles: the pieces of parameters that the parameter sweep shares out.

use std::ops::Range;

use wellfit_kernels::packed::Packed;

/// A piece of one parameter: whole rows of a matrix, or a whole vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileShape {
    /// Which of the layer's parameters.
    pub param: usize,
    /// The rows of that parameter that the tile covers.
    pub rows: Range<usize>,
    /// Numbers in the tile.
    pub len: usize,
}

/// A piece of a parameter with what belongs to it; one task takes it.
#[derive(Clone, Debug)]
pub struct Tile<T> {
    /// The layer it belongs to.
    pub layer: usize,
    /// Which part of the layer's parameters it is.
    pub shape: TileShape,
    /// Whether penalties and weight decay apply.
    pub decays: bool,
    /// What the learning rate is multiplied by.
    pub rate_factor: f64,
    /// What weight decay is multiplied by.
    pub decay_factor: f64,
    /// The copy of its parameters that products read.
    pub packed: Packed<T>,
}

impl<T> AsRef<Packed<T>> for Tile<T> {
    fn as_ref(&self) -> &Packed<T> {
        &self.packed
    }
}
