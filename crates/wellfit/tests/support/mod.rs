//! What the proofs share: how large they are, random networks and rows, and valid files.

// Each test program uses what it needs of this.
#![allow(dead_code)]
// And its helpers fail by panicking.
#![allow(clippy::unwrap_used)]

pub mod files;

use std::cell::Cell;

use wellfit::data::{Examples, Features, RowSource, Targets};
use wellfit::net::layers::{Dense, Embed, EmbedSpec, EmbeddingTable};
use wellfit::net::{Activation, DenseStack, Layer, LayerSpec, Loss, NetworkSpec, Penalty};
use wellfit_kernels::random::{Purpose, Stream};
use wellfit_kernels::scalar::Scalar;

/// How many cases a proof tries: `full` where `WELLFIT_PROOF=full` is set, else `short`.
pub fn count(short: usize, full: usize) -> usize {
    if std::env::var_os("WELLFIT_PROOF").is_some_and(|size| size == "full") { full } else { short }
}

/// Random choices, one after the other, the same in every run.
pub struct Draw {
    stream: Stream,
    next: Cell<u64>,
}

impl Draw {
    pub fn new(seed: u64, case: usize) -> Draw {
        Draw { stream: Stream::new(seed, Purpose::Sample, case as u64), next: Cell::new(0) }
    }

    fn index(&self) -> u64 {
        self.next.replace(self.next.get() + 1)
    }

    pub fn below(&self, bound: usize) -> usize {
        self.stream.below(self.index(), bound as u64) as usize
    }

    pub fn between(&self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    pub fn chance(&self, probability: f64) -> bool {
        self.stream.uniform(self.index()) < probability
    }

    pub fn normal(&self) -> f64 {
        self.stream.normal(self.index())
    }

    pub fn pick<T: Clone>(&self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// Every size between `low` and `high` as likely as any other.
    pub fn size(&self, low: f64, high: f64) -> f64 {
        low * (high / low).powf(self.stream.uniform(self.index()))
    }
}

/// A network, the rows it meets, and what is added to its cost.
#[derive(Clone, Debug)]
pub struct Case {
    pub stack: DenseStack,
    /// Of each embedding.
    pub widths: Vec<usize>,
    pub examples: Examples,
    pub penalties: Vec<Penalty>,
    pub smoothing: f64,
}

/// How large a [`Case`] may be.
#[derive(Clone, Copy)]
pub struct Limits {
    pub rows: (usize, usize),
    pub numeric: usize,
    pub units: usize,
    pub depth: usize,
}

impl Case {
    pub fn draw(draw: &Draw, limits: Limits) -> Case {
        let rows = draw.between(limits.rows.0, limits.rows.1);
        let tables: Vec<_> = (0..draw.below(3)).map(|_| (draw.between(2, 12), draw.between(1, 4))).collect();
        let numbers = Features::of_numbers(draw.between(1, limits.numeric));
        let inputs = tables.iter().fold(numbers, |inputs, &(categories, _)| inputs.and_category(categories));
        let widths = tables.into_iter().map(|(_, width)| width).collect();
        let hidden: Vec<usize> = (0..draw.between(0, limits.depth)).map(|_| draw.between(1, limits.units)).collect();
        let keep = |_: &usize| if draw.chance(0.4) { draw.size(0.3, 0.95) } else { 1.0 };
        let keep_prob = hidden.iter().map(keep).collect();
        let loss = draw.pick(&[Loss::Sigmoid, Loss::Softmax, Loss::Squared]);
        let outputs = if loss == Loss::Softmax { draw.between(2, 5) } else { 1 };
        let activation = draw.pick(&Activation::ALL);
        let stack = DenseStack { inputs, hidden, activation, keep_prob, outputs, loss };
        let layers = stack.hidden.len() + 1 + usize::from(stack.inputs.codes() > 0);
        let size = || if draw.chance(0.5) { draw.size(1e-4, 0.1) } else { 0.0 };
        let penalty = Penalty { l2: size(), l1: size() };
        let smoothing = if loss != Loss::Squared && draw.chance(0.3) { 0.1 } else { 0.0 };
        let examples = examples(draw, rows, &stack);
        Case { stack, widths, examples, penalties: vec![penalty; layers], smoothing }
    }

    pub fn rows(&self) -> Vec<u32> {
        (0..self.examples.rows() as u32).collect()
    }

    /// The network.
    pub fn spec(&self) -> NetworkSpec {
        let mut spec = self.stack.clone().network().unwrap();
        if let Some(LayerSpec::Embed(embed)) = spec.layers.first_mut() {
            *embed = EmbedSpec { widths: self.widths.clone() };
        }
        spec
    }

    /// Its embedding layer.
    pub fn embed(&self) -> Embed {
        let inputs = &self.stack.inputs;
        let tables =
            inputs.categories().zip(&self.widths).map(|(categories, &width)| EmbeddingTable { categories, width });
        Embed { numbers: inputs.numbers(), tables: tables.collect() }
    }

    /// The layers that `Network::new` builds from the spec.
    pub fn layers<T: Scalar>(&self) -> Vec<Box<dyn Layer<T>>> {
        let mut layers: Vec<Box<dyn Layer<T>>> = Vec::new();
        if self.stack.inputs.codes() > 0 {
            layers.push(Box::new(self.embed()));
        }
        layers.extend(self.dense().into_iter().map(|dense| Box::new(dense) as Box<dyn Layer<T>>));
        layers
    }

    /// The dense layers among them.
    pub fn dense(&self) -> Vec<Dense> {
        let stack = &self.stack;
        let last = stack.hidden.len();
        let mut inputs = self.spec().input_width();
        let units = stack.hidden.iter().copied().chain([stack.outputs]);
        let layer = |(i, outputs)| Dense {
            name: format!("dense{}", i + 1),
            inputs: std::mem::replace(&mut inputs, outputs),
            outputs,
            activation: if i == last { Activation::Identity } else { stack.activation },
            keep_prob: stack.keep_prob.get(i).copied().unwrap_or(1.0),
            ntk: false,
            learned_slope: false,
            first: i == 0 && stack.inputs.codes() == 0,
        };
        units.enumerate().map(layer).collect()
    }
}

/// Random rows for a network; half of the sets have row weights.
fn examples(draw: &Draw, rows: usize, stack: &DenseStack) -> Examples {
    let numbers = |count: usize| (0..count).map(|_| draw.normal() as f32).collect::<Vec<_>>();
    let code = |_| stack.inputs.categories().map(|count| draw.below(count) as u32).collect::<Vec<_>>();
    Examples {
        source: RowSource::of_matrix(rows, numbers(rows * stack.inputs.numbers()), (0..rows).flat_map(code).collect()),
        targets: match stack.loss {
            Loss::Squared => Targets::Values(numbers(rows)),
            _ => Targets::Classes((0..rows).map(|_| draw.below(stack.outputs.max(2)) as u32).collect()),
        },
        weights: match draw.chance(0.5) {
            true => (0..rows).map(|_| draw.size(0.5, 2.0) as f32).collect(),
            false => Vec::new(),
        },
    }
}

/// The same rows with their numbers changed, each with its place among them.
pub fn change_numbers(examples: &mut Examples, mut change: impl FnMut(usize, &mut f32)) {
    let source = &examples.source;
    let mut numbers = source.numbers().into_owned();
    numbers.iter_mut().enumerate().for_each(|(place, number)| change(place, number));
    examples.source = RowSource::of_matrix(source.rows(), numbers, source.codes().into_owned());
}
