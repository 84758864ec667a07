//! Trains a network of your own choosing, and stops it by a rule of your own.
//!
//! Run it with `cargo run -p wellfit --example 03_your_own_loop`.

use std::error::Error;

use wellfit::data::{DataRequest, Normalize, Pipeline, demo::demo, load};
use wellfit::net::{Activation, Init, Loss, Network, NetworkSpec, Penalty};
use wellfit::optim::{Optimizer, Schedule};
use wellfit::train::{Best, Engine, Head, Metric, Observer, Progress, Recipe, Record, fit};

/// Stops as soon as train loss is below a bound.
struct UntilLoss {
    bound: f64,
    reached: bool,
}

impl Observer for UntilLoss {
    fn looked(&mut self, record: &Record, _best: Option<&Best>) {
        let dev = record.dev_error.unwrap_or(f64::NAN);
        println!("epoch {:>2}  train loss {:.3}  dev error {:.1}%", record.epoch, record.train_loss, 100.0 * dev);
        self.reached = record.train_loss < self.bound;
    }

    fn stop_requested(&self) -> bool {
        self.reached
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let rings = demo("rings", 0).ok_or("there is no such demo")?;
    let path = folder.path().join("rings.csv");
    std::fs::write(&path, &rings.csv)?;
    let dataset = load(&DataRequest { path, target: Some(rings.target.to_string()), ..DataRequest::default() })?;

    // `fit` takes `TrainRows`, which only a split makes: dev and test cannot get into it.
    let (pipeline, _notices) = Pipeline::fit(&dataset, &dataset.split.train, Normalize::Standard)?;
    let train = pipeline.examples(&dataset, dataset.split.train.as_slice());
    let dev = pipeline.examples(&dataset, &dataset.split.dev);

    let activation = Activation::Relu;
    let classes = pipeline.classes().len();
    let (hidden, keep_prob) = (vec![32, 16], vec![1.0, 1.0]);
    let input = pipeline.input();
    let spec = NetworkSpec { input, hidden, activation, keep_prob, outputs: classes, loss: Loss::Softmax };
    let network = Network::new(&spec)?;
    let recipe = Recipe {
        epochs: 40,
        batch: 64,
        optimizer: Optimizer::Adam,
        rate: 0.005,
        betas: Optimizer::Adam.default_betas(),
        schedule: Schedule::Constant,
        // λ/m: here λ = 0.1 over the rows of train, the same for each of the three layers.
        penalties: vec![Penalty { l2: 0.1 / train.rows as f64, l1: 0.0 }; 3],
        weight_decay: 0.0,
        smoothing: 0.0,
        clip_norm: None,
        patience: None,
        metric: Metric::Error,
        activation,
        seed: 0,
        naive_loss: (classes as f64).ln(),
    };
    let head = Head { task: pipeline.task(), mean: 0.0, deviation: 1.0, low: 0.0, high: 0.0 };
    let mut progress = Progress::start(Init::He.theta(&network, recipe.seed), recipe.optimizer);
    // Two threads give the same bits as one.
    let mut engine = Engine::new(network, recipe.batch, 2);
    let mut observer = UntilLoss { bound: 0.2, reached: false };
    let parts = (&train, Some(&dev));
    let ended = fit(&mut engine, &recipe, &head, parts, &mut progress, &mut Vec::new(), &mut observer)?;
    println!("{ended:?} after {} epochs; a second `fit` would go on from here", progress.epoch);
    Ok(())
}
