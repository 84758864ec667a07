//! e^x in arithmetic that the compiler turns into vectors.

/// e^x as 2^n · e^r with |r| ≤ ½ ln 2 and the Taylor series of e^r, correct to within one unit in the last place.
#[inline(always)]
pub(crate) fn exp_f32(x: f32) -> f32 {
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
    fn the_exponential_is_within_one_unit_in_the_last_place() {
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
