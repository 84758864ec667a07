//! One function for every element, compiled for each instruction path.

use crate::isa::Isa;
use crate::scalar::Scalar;

/// Replaces each value by the function of it and its companion: `values[i] = function(companions[i], values[i])`.
///
/// What the function calls must be inlined to be compiled for the path. Panics if the lengths disagree (a bug in the caller).
pub fn pairwise<T: Scalar>(isa: Isa, companions: &[T], values: &mut [T], function: impl Fn(T, T) -> T) {
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq")]
    fn avx512<T: Scalar>(companions: &[T], values: &mut [T], function: impl Fn(T, T) -> T) {
        apply(companions, values, function);
    }
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    fn avx2<T: Scalar>(companions: &[T], values: &mut [T], function: impl Fn(T, T) -> T) {
        apply(companions, values, function);
    }
    assert_eq!(companions.len(), values.len(), "a companion for each value");
    match isa {
        // SAFETY: `Isa` values for an instruction set are made only where it is present.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 | Isa::Avx512Bf16 | Isa::Amx => unsafe { avx512(companions, values, function) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { avx2(companions, values, function) },
        _ => apply(companions, values, function),
    }
}

/// Replaces each value by the function of it. What the function calls must be inlined to be compiled for the path.
pub fn each<T: Scalar>(isa: Isa, values: &mut [T], function: impl Fn(T) -> T) {
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq")]
    fn avx512<T: Scalar>(values: &mut [T], function: impl Fn(T) -> T) {
        values.iter_mut().for_each(|value| *value = function(*value));
    }
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    fn avx2<T: Scalar>(values: &mut [T], function: impl Fn(T) -> T) {
        values.iter_mut().for_each(|value| *value = function(*value));
    }
    match isa {
        // SAFETY: `Isa` values for an instruction set are made only where it is present.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 | Isa::Avx512Bf16 | Isa::Amx => unsafe { avx512(values, function) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { avx2(values, function) },
        _ => values.iter_mut().for_each(|value| *value = function(*value)),
    }
}

/// Replaces each value by the first result of the function of it, and puts the second into `others`.
///
/// What the function calls must be inlined to be compiled for the path. Panics if the lengths disagree (a bug in the caller).
pub fn in_two<T: Scalar>(isa: Isa, values: &mut [T], others: &mut [T], function: impl Fn(T) -> (T, T)) {
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq")]
    fn avx512<T: Scalar>(values: &mut [T], others: &mut [T], function: impl Fn(T) -> (T, T)) {
        apply_in_two(values, others, function);
    }
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    fn avx2<T: Scalar>(values: &mut [T], others: &mut [T], function: impl Fn(T) -> (T, T)) {
        apply_in_two(values, others, function);
    }
    assert_eq!(values.len(), others.len(), "two results for each value");
    match isa {
        // SAFETY: `Isa` values for an instruction set are made only where it is present.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 | Isa::Avx512Bf16 | Isa::Amx => unsafe { avx512(values, others, function) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { avx2(values, others, function) },
        _ => apply_in_two(values, others, function),
    }
}

#[inline(always)]
fn apply_in_two<T: Scalar>(values: &mut [T], others: &mut [T], function: impl Fn(T) -> (T, T)) {
    for (value, other) in values.iter_mut().zip(others) {
        (*value, *other) = function(*value);
    }
}

#[inline(always)]
fn apply<T: Scalar>(companions: &[T], values: &mut [T], function: impl Fn(T, T) -> T) {
    for (value, &companion) in values.iter_mut().zip(companions) {
        *value = function(companion, *value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_gives_the_same_bits() {
        let numbers: Vec<f32> = (0..77).map(|i| (i as f32 * 0.7).sin() * 9.0).collect();
        let on = |isa| {
            let (mut one, mut two, mut three, mut four) =
                (numbers.clone(), numbers.clone(), numbers.clone(), numbers.clone());
            each(isa, &mut one, |z| z * (-z).exp_in_loops());
            pairwise(isa, &numbers, &mut two, |z, d| d / (1.0 + z.exp_in_loops()));
            in_two(isa, &mut three, &mut four, |z| (z.exp_in_loops(), 1.0 / z));
            [one, two, three, four]
        };
        for isa in Isa::available() {
            assert_eq!(on(isa), on(Isa::Portable), "{isa:?}");
        }
    }
}
