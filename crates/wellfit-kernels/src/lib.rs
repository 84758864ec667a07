//! kernels

pub mod random;
