//! A fully connected layer: y = dropout(activation(x W + b)).

use serde::{Deserialize, Serialize};
use wellfit_kernels::elementwise::{map, pairwise, triples};
use wellfit_kernels::packed::Packed;
use wellfit_kernels::panel::PANEL;
use wellfit_kernels::precision::Precision;
use wellfit_kernels::product::{Activations, forward, input_gradient, weight_gradient};
use wellfit_kernels::scalar::Scalar;

use crate::net::activation::Activation;
use crate::net::layer::{Backward, Forward, Gradient, Layer};
use crate::net::param::{Param, Start};
use crate::net::shape::Shape;
use crate::net::tile::TileShape;

use super::{LayerDefaults, LayerError, LayerPlace};

/// `dense = { units = 64, activation = "relu", keep_prob = 0.8 }`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DenseSpec {
    /// Units.
    pub units: usize,
    /// Applied to each unit; `None` leaves it to the network's defaults, and is the identity where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activation: Option<Activation>,
    /// Probability of keeping a unit in training, in (0, 1]; `None` leaves it to the network's defaults, and keeps all where
    /// there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_prob: Option<f64>,
    /// Whether weights move as if each were divided by √inputs (the NTK parametrisation, Jacot et al. 2018): their learning
    /// rate is, and that of biases is a tenth.
    #[serde(default, skip_serializing_if = "is_false")]
    pub ntk: bool,
    /// Whether each unit learns how much of its activation is used: z + α(activation(z) − z), α starting at 1 (Holzmüller et al.
    /// 2024, §3).
    #[serde(default, skip_serializing_if = "is_false")]
    pub learned_slope: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl DenseSpec {
    /// Units with an activation and dropout, and nothing else.
    pub fn plain(units: usize, activation: Activation, keep_prob: f64) -> DenseSpec {
        let (activation, keep_prob) = (Some(activation), Some(keep_prob));
        DenseSpec { units, activation, keep_prob, ntk: false, learned_slope: false }
    }

    pub(super) fn complete(&self, defaults: &LayerDefaults<'_>) -> DenseSpec {
        DenseSpec {
            activation: self.activation.or(Some(defaults.activation)),
            keep_prob: self.keep_prob.or(Some(defaults.keep_prob)),
            ..self.clone()
        }
    }

    pub(super) fn build<T: Scalar>(&self, place: LayerPlace<'_>) -> Result<Box<dyn Layer<T>>, LayerError> {
        let keep_prob = self.keep_prob.unwrap_or(1.0);
        if self.units == 0 {
            return Err(LayerError::NoUnits);
        }
        if !(keep_prob > 0.0 && keep_prob <= 1.0) {
            return Err(LayerError::KeepProb(keep_prob));
        }
        Ok(Box::new(Dense {
            name: place.name,
            inputs: place.input.len(),
            outputs: self.units,
            activation: self.activation.unwrap_or(Activation::Identity),
            keep_prob,
            ntk: self.ntk,
            learned_slope: self.learned_slope,
            first: place.first,
        }))
    }
}

/// What the learning rate of biases and slopes is multiplied by beside the NTK parametrisation (Holzmüller et al. 2024, table A.1).
const SLOW: f64 = 0.1;

/// Weights `{name}.weight` (inputs, outputs), bias `{name}.bias` (outputs,), an activation, and inverted dropout of the units.
#[derive(Clone, Debug)]
pub struct Dense {
    /// What its parameters' names start with.
    pub name: String,
    /// Width of a row on the way in.
    pub inputs: usize,
    /// Units.
    pub outputs: usize,
    /// Applied to each unit.
    pub activation: Activation,
    /// Probability of keeping a unit in training, in (0, 1].
    pub keep_prob: f64,
    /// Whether its learning rates are those of the NTK parametrisation.
    pub ntk: bool,
    /// Whether `{name}.slope` (outputs,) says how much of its activation each unit uses.
    pub learned_slope: bool,
    /// Whether it is the first layer of a network, whose input gradient is not needed.
    pub first: bool,
}

impl Dense {
    fn weights(&self) -> usize {
        self.inputs * self.outputs
    }

    /// Returns true if the slope follows from the outputs. Dropout changes them: then only ReLU's slope still does.
    fn slope_from_output(&self) -> bool {
        match self.activation {
            _ if self.learned_slope => false,
            Activation::Relu => true,
            activation => activation.has_slope_from_output() && self.keep_prob == 1.0,
        }
    }
}

impl Dense {
    /// From z in `y` to z + α(a(z) − z), its slope 1 + α(a′(z) − 1), and a(z) − z, which α's gradient needs; then dropout of all.
    fn bend<T: Scalar>(&self, io: Forward<'_, T>, learned: &[T]) {
        let units = self.outputs;
        if !io.learns {
            // One row at a time, with room for one.
            let mut activated = vec![T::ZERO; units];
            for y in io.y.chunks_exact_mut(units) {
                activated.copy_from_slice(y);
                self.activation.apply(io.isa, &mut activated);
                triples(io.isa, [&activated, learned], y, |a, share, z| share.mul_add(a - z, z));
            }
            if let Some(mask) = io.mask {
                mask.apply(io.isa, io.first_row, units, [io.y]);
            }
            return;
        }
        let (slopes, bent) = io.saved_for_backward.split_at_mut(io.rows * units);
        bent.copy_from_slice(io.y);
        self.activation.apply_with_slope(io.isa, io.y, slopes);
        pairwise(io.isa, io.y, bent, |a, z| a - z);
        let rows = io.y.chunks_exact_mut(units).zip(slopes.chunks_exact_mut(units)).zip(bent.chunks_exact(units));
        for ((y, slope), bent) in rows {
            // a + (α − 1)(a − z) = z + α(a − z)
            triples(io.isa, [bent, learned], y, |bent, share, a| (share - T::ONE).mul_add(bent, a));
            pairwise(io.isa, learned, slope, |share, slope| share.mul_add(slope - T::ONE, T::ONE));
        }
        if let Some(mask) = io.mask {
            mask.apply(io.isa, io.first_row, units, [io.y, slopes, bent]);
        }
    }
}

impl<T: Scalar> Layer<T> for Dense {
    fn name(&self) -> &str {
        &self.name
    }

    fn output(&self) -> Shape {
        Shape::units(self.outputs)
    }

    fn activation(&self) -> Option<Activation> {
        Some(self.activation)
    }

    fn params(&self) -> Vec<Param> {
        let start = Start::Weight { fan_in: self.inputs, fan_out: self.outputs };
        let mut weight = Param::weight(format!("{}.weight", self.name), vec![self.inputs, self.outputs], start);
        let mut bias = Param::bias(format!("{}.bias", self.name), self.outputs);
        if self.ntk {
            weight.rate_factor = 1.0 / (self.inputs as f64).sqrt();
            bias = bias.at_rate(SLOW);
        }
        let slope = Param { start: Start::Constant(1.0), ..Param::bias(format!("{}.slope", self.name), self.outputs) };
        [weight, bias].into_iter().chain(self.learned_slope.then(|| slope.at_rate(SLOW))).collect()
    }

    fn tiles(&self) -> Vec<TileShape> {
        let mut tiles: Vec<_> = (0..self.inputs)
            .step_by(PANEL)
            .map(|first| {
                let rows = first..(first + PANEL).min(self.inputs);
                TileShape { param: 0, len: rows.len() * self.outputs, rows }
            })
            .collect();
        let of_units = 1..if self.learned_slope { 3 } else { 2 };
        tiles.extend(of_units.map(|param| TileShape { param, rows: 0..self.outputs, len: self.outputs }));
        tiles
    }

    fn operands(&self) -> (usize, usize) {
        (self.inputs, self.outputs)
    }

    fn packed(&self, tile: &TileShape, precision: Precision) -> Packed<T> {
        match tile.param {
            0 => Packed::new(tile.rows.len(), self.outputs, !self.first, precision),
            _ => Packed::new(0, 0, false, precision),
        }
    }

    fn saved_for_backward(&self) -> usize {
        match self.slope_from_output() {
            true => 0,
            // The slope, and what the gradient of a learned one is a sum of.
            false => self.outputs * if self.learned_slope { 2 } else { 1 },
        }
    }

    fn keep_prob(&self) -> f64 {
        self.keep_prob
    }

    fn forward(&self, io: Forward<'_, T>) {
        let (_, of_units) = io.theta.split_at(self.weights());
        let (bias, learned) = of_units.split_at(self.outputs);
        io.copies.fill(io.isa, io.x, io.learns);
        let (weights, _) = io.tiles.split_at(self.inputs.div_ceil(PANEL));
        // y (rows, outputs) = x (rows, inputs) · W (inputs, outputs) + b
        forward(io.isa, Activations { values: io.x, copies: io.copies }, weights, bias, io.y);
        let saves = io.learns && !self.slope_from_output();
        if self.learned_slope {
            return self.bend(io, learned);
        }
        if saves {
            self.activation.apply_with_slope(io.isa, io.y, io.saved_for_backward);
        } else {
            self.activation.apply(io.isa, io.y);
        }
        match io.mask {
            Some(mask) if saves => mask.apply(io.isa, io.first_row, self.outputs, [io.y, io.saved_for_backward]),
            Some(mask) => mask.apply(io.isa, io.first_row, self.outputs, [io.y]),
            None => {}
        }
    }

    fn backward(&self, io: Backward<'_, T>) {
        if self.slope_from_output() {
            self.activation.multiply_slope(io.isa, io.y, io.delta);
            // A dropped ReLU unit is 0 like a dead one, and both stop the gradient: no mask is needed, only its scale.
            if let Some(mask) = io.mask {
                let scale = T::from_f64(mask.scale());
                map(io.isa, io.delta, |d| d * scale);
            }
        } else {
            let (slope, bent) = io.saved_for_backward.split_at_mut(io.rows * self.outputs);
            if self.learned_slope {
                pairwise(io.isa, io.delta, bent, |d, bent| d * bent);
            }
            pairwise(io.isa, slope, io.delta, |slope, d| d * slope);
        }
        io.copies.fill(io.isa, io.delta, true);
        let Some(dx) = io.dx else { return };
        for tile in io.tiles.iter().filter(|tile| tile.shape.param == 0) {
            // dx (rows, tile's inputs) = dz (rows, outputs) · Wᵀ (outputs, tile's inputs)
            let dz = Activations { values: io.delta, copies: io.copies };
            input_gradient(io.isa, dz, &tile.packed, dx, self.inputs, tile.shape.rows.start);
        }
    }

    fn gradient(&self, io: Gradient<'_, T>) {
        let blocks = io.blocks.iter().filter(|block| block.rows > 0);
        if io.tile.param > 0 {
            io.gradient.fill(T::ZERO);
            for block in blocks {
                let rows = match io.tile.param {
                    1 => block.delta(io.layer),
                    _ => &block.saved(io.layer)[block.rows * self.outputs..],
                };
                for row in rows.chunks_exact(self.outputs) {
                    pairwise(io.isa, row, io.gradient, |d, sum| sum + d);
                }
            }
            return;
        }
        let blocks = blocks.map(|block| {
            let (x, dz) = block.operands(io.layer);
            (x, dz, block.rows)
        });
        // dW (tile's inputs, outputs) = xᵀ (tile's inputs, rows) · dz (rows, outputs)
        let (panel, inputs) = (io.tile.rows.start / PANEL, io.tile.rows.len());
        weight_gradient(io.isa, blocks, panel, (inputs, self.outputs), io.next, io.gradient);
    }
}
