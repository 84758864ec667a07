//! Products on every instruction path: the vectors of each, and the tile that fills its registers and does not overflow them.

use crate::dispatch::on_path;
use crate::isa::Isa;
use crate::job::{Job, Run};
use crate::lanes::{Portable, PortablePairs};
use crate::number::Number;
use crate::tile;
#[cfg(target_arch = "x86_64")]
use crate::x86::lanes::{F32x8, F32x16, F64x4, F64x8, WidenedPairs8, WidenedPairs16};

/// Numbers that can be multiplied on every instruction path.
pub trait Multiply: Number {
    /// Computes a product of numbers.
    ///
    /// # Safety
    ///
    /// The job is valid.
    unsafe fn multiply<I: Iterator<Item = Run<Self>>>(isa: Isa, job: Job<'_, Self, impl Fn(usize) -> I>);
    /// Computes a product of pairs of bf16.
    ///
    /// # Safety
    ///
    /// The job is valid.
    unsafe fn multiply_pairs<I: Iterator<Item = Run<u32>>>(isa: Isa, job: Job<'_, Self, impl Fn(usize) -> I>);
}

/// A product with one kind of operand on all paths, given the lanes of each.
macro_rules! product {
    ($name:ident($word:ty) -> $number:ty, avx512: $avx512:ty, avx2: $avx2:ty, neon: $neon:ty, portable: $portable:ty) => {
        unsafe fn $name<I: Iterator<Item = Run<$word>>>(isa: Isa, job: Job<'_, $number, impl Fn(usize) -> I>) {
            on_path!(
                isa,
                fn<I: Iterator<Item = Run<$word>>>(job: Job<'_, $number, impl Fn(usize) -> I>),
                // SAFETY: the caller's contract is passed on, and the machine has the path.
                avx512: unsafe { tile::multiply::<$avx512, 12, 2, I>(job) },
                // SAFETY: as above.
                avx2: unsafe { tile::multiply::<$avx2, 6, 2, I>(job) },
                // SAFETY: as above.
                neon: unsafe { tile::multiply::<$neon, 6, 4, I>(job) },
                // SAFETY: as above.
                portable: unsafe { tile::multiply::<$portable, 4, 2, I>(job) },
            );
        }
    };
}

product!(
    multiply_widened(u32) -> f32,
    avx512: WidenedPairs16,
    avx2: WidenedPairs8,
    neon: PortablePairs<f32, true>,
    portable: PortablePairs<f32, false>
);

impl Multiply for f32 {
    product!(
        multiply(f32) -> f32,
        avx512: F32x16,
        avx2: F32x8,
        neon: Portable<f32, true>,
        portable: Portable<f32, false>
    );

    unsafe fn multiply_pairs<I: Iterator<Item = Run<u32>>>(isa: Isa, job: Job<'_, f32, impl Fn(usize) -> I>) {
        // SAFETY: the caller's contract is passed on; `Isa::available` gives a path only where the machine has it.
        unsafe {
            match isa {
                #[cfg(target_arch = "x86_64")]
                Isa::Amx => crate::x86::amx::multiply_pairs(job),
                #[cfg(target_arch = "x86_64")]
                Isa::Avx512Bf16 => crate::x86::pairs::multiply_pairs(job),
                _ => multiply_widened(isa, job),
            }
        }
    }
}

impl Multiply for f64 {
    product!(
        multiply(f64) -> f64,
        avx512: F64x8,
        avx2: F64x4,
        neon: Portable<f64, true>,
        portable: Portable<f64, false>
    );
    product!(
        multiply_pairs(u32) -> f64,
        avx512: PortablePairs<f64, true>,
        avx2: PortablePairs<f64, true>,
        neon: PortablePairs<f64, true>,
        portable: PortablePairs<f64, false>
    );
}
