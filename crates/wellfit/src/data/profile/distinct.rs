//! How many different values there are, in bounded memory.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

/// Different values of a column, exact up to `CAPACITY`, then estimated within about 2%.
///
/// Keeps the hashes whose low `depth` bits are zero and doubles the sieve whenever too many stay
/// (Wegman's adaptive sampling; Flajolet 1990).
#[derive(Clone, Debug, Default)]
pub(crate) struct Distinct {
    kept: HashSet<u64, BuildHasherDefault<AsItIs>>,
    depth: u32,
}

/// Hashes keys that are hashes already by passing them on.
#[derive(Clone, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.0 = self.0.rotate_left(8) ^ u64::from(byte));
    }

    fn write_u64(&mut self, hash: u64) {
        // The sieve zeroes the low bits, the table wants them to differ.
        self.0 = hash.rotate_right(32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Distinct {
    /// Hashes kept, at most.
    pub const CAPACITY: usize = 8192;

    /// Takes note of a value, by its hash.
    pub fn insert(&mut self, hash: u64) {
        if hash & ((1 << self.depth) - 1) != 0 || !self.kept.insert(hash) {
            return;
        }
        while self.kept.len() > Self::CAPACITY {
            self.depth += 1;
            let mask = (1u64 << self.depth) - 1;
            self.kept.retain(|hash| hash & mask == 0);
        }
    }

    /// Number of different values, estimated beyond [`Distinct::CAPACITY`].
    pub fn count(&self) -> u64 {
        (self.kept.len() as u64) << self.depth
    }
}

/// A bijection that spreads the bits of a number (the finaliser of SplitMix64, Steele et al. 2014).
pub(super) fn mixed(bits: u64) -> u64 {
    let mut z = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinct_values_are_counted_exactly_while_few_and_closely_when_many() {
        let mut distinct = Distinct::default();
        for number in 0..8000u64 {
            distinct.insert(mixed(number));
            distinct.insert(mixed(number));
        }
        assert_eq!(distinct.count(), 8000);
        for number in 0..1_000_000u64 {
            distinct.insert(mixed(number));
        }
        // 5 standard errors of 1.2 / sqrt(4096), the fewest hashes kept.
        assert!((distinct.count() as f64 / 1e6 - 1.0).abs() < 0.094, "{}", distinct.count());
    }
}
