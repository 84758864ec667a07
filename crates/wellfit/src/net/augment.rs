//! Augmentation of the gathered rows of a block.

use std::ops::Range;

use wellfit_kernels::random::{Purpose, Stream};
use wellfit_kernels::scalar::Scalar;

use crate::data::{Augment, ColumnPlaces, Examples, FeatureKind, Features};

use super::block::{Block, add_target};

// Where the numbers of a row begin in its part of the stream: one for its partner, pairs for its share of a mixture, then
// words for inputs.
const PARTNER: u64 = 0;
const SHARES: u64 = 1;
const TRIES: u64 = 32;
const SWAPS: u64 = SHARES + 2 * TRIES;
const NOISE: u64 = SWAPS + (1 << 22);
/// The parts of the stream of two rows are so far apart.
const ROW: u64 = 1 << 24;

/// What augmentation knows of the inputs: which belong to one column, and which are numbers.
#[derive(Clone, Debug)]
pub(super) struct InputPlaces {
    /// Columns are swapped as a whole: half a one-hot group, or a number without its indicator, is no row's.
    columns: Vec<ColumnPlaces>,
    /// Noise goes to numbers alone: there is nothing beside an indicator or a category.
    numbers: Vec<Range<usize>>,
}

impl InputPlaces {
    pub fn of(features: &Features) -> InputPlaces {
        let numbers = features.iter().filter(|feature| feature.kind == FeatureKind::Number);
        InputPlaces { columns: features.columns(), numbers: numbers.map(|feature| feature.range.clone()).collect() }
    }
}

impl<T: Scalar> Block<T> {
    /// [`super::Network::augment`].
    pub(super) fn augment(
        &mut self,
        examples: &Examples,
        places: &InputPlaces,
        augment: Augment,
        smoothing: f64,
        (seed, step): (u64, u64),
    ) {
        if augment.is_none() {
            return;
        }
        let capacity = self.weight.len();
        let (width, codes, outputs) =
            (self.numbers.len() / capacity, self.codes.len() / capacity, self.target.len() / capacity);
        let stream = Stream::new(seed, Purpose::Augment, step);
        let (others, other_codes) = (&mut self.partner.0[..], &mut self.partner.1[..]);
        for i in 0..self.rows {
            let first = (self.first_row + i) as u64 * ROW;
            let numbers = &mut self.numbers[i * width..][..width];
            let codes = &mut self.codes[i * codes..][..codes];
            let partner = stream.below(first + PARTNER, examples.rows() as u64) as usize;
            if augment.swap > 0.0 || augment.mixup > 0.0 {
                examples.source.read(partner, others, other_codes);
            }
            if augment.swap > 0.0 {
                let below = (augment.swap * 2f64.powi(32)) as u64;
                for (column, word) in places.columns.iter().zip(words(&stream, first + SWAPS)) {
                    if u64::from(word) < below {
                        let (in_numbers, in_codes) = (column.numbers.clone(), column.codes.clone());
                        numbers[in_numbers.clone()].copy_from_slice(&others[in_numbers]);
                        codes[in_codes.clone()].copy_from_slice(&other_codes[in_codes]);
                    }
                }
            }
            if augment.mixup > 0.0 {
                // The larger share is the row's own: partners are as likely the other way round.
                let share = beta(augment.mixup, |draw| stream.uniform(first + SHARES + draw));
                let share = share.max(1.0 - share);
                let (own, other) = (T::from_f64(share), T::from_f64(1.0 - share));
                for (value, &theirs) in numbers.iter_mut().zip(&*others) {
                    *value = own * *value + other * theirs;
                }
                // There is nothing between two categories: each is the row's own as often as its share says.
                for (at, (code, &theirs)) in codes.iter_mut().zip(&*other_codes).enumerate() {
                    if stream.uniform(first + NOISE - 1 - at as u64) >= share {
                        *code = theirs;
                    }
                }
                let weight = examples.weights.get(partner).map_or(T::ONE, |&weight| T::from_f64(f64::from(weight)));
                self.weight[i] = own * self.weight[i] + other * weight;
                let target = &mut self.target[i * outputs..][..outputs];
                target.iter_mut().for_each(|value| *value = own * *value);
                add_target(&examples.targets, partner, smoothing, 1.0 - share, target);
            }
            if augment.noise > 0.0 {
                let places = places.numbers.iter().cloned().flatten();
                for (place, word) in places.zip(words(&stream, first + NOISE)) {
                    numbers[place] += T::from_f64(augment.noise * nearly_normal(word));
                }
            }
        }
    }
}

/// Random words without end.
fn words(stream: &Stream, first: u64) -> impl Iterator<Item = u32> {
    (first..).flat_map(move |index| stream.block(index))
}

/// The sum of four uniform bytes, with mean 0 and deviation 1: normal but for its tails, which end at 3.5.
fn nearly_normal(word: u32) -> f64 {
    let sum: u32 = word.to_le_bytes().into_iter().map(u32::from).sum();
    // A byte has the mean 127.5 and the variance (256² − 1)/12.
    (f64::from(sum) - 4.0 * 127.5) / (4.0 * 65_535.0 / 12.0f64).sqrt()
}

/// A number from Beta(α, α), 0 < α ≤ 1, from uniform numbers (Jöhnk 1964).
fn beta(alpha: f64, uniform: impl Fn(u64) -> f64) -> f64 {
    for draw in 0..TRIES {
        let (x, y) = (uniform(2 * draw).powf(1.0 / alpha), uniform(2 * draw + 1).powf(1.0 / alpha));
        if x + y > 0.0 && x + y <= 1.0 {
            return x / (x + y);
        }
    }
    // Not once in a billion rows; for the smallest α, where both powers may vanish, the row stays as it is.
    1.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{RowSource, Targets};
    use crate::net::{Activation, DenseStack, Loss, Network};
    use wellfit_kernels::precision::Precision;

    const ROWS: usize = 400;

    /// Row r has the numbers r and −r, the code r and the class r mod 3.
    fn examples() -> Examples {
        let numbers = (0..ROWS).flat_map(|r| [r as f32, -(r as f32)]).collect();
        let source = RowSource::of_matrix(ROWS, numbers, (0..ROWS as u32).collect());
        Examples::new(source, Targets::Classes((0..ROWS as u32).map(|r| r % 3).collect()))
    }

    fn gathered_with(features: Features, augment: Augment, rows: &[u32], first_row: usize) -> Block<f64> {
        let (activation, loss) = (Activation::Relu, Loss::Softmax);
        let stack = DenseStack { inputs: features, hidden: vec![], activation, keep_prob: vec![], outputs: 3, loss };
        let network: Network<f64> = Network::new(&stack.network().expect("a stack")).expect("a network");
        let mut block = network.block(ROWS, Precision::F32);
        block.gather(&examples(), rows, first_row, 0.0);
        network.augment(&mut block, &examples(), augment, 0.0, (7, 3));
        block
    }

    fn gathered(augment: Augment, rows: &[u32], first_row: usize) -> Block<f64> {
        gathered_with(Features::of_numbers(2).and_category(ROWS), augment, rows, first_row)
    }

    fn all() -> Vec<u32> {
        (0..ROWS as u32).collect()
    }

    #[test]
    fn without_a_change_rows_are_what_they_were() {
        let block = gathered(Augment::default(), &all(), 0);
        assert_eq!(block.numbers[..4], [0.0, -0.0, 1.0, -1.0]);
    }

    #[test]
    fn noise_has_the_deviation_asked_for_and_leaves_the_rest() {
        let block = gathered(Augment { noise: 0.5, ..Augment::default() }, &all(), 0);
        let plain = gathered(Augment::default(), &all(), 0);
        let noise: Vec<f64> = block.numbers.iter().zip(&plain.numbers).map(|(with, without)| with - without).collect();
        let mean = noise.iter().sum::<f64>() / noise.len() as f64;
        let deviation = (noise.iter().map(|x| x * x).sum::<f64>() / noise.len() as f64).sqrt();
        // 800 numbers: four standard errors
        assert!(mean.abs() < 4.0 * 0.5 / 800f64.sqrt(), "{mean}");
        assert!((deviation - 0.5).abs() < 4.0 * 0.5 / 1600f64.sqrt(), "{deviation}");
        assert_eq!((&block.codes, &block.target, &block.weight), (&plain.codes, &plain.target, &plain.weight));
    }

    #[test]
    fn swaps_bring_in_other_rows_as_often_as_asked() {
        let block = gathered(Augment { swap: 0.25, ..Augment::default() }, &all(), 0);
        let changed = (0..ROWS).map(|r| {
            usize::from(block.numbers[2 * r] != r as f64)
                + usize::from(block.numbers[2 * r + 1] != -(r as f64))
                + usize::from(block.codes[r] != r as u32)
        });
        let share = changed.sum::<usize>() as f64 / (3 * ROWS) as f64;
        assert!((share - 0.25).abs() < 4.0 * (0.25 * 0.75 / 1200f64).sqrt(), "{share}");
        assert!(block.numbers.iter().all(|value| value.fract() == 0.0), "values of rows, not between them");
        assert_eq!(block.target, gathered(Augment::default(), &all(), 0).target);
    }

    #[test]
    fn a_column_is_swapped_as_a_whole_and_noise_goes_to_numbers_alone() {
        let mut features = Features::new();
        features.add("age", FeatureKind::Number, 1);
        features.add("age", FeatureKind::Indicator, 1);
        features.add("city", FeatureKind::Category { count: ROWS }, 1);
        let swapped = gathered_with(features.clone(), Augment { swap: 0.5, ..Augment::default() }, &all(), 0);
        assert!((0..ROWS).all(|r| swapped.numbers[2 * r] == -swapped.numbers[2 * r + 1]), "number and indicator");
        assert!((0..ROWS).any(|r| swapped.numbers[2 * r] != r as f64));
        let noisy = gathered_with(features, Augment { noise: 0.5, ..Augment::default() }, &all(), 0);
        assert!((0..ROWS).all(|r| noisy.numbers[2 * r + 1] == -(r as f64)), "an indicator stays");
        assert!((0..ROWS).all(|r| noisy.numbers[2 * r] != r as f64), "a number does not");
    }

    #[test]
    fn mixtures_share_inputs_and_target_alike() {
        let block = gathered(Augment { mixup: 0.4, ..Augment::default() }, &all(), 0);
        let mut mixed = 0;
        for r in 0..ROWS {
            let (value, target) = (block.numbers[2 * r], &block.target[3 * r..][..3]);
            assert!((target.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{target:?}");
            assert_eq!(block.numbers[2 * r + 1], -value);
            let share = target[r % 3];
            assert!(share >= 0.5, "the row's own share is the larger: {share}");
            if let Some(other) = (0..3).find(|&class| class != r % 3 && target[class] > 0.0) {
                mixed += 1;
                // value = share·r + (1 − share)·partner, and the partner is a row of the other class
                let partner = (value - share * r as f64) / (1.0 - share);
                if share < 0.999 {
                    assert!((partner - partner.round()).abs() < 1e-6, "{partner}");
                    assert_eq!(partner.round() as usize % 3, other);
                }
            }
        }
        assert!(mixed > ROWS / 2, "two thirds of the partners are of another class: {mixed}");
    }

    #[test]
    fn what_is_drawn_depends_on_the_place_in_the_batch_alone() {
        let augment = Augment { noise: 0.1, swap: 0.2, mixup: 0.3 };
        let (whole, rest) = (gathered(augment, &all(), 0), gathered(augment, &all()[150..], 150));
        let count = ROWS - 150;
        assert_eq!(whole.numbers[300..], rest.numbers[..2 * count]);
        assert_eq!(whole.codes[150..], rest.codes[..count]);
        assert_eq!(whole.target[450..], rest.target[..3 * count]);
    }

    #[test]
    fn shares_of_a_mixture_have_their_moments() {
        let stream = Stream::new(0, Purpose::Augment, 0);
        for alpha in [0.2, 0.5, 1.0] {
            let shares: Vec<f64> = (0..4000).map(|i| beta(alpha, |draw| stream.uniform(i * ROW + draw))).collect();
            let mean = shares.iter().sum::<f64>() / 4000.0;
            let variance = shares.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 4000.0;
            // Beta(α, α): mean ½, variance 1/(4(2α + 1))
            assert!((mean - 0.5).abs() < 0.03, "{alpha}: {mean}");
            assert!((variance - 0.25 / (2.0 * alpha + 1.0)).abs() < 0.01, "{alpha}: {variance}");
        }
    }
}
