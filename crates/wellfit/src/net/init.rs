//! Starting weights.

use std::fmt;
use std::str::FromStr;

use safetensors::{Dtype, SafeTensors};
use thiserror::Error;
use wellfit_kernels::random::{Purpose, Stream};
use wellfit_kernels::scalar::Scalar;

use super::activation::Activation;
use super::network::Network;
use super::param::Start;

/// How weights start whose layer leaves it to the network ([`Start::Weight`]).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Init {
    /// All 0: every unit of a layer stays the same as its neighbours.
    Zeros,
    /// N(0, σ²).
    Normal(f64),
    /// N(0, 1/fan_in) (LeCun et al. 1998, §4.6).
    Lecun,
    /// Uniform with the variance of [`Init::Lecun`].
    LecunUniform,
    /// N(0, 2/(fan_in + fan_out)) (Glorot and Bengio 2010).
    Xavier,
    /// Uniform with the variance of [`Init::Xavier`].
    XavierUniform,
    /// N(0, 2/fan_in) (He et al. 2015).
    He,
    /// Uniform with the variance of [`Init::He`].
    HeUniform,
    /// Orthonormal rows or columns (Saxe et al. 2014).
    Orthogonal,
}

/// Starting weights that cannot be read from a file.
#[derive(Debug, Error)]
pub enum InitError {
    /// The file is no safetensors file.
    #[error("not a safetensors file: {0}")]
    Format(String),
    /// A tensor is absent.
    #[error("tensor {name} {dims:?} is missing; the file holds {found}")]
    Missing {
        /// The tensor.
        name: String,
        /// Its dimensions in the network.
        dims: Vec<usize>,
        /// What the file holds.
        found: String,
    },
    /// A tensor has other dimensions.
    #[error("tensor {name} is {found:?}, the network needs {expected:?}")]
    Dims {
        /// The tensor.
        name: String,
        /// Its dimensions in the file.
        found: Vec<usize>,
        /// Its dimensions in the network.
        expected: Vec<usize>,
    },
    /// A tensor has a type other than F32 and F64.
    #[error("tensor {name} is of type {dtype}; F32 and F64 can be read")]
    Type {
        /// The tensor.
        name: String,
        /// Its type.
        dtype: String,
    },
    /// A number is NaN or infinite.
    #[error("tensor {name} holds {value} at place {place}")]
    NotFinite {
        /// The tensor.
        name: String,
        /// The number.
        value: f64,
        /// Where it stands, row-major, from 0.
        place: usize,
    },
}

impl Init {
    /// Every initialiser that a name is enough for; `normal:σ` is the other.
    pub const NAMED: [(&str, Init); 8] = [
        ("zeros", Init::Zeros),
        ("lecun", Init::Lecun),
        ("lecun_uniform", Init::LecunUniform),
        ("xavier", Init::Xavier),
        ("xavier_uniform", Init::XavierUniform),
        ("he", Init::He),
        ("he_uniform", Init::HeUniform),
        ("orthogonal", Init::Orthogonal),
    ];

    /// What fits an activation: variance kept through the layers forward, as each source derives it.
    pub fn for_activation(activation: Activation) -> Init {
        match activation {
            Activation::Identity | Activation::Sigmoid | Activation::Tanh => Init::Xavier,
            Activation::Selu => Init::Lecun,
            _ => Init::He,
        }
    }

    /// A θ drawn for the network: parameter i of the network uses lane i of the seed's stream.
    pub fn theta<T: Scalar>(self, network: &Network<T>, seed: u64) -> Vec<T> {
        let mut theta = Vec::with_capacity(network.parameters());
        for (i, param) in network.params().enumerate() {
            let stream = Stream::new(seed, Purpose::Init, i as u64);
            match param.start {
                Start::Constant(value) => theta.extend(std::iter::repeat_n(T::from_f64(value), param.len())),
                Start::Uniform { half } => {
                    theta.extend((0..param.len() as u64).map(|j| T::from_f64(half * (2.0 * stream.uniform(j) - 1.0))));
                }
                Start::Normal { deviation } => {
                    theta.extend((0..param.len() as u64).map(|j| T::from_f64(deviation * stream.normal(j))));
                }
                Start::Weight { fan_in, fan_out } => {
                    theta.extend(self.weights(fan_in, fan_out, stream).into_iter().map(T::from_f64));
                }
            }
        }
        theta
    }

    fn weights(self, fan_in: usize, fan_out: usize, stream: Stream) -> Vec<f64> {
        let draw = |variance: f64, uniform: bool| {
            let count = (fan_in * fan_out) as u64;
            if uniform {
                let half_range = (3.0 * variance).sqrt();
                (0..count).map(|j| half_range * (2.0 * stream.uniform(j) - 1.0)).collect()
            } else {
                (0..count).map(|j| variance.sqrt() * stream.normal(j)).collect()
            }
        };
        let (inputs, both) = (fan_in as f64, (fan_in + fan_out) as f64);
        match self {
            Init::Zeros => vec![0.0; fan_in * fan_out],
            Init::Normal(sigma) => draw(sigma * sigma, false),
            Init::Lecun => draw(1.0 / inputs, false),
            Init::LecunUniform => draw(1.0 / inputs, true),
            Init::Xavier => draw(2.0 / both, false),
            Init::XavierUniform => draw(2.0 / both, true),
            Init::He => draw(2.0 / inputs, false),
            Init::HeUniform => draw(2.0 / inputs, true),
            Init::Orthogonal => orthogonal(draw(1.0, false), fan_in, fan_out),
        }
    }
}

/// Makes the rows (or the columns, whichever are fewer) of a random matrix orthonormal: Gram and Schmidt, twice over each
/// vector, which keeps them orthogonal to rounding (Giraud et al. 2005).
fn orthogonal(mut matrix: Vec<f64>, rows: usize, columns: usize) -> Vec<f64> {
    let (vectors, length) = (rows.min(columns), rows.max(columns));
    let at = |vector: usize, i: usize| if rows <= columns { vector * columns + i } else { i * columns + vector };
    for v in 0..vectors {
        for _ in 0..2 {
            for u in 0..v {
                let dot: f64 = (0..length).map(|i| matrix[at(u, i)] * matrix[at(v, i)]).sum();
                for i in 0..length {
                    let along = dot * matrix[at(u, i)];
                    matrix[at(v, i)] -= along;
                }
            }
        }
        let norm = (0..length).map(|i| matrix[at(v, i)].powi(2)).sum::<f64>().sqrt();
        for i in 0..length {
            matrix[at(v, i)] /= norm;
        }
    }
    matrix
}

/// θ from the bytes of a safetensors file that holds every parameter of the network by name, as F32 or F64.
pub fn theta_from_safetensors<T: Scalar>(network: &Network<T>, bytes: &[u8]) -> Result<Vec<T>, InitError> {
    let file = SafeTensors::deserialize(bytes).map_err(|error| InitError::Format(error.to_string()))?;
    let mut theta = Vec::with_capacity(network.parameters());
    for param in network.params() {
        let name = param.name.clone();
        let tensor = file.tensor(&name).map_err(|_| {
            let mut found: Vec<_> = file.iter().map(|(name, t)| format!("{name} {:?}", t.shape())).collect();
            found.sort();
            InitError::Missing { name: name.clone(), dims: param.dims.clone(), found: found.join(", ") }
        })?;
        if tensor.shape() != param.dims {
            return Err(InitError::Dims { name, found: tensor.shape().to_vec(), expected: param.dims.clone() });
        }
        let before = theta.len();
        match tensor.dtype() {
            Dtype::F32 => theta.extend(tensor.data().chunks_exact(4).map(|b| {
                let bytes = [b[0], b[1], b[2], b[3]];
                T::from_f64(f64::from(f32::from_le_bytes(bytes)))
            })),
            Dtype::F64 => theta.extend(tensor.data().chunks_exact(8).map(|b| {
                let bytes = [b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]];
                T::from_f64(f64::from_le_bytes(bytes))
            })),
            other => return Err(InitError::Type { name, dtype: format!("{other:?}") }),
        }
        if let Some(place) = theta[before..].iter().position(|value| !value.is_finite()) {
            return Err(InitError::NotFinite { name, value: theta[before + place].to_f64(), place });
        }
    }
    Ok(theta)
}

impl fmt::Display for Init {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Init::Normal(sigma) => write!(f, "normal:{sigma}"),
            other => {
                let name = Init::NAMED.iter().find(|(_, init)| init == other).map_or("", |(name, _)| name);
                f.write_str(name)
            }
        }
    }
}

impl FromStr for Init {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "normal" {
            return Err("normal needs a standard deviation, as in normal:0.01".to_owned());
        }
        if let Some(sigma) = text.strip_prefix("normal:") {
            return match sigma.parse::<f64>() {
                Ok(sigma) if sigma.is_finite() && sigma > 0.0 => Ok(Init::Normal(sigma)),
                _ => Err(format!("normal:{sigma}: the deviation must be a number above 0, as in normal:0.01")),
            };
        }
        Init::NAMED.iter().find(|(name, _)| *name == text).map(|&(_, init)| init).ok_or_else(|| {
            let names: Vec<_> = Init::NAMED.iter().map(|(name, _)| *name).collect();
            format!("\"{text}\" is no initialisation; there are {}, normal:σ", names.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deviation(values: &[f64]) -> f64 {
        (values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64).sqrt()
    }

    #[test]
    fn each_initialiser_has_its_deviation() {
        let (fan_in, fan_out) = (300, 100);
        let cases = [
            (Init::Normal(0.5), 0.5),
            (Init::Lecun, (1.0f64 / 300.0).sqrt()),
            (Init::LecunUniform, (1.0f64 / 300.0).sqrt()),
            (Init::Xavier, (2.0f64 / 400.0).sqrt()),
            (Init::XavierUniform, (2.0f64 / 400.0).sqrt()),
            (Init::He, (2.0f64 / 300.0).sqrt()),
            (Init::HeUniform, (2.0f64 / 300.0).sqrt()),
        ];
        for (init, expected) in cases {
            let found = deviation(&init.weights(fan_in, fan_out, Stream::new(0, Purpose::Init, 0)));
            // 4 standard errors of a deviation from 30,000 draws: 4/sqrt(2*30,000) = 1.6%
            assert!((found / expected - 1.0).abs() < 0.017, "{init}: {found} {expected}");
        }
    }

    #[test]
    fn orthogonal_weights_have_orthonormal_rows_or_columns() {
        for (rows, columns) in [(5, 9), (9, 5), (6, 6)] {
            let w = Init::Orthogonal.weights(rows, columns, Stream::new(0, Purpose::Init, 0));
            let few = rows.min(columns);
            for a in 0..few {
                for b in 0..few {
                    let dot: f64 = if rows <= columns {
                        (0..columns).map(|i| w[a * columns + i] * w[b * columns + i]).sum()
                    } else {
                        (0..rows).map(|i| w[i * columns + a] * w[i * columns + b]).sum()
                    };
                    let expected = if a == b { 1.0 } else { 0.0 };
                    assert!((dot - expected).abs() < 1e-12);
                }
            }
        }
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for init in Init::NAMED.iter().map(|(_, init)| *init).chain([Init::Normal(0.01)]) {
            assert_eq!(init.to_string().parse(), Ok(init));
        }
        assert!("normal:-1".parse::<Init>().is_err());
    }
}
