//! bf16: the first 16 bits of an `f32`, 8 of them significant, alone and in pairs.

/// The nearest bf16, ties to even, as its bits. A NaN stays one.
#[inline(always)]
pub fn bf16(value: f32) -> u16 {
    let bits = value.to_bits();
    let rounded = bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16;
    (if value.is_nan() { bits >> 16 | 0x40 } else { rounded }) as u16
}

/// Two bf16 in one word, the first in the low half.
#[inline(always)]
pub(crate) fn pair(first: u16, second: u16) -> u32 {
    u32::from(first) | u32::from(second) << 16
}

/// The two numbers of a word.
#[inline(always)]
pub(crate) fn unpair(word: u32) -> [f32; 2] {
    [f32::from_bits(word << 16), f32::from_bits(word & 0xffff_0000)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_goes_to_the_nearest_and_to_even_between_two() {
        let near = |value: f32| f32::from_bits(u32::from(bf16(value)) << 16);
        for (value, expected) in [(1.0, 1.0), (-2.5, -2.5), (1.003, 1.0), (1.005, 1.007_812_5), (0.0, 0.0)] {
            assert_eq!(near(value), expected, "{value}");
        }
        // 1 + 1/256 lies between 1 and 1 + 1/128, 1 + 3/256 between 1 + 1/128 and 1 + 1/64.
        assert_eq!((near(1.0 + 1.0 / 256.0), near(1.0 + 3.0 / 256.0)), (1.0, 1.015_625));
        assert_eq!((near(f32::INFINITY), near(f32::MAX)), (f32::INFINITY, f32::INFINITY));
        for bits in [0x7f80_0001, 0x7fff_ffff, 0xffff_ffff] {
            assert!(near(f32::from_bits(bits)).is_nan());
        }
    }

    #[test]
    fn a_pair_holds_both_numbers() {
        assert_eq!(unpair(pair(bf16(1.5), bf16(-0.25))), [1.5, -0.25]);
    }
}
