//! Dropout masks: which units of a row are kept in a step.

use crate::dispatch::compiled_for_each_path;
use crate::isa::Isa;
use crate::number::Number;
use crate::random::Stream;

/// Blocks of random bits generated at once, side by side in the registers.
const LANES: usize = 16;
/// Elements that they decide: a block has 128 bits, and an element takes 16.
const GROUP: usize = 8 * LANES;

/// An inverted-dropout mask as a function of (step, layer, row, unit), so that it needs no storage.
///
/// A unit is kept with probability `keep_prob`, rounded to 1/65536, and divided by exactly that, so its mean is unchanged.
/// Source: Srivastava et al. 2014, *Dropout*; the inverted form as in the course.
#[derive(Clone, Copy, Debug)]
pub struct Mask {
    stream: Stream,
    /// An element is kept where its 16 bits are below.
    threshold: u32,
}

impl Mask {
    /// `stream` belongs to one step and one layer; `keep_prob` lies in (0, 1].
    pub fn new(stream: Stream, keep_prob: f64) -> Mask {
        let threshold = (keep_prob * 65536.0).round().clamp(1.0, 65536.0) as u32;
        Mask { stream, threshold }
    }

    /// What a kept unit is multiplied by.
    pub fn scale(&self) -> f64 {
        65536.0 / f64::from(self.threshold)
    }

    /// Multiplies each of `several` by the mask: 0, or the inverse of the probability of being kept.
    ///
    /// Each is (rows, units), row-major, and starts at row `first_row` of the batch. Panics if their lengths disagree (a bug
    /// in the caller).
    pub fn apply<T: Number, const N: usize>(&self, isa: Isa, first_row: usize, units: usize, several: [&mut [T]; N]) {
        assert!(several.iter().all(|values| values.len() == several[0].len()), "one mask for buffers of one length");
        apply(isa, self, first_row * units, several);
    }

    /// Multiplies each by the mask, from element `first` of the batch (rows, units) on.
    #[inline(always)]
    fn apply_from<T: Number, const N: usize>(&self, first: usize, several: [&mut [T]; N]) {
        let scale = T::from_f64(self.scale());
        let (mut group, mut skip, mut rests) = (first / GROUP, first % GROUP, several);
        while rests.first().is_some_and(|rest| !rest.is_empty()) {
            let words = self.stream.blocks::<LANES>((group * LANES) as u64);
            for rest in &mut rests {
                let length = rest.len().min(GROUP - skip);
                let (here, after) = std::mem::take(rest).split_at_mut(length);
                if here.len() == GROUP {
                    for (eighth, values) in here.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
                        for (value, word) in values.iter_mut().zip(&words[eighth / 2]) {
                            let bits = word >> (16 * (eighth % 2)) & 0xffff;
                            *value *= if bits < self.threshold { scale } else { T::ZERO };
                        }
                    }
                } else {
                    for (element, value) in (skip..).zip(here) {
                        let eighth = element / LANES;
                        let bits = words[eighth / 2][element % LANES] >> (16 * (eighth % 2)) & 0xffff;
                        *value *= if bits < self.threshold { scale } else { T::ZERO };
                    }
                }
                *rest = after;
            }
            (group, skip) = (group + 1, 0);
        }
    }
}

compiled_for_each_path! {
    fn apply<T: Number, const N: usize>(isa: Isa, mask: &Mask, first: usize, several: [&mut [T]; N]) {
        mask.apply_from(first, several);
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
                mask.apply(Isa::best(), row, units, [&mut values]);
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
            Mask::new(Stream::new(5, Purpose::Dropout, lane), 0.5).apply(Isa::best(), row, 100, [&mut values]);
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
                let (mut together, mut beside) = (vec![1.0f32; 7 * units], vec![1.0f32; 7 * units]);
                mask.apply(isa, 5, units, [&mut together, &mut beside]);
                assert_eq!(together, beside);
                for (row, expected) in together.chunks(units).enumerate() {
                    let mut alone = vec![1.0f32; units];
                    mask.apply(Isa::Portable, 5 + row, units, [&mut alone]);
                    assert_eq!(alone, expected);
                }
            }
        }
    }
}
