//! The register tile that all products are computed in.

use crate::job::{Job, Output, Run};
use crate::lanes::Lanes;
use crate::number::Number;
use crate::panel::PANEL;
use crate::prefetch::prefetch_line;

/// Computes a product in tiles of M rows x V vectors, panel by panel: a panel stays in cache for all rows.
///
/// # Safety
///
/// The job is valid, and the machine has the instructions of the lanes.
#[inline(always)]
pub(crate) unsafe fn multiply<L: Lanes, const M: usize, const V: usize, I: Iterator<Item = Run<L::Word>>>(
    job: Job<'_, L::Sum, impl Fn(usize) -> I>,
) {
    for panel in 0..job.output.columns.div_ceil(PANEL) {
        let width = PANEL.min(job.output.columns - panel * PANEL);
        let mut within = 0;
        while within < width {
            let at = At { panel, within, columns: width - within };
            // SAFETY: `at` lies inside the panel, and the caller's contract is passed on.
            unsafe {
                if at.columns > (V - 1) * L::COUNT {
                    rows::<L, M, V, I>(&job, at);
                    within += V * L::COUNT;
                } else {
                    rows::<L, M, 1, I>(&job, at);
                    within += L::COUNT;
                }
            }
        }
    }
}

/// A tile's position: its panel, its first column within the panel, and how many columns the output has from there on.
#[derive(Clone, Copy)]
struct At {
    panel: usize,
    within: usize,
    columns: usize,
}

/// Computes all rows of V vectors of columns, in tiles of M rows and smaller ones.
///
/// # Safety
///
/// As for [`multiply`], and `at` lies inside the panel.
#[inline(always)]
unsafe fn rows<L: Lanes, const M: usize, const V: usize, I: Iterator<Item = Run<L::Word>>>(
    job: &Job<'_, L::Sum, impl Fn(usize) -> I>,
    at: At,
) {
    let mut i = 0;
    while i < job.output.rows {
        let rest = job.output.rows - i;
        // SAFETY: i + the tile's rows <= output.rows in every arm.
        unsafe {
            // 13 to 16 rows are two tiles of 8 rather than one of 12 and a small one.
            if rest >= M && (M <= 8 || rest == M || rest > 16) {
                tile::<L, M, V, I>(job, i, at);
                i += M;
            } else if M > 8 && rest >= 8 {
                tile::<L, 8, V, I>(job, i, at);
                i += 8;
            } else if rest >= 4 {
                tile::<L, 4, V, I>(job, i, at);
                i += 4;
            } else if rest >= 2 {
                tile::<L, 2, V, I>(job, i, at);
                i += 2;
            } else {
                tile::<L, 1, V, I>(job, i, at);
                i += 1;
            }
        }
    }
}

/// Computes a tile of the output, its sums in registers from the first step to the last.
///
/// # Safety
///
/// As for [`multiply`]; i + M <= output.rows, and `at` lies inside the panel.
#[inline(always)]
unsafe fn tile<L: Lanes, const M: usize, const V: usize, I: Iterator<Item = Run<L::Word>>>(
    job: &Job<'_, L::Sum, impl Fn(usize) -> I>,
    i: usize,
    at: At,
) {
    let Output { to, stride, bias, next, .. } = job.output;
    let [left_row, left_step] = job.left_strides;
    let first = at.panel * PANEL + at.within;
    // SAFETY: a panel is readable over its whole width, so vectors at `within` are; left elements are those of rows i to
    // i + M; `load_edge` and `store_edge` touch the `columns` that bias and output have.
    unsafe {
        let start: [L::Sums; V] = match bias.is_empty() {
            true => [L::zero(); V],
            false => std::array::from_fn(|v| load_edge::<L>(bias.as_ptr().add(first), v, at.columns)),
        };
        for next in next.iter().filter(|next| !next.is_empty()) {
            for q in 0..M {
                for v in 0..V {
                    prefetch_line(next.as_ptr().wrapping_add((i + q) * stride + first + v * L::COUNT).cast());
                }
            }
        }
        let mut sums = [start; M];
        for run in (job.runs)(at.panel) {
            let mut left = run.left.wrapping_add(i * left_row);
            let mut right = run.right.wrapping_add(at.within);
            for _ in 0..run.steps {
                let row: [L::Words; V] = std::array::from_fn(|v| L::load(right.add(v * L::COUNT)));
                for (q, sums) in sums.iter_mut().enumerate() {
                    let x = L::splat(left.add(q * left_row));
                    for (sum, &word) in sums.iter_mut().zip(&row) {
                        *sum = L::multiply_add(x, word, *sum);
                    }
                }
                // wrapping: the last advance may pass the end; it is not read.
                left = left.wrapping_add(left_step);
                right = right.wrapping_add(PANEL);
            }
        }
        for (q, sums) in sums.into_iter().enumerate() {
            let to = to.add((i + q) * stride + first);
            for (v, sum) in sums.into_iter().enumerate() {
                store_edge::<L>(to, v, at.columns, sum);
            }
        }
    }
}

/// Most lanes of a vector.
const MOST_LANES: usize = 16;

/// Loads vector `v` of a row of `columns` numbers; lanes beyond the row are 0.
///
/// # Safety
///
/// `columns` numbers can be read at `from`; the machine has the path.
#[inline(always)]
unsafe fn load_edge<L: Lanes>(from: *const L::Sum, v: usize, columns: usize) -> L::Sums {
    let skip = v * L::COUNT;
    // SAFETY: the caller's contract; `rest` counts what is there beyond `skip`.
    unsafe {
        if columns >= skip + L::COUNT {
            return L::load_sums(from.add(skip));
        }
        let mut edge = [L::Sum::ZERO; MOST_LANES];
        let rest = columns.saturating_sub(skip);
        std::ptr::copy_nonoverlapping(from.wrapping_add(skip), edge.as_mut_ptr(), rest);
        L::load_sums(edge.as_ptr())
    }
}

/// Stores vector `v` of a row of `columns` numbers; lanes beyond the row are dropped.
///
/// # Safety
///
/// `columns` numbers can be written at `to`; the machine has the path.
#[inline(always)]
unsafe fn store_edge<L: Lanes>(to: *mut L::Sum, v: usize, columns: usize, sums: L::Sums) {
    let skip = v * L::COUNT;
    // SAFETY: the caller's contract; `rest` counts what is there beyond `skip`.
    unsafe {
        if columns >= skip + L::COUNT {
            return L::store_sums(to.add(skip), sums);
        }
        let mut edge = [L::Sum::ZERO; MOST_LANES];
        L::store_sums(edge.as_mut_ptr(), sums);
        let rest = columns.saturating_sub(skip);
        std::ptr::copy_nonoverlapping(edge.as_ptr(), to.wrapping_add(skip), rest);
    }
}
