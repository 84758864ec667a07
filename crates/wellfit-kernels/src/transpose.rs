//! Transposing a panel.

use crate::isa::Isa;
use crate::panel::PANEL;

/// Words that can be transposed on every instruction path.
pub trait Transpose: Copy {
    /// Transposes `from`, (PANEL, columns), into `to`, (columns, PANEL).
    ///
    /// Panics unless `columns` is a multiple of 16 and both hold that many columns (a bug in the caller).
    fn transpose(isa: Isa, columns: usize, from: &[Self], to: &mut [Self]);
}

impl Transpose for f64 {
    fn transpose(_isa: Isa, columns: usize, from: &[f64], to: &mut [f64]) {
        assert_shapes(columns, from, to);
        transpose_naive(columns, from, to);
    }
}

/// Words of 4 bytes, for which AVX-512 has a kernel.
macro_rules! transpose {
    ($word:ident) => {
        impl Transpose for $word {
            fn transpose(isa: Isa, columns: usize, from: &[$word], to: &mut [$word]) {
                assert_shapes(columns, from, to);
                match isa {
                    // SAFETY: `Isa::available` gives a path only where the machine has it; the shapes are asserted above, and
                    // both types are 4 bytes of any content.
                    #[cfg(target_arch = "x86_64")]
                    isa if isa.has_avx512() => unsafe {
                        crate::x86::transpose::transpose(columns, from.as_ptr().cast(), to.as_mut_ptr().cast());
                    },
                    _ => transpose_naive(columns, from, to),
                }
            }
        }
    };
}

transpose!(f32);
transpose!(u32);

fn assert_shapes<W>(columns: usize, from: &[W], to: &[W]) {
    assert!(columns.is_multiple_of(16), "whole blocks of 16");
    assert!(from.len() == PANEL * columns && to.len() == PANEL * columns, "a panel of {PANEL} rows");
}

/// The naive twin of [`Transpose::transpose`].
fn transpose_naive<W: Copy>(columns: usize, from: &[W], to: &mut [W]) {
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
                u32::transpose(isa, columns, &from, &mut fast);
                transpose_naive(columns, &from, &mut naive);
                assert_eq!(fast, naive, "{isa:?}");
                let numbers: Vec<f32> = from.iter().map(|&word| word as f32).collect();
                let mut transposed = vec![0.0; from.len()];
                f32::transpose(isa, columns, &numbers, &mut transposed);
                assert!(transposed.iter().zip(&naive).all(|(a, &b)| *a == b as f32), "{isa:?}");
            }
        }
    }
}
