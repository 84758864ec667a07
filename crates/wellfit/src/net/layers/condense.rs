//! A few numbers from the waves of each number: behind `periodic`, a small layer of products for each.

use serde::{Deserialize, Serialize};
use wellfit_kernels::elementwise::pairwise;
use wellfit_kernels::scalar::Scalar;

use crate::net::layer::{Backward, Forward, Gradient, Layer};
use crate::net::param::{Param, Start};
use crate::net::shape::Shape;
use crate::net::tile::TileShape;

use super::periodic::{SLOW, TILE_NUMBERS, WAVES};
use super::{LayerDefaults, LayerError, LayerPlace};

/// Numbers made of the waves of one.
const UNITS: usize = 3;

/// `condense = {}` or `condense = { waves = 16, units = 3 }`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CondenseSpec {
    /// Waves of a number, as `periodic` before it has them; 16 if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waves: Option<usize>,
    /// Numbers made of them; 3 if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<usize>,
}

impl CondenseSpec {
    pub(super) fn complete(&self, _defaults: &LayerDefaults<'_>) -> CondenseSpec {
        CondenseSpec { waves: self.waves.or(Some(WAVES)), units: self.units.or(Some(UNITS)) }
    }

    pub(super) fn build<T: Scalar>(&self, place: LayerPlace<'_>) -> Result<Box<dyn Layer<T>>, LayerError> {
        let (waves, units) = (self.waves.unwrap_or(WAVES), self.units.unwrap_or(UNITS));
        if units == 0 || waves == 0 {
            return Err(LayerError::NoUnits);
        }
        let numbers = place.features.continuous().count();
        let passed = place.input.len().checked_sub(numbers * waves).ok_or(LayerError::NoWaves { waves })?;
        if passed < place.features.numbers() {
            return Err(LayerError::NoWaves { waves });
        }
        Ok(Box::new(Condense { name: place.name, passed, numbers, waves, units }))
    }
}

/// Passes what stands before the waves on and makes `units` numbers of the waves of each number: weights `{name}.weight` (numbers, waves,
/// units) and biases `{name}.bias` (numbers, units).
///
/// Source: Holzmüller et al. 2024, *Better by Default*, §3 (PBLD).
#[derive(Clone, Debug)]
pub struct Condense {
    /// What its parameters' names start with.
    pub name: String,
    /// Inputs before the waves.
    pub passed: usize,
    /// Numbers that have waves.
    pub numbers: usize,
    /// Waves of a number.
    pub waves: usize,
    /// Outputs for a number.
    pub units: usize,
}

impl Condense {
    fn inputs(&self) -> usize {
        self.passed + self.numbers * self.waves
    }

    fn width(&self) -> usize {
        self.passed + self.numbers * self.units
    }
}

impl<T: Scalar> Layer<T> for Condense {
    fn name(&self) -> &str {
        &self.name
    }

    fn output(&self) -> Shape {
        Shape::units(self.width())
    }

    fn params(&self) -> Vec<Param> {
        let start = Start::Uniform { half: (1.0 / self.waves as f64).sqrt() };
        let param = |what: &str, dims| Param::weight(format!("{}.{what}", self.name), dims, start).at_rate(SLOW);
        let bias = param("bias", vec![self.numbers, self.units]);
        vec![param("weight", vec![self.numbers, self.waves, self.units]), Param { decays: false, ..bias }]
    }

    fn tiles(&self) -> Vec<TileShape> {
        let tile = |param: usize, first: usize, each: usize| {
            let rows = first..(first + TILE_NUMBERS).min(self.numbers);
            TileShape { param, len: rows.len() * each, rows }
        };
        let firsts = || (0..self.numbers).step_by(TILE_NUMBERS);
        let weights = firsts().map(|first| tile(0, first, self.waves * self.units));
        weights.chain(firsts().map(|first| tile(1, first, self.units))).collect()
    }

    fn forward(&self, io: Forward<'_, T>) {
        let (weights, biases) = io.theta.split_at(self.numbers * self.waves * self.units);
        for (x, y) in io.x.chunks_exact(self.inputs()).zip(io.y.chunks_exact_mut(self.width())) {
            let (same, y) = y.split_at_mut(self.passed);
            let (passed, waves) = x.split_at(self.passed);
            same.copy_from_slice(passed);
            y.copy_from_slice(biases);
            let weights = weights.chunks_exact(self.waves * self.units);
            for ((x, w), y) in waves.chunks_exact(self.waves).zip(weights).zip(y.chunks_exact_mut(self.units)) {
                for (&x, w) in x.iter().zip(w.chunks_exact(self.units)) {
                    y.iter_mut().zip(w).for_each(|(y, &w)| *y += x * w);
                }
            }
        }
    }

    fn backward(&self, io: Backward<'_, T>) {
        let Some(dx) = io.dx else { return };
        for (dx, delta) in dx.chunks_exact_mut(self.inputs()).zip(io.delta.chunks_exact(self.width())) {
            let (same, dx) = dx.split_at_mut(self.passed);
            let (passed, delta) = delta.split_at(self.passed);
            same.copy_from_slice(passed);
            let weights = io.theta.chunks_exact(self.waves * self.units);
            for ((dx, w), delta) in dx.chunks_exact_mut(self.waves).zip(weights).zip(delta.chunks_exact(self.units)) {
                for (dx, w) in dx.iter_mut().zip(w.chunks_exact(self.units)) {
                    *dx = delta.iter().zip(w).map(|(&d, &w)| d * w).sum();
                }
            }
        }
    }

    fn gradient(&self, io: Gradient<'_, T>) {
        io.gradient.fill(T::ZERO);
        let of = |each: usize| self.passed + io.tile.rows.start * each..self.passed + io.tile.rows.end * each;
        let (waves, units) = (of(self.waves), of(self.units));
        for block in io.blocks.iter().filter(|block| block.rows > 0) {
            let rows = block.input(io.layer).chunks_exact(self.inputs());
            for (x, delta) in rows.zip(block.delta(io.layer).chunks_exact(self.width())) {
                let delta = &delta[units.clone()];
                if io.tile.param == 1 {
                    pairwise(io.isa, delta, io.gradient, |d, sum| sum + d);
                    continue;
                }
                let sums = io.gradient.chunks_exact_mut(self.waves * self.units);
                let of_numbers = x[waves.clone()].chunks_exact(self.waves).zip(delta.chunks_exact(self.units));
                for ((x, delta), sums) in of_numbers.zip(sums) {
                    for (&x, sums) in x.iter().zip(sums.chunks_exact_mut(self.units)) {
                        sums.iter_mut().zip(delta).for_each(|(sum, &d)| *sum += x * d);
                    }
                }
            }
        }
    }
}
