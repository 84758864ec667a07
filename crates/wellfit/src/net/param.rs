//! A parameter of a layer, and a number of its state: names, dimensions and how they start.

/// One parameter tensor of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its name in files, such as `dense1.weight`.
    pub name: String,
    /// Its dimensions, row-major.
    pub dims: Vec<usize>,
    /// How it starts.
    pub start: Start,
    /// Whether penalties and weight decay apply. Biases stay out: shrinking one shifts the output without simplifying the
    /// function.
    pub decays: bool,
    /// What the learning rate is multiplied by for this parameter; 1 for most.
    pub rate_factor: f64,
    /// What weight decay is multiplied by; 1 for most.
    pub decay_factor: f64,
}

/// How a parameter starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Start {
    /// Weights from `fan_in` inputs to `fan_out` units, drawn as the network's [`super::Init`] says.
    Weight {
        /// Inputs of a unit.
        fan_in: usize,
        /// Units an input feeds.
        fan_out: usize,
    },
    /// Drawn from N(0, deviation²), whatever the network's [`super::Init`].
    Normal {
        /// The standard deviation.
        deviation: f64,
    },
    /// Drawn uniformly from (−half, half), whatever the network's [`super::Init`].
    Uniform {
        /// Half of the range.
        half: f64,
    },
    /// The same number everywhere.
    Constant(f64),
}

impl Param {
    /// Weights that penalties and weight decay apply to.
    pub fn weight(name: String, dims: Vec<usize>, start: Start) -> Param {
        Param { name, dims, start, decays: true, rate_factor: 1.0, decay_factor: 1.0 }
    }

    /// A bias: starts at 0 and does not decay.
    pub fn bias(name: String, units: usize) -> Param {
        Param {
            name,
            dims: vec![units],
            start: Start::Constant(0.0),
            decays: false,
            rate_factor: 1.0,
            decay_factor: 1.0,
        }
    }

    /// The same with a learning rate of so many times the others', which decays as much less.
    pub fn at_rate(self, factor: f64) -> Param {
        Param { rate_factor: factor, decay_factor: factor, ..self }
    }

    /// Count of numbers; the largest there is where a `usize` cannot hold it.
    pub fn len(&self) -> usize {
        self.dims.iter().fold(1, |count, &dim| count.saturating_mul(dim))
    }

    /// Returns true if it has no numbers.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A tensor that a layer keeps beside its parameters, such as a running mean: training writes it, no gradient does.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Its name in files, such as `norm1.mean`.
    pub name: String,
    /// Its dimensions, row-major.
    pub dims: Vec<usize>,
    /// What each of its numbers starts at.
    pub start: f64,
}

impl State {
    /// Count of numbers.
    pub fn len(&self) -> usize {
        self.dims.iter().product()
    }

    /// Returns true if it has no numbers.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
