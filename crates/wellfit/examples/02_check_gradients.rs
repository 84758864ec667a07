//! Checks the gradients of a network of your own layers, and finds a fault planted in one of them.
//!
//! Run it with `cargo run -p wellfit --example 02_check_gradients`.

use wellfit::data::{Examples, Features, RowSource, Targets};
use wellfit::net::layers::Dense;
use wellfit::net::{Activation, Backward, CheckOptions, Forward, Gradient, Init, Layer, Loss, Network};
use wellfit::net::{Param, Penalty, Shape, Start, TileShape, check};

/// y = g ⊙ x: one factor for each unit. `factor` spoils its gradient unless it is 1.
#[derive(Debug)]
struct Gain {
    units: usize,
    factor: f64,
}

#[rustfmt::skip] // one line for each thing a layer says about itself
impl Layer<f64> for Gain {
    fn name(&self) -> &str { "gain" }
    fn output(&self) -> Shape { Shape::units(self.units) }
    fn params(&self) -> Vec<Param> {
        let start = Start::Weight { fan_in: 1, fan_out: self.units };
        vec![Param::weight("gain.weight".to_string(), vec![self.units], start)]
    }
    fn tiles(&self) -> Vec<TileShape> { vec![TileShape { param: 0, rows: 0..self.units, len: self.units }] }
    fn forward(&self, io: Forward<'_, f64>) {
        for (i, y) in io.y.iter_mut().enumerate() { *y = io.x[i] * io.theta[i % self.units]; }
    }
    fn backward(&self, io: Backward<'_, f64>) {
        let Some(dx) = io.dx else { return };
        for (i, d) in dx.iter_mut().enumerate() { *d = io.delta[i] * io.theta[i % self.units]; }
    }
    fn gradient(&self, io: Gradient<'_, f64>) {
        io.gradient.fill(0.0);
        for (x, delta) in io.blocks.iter().map(|block| (block.input(io.layer), block.delta(io.layer))) {
            for (i, d) in delta.iter().enumerate() { io.gradient[i % self.units] += self.factor * d * x[i]; }
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows: Vec<u32> = (0..16).collect();
    let numeric = (0..16 * 3).map(|i| (i as f32).sin()).collect();
    let targets = Targets::Classes(rows.iter().map(|row| row % 2).collect());
    let examples = Examples::new(RowSource::of_matrix(16, numeric, Vec::new()), targets);
    for factor in [1.0, 1.01] {
        let (tanh, straight) = (Activation::Tanh, Activation::Identity);
        let (below, above) = ("dense1".to_string(), "dense2".to_string());
        let layers: Vec<Box<dyn Layer<f64>>> = vec![
            Box::new(Dense {
                name: below,
                inputs: 3,
                outputs: 5,
                activation: tanh,
                keep_prob: 1.0,
                ntk: false,
                learned_slope: false,
                first: true,
            }),
            Box::new(Gain { units: 5, factor }),
            Box::new(Dense {
                name: above,
                inputs: 5,
                outputs: 1,
                activation: straight,
                keep_prob: 1.0,
                ntk: false,
                learned_slope: false,
                first: false,
            }),
        ];
        let network = Network::from_layers(Features::of_numbers(3), layers, Loss::Sigmoid);
        let theta = Init::Xavier.theta(&network, 0);
        // The penalty is part of the cost, so it is part of the check: one for each layer.
        let penalties = [Penalty { l2: 0.01, l1: 0.0 }; 3];
        let report = check(&network, &theta, &examples, &rows, &penalties, &CheckOptions::default())?;
        let found = report.topmost_fault().map_or("no fault".to_string(), |name| format!("a fault in {name}"));
        println!("the gain's gradient times {factor}: relative error {:.1e}, {found}", report.relative_error);
    }
    Ok(())
}
