//! The register tile that all products are computed in.

use crate::isa::Isa;
use crate::lanes::{Full, Lanes, Pairs};
use crate::operand::{Operand, PANEL, Packed};
use crate::prefetch::prefetch_line;
use crate::scalar::Scalar;
#[cfg(target_arch = "x86_64")]
use crate::x86::{F32x8, F32x16, F64x4, F64x8, Pairs16, WidenedPairs8, WidenedPairs16};

/// Steps of a sum that lie together: element (row i, step p) of the left operand stands at `left + i * row + p * step`, step
/// p of the right one is a row of [`PANEL`] words at `right + p * PANEL`.
#[derive(Clone, Copy, Debug)]
pub struct Run<W> {
    pub(crate) left: *const W,
    pub(crate) right: *const W,
    pub(crate) steps: usize,
    /// Steps that can be read: from `steps` on both operands are 0.
    pub(crate) readable: usize,
}

/// One product: `result[i, j] = bias[j] + Σ left[i, p] · right[p, j]` over the steps of all runs.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a, T, F> {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// Distances of the left operand: between rows of the result, between steps.
    pub(crate) left: [usize; 2],
    /// The runs of a panel of the right operand.
    pub(crate) runs: F,
    /// (columns,), or empty for 0.
    pub(crate) bias: &'a [T],
    pub(crate) result_row: usize,
    /// What will be read next, at the places of the result.
    pub(crate) next: [&'a [T]; NEXT],
}

/// Slices of [`Job::next`].
pub(crate) const NEXT: usize = 3;

/// The instruction paths of a number type, each compiled once, here.
pub trait Paths: Sized + Copy {
    /// A product of numbers, on one path.
    ///
    /// # Safety
    ///
    /// The runs hold `job.rows` rows of the left operand and whole panels of the right one, the result (rows, columns), and
    /// this machine has the path.
    unsafe fn full<I: Iterator<Item = Run<Self>>>(isa: Isa, job: Job<'_, Self, impl Fn(usize) -> I>, result: *mut Self);
    /// A product of pairs of bf16, on one path.
    ///
    /// # Safety
    ///
    /// As of [`Paths::full`].
    unsafe fn pairs<I: Iterator<Item = Run<u32>>>(isa: Isa, job: Job<'_, Self, impl Fn(usize) -> I>, result: *mut Self);
    /// Fills the copies of bf16 pairs, on one path.
    fn fill_pairs(isa: Isa, operand: &mut Operand<Self>, values: &[Self], rows: usize);
    /// Packs weights into pairs, on one path.
    fn pack_pairs(isa: Isa, packed: &mut Packed<Self>, weights: &[Self]);
}

/// One kind of product on all paths: the lanes of each and the rows x vectors that fill, and do not overflow, its registers.
macro_rules! product_paths {
    ($name:ident, $word:ty, $number:ident, bf16: $b:ty, avx512: $a:ty, avx2: $c:ty, neon: $n:ty, portable: $p:ty) => {
        unsafe fn $name<I: Iterator<Item = Run<$word>>>(
            isa: Isa,
            job: Job<'_, $number, impl Fn(usize) -> I>,
            result: *mut $number,
        ) {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma")]
            unsafe fn avx512_bf16<I: Iterator<Item = Run<$word>>>(
                job: Job<'_, $number, impl Fn(usize) -> I>,
                result: *mut $number,
            ) {
                // SAFETY: the caller's contract is passed on.
                unsafe { cover::<$b, 12, 2, I>(job, result) }
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma")]
            unsafe fn avx512<I: Iterator<Item = Run<$word>>>(
                job: Job<'_, $number, impl Fn(usize) -> I>,
                result: *mut $number,
            ) {
                // SAFETY: the caller's contract is passed on.
                unsafe { cover::<$a, 12, 2, I>(job, result) }
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            unsafe fn avx2<I: Iterator<Item = Run<$word>>>(
                job: Job<'_, $number, impl Fn(usize) -> I>,
                result: *mut $number,
            ) {
                // SAFETY: the caller's contract is passed on.
                unsafe { cover::<$c, 6, 2, I>(job, result) }
            }
            // SAFETY: the caller's contract is passed on, and the path is one that this machine has.
            unsafe {
                match isa {
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512Bf16 | Isa::Amx => avx512_bf16(job, result),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512 => avx512(job, result),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2 => avx2(job, result),
                    #[cfg(target_arch = "aarch64")]
                    Isa::Neon => cover::<$n, 6, 4, I>(job, result),
                    _ => cover::<$p, 4, 2, I>(job, result),
                }
            }
        }
    };
}

product_paths!(vector_pairs, u32, f32, bf16: Pairs16, avx512: WidenedPairs16, avx2: WidenedPairs8, neon: Pairs<f32, true>, portable: Pairs<f32, false>);

impl Paths for f32 {
    product_paths!(full, f32, f32, bf16: F32x16, avx512: F32x16, avx2: F32x8, neon: Full<f32, true>, portable: Full<f32, false>);
    unsafe fn pairs<I: Iterator<Item = Run<u32>>>(isa: Isa, job: Job<'_, f32, impl Fn(usize) -> I>, result: *mut f32) {
        // SAFETY: the caller's contract is passed on.
        unsafe {
            match isa {
                #[cfg(target_arch = "x86_64")]
                Isa::Amx => crate::x86::amx_pairs(job, result),
                _ => vector_pairs(isa, job, result),
            }
        }
    }

    fn fill_pairs(isa: Isa, operand: &mut Operand<f32>, values: &[f32], rows: usize) {
        match isa {
            // SAFETY: `Isa` values for an instruction set are made only where it is present.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512Bf16 | Isa::Amx => unsafe { crate::x86::fill_pairs(operand, values, rows) },
            _ => operand.fill_pairs(values, rows),
        }
    }
    fn pack_pairs(isa: Isa, packed: &mut Packed<f32>, weights: &[f32]) {
        match isa {
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512Bf16 | Isa::Amx => unsafe { crate::x86::pack_pairs(packed, weights) },
            _ => packed.pack_pairs(isa, weights),
        }
    }
}

impl Paths for f64 {
    product_paths!(full, f64, f64, bf16: F64x8, avx512: F64x8, avx2: F64x4, neon: Full<f64, true>, portable: Full<f64, false>);
    product_paths!(pairs, u32, f64, bf16: Pairs<f64, true>, avx512: Pairs<f64, true>, avx2: Pairs<f64, true>, neon: Pairs<f64, true>, portable: Pairs<f64, false>);

    fn fill_pairs(_isa: Isa, operand: &mut Operand<f64>, values: &[f64], rows: usize) {
        operand.fill_pairs(values, rows);
    }
    fn pack_pairs(isa: Isa, packed: &mut Packed<f64>, weights: &[f64]) {
        packed.pack_pairs(isa, weights);
    }
}

/// Covers the result with tiles of M rows x V vectors, panel by panel; a panel stays in cache for all rows.
///
/// # Safety
///
/// As of [`Paths::full`].
#[inline(always)]
unsafe fn cover<L: Lanes, const M: usize, const V: usize, I: Iterator<Item = Run<L::Word>>>(
    job: Job<'_, L::Number, impl Fn(usize) -> I>,
    result: *mut L::Number,
) {
    for panel in 0..job.columns.div_ceil(PANEL) {
        let width = PANEL.min(job.columns - panel * PANEL);
        let mut within = 0;
        while within < width {
            let at = At { panel, within, columns: width - within };
            // SAFETY: `at` lies inside the panel, and the caller's contract is passed on.
            unsafe {
                if at.columns > (V - 1) * L::COUNT {
                    rows::<L, M, V, I>(&job, at, result);
                    within += V * L::COUNT;
                } else {
                    rows::<L, M, 1, I>(&job, at, result);
                    within += L::COUNT;
                }
            }
        }
    }
}

/// Where a tile stands: its panel, its first column within it, and the columns that are left of the result from there.
#[derive(Clone, Copy)]
struct At {
    panel: usize,
    within: usize,
    columns: usize,
}

/// All rows of V vectors of columns, in tiles of M rows and lower ones.
///
/// # Safety
///
/// As of [`Paths::full`], and `at` lies inside the panel.
#[inline(always)]
unsafe fn rows<L: Lanes, const M: usize, const V: usize, I: Iterator<Item = Run<L::Word>>>(
    job: &Job<'_, L::Number, impl Fn(usize) -> I>,
    at: At,
    result: *mut L::Number,
) {
    let mut i = 0;
    while i < job.rows {
        let rest = job.rows - i;
        // SAFETY: i + the tile's rows <= job.rows in every arm.
        unsafe {
            // 13 to 16 rows are two tiles of 8 rather than one of 12 and a low one.
            if rest >= M && (M <= 8 || rest == M || rest > 16) {
                tile::<L, M, V, I>(job, i, at, result);
                i += M;
            } else if M > 8 && rest >= 8 {
                tile::<L, 8, V, I>(job, i, at, result);
                i += 8;
            } else if rest >= 4 {
                tile::<L, 4, V, I>(job, i, at, result);
                i += 4;
            } else if rest >= 2 {
                tile::<L, 2, V, I>(job, i, at, result);
                i += 2;
            } else {
                tile::<L, 1, V, I>(job, i, at, result);
                i += 1;
            }
        }
    }
}

/// A tile of the result, its sums in registers from first step to last.
///
/// # Safety
///
/// As of [`Paths::full`]; i + M <= job.rows, and `at` lies inside the panel.
#[inline(always)]
unsafe fn tile<L: Lanes, const M: usize, const V: usize, I: Iterator<Item = Run<L::Word>>>(
    job: &Job<'_, L::Number, impl Fn(usize) -> I>,
    i: usize,
    at: At,
    result: *mut L::Number,
) {
    let [left_row, left_step] = job.left;
    let first = at.panel * PANEL + at.within;
    // SAFETY: a panel is readable over its whole width, so vectors at `within` are; left elements are those of rows i to
    // i + M; edges of bias and result go through `Edge`, which touches `columns` elements.
    unsafe {
        let start: [L::Sums; V] = match job.bias.is_empty() {
            true => [L::zero(); V],
            false => std::array::from_fn(|v| load_edge::<L>(job.bias.as_ptr().add(first), v, at.columns)),
        };
        for next in job.next.iter().filter(|next| !next.is_empty()) {
            for q in 0..M {
                for v in 0..V {
                    prefetch_line(next.as_ptr().wrapping_add((i + q) * job.result_row + first + v * L::COUNT).cast());
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
            let to = result.add((i + q) * job.result_row + first);
            for (v, sum) in sums.into_iter().enumerate() {
                store_edge::<L>(to, v, at.columns, sum);
            }
        }
    }
}

/// Most lanes of a vector.
const MOST_LANES: usize = 16;

/// Vector `v` from `from` on, of which `columns` elements are there; the rest is 0.
///
/// # Safety
///
/// `columns` numbers can be read at `from`; the machine has the path.
#[inline(always)]
unsafe fn load_edge<L: Lanes>(from: *const L::Number, v: usize, columns: usize) -> L::Sums {
    let skip = v * L::COUNT;
    // SAFETY: the caller's contract; `rest` counts what is there beyond `skip`.
    unsafe {
        if columns >= skip + L::COUNT {
            return L::load_sums(from.add(skip));
        }
        let mut edge = [L::Number::ZERO; MOST_LANES];
        let rest = columns.saturating_sub(skip);
        std::ptr::copy_nonoverlapping(from.wrapping_add(skip), edge.as_mut_ptr(), rest);
        L::load_sums(edge.as_ptr())
    }
}

/// Writes vector `v` from `to` on, as far as there are `columns` elements.
///
/// # Safety
///
/// `columns` numbers can be written at `to`; the machine has the path.
#[inline(always)]
unsafe fn store_edge<L: Lanes>(to: *mut L::Number, v: usize, columns: usize, sums: L::Sums) {
    let skip = v * L::COUNT;
    // SAFETY: the caller's contract; `rest` counts what is there beyond `skip`.
    unsafe {
        if columns >= skip + L::COUNT {
            return L::store_sums(to.add(skip), sums);
        }
        let mut edge = [L::Number::ZERO; MOST_LANES];
        L::store_sums(edge.as_mut_ptr(), sums);
        let rest = columns.saturating_sub(skip);
        std::ptr::copy_nonoverlapping(edge.as_ptr(), to.wrapping_add(skip), rest);
    }
}
