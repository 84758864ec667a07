//! Random numbers as a function of coordinates: a counter-based generator (Philox4x32-10), no state to carry.
//!
//! Source: Salmon et al., *Parallel random numbers: as easy as 1, 2, 3*, SC 2011.

/// What a stream of random numbers is for; keeps streams apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Splitting rows into train, dev and test.
    Split,
    /// The order of rows in an epoch.
    Shuffle,
    /// Starting weights.
    Init,
    /// Dropout masks.
    Dropout,
    /// Coordinates and directions of the gradient check.
    Check,
    /// Resampling rows.
    Bootstrap,
    /// Demonstration data.
    Demo,
    /// Choosing a few rows out of many.
    Sample,
}

/// Stream of numbers at coordinates: same (seed, purpose, lane, index) gives the same number, in any order.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    key: [u32; 2],
    lane: u64,
}

impl Stream {
    /// The stream of `purpose` and `lane` (an epoch, a step, a layer: whatever separates streams) under `seed`.
    pub fn new(seed: u64, purpose: Purpose, lane: u64) -> Stream {
        let mixed = seed.wrapping_add((purpose as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        Stream {
            key: [mixed as u32, (mixed >> 32) as u32],
            lane,
        }
    }

    /// 64 random bits.
    pub fn bits(&self, index: u64) -> u64 {
        let counter = [
            index as u32,
            (index >> 32) as u32,
            self.lane as u32,
            (self.lane >> 32) as u32,
        ];
        let out = philox(counter, self.key);
        u64::from(out[0]) | (u64::from(out[1]) << 32)
    }

    /// A number in [0, 1).
    pub fn uniform(&self, index: u64) -> f64 {
        (self.bits(index) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A standard normal number (Box-Muller).
    pub fn normal(&self, index: u64) -> f64 {
        let bits = self.bits(index);
        let radius = ((bits as u32) as f64 + 1.0) / 4_294_967_296.0;
        let angle = ((bits >> 32) as f64) / 4_294_967_296.0;
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }

    /// A whole number in [0, bound); `bound` is above 0.
    pub fn below(&self, index: u64, bound: u64) -> u64 {
        ((u128::from(self.bits(index)) * u128::from(bound)) >> 64) as u64
    }

    /// A random order of 0..len (Fisher-Yates).
    pub fn permutation(&self, len: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..len as u32).collect();
        for last in (1..len).rev() {
            order.swap(last, self.below(last as u64, last as u64 + 1) as usize);
        }
        order
    }
}

fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..10 {
        let first = u64::from(counter[0]) * 0xD251_1F53;
        let second = u64::from(counter[2]) * 0xCD9E_8D57;
        counter = [
            (second >> 32) as u32 ^ counter[1] ^ key[0],
            second as u32,
            (first >> 32) as u32 ^ counter[3] ^ key[1],
            first as u32,
        ];
        key = [
            key[0].wrapping_add(0x9E37_79B9),
            key[1].wrapping_add(0xBB67_AE85),
        ];
    }
    counter
}
