//! Analytic and numeric derivatives side by side, and how far apart they are.

/// Differences of a penalty alone this small are rounding: 1e-16 of its cost, over 2ε; it is summed over no rows.
const PENALTY_ROUNDING: f64 = 1e-15;
/// What was compared of one parameter.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    /// The subject; of the cost, penalties included.
    pub cost: Sums,
    /// The penalty alone: beside a large loss a fault in it is too small to see.
    pub penalty: Sums,
    /// Comparisons of the subject that had something to compare: not every row passed a kink.
    pub informative: usize,
}

impl Compared {
    /// Adds what was compared of another parameter.
    pub fn add(&mut self, other: &Compared) {
        self.cost.add(&other.cost);
        self.penalty.add(&other.penalty);
        self.informative += other.informative;
    }

    /// The relative error of the penalty.
    pub fn penalty_error(&self) -> f64 {
        self.penalty.relative_error(PENALTY_ROUNDING)
    }
}

/// What was found at the coordinates tried.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    /// Analytic less numeric, at each.
    differences: Vec<f64>,
    /// Sum of squares.
    analytic: f64,
    /// Sum of squares.
    numeric: f64,
}

impl Sums {
    /// Adds one coordinate.
    pub fn push(&mut self, analytic: f64, numeric: f64) {
        self.differences.push(analytic - numeric);
        self.analytic += analytic * analytic;
        self.numeric += numeric * numeric;
    }

    fn add(&mut self, other: &Sums) {
        self.differences.extend(&other.differences);
        self.analytic += other.analytic;
        self.numeric += other.numeric;
    }

    /// ‖a‖ + ‖n‖.
    fn norms(&self) -> f64 {
        self.analytic.sqrt() + self.numeric.sqrt()
    }

    /// `rounding`: the size of one number that is rounding alone.
    pub fn relative_error(&self, rounding: f64) -> f64 {
        // Where everything is rounding (zero initialisation) there is nothing to compare.
        if self.norms() <= rounding * (self.differences.len() as f64).sqrt() {
            return 0.0;
        }
        norm(self.differences.iter().copied()) / self.norms()
    }

    /// The root mean square of the analytic derivatives.
    pub fn typical_gradient(&self) -> f64 {
        (self.analytic / self.differences.len().max(1) as f64).sqrt()
    }

    /// The error less what a smaller step changes of it.
    pub fn steady_error(&self, closer: &Sums) -> f64 {
        let steady = norm(self.differences.iter().copied()) - self.change(closer);
        // What is not a number stays so.
        if steady <= 0.0 { 0.0 } else { steady / self.norms() }
    }

    /// How far the numeric derivative changes with the step, beside its size; `None` where it is 0.
    pub fn scatter(&self, closer: &Sums) -> Option<f64> {
        let size = self.numeric.sqrt() + closer.numeric.sqrt();
        (size > 0.0).then(|| self.change(closer) / size)
    }

    fn change(&self, closer: &Sums) -> f64 {
        norm(self.differences.iter().zip(&closer.differences).map(|(a, b)| a - b))
    }
}

fn norm(values: impl Iterator<Item = f64>) -> f64 {
    values.map(|value| value * value).sum::<f64>().sqrt()
}
