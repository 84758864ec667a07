//! Elementwise kernels: one function for every element.
//!
//! What the function calls must be `#[inline(always)]` to be compiled for the instruction path.

use crate::dispatch::compiled_for_each_path;
use crate::isa::Isa;
use crate::number::Number;

compiled_for_each_path! {
    /// Replaces each value by a function of it: `values[i] = function(values[i])`.
    pub fn map<T: Number>(isa: Isa, values: &mut [T], function: impl Fn(T) -> T) {
        for value in values {
            *value = function(*value);
        }
    }
}

compiled_for_each_path! {
    /// Replaces each value by a function of its companion and itself: `values[i] = function(companions[i], values[i])`.
    ///
    /// Panics if the lengths disagree (a bug in the caller).
    pub fn pairwise<T: Number>(isa: Isa, companions: &[T], values: &mut [T], function: impl Fn(T, T) -> T) {
        assert_eq!(companions.len(), values.len(), "a companion for each value");
        for (value, &companion) in values.iter_mut().zip(companions) {
            *value = function(companion, *value);
        }
    }
}

compiled_for_each_path! {
    /// Replaces each value by a function of it, and writes the function's derivative at the value to `derivatives`:
    /// `(values[i], derivatives[i]) = function(values[i])`.
    ///
    /// Panics if the lengths disagree (a bug in the caller).
    pub fn map_with_derivative<T: Number>(
        isa: Isa,
        values: &mut [T],
        derivatives: &mut [T],
        function: impl Fn(T) -> (T, T),
    ) {
        assert_eq!(values.len(), derivatives.len(), "a derivative for each value");
        for (value, derivative) in values.iter_mut().zip(derivatives) {
            (*value, *derivative) = function(*value);
        }
    }
}

compiled_for_each_path! {
    /// Replaces each value by a function of two companions and itself.
    ///
    /// Panics if the lengths disagree (a bug in the caller).
    pub fn triples<T: Number>(
        isa: Isa,
        companions: [&[T]; 2],
        values: &mut [T],
        function: impl Fn(T, T, T) -> T,
    ) {
        let [first, second] = companions;
        assert!(first.len() == values.len() && second.len() == values.len(), "two companions for each value");
        for ((value, &a), &b) in values.iter_mut().zip(first).zip(second) {
            *value = function(a, b, *value);
        }
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
            map(isa, &mut one, |z| z * (-z).exp_in_loops());
            pairwise(isa, &numbers, &mut two, |z, d| d / (1.0 + z.exp_in_loops()));
            map_with_derivative(isa, &mut three, &mut four, |z| (z.exp_in_loops(), 1.0 / z));
            [one, two, three, four]
        };
        for isa in Isa::available() {
            assert_eq!(on(isa), on(Isa::Portable), "{isa:?}");
        }
    }
}
