//! The arithmetic of wellfit: products, elementwise kernels, the thread team and counter-based random numbers.
//!
//! This is the only crate with `unsafe`. Every fast kernel stands beside a naive twin that its tests hold it to.

pub mod dropout;
pub mod isa;
pub mod product;
pub mod random;
pub mod scalar;
pub mod team;
pub mod update;
