//! How much too good dev looks at the epoch that was best on dev.

use wellfit_kernels::random::{Purpose, Stream};

use super::history::Record;

/// Parts of dev, each of which is judged at the epoch that was best on the others.
pub const PARTS: usize = 10;

/// So many lots (dev rows, or groups of them) dealt into parts by chance: the part of each.
pub fn dealt(lots: usize, parts: usize) -> Vec<usize> {
    let order = Stream::new(0, Purpose::Split, 1 << 32).permutation(lots);
    let mut part_of = vec![0; lots];
    for (place, &lot) in order.iter().enumerate() {
        if let Some(part) = part_of.get_mut(lot as usize) {
            *part = place % parts.max(1);
        }
    }
    part_of
}

/// The mean loss of each part of dev; `None` where a part has no rows.
///
/// Panics if there is not one part for each row (a bug in the caller).
pub(super) fn of_parts(part_of: &[usize], losses: &[f64], weights: &[f32]) -> Option<[f64; PARTS]> {
    assert_eq!(part_of.len(), losses.len(), "each dev row is in a part");
    let mut sums = [(0.0, 0.0); PARTS];
    for (row, (&part, &loss)) in part_of.iter().zip(losses).enumerate() {
        let weight = weights.get(row).map_or(1.0, |&weight| f64::from(weight));
        let (sum, weights) = &mut sums[part];
        *sum += weight * loss;
        *weights += weight;
    }
    sums.iter().all(|(_, weights)| *weights > 0.0).then(|| sums.map(|(sum, weights)| sum / weights))
}

/// Mean loss over dev where each part is judged at the epoch that was best on the others, and where all are judged at the epoch
/// that was best on all: the first is fair, and what it is above the second is what choosing the epoch on the same rows took
/// off. `None` without looks at dev.
///
/// Source: cross-fitting, as in Varma and Simon 2006, *Bias in error estimation when using cross-validation for model
/// selection*, with parts of dev in the place of folds.
pub fn fair_and_chosen(history: &[Record]) -> Option<(f64, f64)> {
    let looks: Vec<[f64; PARTS]> = history.iter().filter_map(|record| record.dev_parts).collect();
    let sum = |parts: &[f64; PARTS]| parts.iter().sum::<f64>();
    let best_by = |value: &dyn Fn(&[f64; PARTS]) -> f64| looks.iter().min_by(|a, b| value(a).total_cmp(&value(b)));
    let chosen = sum(best_by(&sum)?);
    let mut fair = 0.0;
    for part in 0..PARTS {
        fair += best_by(&|parts| sum(parts) - parts[part])?[part];
    }
    Some((fair / PARTS as f64, chosen / PARTS as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(looks: &[[f64; PARTS]]) -> Vec<Record> {
        looks.iter().map(|&parts| Record { dev_parts: Some(parts), ..Record::default() }).collect()
    }

    #[test]
    fn parts_share_the_rows_and_their_losses() {
        let parts = dealt(23, PARTS);
        let sizes: Vec<usize> = (0..PARTS).map(|part| parts.iter().filter(|p| **p == part).count()).collect();
        assert!(sizes.iter().all(|size| *size == 2 || *size == 3), "{sizes:?}");
        let losses: Vec<f64> = parts.iter().map(|&part| part as f64).collect();
        assert_eq!(of_parts(&parts, &losses, &[]), Some(std::array::from_fn(|part| part as f64)));
        assert_eq!(of_parts(&dealt(9, PARTS), &[0.0; 9], &[]), None);
    }

    #[test]
    fn where_parts_agree_nothing_was_gained_by_choosing() {
        assert_eq!(fair_and_chosen(&history(&[[0.5; PARTS], [0.25; PARTS]])), Some((0.25, 0.25)));
        assert_eq!(fair_and_chosen(&[]), None);
    }

    #[test]
    fn of_epochs_that_are_all_alike_the_fair_loss_is_the_true_one() {
        // Every epoch errs half the time; the best of 30 by 20 rows looks better, and is not.
        let (mut fair, mut chosen) = (0.0, 0.0);
        for run in 0..400 {
            let stream = Stream::new(run, Purpose::Sample, 0);
            let part = |at: u64| {
                f64::from(u8::from(stream.uniform(2 * at) < 0.5) + u8::from(stream.uniform(2 * at + 1) < 0.5)) / 2.0
            };
            let looks: Vec<[f64; PARTS]> =
                (0..30).map(|epoch| std::array::from_fn(|i| part(epoch * PARTS as u64 + i as u64))).collect();
            let found = fair_and_chosen(&history(&looks)).unwrap();
            (fair, chosen) = (fair + found.0 / 400.0, chosen + found.1 / 400.0);
        }
        // Means of 400 runs, each of deviation .11 at the most.
        assert!((fair - 0.5).abs() < 0.025 && chosen < 0.35, "{fair} {chosen}");
    }
}
