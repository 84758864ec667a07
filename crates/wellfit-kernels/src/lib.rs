//! The arithmetic of wellfit: products, elementwise kernels, the thread team and counter-based random numbers.
//!
//! This is the only crate with `unsafe`. Every fast kernel stands beside a naive twin that its tests hold it to.

#![allow(
    clippy::indexing_slicing,
    reason = "shapes are the caller's; what `unsafe` relies on is asserted, the rest is checked by the slice"
)]

pub mod dropout;
pub mod elementwise;
pub mod isa;
mod lanes;
pub mod operand;
pub mod precision;
pub mod prefetch;
pub mod product;
pub mod random;
pub mod scalar;
pub mod team;
pub mod tile;
pub mod transpose;
pub mod update;
#[cfg(target_arch = "x86_64")]
mod x86;
