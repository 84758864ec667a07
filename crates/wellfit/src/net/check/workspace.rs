//! The network at one θ, with what may be moved and what is differentiated.

use wellfit_kernels::isa::Isa;
use wellfit_kernels::precision::Precision;
use wellfit_kernels::random::{Purpose, Stream};

use crate::data::Examples;
use crate::net::block::Block;
use crate::net::layer::Pass;
use crate::net::member::Member;
use crate::net::network::Network;
use crate::net::tile::Tile;

use super::CheckOptions;

/// Streams of this lane and the following weigh the outputs of the layers.
const OUTPUT_LANES: u64 = 1 << 41;

/// What is differentiated, and with respect to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The cost without its penalties, with respect to θ.
    Cost,
    /// The outputs of one layer, summed with random weights, with respect to its parameters.
    Parameters(usize),
    /// The same with respect to its inputs. Behind the last layer stands the loss.
    Inputs(usize),
}

/// A block of rows, and the network that it goes through.
pub struct Workspace<'a> {
    pub network: &'a Network<f64>,
    /// θ, moved and put back, and the state as it starts.
    pub member: Member<f64>,
    pub tiles: Vec<Tile<f64>>,
    pub block: Block<f64>,
    /// Of the rows.
    pub weights: Vec<f64>,
    pass: Pass,
    seed: u64,
}

/// Row values and kink patterns at one place.
pub struct Side {
    pub values: Vec<f64>,
    pub patterns: Vec<u64>,
}

impl<'a> Workspace<'a> {
    pub fn new(
        network: &'a Network<f64>,
        theta: &[f64],
        examples: &Examples,
        rows: &[u32],
        options: &CheckOptions,
    ) -> Workspace<'a> {
        let mut tiles = network.tiles(Precision::F32);
        network.pack(theta, &mut tiles, Isa::best());
        let mut block = network.block(rows.len(), Precision::F32);
        block.gather(examples, rows, 0, options.smoothing);
        let weights = block.weights_mut().to_vec();
        let (member, seed) = (network.member(theta.to_vec()), options.seed);
        Workspace { network, member, tiles, block, weights, pass: Pass::Train { seed, step: 0, dropout: 1.0 }, seed }
    }

    /// What the subject is a function of.
    pub fn variables(&mut self, subject: Subject) -> &mut [f64] {
        match subject {
            Subject::Cost | Subject::Parameters(_) => &mut self.member.theta,
            Subject::Inputs(layer) => &mut self.block.layers[layer - 1].output,
        }
    }

    /// Sets some variables: (place, value) pairs, in ascending order.
    pub fn set(&mut self, subject: Subject, values: impl Iterator<Item = (usize, f64)>) {
        let variables = self.variables(subject);
        let (mut low, mut high) = (usize::MAX, 0);
        for (place, value) in values {
            variables[place] = value;
            (low, high) = (low.min(place), high.max(place));
        }
        if !matches!(subject, Subject::Inputs(_)) {
            self.pack(low, high);
        }
    }

    /// Refreshes the packed copies of the tiles that reach into `low..=high`.
    fn pack(&mut self, low: usize, high: usize) {
        let mut start = 0;
        for tile in &mut self.tiles {
            let here = start..start + tile.shape.len;
            start = here.end;
            if here.start <= high && low < here.end {
                tile.packed.pack(Isa::best(), &self.member.theta[here]);
            }
        }
    }

    /// The subject of each row, at the variables as they stand.
    pub fn side(&mut self, subject: Subject) -> Side {
        self.forward(subject, false);
        let values = match self.layer(subject) {
            None => self.block.row_losses().to_vec(),
            Some(layer) => {
                let row = |(y, weights): (&[f64], &[f64])| y.iter().zip(weights).map(|(y, w)| y * w).sum();
                self.rows_with_weights(layer, &self.output_weights(layer)).map(row).collect()
            }
        };
        Side { values, patterns: self.patterns(subject) }
    }

    /// The size of the numbers that the subject is a sum of: what rounding is relative to.
    pub fn size(&mut self, subject: Subject) -> f64 {
        self.forward(subject, false);
        let sum: f64 = match self.layer(subject) {
            None => self.block.weighted_losses().map(f64::abs).sum(),
            Some(layer) => {
                let weights = self.output_weights(layer);
                let row =
                    |(y, weights): (&[f64], &[f64])| y.iter().zip(weights).map(|(y, w)| (y * w).abs()).sum::<f64>();
                self.rows_with_weights(layer, &weights).zip(&self.weights).map(|(pair, w)| w * row(pair)).sum()
            }
        };
        sum / self.weights.len() as f64
    }

    /// The subject's gradient as training computes it, averaged over the rows that `counts` lets in.
    pub fn gradient(&mut self, subject: Subject, counts: impl Fn(usize) -> bool) -> Vec<f64> {
        let weights = self.weights.clone();
        for (row, weight) in self.block.weights_mut().iter_mut().enumerate() {
            *weight = if counts(row) { weights[row] } else { 0.0 };
        }
        self.forward(subject, true);
        match self.layer(subject) {
            Some(layer) => self.backward_of_layer(layer),
            None if subject == Subject::Cost => {
                self.network.backward(&self.member.theta, &self.tiles, &mut self.block, self.pass, Isa::best());
            }
            None => {}
        }
        self.block.weights_mut().copy_from_slice(&weights);
        match subject {
            Subject::Cost => self.theta_gradient(|_| true),
            Subject::Parameters(layer) => self.theta_gradient(|tile| tile.layer == layer),
            Subject::Inputs(layer) => self.block.delta(layer - 1).to_vec(),
        }
    }

    /// The layer whose outputs are the subject, unless that is a loss.
    fn layer(&self, subject: Subject) -> Option<usize> {
        match subject {
            Subject::Cost => None,
            Subject::Parameters(layer) | Subject::Inputs(layer) => {
                Some(layer).filter(|&l| l < self.network.layers().len())
            }
        }
    }

    fn forward(&mut self, subject: Subject, learns: bool) {
        let (pass, isa) = ((self.pass, learns), Isa::best());
        match self.layer(subject) {
            Some(layer) => {
                self.network.forward_layer(layer, &self.member, &self.tiles, &mut self.block, pass, isa);
            }
            None => {
                if subject == Subject::Cost {
                    self.network.forward(&self.member, &self.tiles, &mut self.block, pass, isa);
                }
                self.network.loss_of(&mut self.block, self.weights.len());
            }
        }
    }

    fn backward_of_layer(&mut self, layer: usize) {
        let (weights, rows) = (self.output_weights(layer), self.weights.len());
        let units = self.network.layers()[layer].output().len();
        let row_weights: Vec<f64> = self.block.weights_mut().iter().map(|w| w / rows as f64).collect();
        for (row, (delta, weights)) in
            self.block.layers[layer].delta.chunks_mut(units).zip(weights.chunks(units)).enumerate()
        {
            delta.iter_mut().zip(weights).for_each(|(d, w)| *d = w * row_weights[row]);
        }
        self.network.backward_layer(layer, &self.member.theta, &self.tiles, &mut self.block, self.pass, Isa::best());
    }

    /// As long as θ; 0 for tiles that are not wanted.
    fn theta_gradient(&self, wanted: impl Fn(&Tile<f64>) -> bool) -> Vec<f64> {
        let mut gradient = vec![0.0; self.member.theta.len()];
        let mut rest = &mut gradient[..];
        for tile in &self.tiles {
            let (part, after) = rest.split_at_mut(tile.shape.len);
            if wanted(tile) {
                self.network.gradient(tile, std::slice::from_ref(&self.block), [&[]; 3], part, Isa::best());
            }
            rest = after;
        }
        gradient
    }

    /// (rows, outputs): what the outputs of a layer are multiplied by.
    fn output_weights(&self, layer: usize) -> Vec<f64> {
        let stream = Stream::new(self.seed, Purpose::Check, OUTPUT_LANES + layer as u64);
        (0..self.block.output(layer).len() as u64).map(|i| stream.normal(i)).collect()
    }

    fn rows_with_weights<'b>(
        &'b self,
        layer: usize,
        weights: &'b [f64],
    ) -> impl Iterator<Item = (&'b [f64], &'b [f64])> {
        let units = self.network.layers()[layer].output().len();
        self.block.output(layer).chunks(units).zip(weights.chunks(units))
    }

    /// For each row, a hash of which side of its kink each unit is on that takes part in the subject.
    fn patterns(&self, subject: Subject) -> Vec<u64> {
        let mut patterns = vec![0xcbf2_9ce4_8422_2325u64; self.block.rows];
        let takes_part = |i: usize| subject == Subject::Cost || self.layer(subject) == Some(i);
        for (i, layer) in self.network.layers().iter().enumerate() {
            if !layer.has_kink() || !takes_part(i) {
                continue;
            }
            for (pattern, units) in patterns.iter_mut().zip(self.block.output(i).chunks_exact(layer.output().len())) {
                for unit in units {
                    *pattern = (*pattern ^ u64::from(*unit > 0.0)).wrapping_mul(0x0000_0100_0000_01b3);
                }
            }
        }
        patterns
    }
}
