//! Philox4x32-10, a counter-based random number generator.
//!
//! Source: Salmon, Moraes, Dror, Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC 2011.

use std::array::from_fn;

const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const KEY_STEPS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;

/// One block of Philox4x32-10: 128 random bits for a 128-bit counter under a 64-bit key.
#[inline]
pub(crate) fn philox(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    philox_blocks(counter.map(|word| [word]), key).map(|[word]| word)
}

/// `N` blocks side by side: word w of block i is `[w][i]`, in counter and result.
///
/// Words are kept in 64-bit lanes, where a 32-bit product needs no shuffling; only their low halves count.
#[inline(always)]
pub(crate) fn philox_blocks<const N: usize>(counter: [[u32; N]; 4], key: [u32; 2]) -> [[u32; N]; 4] {
    let low = |word: u64| word & 0xffff_ffff;
    let widened = |words: [u32; N]| from_fn(|i| u64::from(words[i]));
    let [c0, c1, c2, c3] = counter;
    let (mut c0, mut c1, mut c2, mut c3): ([u64; N], _, _, _) = (widened(c0), widened(c1), widened(c2), widened(c3));
    let [mut k0, mut k1] = key;
    for _ in 0..ROUNDS {
        for i in 0..N {
            let p0 = u64::from(MULTIPLIERS[0]) * low(c0[i]);
            let p1 = u64::from(MULTIPLIERS[1]) * low(c2[i]);
            (c0[i], c1[i]) = (p1 >> 32 ^ c1[i] ^ u64::from(k0), p1);
            (c2[i], c3[i]) = (p0 >> 32 ^ c3[i] ^ u64::from(k1), p0);
        }
        k0 = k0.wrapping_add(KEY_STEPS[0]);
        k1 = k1.wrapping_add(KEY_STEPS[1]);
    }
    [from_fn(|i| c0[i] as u32), from_fn(|i| c1[i] as u32), from_fn(|i| c2[i] as u32), from_fn(|i| c3[i] as u32)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn philox_gives_its_published_vectors() {
        // Random123's kat_vectors for philox4x32-10.
        let all = u32::MAX;
        assert_eq!(philox([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(philox([all; 4], [all; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        assert_eq!(
            philox([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }
}
