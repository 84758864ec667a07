//! Differences over shrinking steps, and what they tell: agreement, a fault, or nothing.

use super::FAULT;
use super::compared::Compared;

/// Where the difference at ε disagrees, it is taken again at these shares of ε. On steep subjects the error of a sound
/// gradient shrinks with ε², on large ones rounding grows with 1/ε; what a fault adds stays the same.
const STEP_SHARES: [f64; 2] = [0.1, 0.01];
/// Numeric derivatives that change by less than this share from one step to the next have arrived at the derivative.
const ARRIVED: f64 = 1e-3;
/// Those that change by more than this share know nothing of it.
const LOST: f64 = 0.1;
/// What rounding hides is up to ten times its size; the gradient of a cost that turns within the smallest step, 1e-7, is 1e7
/// times the cost, 1e16 times rounding. Above this many times rounding it is chaos that hides the derivative.
const CHAOS: f64 = 1e6;

/// What the steps came to.
pub struct Steps {
    /// The smallest relative error of the subject, less what depends on the size of the step.
    pub error: f64,
    /// The same of the penalty.
    pub penalty_error: f64,
    /// At the last step.
    pub last: Compared,
    /// The smallest change of the numeric derivative from one step to the next; `None` where it is 0 or one step was enough.
    scatter: Option<f64>,
    /// Whether the gradient is too large for rounding to hide it.
    large: bool,
}

impl Steps {
    /// Takes the steps: `compare` is given the share of ε. `rounding`: the size of a derivative that is rounding alone.
    pub fn take(rounding: f64, mut compare: impl FnMut(f64) -> Compared) -> Steps {
        let mut last = compare(1.0);
        let mut error = last.cost.relative_error(rounding);
        let mut penalty_error = last.penalty_error();
        let mut scatter: Option<f64> = None;
        for share in STEP_SHARES {
            if error <= FAULT && penalty_error <= FAULT {
                break;
            }
            let closer = compare(share);
            let change = last.cost.scatter(&closer.cost);
            // `min` passes over an error that is not a number.
            error = error.min(closer.cost.relative_error(rounding));
            if change.is_some_and(|change| change <= ARRIVED) {
                error = error.min(last.cost.steady_error(&closer.cost));
            }
            penalty_error = penalty_error.min(closer.penalty_error()).min(last.penalty.steady_error(&closer.penalty));
            scatter = match (scatter, change) {
                (Some(least), Some(change)) => Some(least.min(change)),
                (found, None) | (None, found) => found,
            };
            last = closer;
        }
        let typical = last.cost.typical_gradient();
        let large = typical > CHAOS * rounding || typical.is_nan();
        Steps { error, penalty_error, last, scatter, large }
    }

    /// Whether the two sides agree.
    pub fn agree(&self) -> bool {
        self.last.informative > 0 && self.error <= FAULT
    }

    /// Whether they disagree for certain: the numeric derivative has arrived, and elsewhere than the gradient.
    pub fn disagree(&self) -> bool {
        self.last.informative > 0
            && self.error > FAULT
            && self.scatter.is_some_and(|scatter| scatter <= ARRIVED && self.error > 10.0 * scatter)
    }

    /// Whether nothing follows from them.
    pub fn untold(&self) -> bool {
        !self.agree() && !self.disagree()
    }

    /// Whether no step is small enough: the numeric derivative of a large gradient goes on changing.
    pub fn chaotic(&self) -> bool {
        let changes = self.scatter.is_none_or(|scatter| scatter > LOST || scatter.is_nan());
        self.untold() && self.last.informative > 0 && self.large && changes
    }

    /// The relative error, where the steps tell one. Of one layer they do even where every difference is 0: it is too smooth
    /// for that to be chance.
    pub fn error_of_layer(&self) -> Option<f64> {
        let still = self.last.informative > 0 && self.error.is_finite() && self.scatter.is_none();
        (self.agree() || self.disagree() || still).then_some(self.error)
    }
}
