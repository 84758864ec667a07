//! Checks the gradients of a network of your own layers, and finds a fault planted in one of them.
//!
//! Run it with `cargo run -p wellfit --example 02_check_gradients`.

use std::error::Error;

use wellfit::data::{Examples, InputShape, Targets};
use wellfit::net::layers::Dense;
use wellfit::net::{Activation, Backward, Block, CheckOptions, Forward, Init, Layer, Loss, Network};
use wellfit::net::{Param, ParamStart, Penalty, Tile, TileShape, check};
use wellfit_kernels::isa::Isa;

/// y = g ⊙ x: one factor for each unit. `factor` spoils its gradient unless it is 1.
#[derive(Debug)]
struct Gain {
    units: usize,
    factor: f64,
}

#[rustfmt::skip] // one line for each thing a layer says about itself
impl Layer<f64> for Gain {
    fn name(&self) -> &str { "gain" }
    fn outputs(&self) -> usize { self.units }
    fn params(&self) -> Vec<Param> {
        let start = ParamStart::Weight { fan_in: 1, fan_out: 1 };
        vec![Param { name: "gain.weight".to_string(), dims: vec![self.units], start }]
    }
    // One tile, with room for a copy of g: parameters are lent to `forward` alone, `backward` sees what `pack` kept.
    fn tiles(&self) -> Vec<TileShape> {
        vec![TileShape { param: 0, rows: 0..self.units, len: self.units, packed: self.units }]
    }
    fn pack(&self, tile: &mut Tile<f64>, theta: &[f64]) { tile.packed.copy_from_slice(theta); }
    fn forward(&self, io: Forward<'_, f64>) {
        for (i, y) in io.y.iter_mut().enumerate() { *y = io.x[i] * io.theta[i % self.units]; }
    }
    fn backward(&self, io: Backward<'_, f64>) {
        let Some(dx) = io.dx else { return };
        for (i, d) in dx.iter_mut().enumerate() { *d = io.delta[i] * io.tiles[0].packed[i % self.units]; }
    }
    fn gradient(&self, layer: usize, tile: &mut Tile<f64>, blocks: &[Block<f64>], _: Isa) {
        tile.gradient.fill(0.0);
        for (x, delta) in blocks.iter().map(|block| (block.input(layer), block.delta(layer))) {
            for (i, d) in delta.iter().enumerate() { tile.gradient[i % self.units] += self.factor * d * x[i]; }
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let rows: Vec<u32> = (0..16).collect();
    let numeric = (0..16 * 3).map(|i| (i as f32).sin()).collect();
    let targets = Targets::Classes(rows.iter().map(|row| row % 2).collect());
    let examples = Examples { rows: 16, numeric, targets, ..Examples::default() };
    let dense = |name: &str, inputs, outputs, activation| {
        Box::new(Dense { name: name.to_string(), inputs, outputs, activation, keep_prob: 1.0, first: name == "dense1" })
    };
    for factor in [1.0, 1.01] {
        let first = dense("dense1", 3, 5, Activation::Tanh);
        let last = dense("dense2", 5, 1, Activation::Identity);
        let input = InputShape { numeric: 3, embeddings: Vec::new() };
        let layers: Vec<Box<dyn Layer<f64>>> = vec![first, Box::new(Gain { units: 5, factor }), last];
        let network = Network::from_layers(input, layers, Loss::Sigmoid);
        let theta = Init::Xavier.theta(&network, 0);
        // The penalty is part of the cost, so it is part of the check: one for each layer.
        let penalties = [Penalty { l2: 0.01, l1: 0.0 }; 3];
        let report = check(&network, &theta, &examples, &rows, &penalties, &CheckOptions::default())?;
        println!("gradient of the gain times {factor}: relative error {:.1e}", report.relative_error);
        match report.topmost_fault() {
            Some(name) => println!("  fault in {name}, or in the layer above it"),
            None => println!("  no fault"),
        }
    }
    Ok(())
}
