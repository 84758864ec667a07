//! A fully connected layer: y = dropout(activation(x W + b)).

use serde::{Deserialize, Serialize};
use wellfit_kernels::elementwise::{map, pairwise};
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
}

impl DenseSpec {
    pub(super) fn complete(&self, defaults: &LayerDefaults<'_>) -> DenseSpec {
        DenseSpec {
            units: self.units,
            activation: self.activation.or(Some(defaults.activation)),
            keep_prob: self.keep_prob.or(Some(defaults.keep_prob)),
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
            first: place.first,
        }))
    }
}

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
            Activation::Relu => true,
            activation => activation.has_slope_from_output() && self.keep_prob == 1.0,
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
        vec![
            Param::weight(format!("{}.weight", self.name), vec![self.inputs, self.outputs], start),
            Param::bias(format!("{}.bias", self.name), self.outputs),
        ]
    }

    fn tiles(&self) -> Vec<TileShape> {
        let mut tiles: Vec<_> = (0..self.inputs)
            .step_by(PANEL)
            .map(|first| {
                let rows = first..(first + PANEL).min(self.inputs);
                TileShape { param: 0, len: rows.len() * self.outputs, rows }
            })
            .collect();
        tiles.push(TileShape { param: 1, rows: 0..self.outputs, len: self.outputs });
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
        if self.slope_from_output() { 0 } else { self.outputs }
    }

    fn keep_prob(&self) -> f64 {
        self.keep_prob
    }

    fn forward(&self, io: Forward<'_, T>) {
        let (_, bias) = io.theta.split_at(self.weights());
        io.copies.fill(io.isa, io.x, io.learns);
        let (weights, _) = io.tiles.split_at(self.inputs.div_ceil(PANEL));
        // y (rows, outputs) = x (rows, inputs) · W (inputs, outputs) + b
        forward(io.isa, Activations { values: io.x, copies: io.copies }, weights, bias, io.y);
        let saves = io.learns && !self.slope_from_output();
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
            pairwise(io.isa, io.saved_for_backward, io.delta, |slope, d| d * slope);
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
        if io.tile.param == 1 {
            io.gradient.fill(T::ZERO);
            for row in blocks.flat_map(|block| block.delta(io.layer).chunks_exact(self.outputs)) {
                pairwise(io.isa, row, io.gradient, |d, sum| sum + d);
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
