//! Transposing in the registers of AVX-512.

use std::arch::x86_64::*;

use crate::panel::PANEL;

/// Transposes (PANEL, columns) words into (columns, PANEL), in blocks of 16 by 16.
///
/// # Safety
///
/// Both hold PANEL · columns words, columns is a multiple of 16, and the machine has AVX-512.
#[target_feature(enable = "avx512f")]
pub(crate) unsafe fn transpose(columns: usize, from: *const u32, to: *mut u32) {
    for r in (0..PANEL).step_by(16) {
        for c in (0..columns).step_by(16) {
            // SAFETY: rows r to r + 16 and columns c to c + 16 lie inside, and so do columns and rows of `to`.
            unsafe {
                let rows: [__m512i; 16] =
                    std::array::from_fn(|i| _mm512_loadu_si512(from.add((r + i) * columns + c).cast()));
                // Pairs of rows, then fours, by words within 128 bits ..
                let pairs: [__m512i; 16] = std::array::from_fn(|i| {
                    let (a, b) = (rows[i / 2 * 2], rows[i / 2 * 2 + 1]);
                    if i % 2 == 0 { _mm512_unpacklo_epi32(a, b) } else { _mm512_unpackhi_epi32(a, b) }
                });
                let fours: [__m512i; 16] = std::array::from_fn(|i| {
                    let (a, b) = (pairs[i / 4 * 4 + i % 4 / 2], pairs[i / 4 * 4 + i % 4 / 2 + 2]);
                    if i % 2 == 0 { _mm512_unpacklo_epi64(a, b) } else { _mm512_unpackhi_epi64(a, b) }
                });
                // .. then the 128-bit pieces: column 4q + i is piece q of fours[i], fours[4 + i], fours[8 + i], fours[12 + i].
                for i in 0..4 {
                    let (a, b, e, f) = (fours[i], fours[4 + i], fours[8 + i], fours[12 + i]);
                    let (ab02, ab13) = (_mm512_shuffle_i32x4::<0x88>(a, b), _mm512_shuffle_i32x4::<0xdd>(a, b));
                    let (ef02, ef13) = (_mm512_shuffle_i32x4::<0x88>(e, f), _mm512_shuffle_i32x4::<0xdd>(e, f));
                    let columns_of = [
                        _mm512_shuffle_i32x4::<0x88>(ab02, ef02),
                        _mm512_shuffle_i32x4::<0x88>(ab13, ef13),
                        _mm512_shuffle_i32x4::<0xdd>(ab02, ef02),
                        _mm512_shuffle_i32x4::<0xdd>(ab13, ef13),
                    ];
                    for (q, column) in columns_of.into_iter().enumerate() {
                        _mm512_storeu_si512(to.add((c + 4 * q + i) * PANEL + r).cast(), column);
                    }
                }
            }
        }
    }
}
