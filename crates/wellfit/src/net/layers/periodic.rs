//! Waves of each number: cos(2πwx + b) for several learned w and b, beside what the layer reads.

use std::f64::consts::{PI, TAU};

use serde::{Deserialize, Serialize};
use wellfit_kernels::elementwise::{map_with_derivative, pairwise};
use wellfit_kernels::scalar::Scalar;

use crate::net::layer::{Backward, Forward, Gradient, Layer};
use crate::net::param::{Param, Start};
use crate::net::shape::Shape;
use crate::net::tile::TileShape;

use super::{LayerDefaults, LayerError, LayerPlace};

/// What the learning rate of waves is multiplied by (Holzmüller et al. 2024, table A.1).
pub(super) const SLOW: f64 = 0.1;
/// Waves of a number.
pub(super) const WAVES: usize = 16;
/// Standard deviation of the frequencies at the start.
const DEVIATION: f64 = 0.1;
/// Numbers in one tile.
pub(super) const TILE_NUMBERS: usize = 32;

/// `periodic = {}` or `periodic = { waves = 16, deviation = 0.1 }`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodicSpec {
    /// Waves of a number; 16 if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waves: Option<usize>,
    /// Standard deviation of the frequencies at the start, in waves over a distance of 1; 0.1 if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deviation: Option<f64>,
}

impl PeriodicSpec {
    pub(super) fn complete(&self, _defaults: &LayerDefaults<'_>) -> PeriodicSpec {
        PeriodicSpec { waves: self.waves.or(Some(WAVES)), deviation: self.deviation.or(Some(DEVIATION)) }
    }

    pub(super) fn build<T: Scalar>(&self, place: LayerPlace<'_>) -> Result<Box<dyn Layer<T>>, LayerError> {
        let waves = self.waves.unwrap_or(WAVES);
        if waves == 0 {
            return Err(LayerError::NoUnits);
        }
        if !place.reads_numbers || place.features.continuous().next().is_none() {
            return Err(LayerError::NoNumbers);
        }
        Ok(Box::new(Periodic {
            name: place.name,
            inputs: place.input.len(),
            numbers: place.features.continuous().collect(),
            waves,
            deviation: self.deviation.unwrap_or(DEVIATION),
        }))
    }
}

/// Passes its inputs on and puts the waves of each number behind them: frequencies `{name}.frequency` (numbers, waves) and phases
/// `{name}.phase` (numbers, waves).
///
/// Source: Gorishniy et al. 2022, *On embeddings for numerical features*, §3.3; with phases, Holzmüller et al. 2024, §3.
#[derive(Clone, Debug)]
pub struct Periodic {
    /// What its parameters' names start with.
    pub name: String,
    /// Width of a row on the way in.
    pub inputs: usize,
    /// The places of the numbers that get waves.
    pub numbers: Vec<usize>,
    /// Waves of a number.
    pub waves: usize,
    /// Standard deviation of the frequencies at the start.
    pub deviation: f64,
}

impl Periodic {
    fn all_waves(&self) -> usize {
        self.numbers.len() * self.waves
    }

    fn width(&self) -> usize {
        self.inputs + self.all_waves()
    }
}

impl<T: Scalar> Layer<T> for Periodic {
    fn name(&self) -> &str {
        &self.name
    }

    fn output(&self) -> Shape {
        Shape::units(self.width())
    }

    fn params(&self) -> Vec<Param> {
        let param = |what: &str, start| {
            let dims = vec![self.numbers.len(), self.waves];
            let param = Param::weight(format!("{}.{what}", self.name), dims, start);
            Param { decays: false, ..param.at_rate(SLOW) }
        };
        vec![
            param("frequency", Start::Normal { deviation: self.deviation }),
            param("phase", Start::Uniform { half: PI }),
        ]
    }

    fn tiles(&self) -> Vec<TileShape> {
        let tile = |param: usize, first: usize| {
            let rows = first..(first + TILE_NUMBERS).min(self.numbers.len());
            TileShape { param, len: rows.len() * self.waves, rows }
        };
        let firsts = || (0..self.numbers.len()).step_by(TILE_NUMBERS);
        firsts().map(|first| tile(0, first)).chain(firsts().map(|first| tile(1, first))).collect()
    }

    fn saved_for_backward(&self) -> usize {
        self.all_waves()
    }

    fn forward(&self, io: Forward<'_, T>) {
        let (frequencies, phases) = io.theta.split_at(self.all_waves());
        let to_turns = T::from_f64(1.0 / TAU);
        let rows = io.x.chunks_exact(self.inputs).zip(io.y.chunks_exact_mut(self.width()));
        for ((x, y), slopes) in rows.zip(io.saved_for_backward.chunks_exact_mut(self.all_waves())) {
            let (same, waves) = y.split_at_mut(self.inputs);
            same.copy_from_slice(x);
            let of_numbers = waves.chunks_exact_mut(self.waves).zip(frequencies.chunks_exact(self.waves));
            for ((number, (turns, w)), b) in self.numbers.iter().zip(of_numbers).zip(phases.chunks_exact(self.waves)) {
                let x = x[*number];
                for ((turns, &w), &b) in turns.iter_mut().zip(w).zip(b) {
                    *turns = w * x + b * to_turns;
                }
            }
            // The slope of cos is −sin.
            map_with_derivative(io.isa, waves, slopes, |turns| {
                let (cos, sin) = turns.cos_sin_of_turns();
                (cos, -sin)
            });
        }
    }

    fn backward(&self, io: Backward<'_, T>) {
        let (waves, tau) = (self.all_waves(), T::from_f64(TAU));
        let rows = io.delta.chunks_exact_mut(self.width()).zip(io.saved_for_backward.chunks_exact(waves));
        for (delta, slopes) in rows {
            pairwise(io.isa, slopes, &mut delta[self.inputs..], |slope, d| slope * d);
        }
        let Some(dx) = io.dx else { return };
        for (dx, delta) in dx.chunks_exact_mut(self.inputs).zip(io.delta.chunks_exact(self.width())) {
            let (same, of_waves) = delta.split_at(self.inputs);
            dx.copy_from_slice(same);
            let of_numbers = of_waves.chunks_exact(self.waves).zip(io.theta.chunks_exact(self.waves));
            for (number, (delta, w)) in self.numbers.iter().zip(of_numbers) {
                dx[*number] += tau * delta.iter().zip(w).map(|(&d, &w)| d * w).sum::<T>();
            }
        }
    }

    fn gradient(&self, io: Gradient<'_, T>) {
        io.gradient.fill(T::ZERO);
        let (numbers, tau) = (&self.numbers[io.tile.rows.clone()], T::from_f64(TAU));
        let here = self.inputs + io.tile.rows.start * self.waves..self.inputs + io.tile.rows.end * self.waves;
        for block in io.blocks.iter().filter(|block| block.rows > 0) {
            let rows = block.input(io.layer).chunks_exact(self.inputs);
            for (x, delta) in rows.zip(block.delta(io.layer).chunks_exact(self.width())) {
                let delta = &delta[here.clone()];
                if io.tile.param == 1 {
                    pairwise(io.isa, delta, io.gradient, |d, sum| sum + d);
                    continue;
                }
                let of_numbers = delta.chunks_exact(self.waves).zip(io.gradient.chunks_exact_mut(self.waves));
                for (&number, (delta, sums)) in numbers.iter().zip(of_numbers) {
                    let x = tau * x[number];
                    sums.iter_mut().zip(delta).for_each(|(sum, &d)| *sum += x * d);
                }
            }
        }
    }
}
