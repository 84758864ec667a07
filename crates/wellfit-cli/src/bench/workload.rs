//! The standard workloads: what is trained, and the made-up rows it is trained on.

use wellfit::data::{Augment, Examples, Features, RowSource, Targets};
use wellfit::kernels::precision::Precision;
use wellfit::kernels::random::{Purpose, Stream};
use wellfit::net::{Activation, DenseStack, Loss, NetworkError, NetworkSpec, Penalty};
use wellfit::optim::{Optimizer, Schedule};
use wellfit::train::{Metric, Recipe};

/// A network, a number of rows and a batch: the same that `benchmarks/compare.py` gives to other systems.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Workload {
    /// What it is called.
    pub name: &'static str,
    /// Rows in an epoch.
    pub rows: usize,
    /// Numbers in a row.
    pub inputs: usize,
    /// Units of the hidden layers, all with ReLU.
    pub hidden: &'static [usize],
    /// Classes, under a softmax.
    pub classes: usize,
    /// Rows in a step.
    pub batch: usize,
    /// Probability of keeping a unit.
    pub keep_prob: f64,
}

/// The workloads, by growing network.
pub const WORKLOADS: [Workload; 4] = [
    Workload { name: "tiny", rows: 16384, inputs: 30, hidden: &[64, 32], classes: 2, batch: 32, keep_prob: 1.0 },
    Workload { name: "table", rows: 65536, inputs: 100, hidden: &[256; 3], classes: 2, batch: 256, keep_prob: 0.9 },
    Workload { name: "mnist", rows: 60000, inputs: 784, hidden: &[512, 256], classes: 10, batch: 128, keep_prob: 0.8 },
    Workload { name: "wide", rows: 16384, inputs: 784, hidden: &[2048; 3], classes: 10, batch: 512, keep_prob: 0.5 },
];

impl Workload {
    /// Floating-point operations of an epoch: two for each multiply-add of forward, input gradient (not for the first
    /// layer) and weight gradient. Biases, activations and the optimiser are not counted.
    pub fn operations(&self) -> f64 {
        let widths: Vec<usize> = [&[self.inputs], self.hidden, &[self.classes]].concat();
        let products =
            |(layer, pair): (usize, &[usize])| pair.iter().product::<usize>() * if layer == 0 { 2 } else { 3 };
        let a_row: usize = widths.windows(2).enumerate().map(products).sum();
        2.0 * (a_row * self.rows) as f64
    }

    /// The network.
    pub fn network(&self) -> Result<NetworkSpec, NetworkError> {
        let stack = DenseStack {
            inputs: Features::of_numbers(self.inputs),
            hidden: self.hidden.to_vec(),
            activation: Activation::Relu,
            keep_prob: vec![self.keep_prob; self.hidden.len()],
            outputs: self.classes,
            loss: Loss::Softmax,
        };
        stack.network()
    }

    /// Adam at 0.001, rows shuffled every epoch; `l2` is λ over the rows of train.
    pub fn recipe(&self, precision: Precision, l2: f64) -> Recipe {
        Recipe {
            epochs: 1,
            batch: self.batch,
            optimizer: Optimizer::Adam,
            rate: 1e-3,
            betas: Optimizer::Adam.default_betas(),
            schedule: Schedule::Constant,
            fade: Schedule::Constant,
            penalties: vec![Penalty { l2, l1: 0.0 }; self.hidden.len() + 1],
            weight_decay: 0.0,
            smoothing: 0.0,
            augment: Augment::default(),
            clip_norm: None,
            patience: None,
            metric: Metric::Error,
            seed: 0,
            precision,
            threshold_for: None,
            naive_loss: (self.classes as f64).ln(),
        }
    }

    /// Rows from N(0, 1), each of the class whose random linear score, with a little noise, is largest.
    pub fn examples(&self) -> Examples {
        let stream = |lane| Stream::new(0, Purpose::Sample, lane);
        let (inputs, noise) = (stream(1), stream(3));
        let numeric: Vec<f32> = (0..(self.rows * self.inputs) as u64).map(|i| inputs.normal(i) as f32).collect();
        let scores: Vec<f32> = (0..(self.inputs * self.classes) as u64).map(|i| stream(2).normal(i) as f32).collect();
        let class = |(row, x): (usize, &[f32])| {
            let score = |class: usize| {
                let linear: f32 = x.iter().zip(&scores[class * self.inputs..]).map(|(x, w)| x * w).sum();
                f64::from(linear) + 0.5 * noise.normal((row * self.classes + class) as u64)
            };
            (0..self.classes).max_by(|&a, &b| score(a).total_cmp(&score(b))).unwrap_or(0) as u32
        };
        let classes = numeric.chunks_exact(self.inputs).enumerate().map(class).collect();
        Examples::new(RowSource::of_matrix(self.rows, numeric, Vec::new()), Targets::Classes(classes))
    }
}
