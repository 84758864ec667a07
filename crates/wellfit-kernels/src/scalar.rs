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
    /// e^self for loops over many numbers: to within a unit of the last place, and compiled to vectors where it can be.
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

/// e^x in arithmetic that the compiler turns into vectors: 2^n · e^r with |r| ≤ ½ ln 2 and the Taylor series of e^r, to within
/// one unit of the last place.
#[inline(always)]
fn exp_f32(x: f32) -> f32 {
    /// 1.5 · 2²³: what is added to it is rounded to a whole number, which stands in its low bits.
    const ROUNDS: f32 = 12_582_912.0;
    /// ln 2 in two parts, the first with so few digits that its products with a whole number are exact.
    const LN_2: [f32; 2] = [0.693_145_75, 1.428_606_8e-6];
    /// 1/k!, from k = 7 down to 0: what is left out is below a tenth of a unit.
    const COEFFICIENTS: [f32; 8] = [1.0 / 5_040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
    // Beyond, the result is 0 or infinite; a NaN stays one.
    let x = x.clamp(-104.0, 89.0);
    let rounded = x.mul_add(std::f32::consts::LOG2_E, ROUNDS);
    let n = rounded - ROUNDS;
    let r = n.mul_add(-LN_2[1], n.mul_add(-LN_2[0], x));
    let mut sum = COEFFICIENTS[0];
    for &coefficient in &COEFFICIENTS[1..] {
        sum = sum.mul_add(r, coefficient);
    }
    // In two steps, since 2^n alone may be too large or too small for a number.
    let n = rounded.to_bits().wrapping_sub(ROUNDS.to_bits()).cast_signed();
    let power = |n: i32| f32::from_bits((n + 127).cast_unsigned() << 23);
    sum * power(n >> 1) * power(n - (n >> 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_within_a_unit_of_the_last_place() {
        let mut largest = 0.0f64;
        for i in -872_000..887_200 {
            let x = i as f32 * 1e-4;
            let exact = f64::from(x).exp();
            let result = exp_f32(x);
            largest = largest.max((f64::from(result) - exact).abs() / f64::from(result.next_up() - result));
        }
        assert!(largest < 1.0, "{largest}");
    }

    #[test]
    fn the_exponential_of_extremes_is_what_it_should_be() {
        assert_eq!((exp_f32(0.0), exp_f32(-0.0)), (1.0, 1.0));
        assert_eq!((exp_f32(100.0), exp_f32(f32::INFINITY)), (f32::INFINITY, f32::INFINITY));
        assert_eq!((exp_f32(-105.0), exp_f32(f32::NEG_INFINITY)), (0.0, 0.0));
        assert!(exp_f32(f32::NAN).is_nan());
    }
}
