//! Augmentation of the gathered rows of a block.

use wellfit_kernels::random::{Purpose, Stream};
use wellfit_kernels::scalar::Scalar;

use crate::data::{Augment, Examples};

use super::space::{Block, add_target};

// Where the numbers of a row begin in its part of the stream: one for its partner, pairs for its share of a mixture, then
// words for inputs.
const PARTNER: u64 = 0;
const SHARES: u64 = 1;
const TRIES: u64 = 32;
const SWAPS: u64 = SHARES + 2 * TRIES;
const NOISE: u64 = SWAPS + (1 << 22);
/// The parts of the stream of two rows are so far apart.
const ROW: u64 = 1 << 24;

impl<T: Scalar> Block<T> {
    /// Changes the rows gathered of `examples`, all of them rows of train: swaps, then mixture, then noise. What is drawn
    /// depends on seed, step and place in the batch alone.
    pub fn augment(&mut self, examples: &Examples, augment: Augment, smoothing: f64, (seed, step): (u64, u64)) {
        if augment.is_none() {
            return;
        }
        let capacity = self.weight.len();
        let (width, codes, outputs) =
            (self.numeric.len() / capacity, self.codes.len() / capacity, self.target.len() / capacity);
        let stream = Stream::new(seed, Purpose::Augment, step);
        for i in 0..self.rows {
            let first = (self.first_row + i) as u64 * ROW;
            let numeric = &mut self.numeric[i * width..][..width];
            let codes = &mut self.codes[i * codes..][..codes];
            let partner = stream.below(first + PARTNER, examples.rows as u64) as usize;
            let others = &examples.numeric[partner * width..][..width];
            let other_codes = &examples.codes[partner * codes.len()..][..codes.len()];
            if augment.swap > 0.0 {
                let below = (augment.swap * 2f64.powi(32)) as u64;
                let mut words = words(&stream, first + SWAPS);
                let mut swapped = || words.next().is_some_and(|word| u64::from(word) < below);
                for (value, &other) in numeric.iter_mut().zip(others) {
                    if swapped() {
                        *value = T::from_f64(f64::from(other));
                    }
                }
                for (code, &other) in codes.iter_mut().zip(other_codes) {
                    if swapped() {
                        *code = other;
                    }
                }
            }
            if augment.mixup > 0.0 {
                // The larger share is the row's own: partners are as likely the other way round.
                let share = beta(augment.mixup, |draw| stream.uniform(first + SHARES + draw));
                let share = share.max(1.0 - share);
                let (own, other) = (T::from_f64(share), T::from_f64(1.0 - share));
                for (value, &theirs) in numeric.iter_mut().zip(others) {
                    *value = own * *value + other * T::from_f64(f64::from(theirs));
                }
                // There is nothing between two categories: each is the row's own as often as its share says.
                for (at, (code, &theirs)) in codes.iter_mut().zip(other_codes).enumerate() {
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
                for (value, word) in numeric.iter_mut().zip(words(&stream, first + NOISE)) {
                    *value += T::from_f64(augment.noise * nearly_normal(word));
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
    use crate::data::{EmbeddingShape, InputShape, Targets};
    use crate::net::{Activation, Loss, Network, NetworkSpec};
    use wellfit_kernels::precision::Precision;

    const ROWS: usize = 400;

    /// Row r has the numbers r and −r, the code r and the class r mod 3.
    fn examples() -> Examples {
        Examples {
            rows: ROWS,
            numeric: (0..ROWS).flat_map(|r| [r as f32, -(r as f32)]).collect(),
            codes: (0..ROWS as u32).collect(),
            targets: Targets::Classes((0..ROWS as u32).map(|r| r % 3).collect()),
            weights: Vec::new(),
        }
    }

    fn gathered(augment: Augment, rows: &[u32], first_row: usize) -> Block<f64> {
        let embeddings = vec![EmbeddingShape { categories: ROWS, width: 2 }];
        let spec = NetworkSpec {
            input: InputShape { numeric: 2, embeddings },
            hidden: vec![],
            activation: Activation::Relu,
            keep_prob: vec![],
            outputs: 3,
            loss: Loss::Softmax,
        };
        let network: Network<f64> = Network::new(&spec).expect("a network");
        let mut block = Block::new(&network, ROWS, Precision::F32);
        block.gather(&examples(), rows, first_row, 0.0);
        block.augment(&examples(), augment, 0.0, (7, 3));
        block
    }

    fn all() -> Vec<u32> {
        (0..ROWS as u32).collect()
    }

    #[test]
    fn without_a_change_rows_are_what_they_were() {
        let block = gathered(Augment::default(), &all(), 0);
        assert_eq!(block.numeric[..4], [0.0, -0.0, 1.0, -1.0]);
    }

    #[test]
    fn noise_has_the_deviation_asked_for_and_leaves_the_rest() {
        let block = gathered(Augment { noise: 0.5, ..Augment::default() }, &all(), 0);
        let plain = gathered(Augment::default(), &all(), 0);
        let noise: Vec<f64> = block.numeric.iter().zip(&plain.numeric).map(|(with, without)| with - without).collect();
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
            usize::from(block.numeric[2 * r] != r as f64)
                + usize::from(block.numeric[2 * r + 1] != -(r as f64))
                + usize::from(block.codes[r] != r as u32)
        });
        let share = changed.sum::<usize>() as f64 / (3 * ROWS) as f64;
        assert!((share - 0.25).abs() < 4.0 * (0.25 * 0.75 / 1200f64).sqrt(), "{share}");
        assert!(block.numeric.iter().all(|value| value.fract() == 0.0), "values of rows, not between them");
        assert_eq!(block.target, gathered(Augment::default(), &all(), 0).target);
    }

    #[test]
    fn mixtures_share_inputs_and_target_alike() {
        let block = gathered(Augment { mixup: 0.4, ..Augment::default() }, &all(), 0);
        let mut mixed = 0;
        for r in 0..ROWS {
            let (value, target) = (block.numeric[2 * r], &block.target[3 * r..][..3]);
            assert!((target.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{target:?}");
            assert_eq!(block.numeric[2 * r + 1], -value);
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
        assert_eq!(whole.numeric[300..], rest.numeric[..2 * count]);
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
