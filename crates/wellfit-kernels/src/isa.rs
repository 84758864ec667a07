//! Which instructions the kernels use on this machine.

use std::sync::OnceLock;

use crate::precision::Precision;

/// A set of instructions that the kernels are compiled for. Results of one path are the same on every machine that has it.
///
/// Only [`Isa::available`] gives the paths that not every machine has: outside this crate they cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isa {
    /// AVX-512 with bf16, and products of bf16 pairs in the tiles of AMX.
    #[non_exhaustive]
    Amx,
    /// AVX-512 with FMA and the products of bf16 pairs.
    #[non_exhaustive]
    Avx512Bf16,
    /// AVX-512 with FMA: 32 registers of 16 `f32`.
    #[non_exhaustive]
    Avx512,
    /// AVX2 with FMA: 16 registers of 8 `f32`.
    #[non_exhaustive]
    Avx2,
    /// NEON with FMA: 32 registers of 4 `f32`. The portable source, which the compiler turns into these instructions.
    #[non_exhaustive]
    Neon,
    /// What every machine has; no fused multiply-add.
    Portable,
}

impl Isa {
    /// The best path of this machine, found once.
    pub fn best() -> Isa {
        static BEST: OnceLock<Isa> = OnceLock::new();
        *BEST.get_or_init(|| Isa::available()[0])
    }

    /// Every path that this machine can run, best first.
    pub fn available() -> Vec<Isa> {
        let mut paths = Vec::new();
        #[cfg(target_arch = "x86_64")]
        paths.extend(crate::x86::available());
        #[cfg(target_arch = "aarch64")]
        paths.push(Isa::Neon);
        paths.push(Isa::Portable);
        paths
    }

    /// Rows of a batch that stay together wherever it is cut into blocks, so that any cut gives the same bits: steps of a
    /// gradient that one instruction adds up.
    pub fn rows_together(self, precision: Precision) -> usize {
        match (self, precision) {
            (Isa::Amx, Precision::Bf16) => 32,
            // Pairs of rows, in whole tiles of the products.
            _ => 4,
        }
    }

    /// The path's name.
    pub fn name(self) -> &'static str {
        match self {
            Isa::Amx => "amx",
            Isa::Avx512Bf16 => "avx512_bf16",
            Isa::Avx512 => "avx512",
            Isa::Avx2 => "avx2",
            Isa::Neon => "neon",
            Isa::Portable => "portable",
        }
    }
}
