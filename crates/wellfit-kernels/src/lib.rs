//! The arithmetic of wellfit: products, elementwise kernels, the thread team and counter-based random numbers.
//!
//! This is the only crate with `unsafe`. The tests of every fast kernel compare it with a naive twin.

#![allow(
    clippy::indexing_slicing,
    reason = "shapes are the caller's; what `unsafe` relies on is asserted, the rest is checked by the slice"
)]

pub mod bf16;
mod dispatch;
pub mod dropout;
pub mod elementwise;
mod exponential;
pub mod isa;
mod job;
mod lanes;
mod multiply;
pub mod number;
pub mod operand;
pub mod packed;
mod pairs;
pub mod panel;
pub mod partition;
mod philox;
pub mod precision;
pub mod prefetch;
pub mod product;
pub mod random;
pub mod scalar;
pub mod team;
mod tile;
mod transpose;
mod turns;
pub mod update;
#[cfg(target_arch = "x86_64")]
mod x86;
