//! The two number types: `f32` to train, `f64` to check gradients with the same source.

use std::fmt::{Debug, Display};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

use crate::tile::Paths;
use crate::transpose::Word;

/// A floating-point type that networks compute in.
pub trait Scalar:
    Paths
    + Word
    + Copy
    + Default
    + Debug
    + Display
    + PartialOrd
    + Send
    + Sync
    + Sum
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + 'static
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;

    /// The nearest value of this type.
    fn from_f64(value: f64) -> Self;
    /// The same value in `f64`.
    fn to_f64(self) -> f64;
    /// `self * b + c`, rounded once where the instruction path has it.
    fn mul_add(self, b: Self, c: Self) -> Self;
    /// e^self.
    fn exp(self) -> Self;
    /// e^self for loops over many numbers: the same but for the rarest roundings, and compiled to vectors where it can be.
    fn exp_in_loops(self) -> Self;
    /// ln(1 + self).
    fn ln_1p(self) -> Self;
    /// Natural logarithm.
    fn ln(self) -> Self;
    /// Square root.
    fn sqrt(self) -> Self;
    /// Hyperbolic tangent.
    fn tanh(self) -> Self;
    /// Absolute value.
    fn abs(self) -> Self;
    /// Neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// The larger of two numbers that are not NaN.
    fn max(self, other: Self) -> Self {
        if self > other { self } else { other }
    }
    /// The smaller of two numbers that are not NaN.
    fn min(self, other: Self) -> Self {
        if self < other { self } else { other }
    }
}

macro_rules! scalar {
    ($type:ident, $exp:expr) => {
        impl Scalar for $type {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as $type
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self {
                $type::mul_add(self, b, c)
            }
            #[inline(always)]
            fn exp(self) -> Self {
                $type::exp(self)
            }
            #[inline(always)]
            fn exp_in_loops(self) -> Self {
                $exp(self)
            }
            #[inline(always)]
            fn ln_1p(self) -> Self {
                $type::ln_1p(self)
            }
            #[inline(always)]
            fn ln(self) -> Self {
                $type::ln(self)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $type::sqrt(self)
            }
            #[inline(always)]
            fn tanh(self) -> Self {
                $type::tanh(self)
            }
            #[inline(always)]
            fn abs(self) -> Self {
                $type::abs(self)
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                $type::is_finite(self)
            }
        }
    };
}

scalar!(f32, exp_f32);
scalar!(f64, f64::exp);

/// e^x in arithmetic that the compiler turns into vectors: 2^n · e^r with |r| ≤ ½ ln 2 and the Taylor series of e^r, in `f64`, so
/// that the result is the nearest `f32` but for the closest of calls.
#[inline(always)]
fn exp_f32(x: f32) -> f32 {
    /// 1.5 · 2⁵²: what is added to it is rounded to a whole number, which stands in its low bits.
    const ROUNDS: f64 = 6_755_399_441_055_744.0;
    /// 1/k!, from k = 9 down to 0: what is left out is below 1e-11.
    const COEFFICIENTS: [f64; 10] = [
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ];
    // Beyond, the result is 0 or infinite; a NaN stays one.
    let x = f64::from(x.clamp(-104.0, 89.0));
    let rounded = x * std::f64::consts::LOG2_E + ROUNDS;
    let r = x - (rounded - ROUNDS) * std::f64::consts::LN_2;
    let mut sum = COEFFICIENTS[0];
    for coefficient in &COEFFICIENTS[1..] {
        sum = sum * r + coefficient;
    }
    (sum * f64::from_bits((rounded.to_bits() << 52).wrapping_add(1.0f64.to_bits()))) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_the_nearest_number() {
        let mut largest = 0.0f64;
        for i in -872_000..887_200 {
            let x = i as f32 * 1e-4;
            let exact = f64::from(x).exp();
            let result = exp_f32(x);
            largest = largest.max((f64::from(result) - exact).abs() / f64::from(result.next_up() - result));
        }
        // Half a unit of the last place, and the series' own error.
        assert!(largest < 0.501, "{largest}");
    }

    #[test]
    fn the_exponential_of_extremes_is_what_it_should_be() {
        assert_eq!((exp_f32(0.0), exp_f32(-0.0)), (1.0, 1.0));
        assert_eq!((exp_f32(100.0), exp_f32(f32::INFINITY)), (f32::INFINITY, f32::INFINITY));
        assert_eq!((exp_f32(-105.0), exp_f32(f32::NEG_INFINITY)), (0.0, 0.0));
        assert!(exp_f32(f32::NAN).is_nan());
    }
}
