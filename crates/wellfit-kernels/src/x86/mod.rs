//! What needs the intrinsics of x86-64: vectors of AVX-512 and AVX2, and kernels written by hand.

pub(crate) mod amx;
pub(crate) mod lanes;
pub(crate) mod pairs;
pub(crate) mod prefetch;
pub(crate) mod transpose;
