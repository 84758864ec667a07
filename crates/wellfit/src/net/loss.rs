//! Losses of raw outputs against soft targets.

use serde::{Deserialize, Serialize};
use wellfit_kernels::scalar::Scalar;

use super::activation::{sigmoid, softplus};

/// What is minimised, averaged over rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// Cross-entropy of one sigmoid output, in nats; the target is the probability of class 1.
    Sigmoid,
    /// Cross-entropy of a softmax over the outputs, in nats; the targets are the probabilities of the classes.
    Softmax,
    /// ½(z − t)², summed over the outputs.
    Squared,
}

impl Loss {
    /// The loss of one row. `outputs` and `target`: (outputs,). `delta` receives d(loss)/d(outputs), same shape.
    ///
    /// The row maximum is subtracted first (softmax) or softplus is used (sigmoid), so large outputs do not overflow.
    /// Source: Goodfellow et al., *Deep Learning*, §6.2.2.
    pub fn row<T: Scalar>(self, outputs: &[T], target: &[T], delta: &mut [T]) -> T {
        match self {
            Loss::Sigmoid => {
                let mut loss = T::ZERO;
                for ((&z, &t), d) in outputs.iter().zip(target).zip(delta) {
                    // −t·ln σ(z) − (1−t)·ln(1−σ(z)) = t·softplus(−z) + (1−t)·softplus(z): no difference of large numbers,
                    // so a well-fitted row's small loss keeps its digits.
                    loss += t * softplus(-z) + (T::ONE - t) * softplus(z);
                    *d = sigmoid(z) - t;
                }
                loss
            }
            Loss::Softmax => {
                let largest = outputs.iter().fold(outputs[0], |a, &b| a.max(b));
                let mut sum = T::ZERO;
                for (d, &z) in delta.iter_mut().zip(outputs) {
                    *d = (z - largest).exp();
                    sum += *d;
                }
                let log_sum = sum.ln() + largest;
                let mut loss = T::ZERO;
                for ((d, &z), &t) in delta.iter_mut().zip(outputs).zip(target) {
                    if t != T::ZERO {
                        loss += t * (log_sum - z);
                    }
                    *d = *d / sum - t;
                }
                loss
            }
            Loss::Squared => {
                let half = T::from_f64(0.5);
                let mut loss = T::ZERO;
                for ((&z, &t), d) in outputs.iter().zip(target).zip(delta) {
                    *d = z - t;
                    loss += half * *d * *d;
                }
                loss
            }
        }
    }

    /// Turns the raw outputs of one row into what they predict: probabilities, or the value itself.
    pub fn predict<T: Scalar>(self, outputs: &mut [T]) {
        match self {
            Loss::Sigmoid => outputs.iter_mut().for_each(|z| *z = sigmoid(*z)),
            Loss::Softmax => {
                let largest = outputs.iter().fold(outputs[0], |a, &b| a.max(b));
                let mut sum = T::ZERO;
                for z in outputs.iter_mut() {
                    *z = (*z - largest).exp();
                    sum += *z;
                }
                outputs.iter_mut().for_each(|p| *p = *p / sum);
            }
            Loss::Squared => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deltas_agree_with_two_sided_differences_for_soft_targets() {
        let cases: [(Loss, &[f64], &[f64]); 3] = [
            (Loss::Sigmoid, &[1.3], &[0.9]),
            (Loss::Softmax, &[0.2, -1.0, 2.0], &[0.1, 0.2, 0.7]),
            (Loss::Squared, &[0.4], &[-1.0]),
        ];
        for (loss, outputs, target) in cases {
            let mut delta = vec![0.0; outputs.len()];
            loss.row(outputs, target, &mut delta);
            for i in 0..outputs.len() {
                let at = |step: f64| {
                    let mut moved = outputs.to_vec();
                    moved[i] += step;
                    loss.row(&moved, target, &mut vec![0.0; outputs.len()])
                };
                let numeric = (at(1e-6) - at(-1e-6)) / 2e-6;
                // rounding of losses near 1, 1e-16 each, over 2e-6
                assert!((delta[i] - numeric).abs() < 1e-9, "{loss:?}: {} {numeric}", delta[i]);
            }
        }
    }

    #[test]
    fn large_outputs_give_finite_losses_and_deltas() {
        let mut delta = [0.0f32; 2];
        assert_eq!(Loss::Softmax.row(&[1e4, -1e4], &[0.0, 1.0], &mut delta), 2e4);
        assert_eq!(delta, [1.0, -1.0]);
        assert_eq!(Loss::Sigmoid.row(&[-200.0f32], &[1.0], &mut delta[..1]), 200.0);
    }
}
