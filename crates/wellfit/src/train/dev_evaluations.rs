//! What each evaluation found of the rows of dev: from it follows how much choosing the best epoch flatters them.

use wellfit_kernels::random::{Purpose, Stream};

/// More rows than this are put together into this many units.
const MOST_UNITS: usize = 1_000;
/// The lane of the draws that put rows into units.
const LANE: u64 = 2_000;

/// Sums over units of dev's rows, of every evaluation: what the epoch was chosen by, and what the result is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DevEvaluations {
    /// Units; 0 where the epoch is not chosen on dev.
    pub units: usize,
    /// What sums are divided by, so that they are numbers of `f32` whatever the target's unit.
    pub scale: f64,
    /// (evaluations, units): weighted sums of the rows' losses in the metric, over the scale.
    pub errors: Vec<f32>,
    /// (evaluations, units): weighted sums of the losses that decide between equal errors, over the scale.
    pub losses: Vec<f32>,
    /// (units,): sums of weights.
    pub weights: Vec<f32>,
}

/// Losses of the rows of dev at one evaluation.
pub(super) struct DevLosses<'a> {
    /// (rows,): in the metric.
    pub errors: &'a [f64],
    /// (rows,): what decides between equal errors.
    pub losses: &'a [f64],
    /// (rows,), or empty when every row weighs 1.
    pub weights: &'a [f32],
}

impl DevEvaluations {
    /// Adds an evaluation; `seed` fixes which rows are put together.
    pub(super) fn add(&mut self, evaluation: &DevLosses<'_>, seed: u64) {
        let DevLosses { errors, losses, weights } = *evaluation;
        let (rows, units) = (errors.len(), errors.len().min(MOST_UNITS));
        let order =
            if rows > units { Stream::new(seed, Purpose::Bootstrap, LANE).permutation(rows) } else { Vec::new() };
        let unit_of = |row: usize| order.get(row).map_or(row, |&place| place as usize % units);
        let weight_of = |row: usize| weights.get(row).map_or(1.0, |&weight| f64::from(weight));
        let sums = |of_row: &dyn Fn(usize) -> f64, scale: f64| {
            let mut sums = vec![0.0; units];
            (0..rows).for_each(|row| sums[unit_of(row)] += weight_of(row) * of_row(row));
            sums.into_iter().map(|sum| (sum / scale) as f32).collect::<Vec<f32>>()
        };
        if self.units == 0 {
            let largest = errors.iter().chain(losses).fold(0.0, |most: f64, loss| most.max(loss.abs()));
            self.units = units;
            self.scale = if largest > 0.0 { largest } else { 1.0 };
            self.weights = sums(&|_| 1.0, 1.0);
        }
        self.errors.extend(sums(&|row| errors[row], self.scale));
        self.losses.extend(sums(&|row| losses[row], self.scale));
    }

    /// How many evaluations there are.
    pub fn count(&self) -> usize {
        self.errors.len() / self.units.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_rows_are_put_together_in_the_same_way_each_time() {
        let rows = 2_500;
        let errors: Vec<f64> = (0..rows).map(|row| f64::from(row % 5 == 0)).collect();
        let losses: Vec<f64> = (0..rows).map(f64::from).collect();
        let weights: Vec<f32> = (0..rows).map(|row| 1.0 + (row % 2) as f32).collect();
        let mut all = DevEvaluations::default();
        for _ in 0..2 {
            all.add(&DevLosses { errors: &errors, losses: &losses, weights: &weights }, 3);
        }
        assert_eq!((all.units, all.count()), (MOST_UNITS, 2));
        let (first, second) = all.errors.split_at(all.units);
        assert_eq!(first, second);
        assert_eq!(all.weights.iter().sum::<f32>(), 3_750.0);
        assert!((f64::from(first.iter().sum::<f32>()) * all.scale - 750.0).abs() < 1e-3);
        // Squares of a target in the thousands of billions are no numbers of f32.
        let mut huge = DevEvaluations::default();
        huge.add(&DevLosses { errors: &[1e60, 4e60], losses: &[1e60, 4e60], weights: &[] }, 3);
        assert_eq!((huge.scale, huge.errors), (4e60, vec![0.25, 1.0]));
    }
}
