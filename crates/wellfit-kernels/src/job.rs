//! A product as the kernels are given it: pointers to operands in the order in which they are read.

/// One product: `output[i, j] = bias[j] + Σ left[i, p] · right[p, j]` over the steps p of all runs.
///
/// It is valid where each run holds `output.rows` rows of the left operand and a whole panel of the right one for its steps,
/// and `output.to` can be written at (rows, columns): the contract of every kernel that computes a product.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a, T, F> {
    pub(crate) output: Output<'a, T>,
    /// Strides of the left operand, in words: from one row of the output to the next, from one step to the next.
    pub(crate) left_strides: [usize; 2],
    /// The runs of the sum for a panel of the right operand, given the panel's number.
    pub(crate) runs: F,
}

/// Where a product is written, and what its sums start from.
#[derive(Clone, Copy, Debug)]
pub struct Output<'a, T> {
    pub(crate) to: *mut T,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// From one row to the next, in numbers.
    pub(crate) stride: usize,
    /// (columns,), or empty for 0.
    pub(crate) bias: &'a [T],
    /// What will be read after the product at the same places as the output, or empty.
    pub(crate) next: Next<'a, T>,
}

/// What is prefetched while a product is computed: (rows, columns) as its output, or empty.
pub(crate) type Next<'a, T> = [&'a [T]; 3];

/// Consecutive steps of a sum: element (row i, step p) of the left operand is at `left + i * strides[0] + p * strides[1]`,
/// step p of the right one is a row of [`PANEL`](crate::panel::PANEL) words at `right + p * PANEL`.
#[derive(Clone, Copy, Debug)]
pub struct Run<W> {
    pub(crate) left: *const W,
    pub(crate) right: *const W,
    pub(crate) steps: usize,
    /// Steps that can be read: from `steps` on both operands are 0.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "AMX alone reads whole blocks of steps"))]
    pub(crate) readable: usize,
}
