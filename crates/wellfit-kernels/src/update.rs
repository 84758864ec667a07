//! Optimiser updates over a piece of θ, one pass each.
//!
//! Products and sums are rounded apart, never fused, so every instruction path gives the same bits.

use crate::dispatch::compiled_for_each_path;
use crate::isa::Isa;
use crate::number::Number;

/// How an optimiser moves θ along a gradient g in one step. Rates already include the learning-rate schedule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Update {
    /// θ ← θ − rate·g.
    Descent {
        /// Learning rate.
        rate: f64,
    },
    /// v ← βv + (1−β)g; θ ← θ − rate·v, or with `nesterov` θ − rate·(βv + (1−β)g).
    Momentum {
        /// Learning rate.
        rate: f64,
        /// β.
        beta: f64,
        /// Looks one step ahead (Nesterov 1983, in the form of Sutskever et al. 2013 for v as an average).
        nesterov: bool,
    },
    /// s ← βs + (1−β)g²; θ ← θ − rate·g/(√s + ε).
    RmsProp {
        /// Learning rate.
        rate: f64,
        /// β.
        beta: f64,
        /// ε.
        epsilon: f64,
    },
    /// v ← β₁v + (1−β₁)g; s ← β₂s + (1−β₂)g²; θ ← θ − rate·(v/c₁)/(√(s/c₂) + ε).
    Adam {
        /// Learning rate.
        rate: f64,
        /// β₁.
        beta1: f64,
        /// β₂.
        beta2: f64,
        /// ε.
        epsilon: f64,
        /// c₁ = 1 − β₁ᵗ.
        correction1: f64,
        /// c₂ = 1 − β₂ᵗ.
        correction2: f64,
    },
}

impl Update {
    /// The same update with its learning rate multiplied by `factor`; a factor of 1 changes no bit.
    #[must_use]
    pub fn scaled(mut self, factor: f64) -> Update {
        match &mut self {
            Update::Descent { rate }
            | Update::Momentum { rate, .. }
            | Update::RmsProp { rate, .. }
            | Update::Adam { rate, .. } => *rate *= factor,
        }
        self
    }
}

compiled_for_each_path! {
    /// Updates `theta` and the optimiser's moment averages `first` (v) and `second` (s) from `gradient`.
    ///
    /// All have one length; averages that the update does not use may be empty. `keep` multiplies θ first: 1, or
    /// 1 − rate·decay for decoupled weight decay (Loshchilov and Hutter 2019). Returns true if gradient, θ and s are finite.
    #[must_use]
    pub fn update<T: Number>(
        isa: Isa,
        rule: Update,
        keep: f64,
        theta: &mut [T],
        gradient: &[T],
        first: &mut [T],
        second: &mut [T],
    ) -> bool {
        apply(rule, keep, theta, gradient, first, second)
    }
}

#[inline(always)]
fn apply<T: Number>(
    rule: Update,
    keep: f64,
    theta: &mut [T],
    gradient: &[T],
    first: &mut [T],
    second: &mut [T],
) -> bool {
    if keep != 1.0 {
        let keep = T::from_f64(keep);
        theta.iter_mut().for_each(|w| *w *= keep);
    }
    // A gradient that is not finite makes its weight so, whatever the rule.
    let mut finite = true;
    match rule {
        Update::Descent { rate } => {
            let rate = T::from_f64(rate);
            for (w, &g) in theta.iter_mut().zip(gradient) {
                *w -= rate * g;
                finite &= w.is_finite();
            }
        }
        Update::Momentum { rate, beta, nesterov } => {
            let (rate, old, new) = (T::from_f64(rate), T::from_f64(beta), T::from_f64(1.0 - beta));
            for ((w, &g), v) in theta.iter_mut().zip(gradient).zip(first) {
                *v = old * *v + new * g;
                *w -= rate * if nesterov { old * *v + new * g } else { *v };
                finite &= w.is_finite();
            }
        }
        Update::RmsProp { rate, beta, epsilon } => {
            let (rate, epsilon) = (T::from_f64(rate), T::from_f64(epsilon));
            let (old, new) = (T::from_f64(beta), T::from_f64(1.0 - beta));
            for ((w, &g), s) in theta.iter_mut().zip(gradient).zip(second) {
                *s = old * *s + new * g * g;
                *w -= rate * g / (s.sqrt() + epsilon);
                finite &= w.is_finite() & s.is_finite();
            }
        }
        Update::Adam { rate, beta1, beta2, epsilon, correction1, correction2 } => {
            let (rate, epsilon) = (T::from_f64(rate / correction1), T::from_f64(epsilon));
            let (old1, new1) = (T::from_f64(beta1), T::from_f64(1.0 - beta1));
            let (old2, new2) = (T::from_f64(beta2), T::from_f64(1.0 - beta2));
            let share = T::from_f64(1.0 / correction2);
            for (((w, &g), v), s) in theta.iter_mut().zip(gradient).zip(first).zip(second) {
                *v = old1 * *v + new1 * g;
                *s = old2 * *s + new2 * g * g;
                *w -= rate * *v / ((*s * share).sqrt() + epsilon);
                finite &= w.is_finite() & s.is_finite();
            }
        }
    }
    finite
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: [Update; 5] = [
        Update::Descent { rate: 0.1 },
        Update::Momentum { rate: 0.1, beta: 0.9, nesterov: false },
        Update::Momentum { rate: 0.1, beta: 0.9, nesterov: true },
        Update::RmsProp { rate: 0.1, beta: 0.9, epsilon: 1e-8 },
        Update::Adam { rate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, correction1: 0.1, correction2: 0.001 },
    ];

    #[test]
    fn one_step_from_rest_is_the_formula_on_paper() {
        // θ = 1, g = 0.5, v = s = 0
        let expected = [
            1.0 - 0.1 * 0.5,
            1.0 - 0.1 * 0.05,
            1.0 - 0.1 * (0.9 * 0.05 + 0.05),
            1.0 - 0.1 * 0.5 / (0.1f64 * 0.25).sqrt(),
            1.0 - 0.1,
        ];
        for (rule, expected) in RULES.into_iter().zip(expected) {
            let (mut theta, mut v, mut s) = ([1.0f64], [0.0], [0.0]);
            assert!(update(Isa::best(), rule, 1.0, &mut theta, &[0.5], &mut v, &mut s));
            assert!((theta[0] - expected).abs() < 1e-7, "{rule:?}: {} {expected}", theta[0]);
        }
    }

    #[test]
    fn every_path_gives_the_same_bits() {
        let gradient: Vec<f32> = (0..77).map(|i| (i as f32 * 0.37).sin()).collect();
        for rule in RULES {
            let results: Vec<_> = Isa::available()
                .into_iter()
                .map(|isa| {
                    let (mut theta, mut v, mut s) = (vec![0.3f32; 77], vec![0.1; 77], vec![0.2; 77]);
                    assert!(update(isa, rule, 0.99, &mut theta, &gradient, &mut v, &mut s));
                    (theta, v, s)
                })
                .collect();
            assert!(results.windows(2).all(|pair| pair[0] == pair[1]), "{rule:?}");
        }
    }

    #[test]
    fn scaling_multiplies_the_learning_rate_and_by_1_changes_no_bit() {
        for rule in RULES {
            assert_eq!(rule.scaled(1.0), rule);
            let step = |rule| {
                let (mut theta, mut v, mut s) = ([1.0f64], [0.25], [0.5]);
                assert!(update(Isa::best(), rule, 1.0, &mut theta, &[0.5], &mut v, &mut s));
                (theta[0] - 1.0, v, s)
            };
            let ((whole, v, s), (quarter, ..)) = (step(rule), step(rule.scaled(0.25)));
            // θ is near 1, so each step is rounded by at most half of 2^-52
            assert!((quarter - 0.25 * whole).abs() <= f64::EPSILON, "{rule:?}: {quarter} {whole}");
            assert_eq!(
                (step(rule.scaled(0.25)).1, step(rule.scaled(0.25)).2),
                (v, s),
                "the averages do not depend on it"
            );
        }
    }

    #[test]
    fn decay_shrinks_theta_before_the_step() {
        let mut theta = [2.0f64];
        assert!(update(Isa::best(), Update::Descent { rate: 0.1 }, 0.5, &mut theta, &[1.0], &mut [], &mut []));
        assert_eq!(theta, [0.9]);
    }

    #[test]
    fn a_number_that_is_not_finite_is_found_wherever_it_is() {
        for isa in Isa::available() {
            for rule in RULES {
                for place in [0, 40, 76] {
                    for bad in [f32::NAN, f32::INFINITY] {
                        for spoilt in 0..2 {
                            let (mut theta, mut v, mut s) = (vec![0.3f32; 77], vec![0.1; 77], vec![0.2; 77]);
                            let mut gradient = vec![0.5; 77];
                            [&mut theta, &mut gradient][spoilt][place] = bad;
                            assert!(!update(isa, rule, 1.0, &mut theta, &gradient, &mut v, &mut s), "{isa:?} {rule:?}");
                        }
                    }
                }
            }
        }
    }
}
