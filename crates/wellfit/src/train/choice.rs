//! How much too good dev looks at the epoch that was best on dev.

use wellfit_kernels::random::{Purpose, Stream};

use super::history::Record;

/// Two halves of so many lots (dev rows, or groups of them), by chance: whether each is in the first.
pub fn in_first_half(lots: usize) -> Vec<bool> {
    let order = Stream::new(0, Purpose::Split, 1 << 32).permutation(lots);
    let mut first = vec![false; lots];
    for &lot in order.iter().take(lots.div_ceil(2)) {
        if let Some(place) = first.get_mut(lot as usize) {
            *place = true;
        }
    }
    first
}

/// The mean loss of each half of dev; `None` where a half has no rows.
///
/// Panics if there is not one side for each row (a bug in the caller).
pub(super) fn of_halves(in_first: &[bool], losses: &[f64], weights: &[f32]) -> Option<[f64; 2]> {
    assert_eq!(in_first.len(), losses.len(), "each dev row is in a half");
    let mut sums = [(0.0, 0.0); 2];
    for (row, (&first, &loss)) in in_first.iter().zip(losses).enumerate() {
        let weight = weights.get(row).map_or(1.0, |&weight| f64::from(weight));
        let (sum, weights) = &mut sums[usize::from(!first)];
        *sum += weight * loss;
        *weights += weight;
    }
    sums.iter().all(|(_, weights)| *weights > 0.0).then(|| sums.map(|(sum, weights)| sum / weights))
}

/// Mean loss over dev where each half is judged at the epoch that was best on the other half, and where both are judged at the
/// epoch that was best on both: the first is fair, and what it is above the second is what choosing the epoch on the same
/// rows took off. `None` without looks at dev.
///
/// Source: cross-fitting, as in Varma and Simon 2006, *Bias in error estimation when using cross-validation for model
/// selection*, with two halves of dev in the place of folds.
pub fn fair_and_chosen(history: &[Record]) -> Option<(f64, f64)> {
    let looks: Vec<[f64; 2]> = history.iter().filter_map(|record| record.dev_halves).collect();
    let best_by = |value: &dyn Fn(&[f64; 2]) -> f64| looks.iter().min_by(|a, b| value(a).total_cmp(&value(b))).copied();
    let (by_first, by_second) = (best_by(&|[first, _]| *first)?, best_by(&|[_, second]| *second)?);
    let [first, second] = best_by(&|[first, second]| first + second)?;
    Some(((by_first[1] + by_second[0]) / 2.0, (first + second) / 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(halves: &[[f64; 2]]) -> Vec<Record> {
        halves.iter().map(|&halves| Record { dev_halves: Some(halves), ..Record::default() }).collect()
    }

    #[test]
    fn halves_share_the_rows_and_their_losses() {
        let first = in_first_half(7);
        assert_eq!(first.iter().filter(|first| **first).count(), 4);
        let found = of_halves(&[true, false, true], &[1.0, 0.5, 0.0], &[]).unwrap();
        assert_eq!(found, [0.5, 0.5]);
        let weighted = of_halves(&[true, false, true], &[1.0, 0.5, 0.0], &[3.0, 1.0, 1.0]).unwrap();
        assert_eq!(weighted, [0.75, 0.5]);
        assert_eq!(of_halves(&[true], &[1.0], &[]), None);
    }

    #[test]
    fn the_fair_loss_is_never_below_that_of_the_epoch_chosen() {
        // The halves agree: nothing was gained by choosing.
        assert_eq!(fair_and_chosen(&history(&[[0.3, 0.3], [0.2, 0.2]])), Some((0.2, 0.2)));
        // They disagree: each one's best epoch is judged by the other.
        assert_eq!(fair_and_chosen(&history(&[[0.1, 0.4], [0.4, 0.2], [0.2, 0.25]])), Some((0.4, 0.225)));
        assert_eq!(fair_and_chosen(&[]), None);
        let stream = Stream::new(9, Purpose::Sample, 0);
        for run in 0..200 {
            let halves: Vec<_> = (0..10).map(|i| [0, 1].map(|half| stream.uniform(run * 20 + 2 * i + half))).collect();
            let (fair, chosen) = fair_and_chosen(&history(&halves)).unwrap();
            assert!(fair >= chosen, "{fair} {chosen}");
        }
    }
}
