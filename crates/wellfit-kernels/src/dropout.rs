//! Dropout masks: which units a row keeps in a step.

use crate::isa::Isa;
use crate::random::Stream;
use crate::scalar::Scalar;

/// Units that one block of random numbers decides: 16 bits each.
const UNITS: usize = 8;
/// Blocks made at once, side by side in the registers.
const LANES: usize = 16;

/// An inverted-dropout mask as a function of (step, layer, row, unit), so that it needs no storage.
///
/// A unit is kept with probability `keep` rounded to 1/65536 and divided by exactly that, so its mean is unchanged.
/// Source: Srivastava et al. 2014, *Dropout*; the inverted form as in the course.
#[derive(Clone, Copy, Debug)]
pub struct Mask {
    stream: Stream,
    threshold: u32,
}

impl Mask {
    /// `stream` belongs to one step and one layer; `keep` lies in (0, 1].
    pub fn new(stream: Stream, keep: f64) -> Mask {
        let threshold = (keep * 65536.0).round().clamp(1.0, 65536.0) as u32;
        Mask { stream, threshold }
    }

    /// What a kept unit is multiplied by.
    pub fn scale(&self) -> f64 {
        65536.0 / f64::from(self.threshold)
    }

    /// Multiplies `values`, (rows, units) from row `first_row` of the batch on, by the mask: 0, or 1/keep_prob.
    pub fn apply<T: Scalar>(&self, isa: Isa, first_row: usize, units: usize, values: &mut [T]) {
        let scale = T::from_f64(self.scale());
        let blocks_a_row = units.div_ceil(UNITS);
        let blocks = values.len() / units * blocks_a_row;
        let mut first = 0;
        while first < blocks {
            let words = self.stream.blocks::<LANES>(isa, (first_row * blocks_a_row + first) as u64);
            let lanes = LANES.min(blocks - first);
            for (lane, place) in (first..first + lanes).enumerate() {
                let (row, block) = (place / blocks_a_row, place % blocks_a_row);
                let end = units.min((block + 1) * UNITS);
                for (unit, value) in values[row * units..][block * UNITS..end].iter_mut().enumerate() {
                    let bits = words[unit / 2][lane] >> (16 * (unit % 2)) & 0xffff;
                    *value = if bits < self.threshold { *value * scale } else { T::ZERO };
                }
            }
            first += LANES;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;

    #[test]
    fn dropout_keeps_the_mean() {
        for keep in [0.1, 0.5, 0.86, 1.0] {
            let mask = Mask::new(Stream::new(0, Purpose::Dropout, 1), keep);
            let (rows, units) = (2000, 50);
            let mut sum = 0.0;
            for row in 0..rows {
                let mut values = vec![1.0f32; units];
                mask.apply(Isa::best(), row, units, &mut values);
                sum += values.iter().sum::<f32>() as f64;
            }
            let count = (rows * units) as f64;
            // 4 standard errors of a mean of values 0 and 1/keep
            let tolerance = 4.0 * ((1.0 - keep) / keep / count).sqrt() + 1e-4;
            assert!((sum / count - 1.0).abs() < tolerance, "{keep}: {}", sum / count);
        }
    }

    #[test]
    fn same_coordinates_give_the_same_mask_and_others_another() {
        let masked = |lane, row| {
            let mut values = vec![1.0f64; 100];
            Mask::new(Stream::new(5, Purpose::Dropout, lane), 0.5).apply(Isa::best(), row, 100, &mut values);
            values
        };
        assert_eq!(masked(1, 3), masked(1, 3));
        assert_ne!(masked(1, 3), masked(1, 4));
        assert_ne!(masked(1, 3), masked(2, 3));
    }

    #[test]
    fn rows_together_get_the_masks_they_get_alone_on_every_path() {
        let mask = Mask::new(Stream::new(2, Purpose::Dropout, 3), 0.7);
        for isa in Isa::available() {
            for units in [1, 3, 8, 20, 33] {
                let mut together = vec![1.0f32; 7 * units];
                mask.apply(isa, 5, units, &mut together);
                for (row, expected) in together.chunks(units).enumerate() {
                    let mut alone = vec![1.0f32; units];
                    mask.apply(Isa::Portable, 5 + row, units, &mut alone);
                    assert_eq!(alone, expected);
                }
            }
        }
    }
}
