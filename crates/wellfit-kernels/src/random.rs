//! Random numbers as a function of their coordinates: no state, no order, the same for any number of threads.

use std::array::from_fn;

use crate::philox::{philox, philox_blocks};

/// What a stream of random numbers is for; streams of different purposes are independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Purpose {
    /// Splitting rows into train, dev and test.
    Split = 1,
    /// The order of rows in an epoch.
    Shuffle,
    /// Initial weights.
    Init,
    /// Dropout masks.
    Dropout,
    /// Coordinates and directions of the gradient check.
    Check,
    /// Bootstrap resampling.
    Bootstrap,
    /// Generated data sets.
    Demo,
    /// Fixed samples of rows.
    Sample,
    /// Augmentation of rows in training.
    Augment,
}

/// Random numbers at coordinates: the same (seed, purpose, lane, index) gives the same number, in any order.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    key: [u32; 2],
    high: [u32; 2],
}

impl Stream {
    /// The stream of a purpose. `lane`, below 2^56, makes independent streams for an epoch, a layer, a column.
    pub fn new(seed: u64, purpose: Purpose, lane: u64) -> Stream {
        debug_assert!(lane < 1 << 56);
        Stream {
            key: [seed as u32, (seed >> 32) as u32],
            high: [lane as u32, (lane >> 32) as u32 | (purpose as u32) << 24],
        }
    }

    /// 128 random bits.
    #[inline]
    pub fn block(&self, index: u64) -> [u32; 4] {
        philox([index as u32, (index >> 32) as u32, self.high[0], self.high[1]], self.key)
    }

    /// The blocks of `N` consecutive indices, side by side: word w of block i is `[w][i]`. It is inlined, and so compiled for
    /// the instruction path of its caller.
    #[inline(always)]
    pub(crate) fn blocks<const N: usize>(&self, first: u64) -> [[u32; N]; 4] {
        let index = |i: usize| first + i as u64;
        let counter =
            [from_fn(|i| index(i) as u32), from_fn(|i| (index(i) >> 32) as u32), [self.high[0]; N], [self.high[1]; N]];
        philox_blocks(counter, self.key)
    }

    /// 64 random bits.
    pub fn bits(&self, index: u64) -> u64 {
        let [a, b, ..] = self.block(index);
        u64::from(a) | u64::from(b) << 32
    }

    /// A uniform number in [0, 1), with 53 random bits.
    pub fn uniform(&self, index: u64) -> f64 {
        unit(self.bits(index))
    }

    /// A number drawn from N(0, 1) (Box and Muller 1958).
    pub fn normal(&self, index: u64) -> f64 {
        let [a, b, c, d] = self.block(index);
        let radius = unit(u64::from(a) | u64::from(b) << 32);
        let angle = unit(u64::from(c) | u64::from(d) << 32);
        // 1 - radius lies in (0, 1], so the logarithm is finite.
        (-2.0 * (1.0 - radius).ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }

    /// A uniform whole number in [0, bound). Panics if `bound` is 0 (a bug in the caller).
    pub fn below(&self, index: u64, bound: u64) -> u64 {
        assert!(bound > 0, "below needs a bound above 0");
        // The high part of the product; its bias is below bound / 2^64 (Lemire 2019).
        ((u128::from(self.bits(index)) * u128::from(bound)) >> 64) as u64
    }

    /// The numbers 0..len in random order (Fisher and Yates). Panics if `len` does not fit a u32.
    pub fn permutation(&self, len: usize) -> Vec<u32> {
        assert!(u32::try_from(len).is_ok(), "a permutation holds at most 2^32 - 1 numbers");
        let mut order: Vec<u32> = (0..len as u32).collect();
        self.shuffle(&mut order);
        order
    }

    /// Shuffles `items` (Fisher and Yates).
    pub fn shuffle<T>(&self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let chosen = self.below(last as u64, last as u64 + 1) as usize;
            items.swap(last, chosen);
        }
    }
}

fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_side_by_side_are_the_blocks_one_by_one() {
        let stream = Stream::new(4, Purpose::Init, 9);
        let first = u64::from(u32::MAX) - 3; // the low word carries
        let together = stream.blocks::<16>(first);
        for i in 0..16 {
            assert_eq!(together.map(|words| words[i]), stream.block(first + i as u64));
        }
    }

    #[test]
    fn purposes_lanes_and_seeds_share_no_number() {
        let number = |seed, purpose, lane| Stream::new(seed, purpose, lane).bits(7);
        let base = number(1, Purpose::Init, 2);
        assert_ne!(base, number(2, Purpose::Init, 2));
        assert_ne!(base, number(1, Purpose::Shuffle, 2));
        assert_ne!(base, number(1, Purpose::Init, 3));
        assert_eq!(base, number(1, Purpose::Init, 2));
    }

    #[test]
    fn normal_has_mean_0_and_deviation_1() {
        let stream = Stream::new(0, Purpose::Init, 0);
        let n = 100_000;
        let (mut sum, mut squares) = (0.0, 0.0);
        for i in 0..n {
            let x = stream.normal(i);
            sum += x;
            squares += x * x;
        }
        // 4 standard errors: 4/sqrt(n) for the mean, 4*sqrt(2/n) for the variance.
        assert!((sum / n as f64).abs() < 0.0127);
        assert!((squares / n as f64 - 1.0).abs() < 0.0179);
    }

    #[test]
    fn a_permutation_holds_every_number_once_and_moves_with_the_lane() {
        let order = Stream::new(3, Purpose::Shuffle, 0).permutation(1000);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert!(sorted.iter().copied().eq(0..1000));
        assert_ne!(order, Stream::new(3, Purpose::Shuffle, 1).permutation(1000));
    }
}
