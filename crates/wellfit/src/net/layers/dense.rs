//! A fully connected layer: y = dropout(activation(x W + b)).

use wellfit_kernels::isa::Isa;
use wellfit_kernels::product::{Left, PANEL, Right, Start, pack_transposed, product};
use wellfit_kernels::scalar::Scalar;

use crate::net::activation::Activation;
use crate::net::layer::{Backward, Forward, Layer, Param, ParamStart, TileShape};
use crate::net::space::{Block, Tile};

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

    /// After dropout, ReLU's and identity's slopes can still be read off the output; others need the value before it.
    fn slope_from_output(&self) -> bool {
        match self.activation {
            Activation::Identity | Activation::Relu => true,
            activation => !activation.keeps_input() && self.keep_prob == 1.0,
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
        let packed = if self.first { 0 } else { PANEL * self.outputs };
        let mut tiles: Vec<_> = (0..self.inputs)
            .step_by(PANEL)
            .map(|first| {
                let rows = first..(first + PANEL).min(self.inputs);
                TileShape { param: 0, len: rows.len() * self.outputs, rows, packed }
            })
            .collect();
        tiles.push(TileShape { param: 1, rows: 0..self.outputs, len: self.outputs, packed: 0 });
        tiles
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
        let (weight, bias) = io.theta.split_at(self.weights());
        // y (rows, outputs) = x (rows, inputs) · W (inputs, outputs) + b
        product(
            io.isa,
            (io.rows, self.outputs, self.inputs),
            Left { data: io.x, row: self.inputs, step: 1 },
            Right { data: weight, step: self.outputs },
            Start::Bias(bias),
            io.y,
            self.outputs,
        );
        let keeps = !self.slope_from_output();
        if keeps && self.activation.keeps_input() {
            io.kept.copy_from_slice(io.y);
        }
        self.activation.apply(io.y);
        if keeps && !self.activation.keeps_input() {
            io.kept.copy_from_slice(io.y);
        }
        if let Some(mask) = io.mask {
            mask.apply(io.isa, io.first_row, self.outputs, io.y);
        }
    }

    fn backward(&self, io: Backward<'_, T>) {
        match io.mask {
            // A dropped ReLU unit is 0 like a dead one, and both stop the gradient: no mask is needed, only its scale.
            Some(mask) if self.activation == Activation::Relu => {
                let scale = T::from_f64(mask.scale());
                io.delta.iter_mut().for_each(|d| *d *= scale);
            }
            Some(mask) => mask.apply(io.isa, io.first_row, self.outputs, io.delta),
            None => {}
        }
        let from = if self.slope_from_output() { io.y } else { io.kept };
        self.activation.multiply_slope(from, io.delta);
        let Some(dx) = io.dx else { return };
        for tile in io.tiles.iter().filter(|tile| tile.shape.param == 0) {
            // dx (rows, tile's inputs) = dz (rows, outputs) · Wᵀ (outputs, tile's inputs)
            product(
                io.isa,
                (io.rows, tile.shape.rows.len(), self.outputs),
                Left { data: io.delta, row: self.outputs, step: 1 },
                Right { data: &tile.packed, step: PANEL },
                Start::Zero,
                &mut dx[tile.shape.rows.start..],
                self.inputs,
            );
        }
    }

    fn gradient(&self, layer: usize, tile: &mut Tile<T>, blocks: &[Block<T>], isa: Isa) {
        tile.gradient.fill(T::ZERO);
        for block in blocks.iter().filter(|block| block.rows > 0) {
            let delta = block.delta(layer);
            if tile.shape.param == 1 {
                for row in delta.chunks_exact(self.outputs) {
                    for (sum, &d) in tile.gradient.iter_mut().zip(row) {
                        *sum += d;
                    }
                }
                continue;
            }
            let x = &block.input(layer)[tile.shape.rows.start..];
            let inputs = tile.shape.rows.len();
            if self.outputs == 1 {
                // One column: its transpose, with the inputs side by side, fills the registers.
                product(
                    isa,
                    (1, inputs, block.rows),
                    Left { data: delta, row: 0, step: 1 },
                    Right { data: x, step: self.inputs },
                    Start::Result,
                    &mut tile.gradient,
                    inputs,
                );
            } else {
                // dW (tile's inputs, outputs) += xᵀ (tile's inputs, rows) · dz (rows, outputs)
                product(
                    isa,
                    (inputs, self.outputs, block.rows),
                    Left { data: x, row: 1, step: self.inputs },
                    Right { data: delta, step: self.outputs },
                    Start::Result,
                    &mut tile.gradient,
                    self.outputs,
                );
            }
        }
    }

    fn pack(&self, tile: &mut Tile<T>, theta: &[T]) {
        if !tile.packed.is_empty() {
            pack_transposed(theta, self.outputs, &mut tile.packed);
        }
    }
}
