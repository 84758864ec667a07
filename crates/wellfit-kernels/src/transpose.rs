//! Transposing blocks of words.

use crate::isa::Isa;
use crate::operand::PANEL;

/// Words that have a transposing kernel.
pub trait Word: Copy {
    /// Transposes by 16 x 16 where the path has a kernel for it; tells whether it did.
    fn transpose_16(_isa: Isa, _columns: usize, _from: &[Self], _to: &mut [Self]) -> bool {
        false
    }
}

impl Word for f64 {}

impl Word for f32 {
    fn transpose_16(isa: Isa, columns: usize, from: &[f32], to: &mut [f32]) -> bool {
        match isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 | Isa::Avx512Bf16 | Isa::Amx => {
                // SAFETY: `Isa` values for an instruction set are made only where it is present; lengths are asserted by
                // `transpose`, and both types are 4 bytes of any content.
                unsafe { crate::x86::transpose_16(columns, from.as_ptr().cast(), to.as_mut_ptr().cast()) };
                true
            }
            _ => false,
        }
    }
}

impl Word for u32 {
    fn transpose_16(isa: Isa, columns: usize, from: &[u32], to: &mut [u32]) -> bool {
        match isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 | Isa::Avx512Bf16 | Isa::Amx => {
                // SAFETY: as for `f32`.
                unsafe { crate::x86::transpose_16(columns, from.as_ptr(), to.as_mut_ptr()) };
                true
            }
            _ => false,
        }
    }
}

/// `to`, (columns, PANEL), receives the transposed of `from`, (PANEL, columns). `columns` is a multiple of 16.
pub fn transpose<W: Word>(isa: Isa, columns: usize, from: &[W], to: &mut [W]) {
    assert!(columns.is_multiple_of(16), "whole blocks of 16");
    assert!(from.len() == PANEL * columns && to.len() == PANEL * columns, "a panel of {PANEL} rows");
    if !W::transpose_16(isa, columns, from, to) {
        transpose_naive(columns, from, to);
    }
}

/// The naive twin of [`transpose`].
pub fn transpose_naive<W: Word>(columns: usize, from: &[W], to: &mut [W]) {
    for (c, row) in to.chunks_exact_mut(PANEL).enumerate() {
        for (r, word) in row.iter_mut().enumerate() {
            *word = from[r * columns + c];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_agrees_with_the_naive_twin() {
        for isa in Isa::available() {
            for columns in [16, 32] {
                let from: Vec<u32> = (0..(PANEL * columns) as u32).collect();
                let (mut fast, mut naive) = (vec![0; from.len()], vec![0; from.len()]);
                transpose(isa, columns, &from, &mut fast);
                transpose_naive(columns, &from, &mut naive);
                assert_eq!(fast, naive, "{isa:?}");
                let numbers: Vec<f32> = from.iter().map(|&word| word as f32).collect();
                let mut turned = vec![0.0; from.len()];
                transpose(isa, columns, &numbers, &mut turned);
                assert!(turned.iter().zip(&naive).all(|(a, &b)| *a == b as f32), "{isa:?}");
            }
        }
    }
}
