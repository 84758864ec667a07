//! Analytic and numeric derivatives side by side, and how far apart they are.

/// Differences this small, for a cost near 1, are rounding: 1e-16 of the cost, over 2ε = 2e-5, with room for sums.
const ROUNDING: f64 = 1e-9;
/// Differences of a penalty alone this small are rounding: 1e-16 of its cost, over 2ε; it is summed over no rows.
const PENALTY_ROUNDING: f64 = 1e-15;
/// The size of a difference that is rounding alone, for a cost of this size.
pub fn rounding_of(cost: f64) -> f64 {
    ROUNDING * cost.abs().max(1.0)
}

/// What was compared of one parameter.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    /// The cost, penalties included.
    pub cost: Sums,
    /// The penalty alone: beside a large loss a fault in it is too small to see.
    pub penalty: Sums,
}

impl Compared {
    /// The larger of the relative errors of both; `cost` gives the size of rounding.
    pub fn relative_error(&self, cost: f64) -> f64 {
        self.cost.relative_error(rounding_of(cost)).max(self.penalty.relative_error(PENALTY_ROUNDING))
    }

    /// Adds what was compared of another parameter.
    pub fn add(&mut self, other: &Compared) {
        self.cost.add(&other.cost);
        self.penalty.add(&other.penalty);
    }

    /// The error less what a smaller step changes of it.
    pub fn steady_error(&self, closer: &Compared) -> f64 {
        self.cost.steady_error(&closer.cost).max(self.penalty.steady_error(&closer.penalty))
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

    fn steady_error(&self, closer: &Sums) -> f64 {
        let changed = norm(self.differences.iter().zip(&closer.differences).map(|(a, b)| a - b));
        let steady = norm(self.differences.iter().copied()) - changed;
        if steady > 0.0 { steady / self.norms() } else { 0.0 }
    }
}

fn norm(values: impl Iterator<Item = f64>) -> f64 {
    values.map(|value| value * value).sum::<f64>().sqrt()
}
