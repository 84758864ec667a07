//! Activation functions and their slopes.

use std::fmt;

use serde::{Deserialize, Serialize};
use wellfit_kernels::elementwise::{map, map_with_derivative, pairwise};
use wellfit_kernels::isa::Isa;
use wellfit_kernels::scalar::Scalar;

/// Slope of [`Activation::LeakyRelu`] below 0 (Maas et al. 2013).
const LEAK: f64 = 0.01;
/// Constants of SELU (Klambauer et al. 2017, §2).
const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
/// Constants of the tanh form of GELU (Hendrycks and Gimpel 2016, §2): √(2/π) and 0.044715.
const GELU_RATE: f64 = 0.797_884_560_802_865_4;
const GELU_CUBE: f64 = 0.044_715;

/// From here on Mish is z to the last digit, and e^2z still a number.
const MISH_FLAT: f64 = 40.0;

/// An elementwise function after a layer's affine part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// z.
    Identity,
    /// 1 / (1 + e^−z).
    Sigmoid,
    /// tanh z.
    Tanh,
    /// max(0, z).
    Relu,
    /// z above 0, 0.01 z below.
    LeakyRelu,
    /// z above 0, e^z − 1 below (Clevert et al. 2015, α = 1).
    Elu,
    /// Self-normalising ELU (Klambauer et al. 2017).
    Selu,
    /// z Φ(z) in its tanh form (Hendrycks and Gimpel 2016).
    Gelu,
    /// z · sigmoid(z) (Elfwing et al. 2017).
    Silu,
    /// z · tanh(ln(1 + e^z)) (Misra 2019).
    Mish,
}

impl Activation {
    /// Every activation, in the order of the documentation.
    pub const ALL: [Activation; 10] = [
        Activation::Identity,
        Activation::Sigmoid,
        Activation::Tanh,
        Activation::Relu,
        Activation::LeakyRelu,
        Activation::Elu,
        Activation::Selu,
        Activation::Gelu,
        Activation::Silu,
        Activation::Mish,
    ];

    /// The name used in configs.
    pub fn name(self) -> &'static str {
        match self {
            Activation::Identity => "identity",
            Activation::Sigmoid => "sigmoid",
            Activation::Tanh => "tanh",
            Activation::Relu => "relu",
            Activation::LeakyRelu => "leaky_relu",
            Activation::Elu => "elu",
            Activation::Selu => "selu",
            Activation::Gelu => "gelu",
            Activation::Silu => "silu",
            Activation::Mish => "mish",
        }
    }

    /// Returns true if the slope follows from the output, so that nothing else has to be saved for it.
    pub fn has_slope_from_output(self) -> bool {
        !matches!(self, Activation::Gelu | Activation::Silu | Activation::Mish)
    }

    /// Returns true if the slope jumps at z = 0, where a two-sided difference is not the derivative.
    pub fn has_kink(self) -> bool {
        matches!(self, Activation::Relu | Activation::LeakyRelu | Activation::Selu)
    }

    /// Returns true if activations have a rounding of 1e-16 however small they are: e^z − 1 near 0.
    pub fn rounds_near_zero(self) -> bool {
        matches!(self, Activation::Elu | Activation::Selu)
    }

    /// Replaces each z by its activation.
    pub fn apply<T: Scalar>(self, isa: Isa, values: &mut [T]) {
        match self {
            Activation::Identity => {}
            Activation::Sigmoid => map(isa, values, quick_sigmoid),
            Activation::Tanh => map(isa, values, T::tanh),
            Activation::Relu => map(isa, values, relu),
            Activation::LeakyRelu => map(isa, values, leaky_relu),
            Activation::Elu => map(isa, values, elu),
            Activation::Selu => map(isa, values, selu),
            Activation::Gelu => map(isa, values, |z| gelu(z).0),
            Activation::Silu => map(isa, values, |z| silu(z).0),
            Activation::Mish => map(isa, values, |z| mish(z).0),
        }
    }

    /// Replaces each z by its activation, and puts the slope there into `slopes`.
    pub fn apply_with_slope<T: Scalar>(self, isa: Isa, values: &mut [T], slopes: &mut [T]) {
        match self {
            Activation::Gelu => map_with_derivative(isa, values, slopes, gelu),
            Activation::Silu => map_with_derivative(isa, values, slopes, silu),
            Activation::Mish => map_with_derivative(isa, values, slopes, mish),
            _ => {
                self.apply(isa, values);
                slopes.fill(T::ONE);
                self.multiply_slope(isa, values, slopes);
            }
        }
    }

    /// Multiplies each `delta` by the slope, computed from the output.
    ///
    /// Panics where it does not follow from the output ([`Activation::has_slope_from_output`]; a bug in the caller).
    pub fn multiply_slope<T: Scalar>(self, isa: Isa, outputs: &[T], delta: &mut [T]) {
        assert!(self.has_slope_from_output(), "the slope of {self} does not follow from its output");
        let one = T::ONE;
        match self {
            Activation::Identity => {}
            Activation::Relu => pairwise(isa, outputs, delta, |y, d| if y > T::ZERO { d } else { T::ZERO }),
            Activation::LeakyRelu => {
                let leak = T::from_f64(LEAK);
                pairwise(isa, outputs, delta, |y, d| if y > T::ZERO { d } else { leak * d });
            }
            Activation::Sigmoid => pairwise(isa, outputs, delta, |y, d| d * y * (one - y)),
            Activation::Tanh => pairwise(isa, outputs, delta, |y, d| d * (one - y * y)),
            Activation::Elu => pairwise(isa, outputs, delta, |y, d| if y > T::ZERO { d } else { d * (y + one) }),
            Activation::Selu => {
                let (scale, floor) = (T::from_f64(SELU_SCALE), T::from_f64(SELU_SCALE * SELU_ALPHA));
                pairwise(isa, outputs, delta, |y, d| d * if y > T::ZERO { scale } else { y + floor });
            }
            Activation::Gelu | Activation::Silu | Activation::Mish => {}
        }
    }

    /// In which part of its range an output lies, for the health of a layer.
    pub fn region(self, output: f64) -> Region {
        match self {
            Activation::Sigmoid if !(0.05..=0.95).contains(&output) => Region::Saturated,
            Activation::Tanh if output.abs() > 0.95 => Region::Saturated,
            Activation::Elu if output < -0.95 => Region::Saturated,
            Activation::Selu if output < -0.95 * SELU_SCALE * SELU_ALPHA => Region::Saturated,
            Activation::Sigmoid if (output - 0.5).abs() < 0.2 => Region::Linear,
            Activation::Tanh if output.abs() < 0.4 => Region::Linear,
            Activation::Identity => Region::Linear,
            Activation::Relu | Activation::LeakyRelu | Activation::Elu | Activation::Selu if output > 0.0 => {
                Region::Linear
            }
            _ => Region::Curved,
        }
    }
}

/// Where on its curve an activation works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Region {
    /// The slope is nearly constant.
    Linear,
    /// The slope changes.
    Curved,
    /// The slope is nearly 0 for good.
    Saturated,
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// 1 / (1 + e^−z), without overflow for large |z|.
pub fn sigmoid<T: Scalar>(z: T) -> T {
    sigmoid_from(z, (-z.abs()).exp())
}

/// The sigmoid in loops over many numbers.
#[inline(always)]
fn quick_sigmoid<T: Scalar>(z: T) -> T {
    sigmoid_from(z, (-z.abs()).exp_in_loops())
}

/// The sigmoid of z from e^−|z|.
#[inline(always)]
fn sigmoid_from<T: Scalar>(z: T, e: T) -> T {
    let small = e / (T::ONE + e);
    if z < T::ZERO { small } else { T::ONE - small }
}

/// ln(1 + e^z), without overflow for large z.
pub fn softplus<T: Scalar>(z: T) -> T {
    z.max(T::ZERO) + (-z.abs()).exp().ln_1p()
}

// Each z's activation, or the pair of it and the slope.

/// Written so that a NaN stays one and is found.
#[inline(always)]
fn relu<T: Scalar>(z: T) -> T {
    if z < T::ZERO { T::ZERO } else { z }
}

#[inline(always)]
fn leaky_relu<T: Scalar>(z: T) -> T {
    if z > T::ZERO { z } else { T::from_f64(LEAK) * z }
}

#[inline(always)]
fn elu<T: Scalar>(z: T) -> T {
    if z > T::ZERO { z } else { z.exp_in_loops() - T::ONE }
}

#[inline(always)]
fn selu<T: Scalar>(z: T) -> T {
    T::from_f64(SELU_SCALE) * if z > T::ZERO { z } else { T::from_f64(SELU_ALPHA) * (z.exp_in_loops() - T::ONE) }
}

/// Φ(z) in its tanh form, written as a sigmoid: ½(1 + tanh u) = sigmoid(2u).
#[inline(always)]
fn gelu<T: Scalar>(z: T) -> (T, T) {
    let (rate, cube) = (T::from_f64(2.0 * GELU_RATE), T::from_f64(GELU_CUBE));
    let gate = quick_sigmoid(rate * (z + cube * z * z * z));
    (z * gate, gate + z * gate * (T::ONE - gate) * rate * (T::ONE + T::from_f64(3.0) * cube * z * z))
}

#[inline(always)]
fn silu<T: Scalar>(z: T) -> (T, T) {
    let gate = quick_sigmoid(z);
    (z * gate, gate * (T::ONE + z * (T::ONE - gate)))
}

/// With e = e^z, tanh ln(1 + e) = n/(n + 2) for n = e(e + 2): one exponential, and no difference of numbers that are alike.
#[inline(always)]
fn mish<T: Scalar>(z: T) -> (T, T) {
    let (two, largest) = (T::from_f64(2.0), T::from_f64(MISH_FLAT));
    // Written so that a NaN stays one.
    let e = if z > largest { largest } else { z }.exp_in_loops();
    let n = e * (e + two);
    let gate = n / (n + two);
    (z * gate, gate + z * (e / (T::ONE + e)) * (T::ONE - gate * gate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_agree_with_two_sided_differences() {
        for activation in Activation::ALL {
            for z in [-6.0, -2.0, -0.7, -0.1, 0.1, 0.6, 2.5, 7.0] {
                let at = |z: f64| {
                    let mut value = [z];
                    activation.apply(Isa::best(), &mut value);
                    value[0]
                };
                let step = 1e-6;
                let numeric = (at(z + step) - at(z - step)) / (2.0 * step);
                let (mut value, mut slope) = ([z], [0.0]);
                activation.apply_with_slope(Isa::best(), &mut value, &mut slope);
                assert_eq!(value, [at(z)]);
                // a difference of two values of size 7 with 1e-16 relative rounding, over 2e-6
                assert!((slope[0] - numeric).abs() < 1e-8, "{activation} at {z}: {} {numeric}", slope[0]);
            }
        }
    }

    #[test]
    fn literals_of_each_activation_at_1_and_minus_1() {
        // PyTorch 2 (torch.nn.functional), rounded to 6 digits; GELU with approximate="tanh".
        let expected = [
            (Activation::Sigmoid, 0.731_059, 0.268_941),
            (Activation::Tanh, 0.761_594, -0.761_594),
            (Activation::Relu, 1.0, 0.0),
            (Activation::LeakyRelu, 1.0, -0.01),
            (Activation::Elu, 1.0, -0.632_121),
            (Activation::Selu, 1.050_701, -1.111_331),
            (Activation::Gelu, 0.841_192, -0.158_808),
            (Activation::Silu, 0.731_059, -0.268_941),
            (Activation::Mish, 0.865_098, -0.303_401),
        ];
        for (activation, at_1, at_minus_1) in expected {
            let mut values = [1.0f64, -1.0];
            activation.apply(Isa::best(), &mut values);
            assert!((values[0] - at_1).abs() < 1e-6, "{activation}: {}", values[0]);
            assert!((values[1] - at_minus_1).abs() < 1e-6, "{activation}: {}", values[1]);
        }
    }

    #[test]
    fn a_nan_stays_one() {
        for activation in Activation::ALL {
            let mut values = [f32::NAN];
            activation.apply(Isa::best(), &mut values);
            assert!(values[0].is_nan(), "{activation}");
        }
    }

    #[test]
    fn large_inputs_stay_finite() {
        for activation in Activation::ALL {
            let (mut values, mut slopes) = ([-1e4f32, 1e4], [0.0; 2]);
            activation.apply_with_slope(Isa::best(), &mut values, &mut slopes);
            assert!(values.iter().chain(&slopes).all(|v| v.is_finite()), "{activation}: {values:?} {slopes:?}");
        }
    }
}
