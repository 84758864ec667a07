//! Matrix products, the three that a dense layer needs, from one register tile.
//!
//! Every element of a result is one chain `start + a[0]*b[0] + a[1]*b[1] + ...` in that order, whatever the tile it falls
//! into; so results do not depend on how rows are grouped into blocks or parameters into tiles.

use crate::isa::Isa;
use crate::scalar::Scalar;

/// How many columns a panel of a transposed copy holds (see [`pack_transposed`]).
pub const PANEL: usize = 32;

/// The left operand: element (row i, step p) stands at `i * row + p * step`.
#[derive(Clone, Copy, Debug)]
pub struct Left<'a, T> {
    /// The elements.
    pub data: &'a [T],
    /// Distance between rows of the result.
    pub row: usize,
    /// Distance between steps of the sum.
    pub step: usize,
}

/// The right operand: element (step p, column j) stands at `p * step + j`.
#[derive(Clone, Copy, Debug)]
pub struct Right<'a, T> {
    /// The elements.
    pub data: &'a [T],
    /// Distance between steps of the sum.
    pub step: usize,
}

/// What the sums start from.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a, T> {
    /// 0.
    Zero,
    /// (n,): the same row for each row of the result.
    Bias(&'a [T]),
    /// What the result holds already.
    Result,
}

/// `result[i, j] = start + Σ_p left[i, p] * right[p, j]`, for `m` rows, `n` columns and `k` steps.
///
/// Row i of the result starts at `i * result_row`. Panics if an operand is too short (a bug in the caller).
#[allow(clippy::too_many_arguments)]
pub fn product<T: Scalar>(
    isa: Isa,
    (m, n, k): (usize, usize, usize),
    left: Left<'_, T>,
    right: Right<'_, T>,
    start: Start<'_, T>,
    result: &mut [T],
    result_row: usize,
) {
    if m == 0 || n == 0 {
        return;
    }
    assert!(end((m - 1, result_row), (1, n)) <= result.len(), "result is too short");
    if k > 0 {
        assert!(end((m - 1, left.row), (k - 1, left.step)) < left.data.len(), "left operand is too short");
        assert!(end((k - 1, right.step), (1, n)) <= right.data.len(), "right operand is too short");
    }
    if let Start::Bias(bias) = start {
        assert!(n <= bias.len(), "bias is too short");
    }
    let job = Job { m, n, k, left, right, start };
    // SAFETY: the lengths are asserted above; `Isa` values for an instruction set are made only where it is present
    // (`Isa::available`).
    unsafe { T::product(isa, job, result.as_mut_ptr(), result_row) }
}

/// a · b + c · d, or the largest number where that is more.
fn end((a, b): (usize, usize), (c, d): (usize, usize)) -> usize {
    a.saturating_mul(b).saturating_add(c.saturating_mul(d))
}

/// The naive twin of [`product`]: the same sums in three loops.
pub fn product_naive<T: Scalar>(
    (m, n, k): (usize, usize, usize),
    left: Left<'_, T>,
    right: Right<'_, T>,
    start: Start<'_, T>,
    result: &mut [T],
    result_row: usize,
) {
    for i in 0..m {
        for j in 0..n {
            let mut sum = match start {
                Start::Zero => T::ZERO,
                Start::Bias(bias) => bias[j],
                Start::Result => result[i * result_row + j],
            };
            for p in 0..k {
                sum += left.data[i * left.row + p * left.step] * right.data[p * right.step + j];
            }
            result[i * result_row + j] = sum;
        }
    }
}

/// Writes up to [`PANEL`] rows of a row-major matrix (rows, columns) side by side: `panel[c * PANEL + r] = rows[r * columns + c]`,
/// the rest of the panel 0. The panel is the right operand of a product with the transposed matrix.
pub fn pack_transposed<T: Scalar>(rows: &[T], columns: usize, panel: &mut [T]) {
    let count = rows.len() / columns;
    assert!(count <= PANEL && panel.len() == columns * PANEL, "a panel holds {PANEL} rows of {columns}");
    for (c, out) in panel.chunks_exact_mut(PANEL).enumerate() {
        for (r, value) in out.iter_mut().enumerate() {
            *value = if r < count { rows[r * columns + c] } else { T::ZERO };
        }
    }
}

/// One product, its operands long enough for (m, n, k).
#[derive(Clone, Copy, Debug)]
pub struct Job<'a, T> {
    m: usize,
    n: usize,
    k: usize,
    left: Left<'a, T>,
    right: Right<'a, T>,
    start: Start<'a, T>,
}

/// The instruction paths of a number type, each compiled once, here.
pub trait Paths: Sized {
    /// Does the job on one path.
    ///
    /// # Safety
    ///
    /// Operands and result are long enough for the job, as [`product`] asserts, and this machine has the path.
    unsafe fn product(isa: Isa, job: Job<'_, Self>, result: *mut Self, result_row: usize);
}

/// Compiles the tiles of a type: rows x columns that fill, and do not overflow, the registers of each path.
macro_rules! paths {
    ($type:ident, avx512: $m512:literal x $n512:literal, avx2: $m2:literal x $n2:literal, portable: $m:literal x $n:literal) => {
        impl Paths for $type {
            unsafe fn product(isa: Isa, job: Job<'_, $type>, result: *mut $type, result_row: usize) {
                #[cfg(target_arch = "x86_64")]
                #[target_feature(enable = "avx512f,avx2,fma")]
                unsafe fn avx512(job: Job<'_, $type>, result: *mut $type, result_row: usize) {
                    // SAFETY: the caller's contract is passed on.
                    unsafe { tiles::<$type, $m512, $n512, true>(job, result, result_row) }
                }
                #[cfg(target_arch = "x86_64")]
                #[target_feature(enable = "avx2,fma")]
                unsafe fn avx2(job: Job<'_, $type>, result: *mut $type, result_row: usize) {
                    // SAFETY: the caller's contract is passed on.
                    unsafe { tiles::<$type, $m2, $n2, true>(job, result, result_row) }
                }
                match isa {
                    // SAFETY: the caller's contract is passed on, and the path is one that this machine has.
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512 => unsafe { avx512(job, result, result_row) },
                    // SAFETY: as above.
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2 => unsafe { avx2(job, result, result_row) },
                    // SAFETY: the caller's contract is passed on; every machine has this path.
                    _ => unsafe { tiles::<$type, $m, $n, false>(job, result, result_row) },
                }
            }
        }
    };
}

paths!(f32, avx512: 12 x 32, avx2: 6 x 16, portable: 4 x 8);
paths!(f64, avx512: 12 x 16, avx2: 6 x 8, portable: 4 x 4);

/// Covers the result with tiles of M x N, then narrower and lower ones at the edges.
///
/// SAFETY: operands and result are long enough for the job, as [`product`] asserts.
#[inline(always)]
unsafe fn tiles<T: Scalar, const M: usize, const N: usize, const FUSED: bool>(
    job: Job<'_, T>,
    result: *mut T,
    result_row: usize,
) {
    let mut j = 0;
    // SAFETY: j + width <= n in every call, and `columns` walks rows below m.
    unsafe {
        while j + N <= job.n {
            columns::<T, M, N, FUSED>(&job, j, result, result_row);
            j += N;
        }
        if N > 16 && j + 16 <= job.n {
            columns::<T, M, 16, FUSED>(&job, j, result, result_row);
            j += 16;
        }
        if N > 8 && j + 8 <= job.n {
            columns::<T, M, 8, FUSED>(&job, j, result, result_row);
            j += 8;
        }
        if j + 4 <= job.n {
            columns::<T, M, 4, FUSED>(&job, j, result, result_row);
            j += 4;
        }
        while j < job.n {
            columns::<T, M, 1, FUSED>(&job, j, result, result_row);
            j += 1;
        }
    }
}

#[inline(always)]
unsafe fn columns<T: Scalar, const M: usize, const N: usize, const FUSED: bool>(
    job: &Job<'_, T>,
    j: usize,
    result: *mut T,
    result_row: usize,
) {
    let mut i = 0;
    // SAFETY: i + height <= m in every call.
    unsafe {
        while i + M <= job.m {
            tile::<T, M, N, FUSED>(job, i, j, result, result_row);
            i += M;
        }
        if M > 4 {
            while i + 4 <= job.m {
                tile::<T, 4, N, FUSED>(job, i, j, result, result_row);
                i += 4;
            }
        }
        while i < job.m {
            tile::<T, 1, N, FUSED>(job, i, j, result, result_row);
            i += 1;
        }
    }
}

/// One register tile: M rows from `i`, N columns from `j`.
#[inline(always)]
unsafe fn tile<T: Scalar, const M: usize, const N: usize, const FUSED: bool>(
    job: &Job<'_, T>,
    i: usize,
    j: usize,
    result: *mut T,
    result_row: usize,
) {
    // SAFETY: i + M <= m and j + N <= n, so every offset below is one that `product` asserted to be inside.
    unsafe {
        let mut sums = [[T::ZERO; N]; M];
        match job.start {
            Start::Zero => {}
            Start::Bias(bias) => {
                let row = *bias.as_ptr().add(j).cast::<[T; N]>();
                sums.fill(row);
            }
            Start::Result => {
                for (q, sum) in sums.iter_mut().enumerate() {
                    *sum = *result.add((i + q) * result_row + j).cast::<[T; N]>();
                }
            }
        }
        let mut left = job.left.data.as_ptr().add(i * job.left.row);
        let mut right = job.right.data.as_ptr().add(j);
        for _ in 0..job.k {
            let row = &*right.cast::<[T; N]>();
            for (q, sum) in sums.iter_mut().enumerate() {
                let x = *left.add(q * job.left.row);
                for (s, &w) in sum.iter_mut().zip(row) {
                    *s = if FUSED { x.mul_add(w, *s) } else { x * w + *s };
                }
            }
            // wrapping: the last advance may pass the end; it is not read.
            left = left.wrapping_add(job.left.step);
            right = right.wrapping_add(job.right.step);
        }
        for (q, sum) in sums.iter().enumerate() {
            *result.add((i + q) * result_row + j).cast::<[T; N]>() = *sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Stream};

    fn numbers<T: Scalar>(lane: u64, len: usize) -> Vec<T> {
        let stream = Stream::new(1, Purpose::Sample, lane);
        (0..len as u64).map(|i| T::from_f64(stream.normal(i))).collect()
    }

    #[test]
    fn every_path_agrees_with_the_naive_twin_on_all_edges() {
        edges::<f32>(f64::from(f32::EPSILON));
        edges::<f64>(f64::EPSILON);
    }

    fn edges<T: Scalar>(epsilon: f64) {
        for isa in Isa::available() {
            for m in [1, 3, 5, 12, 17, 64] {
                for n in [1, 2, 5, 8, 10, 31, 33, 64] {
                    for k in [0, 1, 7, 40] {
                        let (a, b) = (numbers::<T>(1, m * k.max(1)), numbers::<T>(2, k.max(1) * n));
                        let bias = numbers::<T>(3, n);
                        // row-major left operand, then the same numbers read as a transposed one
                        for (row, step) in [(k.max(1), 1), (1, m)] {
                            let left = Left { data: &a, row, step };
                            let right = Right { data: &b, step: n };
                            for start in [Start::Zero, Start::Bias(&bias), Start::Result] {
                                let mut fast = numbers::<T>(4, m * n);
                                let mut naive = fast.clone();
                                product(isa, (m, n, k), left, right, start, &mut fast, n);
                                product_naive((m, n, k), left, right, start, &mut naive, n);
                                for (x, y) in fast.iter().zip(&naive) {
                                    // k products of about unit size, each rounded once more or less
                                    let tolerance = 8.0 * epsilon * (k as f64 + 1.0);
                                    assert!(
                                        (x.to_f64() - y.to_f64()).abs() <= tolerance,
                                        "{isa:?} {m}x{n}x{k}: {x} {y}"
                                    );
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    #[should_panic(expected = "left operand is too short")]
    fn an_operand_that_is_too_short_is_refused() {
        let (left, right) = (Left { data: &[1.0f32; 5], row: 3, step: 1 }, Right { data: &[1.0; 6], step: 2 });
        product(Isa::best(), (2, 2, 3), left, right, Start::Zero, &mut [0.0; 4], 2);
    }

    #[test]
    #[should_panic(expected = "result is too short")]
    fn sizes_beyond_any_memory_are_refused() {
        let (left, right) = (Left { data: &[1.0f32], row: 1, step: 1 }, Right { data: &[1.0], step: 1 });
        product(Isa::best(), (1 << 40, 1, 1), left, right, Start::Zero, &mut [0.0; 4], 1 << 40);
    }

    #[test]
    fn grouping_rows_differently_gives_the_same_bits() {
        let (m, n, k) = (29, 37, 50);
        let (a, b) = (numbers::<f32>(1, m * k), numbers(2, k * n));
        for isa in Isa::available() {
            let right = Right { data: &b, step: n };
            let mut whole = vec![0.0; m * n];
            product(isa, (m, n, k), Left { data: &a, row: k, step: 1 }, right, Start::Zero, &mut whole, n);
            let mut parts = vec![0.0; m * n];
            for (rows, out) in a.chunks(5 * k).zip(parts.chunks_mut(5 * n)) {
                let left = Left { data: rows, row: k, step: 1 };
                product(isa, (rows.len() / k, n, k), left, right, Start::Zero, out, n);
            }
            assert_eq!(whole, parts);
        }
    }

    #[test]
    fn a_packed_panel_is_the_transposed_matrix() {
        let rows = numbers::<f32>(1, 3 * 5);
        let mut panel = vec![9.0; 5 * PANEL];
        pack_transposed(&rows, 5, &mut panel);
        for c in 0..5 {
            for r in 0..PANEL {
                assert_eq!(panel[c * PANEL + r], if r < 3 { rows[r * 5 + c] } else { 0.0 });
            }
        }
    }
}
