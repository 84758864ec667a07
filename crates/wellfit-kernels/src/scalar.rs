//! The two number types that networks compute in: `f32` to train, `f64` to check gradients with the same source.

use crate::multiply::Multiply;
use crate::number::Number;
use crate::pairs::ToPairs;
use crate::transpose::Transpose;

/// A number with a kernel for everything that networks do with it, on every instruction path: `f32` or `f64`.
pub trait Scalar: Number + Multiply + ToPairs + Transpose {}

impl<T: Number + Multiply + ToPairs + Transpose> Scalar for T {}
