//! Which instructions the kernels use on this machine.

use std::sync::OnceLock;

/// A set of instructions that the kernels are compiled for. Results of one path are the same on every machine that has it.
///
/// Only [`Isa::available`] gives the paths that not every machine has: outside this crate they cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isa {
    /// AVX-512 with FMA: 32 registers of 16 `f32`.
    #[non_exhaustive]
    Avx512,
    /// AVX2 with FMA: 16 registers of 8 `f32`.
    #[non_exhaustive]
    Avx2,
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
        {
            let fma = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            if fma && is_x86_feature_detected!("avx512f") {
                paths.push(Isa::Avx512);
            }
            if fma {
                paths.push(Isa::Avx2);
            }
        }
        paths.push(Isa::Portable);
        paths
    }

    /// The path's name.
    pub fn name(self) -> &'static str {
        match self {
            Isa::Avx512 => "avx512",
            Isa::Avx2 => "avx2",
            Isa::Portable => "portable",
        }
    }
}
