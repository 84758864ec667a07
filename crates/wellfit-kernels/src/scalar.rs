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

/// e^x in arithmetic that the compiler turns into vectors: 2^n · e^r with |r| ≤ ½ ln 2 and a polynomial for e^r, whose
/// coefficients are those of the Cephes library (Moshier 1989, `expf`). Within 2 units of the last place; results below
/// 1.2e-38 or so become 0.
#[inline(always)]
fn exp_f32(x: f32) -> f32 {
    /// 1.5 · 2²³: what is added to it is rounded to a whole number, which stands in its low bits.
    const ROUNDS: f32 = 12_582_912.0;
    /// ln 2 in two parts, the first with few bits, so that its multiples are exact.
    const LN_2: [f32; 2] = [355.0 / 512.0, -2.121_944_4e-4];
    const COEFFICIENTS: [f32; 6] = [1.987_569_1e-4, 1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5];
    // Beyond, the power of two becomes 0 or infinite by itself; a NaN stays one.
    let x = x.clamp(-87.3, 89.0);
    let rounded = x * std::f32::consts::LOG2_E + ROUNDS;
    let n = rounded - ROUNDS;
    let r = x - n * LN_2[0] - n * LN_2[1];
    let mut sum = COEFFICIENTS[0];
    for coefficient in &COEFFICIENTS[1..] {
        sum = sum * r + coefficient;
    }
    // 2^(n − 1), since 2^128 is no number and results just below it are.
    let power = f32::from_bits((rounded.to_bits() << 23).wrapping_add(0.5f32.to_bits()));
    (sum * r * r + r + 1.0) * power * 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_within_two_units_of_the_last_place() {
        let mut largest = 0.0f64;
        for i in -869_000..887_200 {
            let x = i as f32 * 1e-4;
            let exact = f64::from(x).exp();
            largest = largest.max((f64::from(exp_f32(x)) - exact).abs() / exact);
        }
        // 2 units of 2^-23 at most
        assert!(largest < 2.0 * f64::from(f32::EPSILON), "{largest:e}");
    }

    #[test]
    fn the_exponential_of_extremes_is_what_it_should_be() {
        assert_eq!((exp_f32(0.0), exp_f32(-0.0)), (1.0, 1.0));
        assert_eq!((exp_f32(100.0), exp_f32(f32::INFINITY)), (f32::INFINITY, f32::INFINITY));
        assert_eq!((exp_f32(-100.0), exp_f32(f32::NEG_INFINITY)), (0.0, 0.0));
        assert!(exp_f32(f32::NAN).is_nan());
    }
}
