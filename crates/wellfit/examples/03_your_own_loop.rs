//! Trains a network of your own choosing, and stops it by a rule of your own.
//!
//! Run it with `cargo run -p wellfit --example 03_your_own_loop`.

use wellfit::data::demo::demo;
use wellfit::experiment::settings::Auto;
use wellfit::experiment::{Plan, Spec, prepare};
use wellfit::net::Network;
use wellfit::train::{Best, Engine, Observer, Progress, Recipe, Record, fit};

/// Stops as soon as train loss is below a bound.
struct UntilLoss {
    bound: f64,
    reached: bool,
}

impl Observer for UntilLoss {
    fn evaluated(&mut self, record: &Record, _best: Option<&Best>) {
        let dev = record.dev_error.unwrap_or(f64::NAN);
        println!("epoch {:>2}  train loss {:.3}  dev error {:.1}%", record.epoch, record.train_loss, 100.0 * dev);
        self.reached = record.train_loss < self.bound;
    }

    fn stop_requested(&self) -> bool {
        self.reached
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let rings = demo("rings", 0).ok_or("there is no such demo")?;
    let path = folder.path().join("rings.csv");
    std::fs::write(&path, &rings.csv)?;
    let mut spec = Spec::default();
    spec.data.path = Some(path);
    spec.data.target = Some(rings.target.to_string());
    spec.network.hidden = Auto::Given(vec![32, 16]);

    // Split, and preprocessing fitted on train; the test rows stay sealed. The plan decides what the spec leaves open.
    let data = prepare(&spec)?;
    let plan = Plan::new(&spec, &data.summary())?;
    let network = Network::new(&plan.network)?;
    // Anything may be changed before training starts: patience would stop by dev, here the rule is ours alone.
    let recipe = Recipe { epochs: 40, patience: None, rate: 0.005, ..plan.recipe };

    let mut progress = Progress::start(network.member(plan.init.theta(&network, recipe.seed)), recipe.optimizer);
    // Two threads give the same bits as one.
    let mut engine = Engine::new(network, recipe.batch, 2);
    let mut history = Vec::new();
    let mut observer = UntilLoss { bound: 0.2, reached: false };
    let parts = (&data.train, data.dev.as_ref());
    let ended = fit(&mut engine, &recipe, &data.head, parts, &mut progress, &mut history, &mut observer)?;
    // `progress` holds θ, the optimiser's averages and the step: with another observer, `fit` would go on from here.
    println!("{ended:?} after {} epochs and {} steps", progress.epoch, progress.step);
    Ok(())
}
