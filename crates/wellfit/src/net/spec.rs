//! What a network is made of: what it reads, its layers, and its loss.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use wellfit_kernels::scalar::Scalar;

use crate::data::Features;

use super::activation::Activation;
use super::layer::Layer;
use super::layers::{
    CondenseSpec, DenseSpec, EmbedSpec, LayerDefaults, LayerError, LayerPlace, LayerSpec, PeriodicSpec, ScaleSpec,
};
use super::loss::Loss;
use super::shape::Shape;

/// The most parameters a network may have: 2^29, 2 GiB of `f32`.
pub const MAX_PARAMETERS: usize = 1 << 29;
/// The most layers a network may have.
const MAX_LAYERS: usize = 1 << 10;

/// A network as a list of layers; the last one's outputs go to the loss.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkSpec {
    /// What it reads of a row.
    pub inputs: Features,
    /// Its layers, first to last.
    pub layers: Vec<LayerSpec>,
    /// The loss of the last layer's outputs.
    pub loss: Loss,
}

/// The usual network: dense layers, the hidden ones with one activation. [`DenseStack::network`] makes the list of layers.
#[derive(Clone, Debug, PartialEq)]
pub struct DenseStack {
    /// What the network reads of a row; an embedding comes first where there are category codes.
    pub inputs: Features,
    /// Units of each hidden layer; none is logistic or linear regression.
    pub hidden: Vec<usize>,
    /// Activation of the hidden layers.
    pub activation: Activation,
    /// Probability of keeping a unit in training, one for each hidden layer.
    pub keep_prob: Vec<f64>,
    /// Outputs.
    pub outputs: usize,
    /// The loss of the outputs.
    pub loss: Loss,
}

/// What a stack of dense layers has beside the plain ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StackStyle {
    /// Learned waves of each number.
    pub periodic: bool,
    /// A learned factor for each input.
    pub input_scale: bool,
    /// Units that learn how much of their activation they use.
    pub learned_slope: bool,
    /// Learning rates of the NTK parametrisation.
    pub ntk: bool,
}

/// A network that cannot be built.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum NetworkError {
    /// No inputs at all.
    #[error("the network has no inputs: every column was set aside or is constant in train")]
    NoInputs,
    /// No layers at all.
    #[error("the network has no layers")]
    NoLayers,
    /// `keep_prob` does not fit the layers.
    #[error("{found} values of keep_prob for {hidden} hidden layers; give one for all or one each")]
    KeepProbCount {
        /// Values given.
        found: usize,
        /// Hidden layers.
        hidden: usize,
    },
    /// Category codes that no layer reads.
    #[error("layer {0} cannot read category codes; add `embed` before it")]
    CodesUnread(String),
    /// A layer cannot be built.
    #[error("layer {name}: {source}")]
    Layer {
        /// The layer.
        name: String,
        /// Why not.
        source: LayerError,
    },
    /// More parameters or layers than wellfit takes.
    #[error(
        "a network of {layers} layers and {parameters} parameters is too large; at most {MAX_LAYERS} and {MAX_PARAMETERS}"
    )]
    TooLarge {
        /// Layers asked for.
        layers: usize,
        /// Parameters asked for, or the most a number holds.
        parameters: usize,
    },
}

impl DenseStack {
    /// The list of layers, nothing in it left open.
    pub fn network(self) -> Result<NetworkSpec, NetworkError> {
        self.network_in(StackStyle::default())
    }

    /// The same with what plain layers do without.
    pub fn network_in(self, style: StackStyle) -> Result<NetworkSpec, NetworkError> {
        let DenseStack { inputs, hidden, activation, keep_prob, outputs, loss } = self;
        if keep_prob.len() != hidden.len() {
            return Err(NetworkError::KeepProbCount { found: keep_prob.len(), hidden: hidden.len() });
        }
        let hidden =
            hidden.iter().zip(keep_prob).map(|(&units, keep_prob)| DenseSpec::plain(units, activation, keep_prob));
        let hidden = hidden.map(|dense| DenseSpec { ntk: style.ntk, learned_slope: style.learned_slope, ..dense });
        let mut layers = Vec::new();
        if style.periodic && inputs.continuous().next().is_some() {
            layers.extend([LayerSpec::Periodic(PeriodicSpec::default()), LayerSpec::Condense(CondenseSpec::default())]);
        }
        layers.extend(style.input_scale.then(|| LayerSpec::Scale(ScaleSpec::default())));
        layers.extend(hidden.map(LayerSpec::Dense));
        Ok(NetworkSpec::of_hidden(inputs, layers, outputs, loss))
    }
}

impl NetworkSpec {
    /// The network of these hidden layers: an embedding is put before them where there are category codes and none reads
    /// them, and a layer of outputs after them.
    pub fn of_hidden(inputs: Features, mut layers: Vec<LayerSpec>, outputs: usize, loss: Loss) -> NetworkSpec {
        if inputs.codes() > 0 && !layers.first().is_some_and(LayerSpec::is_embed) {
            layers.insert(0, LayerSpec::Embed(EmbedSpec::by_rule(&inputs)));
        }
        let ntk = layers.iter().any(|layer| matches!(layer, LayerSpec::Dense(dense) if dense.ntk));
        layers.push(LayerSpec::Dense(DenseSpec { ntk, ..DenseSpec::plain(outputs, Activation::Identity, 1.0) }));
        NetworkSpec { inputs, layers, loss }
    }

    /// The layers between inputs and outputs, embeddings left out.
    pub fn hidden(&self) -> &[LayerSpec] {
        let before_outputs = self.layers.split_last().map_or(&[][..], |(_, before)| before);
        match before_outputs {
            [first, hidden @ ..] if first.is_embed() => hidden,
            hidden => hidden,
        }
    }

    /// The dense layers among the hidden ones.
    pub fn hidden_dense(&self) -> impl Iterator<Item = &DenseSpec> {
        self.hidden().iter().filter_map(|layer| match layer {
            LayerSpec::Dense(dense) => Some(dense),
            _ => None,
        })
    }

    /// Units of the hidden dense layers.
    pub fn hidden_units(&self) -> Vec<usize> {
        self.hidden_dense().map(|dense| dense.units).collect()
    }

    /// Probability of keeping a unit of each hidden dense layer.
    pub fn keep_probs(&self) -> Vec<f64> {
        self.hidden_dense().map(|dense| dense.keep_prob.unwrap_or(1.0)).collect()
    }

    /// Activation of the first hidden dense layer; the identity without one.
    pub fn activation(&self) -> Activation {
        self.hidden_dense().find_map(|dense| dense.activation).unwrap_or(Activation::Identity)
    }

    /// Outputs for a row.
    pub fn outputs(&self) -> usize {
        match self.layers.last() {
            Some(LayerSpec::Dense(dense)) => dense.units,
            _ => 0,
        }
    }

    /// Numbers that the first layer behind an embedding reads of a row: the numeric inputs, and all embeddings beside them.
    pub fn input_width(&self) -> usize {
        match self.layers.first() {
            Some(LayerSpec::Embed(embed)) => embed.width(&self.inputs),
            _ => self.inputs.numbers(),
        }
    }

    /// Builds the layers, and refuses what is too large or does not fit.
    pub(super) fn build<T: Scalar>(&self) -> Result<Vec<Box<dyn Layer<T>>>, NetworkError> {
        if self.inputs.inputs() == 0 {
            return Err(NetworkError::NoInputs);
        }
        if self.layers.is_empty() {
            return Err(NetworkError::NoLayers);
        }
        let too_large = |parameters| NetworkError::TooLarge { layers: self.layers.len(), parameters };
        if self.layers.len() > MAX_LAYERS {
            return Err(too_large(0));
        }
        let mut of_kind: BTreeMap<&str, usize> = BTreeMap::new();
        let mut input = Shape::units(self.inputs.numbers());
        let mut layers: Vec<Box<dyn Layer<T>>> = Vec::with_capacity(self.layers.len());
        let mut parameters = 0usize;
        for (i, spec) in self.layers.iter().enumerate() {
            let number = of_kind.entry(spec.name()).or_default();
            *number += 1;
            let name = format!("{}{number}", spec.name());
            let reads_numbers = self.layers.iter().take(i).all(LayerSpec::is_embed);
            let place = LayerPlace { name: name.clone(), input, features: &self.inputs, reads_numbers, first: i == 0 };
            let layer = spec.build::<T>(place).map_err(|source| NetworkError::Layer { name: name.clone(), source })?;
            if i == 0 && self.inputs.codes() > 0 && !layer.reads_codes() {
                return Err(NetworkError::CodesUnread(name));
            }
            parameters = layer.params().iter().fold(parameters, |sum, param| sum.saturating_add(param.len()));
            if parameters > MAX_PARAMETERS {
                return Err(too_large(parameters));
            }
            input = layer.output();
            layers.push(layer);
        }
        Ok(layers)
    }

    /// What every layer takes from `activation` and `keep_prob` where it says nothing.
    pub fn complete(&self, activation: Activation, keep_prob: f64) -> NetworkSpec {
        let defaults = LayerDefaults { features: &self.inputs, activation, keep_prob };
        let layers = self.layers.iter().map(|layer| layer.complete(&defaults)).collect();
        NetworkSpec { inputs: self.inputs.clone(), layers, loss: self.loss }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(hidden: &[usize], keep_prob: &[f64]) -> DenseStack {
        DenseStack {
            inputs: Features::of_numbers(3).and_category(5),
            hidden: hidden.to_vec(),
            activation: Activation::Relu,
            keep_prob: keep_prob.to_vec(),
            outputs: 2,
            loss: Loss::Softmax,
        }
    }

    fn error(spec: &NetworkSpec) -> String {
        spec.build::<f32>().map(|_| ()).expect_err("a network that cannot be built").to_string()
    }

    #[test]
    fn a_stack_is_an_embedding_hidden_layers_and_outputs() {
        let spec = stack(&[8, 4], &[0.5, 1.0]).network().expect("a network");
        let layers = spec.build::<f32>().expect("layers");
        let names: Vec<_> = layers.iter().map(|layer| layer.name()).collect();
        assert_eq!(names, ["embed", "dense1", "dense2", "dense3"]);
        assert_eq!((spec.hidden_units(), spec.keep_probs(), spec.outputs()), (vec![8, 4], vec![0.5, 1.0], 2));
        // 1.6 · 4^0.56 = 3.5
        assert_eq!(spec.input_width(), 3 + 4);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let counts = stack(&[8], &[]).network().expect_err("no keep_prob").to_string();
        assert!(counts.starts_with("0 values of keep_prob for 1 hidden"), "{counts}");
        let spec = |hidden: &[usize], keep: &[f64]| stack(hidden, keep).network().expect("a list of layers");
        assert!(error(&spec(&[8, 0], &[1.0, 1.0])).starts_with("layer dense2: it has no units"));
        assert!(error(&spec(&[8], &[0.0])).contains("layer dense1: keep_prob 0 is not in (0, 1]"));
        assert!(error(&spec(&[1 << 40], &[1.0])).contains("is too large"));
        let mut spec = spec(&[8], &[1.0]);
        spec.layers.swap(0, 1);
        assert_eq!(error(&spec), "layer dense1 cannot read category codes; add `embed` before it");
        spec.inputs = Features::new();
        assert!(error(&spec).starts_with("the network has no inputs"));
    }
}
