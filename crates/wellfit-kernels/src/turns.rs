//! Cosine and sine of an angle in turns, in arithmetic that the compiler turns into vectors.

/// (cos 2πt, sin 2πt) within 3 units of 1e-7: the angle is folded onto a quarter turn, where the Taylor series is short.
#[inline(always)]
pub(crate) fn cos_sin_f32(t: f32) -> (f32, f32) {
    /// 1.5 · 2²³: what is added to it is rounded to a whole number.
    const ROUNDS: f32 = 12_582_912.0;
    // Beyond, no fraction of a turn is left; a NaN stays one.
    let t = t.clamp(-4_194_304.0, 4_194_304.0);
    let rest = t - ((t + ROUNDS) - ROUNDS);
    let size = rest.abs();
    // cos of a turn is the sine of a quarter less it; the sine is even about a quarter.
    (sine_of_quarter(0.25 - size), sine_of_quarter(0.25 - (size - 0.25).abs()).copysign(rest))
}

/// sin 2πt for |t| ≤ ¼.
#[inline(always)]
fn sine_of_quarter(t: f32) -> f32 {
    /// (−1)^k/(2k + 1)!, from k = 5 down to 0: what is left out is below 6e-8.
    const COEFFICIENTS: [f32; 6] = [-1.0 / 39_916_800.0, 1.0 / 362_880.0, -1.0 / 5_040.0, 1.0 / 120.0, -1.0 / 6.0, 1.0];
    let x = t * std::f32::consts::TAU;
    let square = x * x;
    let mut sum = COEFFICIENTS[0];
    for &coefficient in &COEFFICIENTS[1..] {
        sum = sum.mul_add(square, coefficient);
    }
    sum * x
}

/// The same in `f64`.
#[inline(always)]
pub(crate) fn cos_sin_f64(t: f64) -> (f64, f64) {
    let (sin, cos) = ((t - t.round()) * std::f64::consts::TAU).sin_cos();
    (cos, sin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosine_and_sine_agree_with_those_of_double_precision() {
        for i in -500_000..500_000 {
            let t = i as f32 * 1e-5;
            let (cos, sin) = cos_sin_f32(t);
            let exact = cos_sin_f64(f64::from(t));
            assert!((f64::from(cos) - exact.0).abs() < 3e-7 && (f64::from(sin) - exact.1).abs() < 3e-7, "{t}");
        }
        assert!(cos_sin_f32(f32::NAN).0.is_nan());
        assert!(cos_sin_f32(f32::INFINITY).0.is_finite());
    }
}
