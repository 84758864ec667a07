//! A learned factor for each input: y = s ⊙ x.

use serde::{Deserialize, Serialize};
use wellfit_kernels::elementwise::{pairwise, triples};
use wellfit_kernels::scalar::Scalar;

use crate::net::layer::{Backward, Forward, Gradient, Layer};
use crate::net::param::{Param, Start};
use crate::net::shape::Shape;
use crate::net::tile::TileShape;

use super::{LayerDefaults, LayerError, LayerPlace};

/// What the learning rate of factors is multiplied by (Holzmüller et al. 2024, table A.1).
const FAST: f64 = 6.0;

/// `scale = {}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScaleSpec {}

impl ScaleSpec {
    pub(super) fn complete(&self, _defaults: &LayerDefaults<'_>) -> ScaleSpec {
        self.clone()
    }

    pub(super) fn build<T: Scalar>(&self, place: LayerPlace<'_>) -> Result<Box<dyn Layer<T>>, LayerError> {
        Ok(Box::new(Scale { name: place.name, width: place.input.len() }))
    }
}

/// Factors `{name}.factor` (inputs,), which start at 1: a soft choice of inputs (Holzmüller et al. 2024, *Better by Default*, §3).
#[derive(Clone, Debug)]
pub struct Scale {
    /// What its parameter's name starts with.
    pub name: String,
    /// Inputs, and outputs.
    pub width: usize,
}

impl<T: Scalar> Layer<T> for Scale {
    fn name(&self) -> &str {
        &self.name
    }

    fn output(&self) -> Shape {
        Shape::units(self.width)
    }

    fn params(&self) -> Vec<Param> {
        let factor = Param::bias(format!("{}.factor", self.name), self.width);
        vec![Param { start: Start::Constant(1.0), ..factor.at_rate(FAST) }]
    }

    fn tiles(&self) -> Vec<TileShape> {
        vec![TileShape { param: 0, rows: 0..self.width, len: self.width }]
    }

    fn forward(&self, io: Forward<'_, T>) {
        io.y.copy_from_slice(io.x);
        io.y.chunks_exact_mut(self.width).for_each(|y| pairwise(io.isa, io.theta, y, |factor, x| factor * x));
    }

    fn backward(&self, io: Backward<'_, T>) {
        let Some(dx) = io.dx else { return };
        dx.copy_from_slice(io.delta);
        dx.chunks_exact_mut(self.width).for_each(|dx| pairwise(io.isa, io.theta, dx, |factor, d| factor * d));
    }

    fn gradient(&self, io: Gradient<'_, T>) {
        io.gradient.fill(T::ZERO);
        for block in io.blocks.iter().filter(|block| block.rows > 0) {
            let rows =
                block.input(io.layer).chunks_exact(self.width).zip(block.delta(io.layer).chunks_exact(self.width));
            rows.for_each(|(x, delta)| triples(io.isa, [x, delta], io.gradient, |x, d, sum| x.mul_add(d, sum)));
        }
    }
}
