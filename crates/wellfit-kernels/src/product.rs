//! The three matrix products that a dense layer needs.
//!
//! Every element of an output is one sum `start + a[0]*b[0] + a[1]*b[1] + ...` in that order, whichever tile computes it, so
//! results do not depend on how rows are grouped into blocks or parameters into tiles.

use crate::isa::Isa;
use crate::job::{Job, Output, Run};
use crate::operand::Operand;
use crate::packed::Packed;
use crate::panel::{PAIRS, PANEL};
use crate::precision::Precision;
use crate::scalar::Scalar;

/// Activations as products read them: the rows themselves, and their copies.
#[derive(Clone, Copy, Debug)]
pub struct Activations<'a, T> {
    /// (rows, columns), row-major.
    pub values: &'a [T],
    /// Their copies, made by [`Operand::fill`].
    pub copies: &'a Operand<T>,
}

impl<T: Scalar> Activations<'_, T> {
    fn rows(&self) -> usize {
        self.values.len() / self.copies.columns.max(1)
    }
}

/// `y = x · W + bias`: (rows, outputs) from (rows, inputs), where `weights` are the tiles of W, first to last.
///
/// Panics if shapes disagree (a bug in the caller).
pub fn forward<T: Scalar>(isa: Isa, x: Activations<'_, T>, weights: &[impl AsRef<Packed<T>>], bias: &[T], y: &mut [T]) {
    let (rows, inputs, outputs) = (x.rows(), x.copies.columns, bias.len());
    let precision = x.copies.precision;
    assert!(x.values.len() == rows * inputs && rows <= x.copies.capacity, "x is (rows, inputs)");
    assert_eq!(y.len(), rows * outputs, "y is (rows, outputs)");
    let mut rest = inputs;
    for tile in weights.iter().map(AsRef::as_ref) {
        assert!(tile.outputs == outputs && tile.inputs == rest.min(PANEL) && tile.precision == precision, "tiles of W");
        rest -= tile.inputs;
    }
    assert_eq!(rest, 0, "the tiles of W cover the inputs");
    let tiles = || weights.iter().map(AsRef::as_ref).enumerate();
    let output = Output { to: y.as_mut_ptr(), rows, columns: outputs, stride: outputs, bias, next: [&[]; 3] };
    match precision {
        Precision::F32 => {
            let runs = |panel: usize| {
                tiles().map(move |(t, tile)| Run {
                    left: x.values[t * PANEL..].as_ptr(),
                    right: tile.forward[panel * PANEL * PANEL..].as_ptr(),
                    steps: tile.inputs,
                    readable: tile.inputs,
                })
            };
            // SAFETY: x holds rows · inputs numbers and each tile (panels of outputs, PANEL, PANEL), as asserted; y is
            // (rows, outputs).
            unsafe { T::multiply(isa, Job { output, left_strides: [inputs, 1], runs }) }
        }
        Precision::Bf16 => {
            let stride = inputs.div_ceil(PANEL) * PAIRS;
            let runs = |panel: usize| {
                tiles().map(move |(t, tile)| Run {
                    left: x.copies.pair_rows[t * PAIRS..].as_ptr(),
                    right: tile.forward_pairs[panel * PAIRS * PANEL..].as_ptr(),
                    steps: tile.inputs.div_ceil(2),
                    readable: PAIRS,
                })
            };
            // SAFETY: the copies hold `capacity` rows of `stride` words, and as above.
            unsafe { T::multiply_pairs(isa, Job { output, left_strides: [stride, 1], runs }) }
        }
    }
}

/// `dx[.., first..] = dz · Wᵀ` for the inputs of one tile of W: (rows, inputs of the tile) from (rows, outputs).
///
/// `dx` is (rows, inputs); its columns from `first` on are written. Panics if shapes disagree (a bug in the caller).
pub fn input_gradient<T: Scalar>(
    isa: Isa,
    dz: Activations<'_, T>,
    tile: &Packed<T>,
    dx: &mut [T],
    inputs: usize,
    first: usize,
) {
    let (rows, outputs) = (dz.rows(), dz.copies.columns);
    let precision = dz.copies.precision;
    assert!(dz.values.len() == rows * outputs && rows <= dz.copies.capacity, "dz is (rows, outputs)");
    assert!(tile.outputs == outputs && tile.precision == precision, "the tile of W");
    assert!(dx.len() == rows * inputs && first + tile.inputs <= inputs, "dx is (rows, inputs)");
    let to = dx[first..].as_mut_ptr();
    let output = Output { to, rows, columns: tile.inputs, stride: inputs, bias: &[], next: [&[]; 3] };
    match precision {
        Precision::F32 => {
            assert!(tile.backward.len() >= outputs * PANEL, "the tile is packed for the input gradient");
            let (left, right) = (dz.values.as_ptr(), tile.backward.as_ptr());
            let runs = |_| std::iter::once(Run { left, right, steps: outputs, readable: outputs });
            // SAFETY: dz holds rows · outputs numbers, the tile (outputs, PANEL), as asserted; a row of the output ends
            // inside its row of dx.
            unsafe { T::multiply(isa, Job { output, left_strides: [outputs, 1], runs }) }
        }
        Precision::Bf16 => {
            let stride = outputs.div_ceil(PANEL) * PAIRS;
            assert!(tile.backward_pairs.len() >= stride * PANEL, "the tile is packed for the input gradient");
            let (left, right) = (dz.copies.pair_rows.as_ptr(), tile.backward_pairs.as_ptr());
            let runs = |_| std::iter::once(Run { left, right, steps: outputs.div_ceil(2), readable: stride });
            // SAFETY: the copies hold `capacity` rows of `stride` words, and as above.
            unsafe { T::multiply_pairs(isa, Job { output, left_strides: [stride, 1], runs }) }
        }
    }
}

/// `gradient = xᵀ · dz` over the rows of all `blocks`, for the inputs of panel `panel` of x: (inputs, outputs).
///
/// A block is the copies of x and of dz, and its number of rows. `next`, each (inputs, outputs) or empty, is what the caller
/// reads after the gradient, such as the weights and their moment averages: it is prefetched while the sums are computed.
/// Panics if shapes disagree (a bug in the caller).
pub fn weight_gradient<'a, T: Scalar>(
    isa: Isa,
    blocks: impl Iterator<Item = (&'a Operand<T>, &'a Operand<T>, usize)> + Clone,
    panel: usize,
    (inputs, outputs): (usize, usize),
    next: [&[T]; 3],
    gradient: &mut [T],
) {
    assert!(inputs <= PANEL && gradient.len() == inputs * outputs, "the gradient is (inputs, outputs)");
    let mut precision = Precision::F32;
    for (x, dz, rows) in blocks.clone() {
        assert!(panel * PANEL + inputs <= x.columns && dz.columns == outputs, "x and dz have these columns");
        assert!(rows <= x.capacity && rows <= dz.capacity && x.precision == dz.precision, "x and dz have these rows");
        precision = x.precision;
    }
    let to = gradient.as_mut_ptr();
    let output = Output { to, rows: inputs, columns: outputs, stride: outputs, bias: &[], next };
    match precision {
        Precision::F32 => {
            let runs = |column: usize| {
                blocks.clone().map(move |(x, dz, rows)| Run {
                    left: x.panels[panel * x.capacity * PANEL..].as_ptr(),
                    right: dz.panels[column * dz.capacity * PANEL..].as_ptr(),
                    steps: rows,
                    readable: rows,
                })
            };
            // SAFETY: each panel is (capacity, PANEL), with at least `rows` rows, as asserted.
            unsafe { T::multiply(isa, Job { output, left_strides: [1, PANEL], runs }) }
        }
        Precision::Bf16 => {
            let runs = |column: usize| {
                blocks.clone().map(move |(x, dz, rows)| Run {
                    left: x.pair_panels[panel * x.capacity.div_ceil(2) * PANEL..].as_ptr(),
                    right: dz.pair_panels[column * dz.capacity.div_ceil(2) * PANEL..].as_ptr(),
                    steps: rows.div_ceil(2),
                    readable: rows.div_ceil(2),
                })
            };
            // SAFETY: each panel is (capacity/2, PANEL) words, and as above.
            unsafe { T::multiply_pairs(isa, Job { output, left_strides: [1, PANEL], runs }) }
        }
    }
}

#[cfg(test)]
mod tests;
