//! How much the choice of the epoch flatters the rows of dev that it was made by.

use wellfit_kernels::random::{Purpose, Stream};

use crate::train::{DevEvaluations, Metric};

use super::bootstrap::draw;

/// Resamples of the rows, in each of which the epoch is chosen again.
const RESAMPLES: u64 = 200;
/// The lane of their draws.
const LANE: u64 = 3;

/// How much lower the mean loss of dev is than that of new rows, because the epoch was chosen by it; 0 where none was.
///
/// In each resample of the rows the epoch is chosen again, and judged by the rows that were not drawn: their mean loss lies so much
/// above that of the epoch chosen by all rows. Source: Efron 1983, *J. Am. Stat. Assoc.* 78:316 (the leave-one-out bootstrap).
pub fn optimism(dev: &DevEvaluations, metric: Metric, seed: u64) -> f64 {
    if dev.count() < 2 {
        return 0.0;
    }
    let stream = Stream::new(seed, Purpose::Bootstrap, LANE);
    let mut counts = vec![1.0; dev.units];
    let all = mean_losses(dev, &counts);
    let by_loss = metric.chooses_threshold();
    let kept = all.best(by_loss);
    let mut left_out = 0.0;
    for resample in 0..RESAMPLES {
        draw(&[dev.units], &mut counts, stream, resample);
        let chosen = mean_losses(dev, &counts).best(by_loss);
        counts.iter_mut().for_each(|count| *count = if *count == 0.0 { 1.0 } else { 0.0 });
        left_out += mean_loss(dev, chosen, &counts).unwrap_or(all.errors[chosen]);
    }
    dev.scale * (left_out / RESAMPLES as f64 - all.errors[kept])
}

/// The mean loss of one evaluation over some rows, `None` without any.
fn mean_loss(dev: &DevEvaluations, evaluation: usize, counts: &[f64]) -> Option<f64> {
    let weight = total(&dev.weights, counts);
    let errors = &dev.errors[evaluation * dev.units..][..dev.units];
    (weight > 0.0).then(|| total(errors, counts) / weight)
}

fn total(sums: &[f32], counts: &[f64]) -> f64 {
    sums.iter().zip(counts).map(|(&sum, count)| f64::from(sum) * count).sum()
}

/// Mean losses of every evaluation over some rows.
struct MeanLosses {
    errors: Vec<f64>,
    losses: Vec<f64>,
}

fn mean_losses(dev: &DevEvaluations, counts: &[f64]) -> MeanLosses {
    let weight = total(&dev.weights, counts);
    let means = |sums: &[f32]| sums.chunks_exact(dev.units).map(|sums| total(sums, counts) / weight).collect();
    MeanLosses { errors: means(&dev.errors), losses: means(&dev.losses) }
}

impl MeanLosses {
    /// The first of the best evaluations, as training chooses.
    fn best(&self, by_loss: bool) -> usize {
        let (first, second) = if by_loss { (&self.losses, &self.errors) } else { (&self.errors, &self.losses) };
        let order = |a: &usize, b: &usize| {
            let of = |values: &[f64], at: usize| values.get(at).copied().unwrap_or(f64::INFINITY);
            of(first, *a).total_cmp(&of(first, *b)).then(of(second, *a).total_cmp(&of(second, *b)))
        };
        (0..first.len()).min_by(order).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Evaluations that err on each row with the same chance, each on rows of its own.
    fn independent(evaluations: u64, rows: u64, lane: u64) -> DevEvaluations {
        let draws = Stream::new(9, Purpose::Sample, lane);
        let errors: Vec<f32> = (0..evaluations * rows).map(|i| f32::from(u8::from(draws.uniform(i) < 0.2))).collect();
        let weights = vec![1.0; rows as usize];
        DevEvaluations { units: rows as usize, scale: 1.0, losses: errors.clone(), errors, weights }
    }

    #[test]
    fn it_is_what_the_best_of_equal_evaluations_is_too_good_by() {
        // The least of 20 independent normal values lies 1.87 standard errors below their mean.
        let (rows, sets) = (400, 20);
        let standard_error = (0.2_f64 * 0.8 / rows as f64).sqrt();
        let mean =
            (0..sets).map(|set| optimism(&independent(20, rows, set), Metric::Error, set)).sum::<f64>() / sets as f64;
        let share = mean / (1.87 * standard_error);
        assert!((0.8..1.2).contains(&share), "{share}");
    }

    #[test]
    fn one_evaluation_or_equal_ones_flatter_nothing() {
        assert_eq!(optimism(&DevEvaluations::default(), Metric::Error, 0), 0.0);
        let one = independent(1, 300, 1);
        assert_eq!(optimism(&one, Metric::Error, 0), 0.0);
        let twice = DevEvaluations { errors: one.errors.repeat(2), losses: one.losses.repeat(2), ..one };
        assert!(optimism(&twice, Metric::Error, 0).abs() < 0.004, "{}", optimism(&twice, Metric::Error, 0));
    }
}
