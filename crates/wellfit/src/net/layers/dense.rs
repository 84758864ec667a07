//! A fully connected layer: y = dropout(activation(x W + b)).

use wellfit_kernels::elementwise::{map, pairwise};
use wellfit_kernels::packed::Packed;
use wellfit_kernels::panel::PANEL;
use wellfit_kernels::precision::Precision;
use wellfit_kernels::product::{Activations, forward, input_gradient, weight_gradient};
use wellfit_kernels::scalar::Scalar;

use crate::net::activation::Activation;
use crate::net::layer::{Backward, Forward, Gradient, Layer, Param, ParamStart, TileShape};

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
    /// The first layer of a network: nobody asks for its input gradient.
    pub first: bool,
}

impl Dense {
    fn weights(&self) -> usize {
        self.inputs * self.outputs
    }

    /// Dropout changes the outputs: then only ReLU's slope can still be told from them.
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

    fn outputs(&self) -> usize {
        self.outputs
    }

    fn params(&self) -> Vec<Param> {
        let start = ParamStart::Weight { fan_in: self.inputs, fan_out: self.outputs };
        vec![
            Param { name: format!("{}.weight", self.name), dims: vec![self.inputs, self.outputs], start },
            Param { name: format!("{}.bias", self.name), dims: vec![self.outputs], start: ParamStart::Bias },
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

    fn kept(&self) -> usize {
        if self.slope_from_output() { 0 } else { self.outputs }
    }

    fn has_kink(&self) -> bool {
        self.activation.has_kink()
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
        let keeps = io.learns && !self.slope_from_output();
        if keeps {
            self.activation.apply_with_slope(io.isa, io.y, io.kept);
        } else {
            self.activation.apply(io.isa, io.y);
        }
        match io.mask {
            Some(mask) if keeps => mask.apply(io.isa, io.first_row, self.outputs, [io.y, io.kept]),
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
            pairwise(io.isa, io.kept, io.delta, |slope, d| d * slope);
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
