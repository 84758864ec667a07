//! Matrix products: the three that a dense layer needs, from one register tile.
//!
//! Every element of a result is one chain `start + a[0]*b[0] + a[1]*b[1] + ...` in that order, whatever the tile it falls
//! into; so results do not depend on how rows are grouped into blocks or parameters into tiles.

use crate::isa::Isa;
use crate::lanes::{Full, Lanes, Pairs};
use crate::operand::{Operand, PANEL, Packed};
use crate::precision::Precision;
use crate::prefetch::prefetch_line;
use crate::scalar::Scalar;

/// Activations as products read them: rows as they are, and their copies.
#[derive(Clone, Copy, Debug)]
pub struct Activations<'a, T> {
    /// (rows, columns), row-major.
    pub values: &'a [T],
    /// The copies made of them by [`Operand::fill`].
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
pub fn forward<T: Scalar>(
    isa: Isa,
    x: Activations<'_, T>,
    weights: &[impl AsRef<Packed<T>>],
    bias: &[T],
    y: &mut [T],
) {
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
    match precision {
        Precision::F32 => {
            let runs = |panel: usize| {
                tiles().map(move |(t, tile)| Run {
                    left: x.values[t * PANEL..].as_ptr(),
                    right: tile.forward[panel * PANEL * PANEL..].as_ptr(),
                    steps: tile.inputs,
                })
            };
            let job = Job { rows, columns: outputs, left: [inputs, 1], runs, bias, result_row: outputs, next: [&[]; NEXT] };
            // SAFETY: x holds rows · inputs numbers and each tile (panels of outputs, PANEL, PANEL), as asserted; y is
            // (rows, outputs).
            unsafe { T::full(isa, job, y.as_mut_ptr()) }
        }
        Precision::Bf16 => {
            let row = inputs.div_ceil(PANEL) * PANEL / 2;
            let runs = |panel: usize| {
                tiles().map(move |(t, tile)| Run {
                    left: x.copies.pair_rows[t * PANEL / 2..].as_ptr(),
                    right: tile.forward_pairs[panel * PANEL * PANEL / 2..].as_ptr(),
                    steps: tile.inputs.div_ceil(2),
                })
            };
            let job = Job { rows, columns: outputs, left: [row, 1], runs, bias, result_row: outputs, next: [&[]; NEXT] };
            // SAFETY: the copies hold `capacity` rows of `row` words, and as above.
            unsafe { T::pairs(isa, job, y.as_mut_ptr()) }
        }
    }
}

/// `dx[.., first..] = dz · Wᵀ` for the inputs of one tile of W: (rows, tile's inputs) from (rows, outputs).
///
/// `dx` is (rows, inputs). Panics if shapes disagree (a bug in the caller).
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
    let result = dx[first..].as_mut_ptr();
    match precision {
        Precision::F32 => {
            assert!(tile.backward.len() >= outputs * PANEL, "the tile is packed for the input gradient");
            let runs = |_| {
                std::iter::once(Run { left: dz.values.as_ptr(), right: tile.backward.as_ptr(), steps: outputs })
            };
            let job = Job { rows, columns: tile.inputs, left: [outputs, 1], runs, bias: &[], result_row: inputs, next: [&[]; NEXT] };
            // SAFETY: dz holds rows · outputs numbers, the tile (outputs, PANEL), as asserted; a row of the result ends
            // inside its row of dx.
            unsafe { T::full(isa, job, result) }
        }
        Precision::Bf16 => {
            let row = outputs.div_ceil(PANEL) * PANEL / 2;
            assert!(tile.backward_pairs.len() >= row * PANEL, "the tile is packed for the input gradient");
            let steps = outputs.div_ceil(2);
            let (left, right) = (dz.copies.pair_rows.as_ptr(), tile.backward_pairs.as_ptr());
            let runs = |_| std::iter::once(Run { left, right, steps });
            let job = Job { rows, columns: tile.inputs, left: [row, 1], runs, bias: &[], result_row: inputs, next: [&[]; NEXT] };
            // SAFETY: the copies hold `capacity` rows of `row` words, and as above.
            unsafe { T::pairs(isa, job, result) }
        }
    }
}

/// `gradient = xᵀ · dz` over the rows of all `blocks`, for the inputs of panel `panel` of x: (inputs, outputs).
///
/// A block is the copies of x and dz, and its rows. `next` are what will be read when the gradient is there, at the same
/// places: the weights and their averages, say, or nothing; their memory is asked for while the sums are taken. Panics if shapes disagree (a bug in the caller).
pub fn weight_gradient<'a, T: Scalar>(
    isa: Isa,
    blocks: impl Iterator<Item = (&'a Operand<T>, &'a Operand<T>, usize)> + Clone,
    panel: usize,
    (inputs, outputs): (usize, usize),
    next: [&[T]; NEXT],
    gradient: &mut [T],
) {
    assert!(inputs <= PANEL && gradient.len() == inputs * outputs, "the gradient is (inputs, outputs)");
    let mut precision = Precision::F32;
    for (x, dz, rows) in blocks.clone() {
        assert!(panel * PANEL + inputs <= x.columns && dz.columns == outputs, "x and dz have these columns");
        assert!(rows <= x.capacity && rows <= dz.capacity && x.precision == dz.precision, "x and dz have these rows");
        precision = x.precision;
    }
    let result = gradient.as_mut_ptr();
    match precision {
        Precision::F32 => {
            let runs = |column: usize| {
                blocks.clone().map(move |(x, dz, rows)| Run {
                    left: x.panels[panel * x.capacity * PANEL..].as_ptr(),
                    right: dz.panels[column * dz.capacity * PANEL..].as_ptr(),
                    steps: rows,
                })
            };
            let job = Job { rows: inputs, columns: outputs, left: [1, PANEL], runs, bias: &[], result_row: outputs, next };
            // SAFETY: each panel is (capacity, PANEL), with at least `rows` rows, as asserted.
            unsafe { T::full(isa, job, result) }
        }
        Precision::Bf16 => {
            let runs = |column: usize| {
                blocks.clone().map(move |(x, dz, rows)| Run {
                    left: x.pair_panels[panel * x.capacity.div_ceil(2) * PANEL..].as_ptr(),
                    right: dz.pair_panels[column * dz.capacity.div_ceil(2) * PANEL..].as_ptr(),
                    steps: rows.div_ceil(2),
                })
            };
            let job = Job { rows: inputs, columns: outputs, left: [1, PANEL], runs, bias: &[], result_row: outputs, next };
            // SAFETY: each panel is (capacity/2, PANEL) words, and as above.
            unsafe { T::pairs(isa, job, result) }
        }
    }
}

/// Steps of a sum that lie together: element (row i, step p) of the left operand stands at `left + i * row + p * step`, step
/// p of the right one is a row of [`PANEL`] words at `right + p * PANEL`.
#[derive(Clone, Copy, Debug)]
pub struct Run<W> {
    left: *const W,
    right: *const W,
    steps: usize,
}

/// One product: `result[i, j] = bias[j] + Σ left[i, p] · right[p, j]` over the steps of all runs.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a, T, F> {
    rows: usize,
    columns: usize,
    /// Distances of the left operand: between rows of the result, between steps.
    left: [usize; 2],
    /// The runs of a panel of the right operand.
    runs: F,
    /// (columns,), or empty for 0.
    bias: &'a [T],
    result_row: usize,
    /// What will be read next, at the places of the result.
    next: [&'a [T]; NEXT],
}

/// Slices of [`weight_gradient`]'s `next`.
const NEXT: usize = 3;

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
            // SAFETY, in every arm: the caller's contract is passed on, and the path is one that this machine has.
            match isa {
                #[cfg(target_arch = "x86_64")]
                Isa::Avx512Bf16 => unsafe { avx512_bf16(job, result) },
                #[cfg(target_arch = "x86_64")]
                Isa::Avx512 => unsafe { avx512(job, result) },
                #[cfg(target_arch = "x86_64")]
                Isa::Avx2 => unsafe { avx2(job, result) },
                #[cfg(target_arch = "aarch64")]
                Isa::Neon => unsafe { cover::<$n, 6, 4, I>(job, result) },
                _ => unsafe { cover::<$p, 4, 2, I>(job, result) },
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
use crate::x86::{F32x8, F32x16, F64x4, F64x8, Pairs16, WidenedPairs8, WidenedPairs16};

impl Paths for f32 {
    product_paths!(full, f32, f32, bf16: F32x16, avx512: F32x16, avx2: F32x8, neon: Full<f32, true>, portable: Full<f32, false>);
    product_paths!(pairs, u32, f32, bf16: Pairs16, avx512: WidenedPairs16, avx2: WidenedPairs8, neon: Pairs<f32, true>, portable: Pairs<f32, false>);

    fn fill_pairs(isa: Isa, operand: &mut Operand<f32>, values: &[f32], rows: usize) {
        match isa {
            // SAFETY: `Isa` values for an instruction set are made only where it is present.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512Bf16 => unsafe { crate::x86::fill_pairs(operand, values, rows) },
            _ => operand.fill_pairs(values, rows),
        }
    }
    fn pack_pairs(isa: Isa, packed: &mut Packed<f32>, weights: &[f32]) {
        match isa {
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512Bf16 => unsafe { crate::x86::pack_pairs(packed, weights) },
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
