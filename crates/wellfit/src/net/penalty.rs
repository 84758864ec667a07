//! Penalties on weights.

use serde::{Deserialize, Serialize};
use wellfit_kernels::scalar::Scalar;

/// L2 and L1 penalty of one parameter, already divided by m, the rows of train.
///
/// Adds (λ₂/2m)Σw² + (λ₁/m)Σ|w| to the cost (Goodfellow et al., *Deep Learning*, §7.1; λ as in the course).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Penalty {
    /// λ₂/m.
    pub l2: f64,
    /// λ₁/m.
    pub l1: f64,
}

impl Penalty {
    /// Whether there is nothing to add.
    pub fn is_none(&self) -> bool {
        self.l2 == 0.0 && self.l1 == 0.0
    }

    /// What one weight adds to the cost.
    pub fn cost(&self, weight: f64) -> f64 {
        0.5 * self.l2 * weight * weight + self.l1 * weight.abs()
    }

    /// Adds the penalty's gradient; at 0 the slope of |w| is taken as 0.
    pub fn add_gradient<T: Scalar>(&self, weights: &[T], gradient: &mut [T]) {
        if self.l2 != 0.0 {
            let l2 = T::from_f64(self.l2);
            for (g, &w) in gradient.iter_mut().zip(weights) {
                *g += l2 * w;
            }
        }
        if self.l1 != 0.0 {
            let l1 = T::from_f64(self.l1);
            for (g, &w) in gradient.iter_mut().zip(weights) {
                if w > T::ZERO {
                    *g += l1;
                } else if w < T::ZERO {
                    *g -= l1;
                }
            }
        }
    }
}
