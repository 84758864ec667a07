//! The instruction paths: which instructions the kernels use on this machine.

use std::sync::OnceLock;

use crate::precision::Precision;

/// A set of instructions that the kernels are compiled for. Results of one path are the same on every machine that has it.
///
/// A path that not every machine has comes from [`Isa::available`] alone: outside this crate it cannot be constructed.
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
        paths.extend(available_on_x86());
        #[cfg(target_arch = "aarch64")]
        paths.push(Isa::Neon);
        paths.push(Isa::Portable);
        paths
    }

    /// Blocks of a batch hold a multiple of this many rows, so that the bits of a gradient do not depend on where the batch is
    /// split: the rows whose products one instruction adds up stay in one block.
    pub fn row_multiple(self, precision: Precision) -> usize {
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

    /// Returns true if the path has AVX-512 F, BW, VL and DQ, and what AVX2 has.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn has_avx512(self) -> bool {
        matches!(self, Isa::Avx512) || self.has_avx512_bf16()
    }

    /// Returns true if the path has AVX-512 with bf16.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn has_avx512_bf16(self) -> bool {
        matches!(self, Isa::Avx512Bf16 | Isa::Amx)
    }
}

#[cfg(target_arch = "x86_64")]
fn available_on_x86() -> Vec<Isa> {
    let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    let avx512 = avx2
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512dq");
    let bf16 = avx512 && is_x86_feature_detected!("avx512bf16");
    let amx = bf16 && crate::x86::amx::permission::is_available();
    let paths = [(Isa::Amx, amx), (Isa::Avx512Bf16, bf16), (Isa::Avx512, avx512), (Isa::Avx2, avx2)];
    paths.into_iter().filter(|(_, is_there)| *is_there).map(|(path, _)| path).collect()
}
