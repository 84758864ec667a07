//! Matrix products: the three that a dense layer needs, from one register tile.
//!
//! Every element of a result is one chain `start + a[0]*b[0] + a[1]*b[1] + ...` in that order, whatever the tile it falls
//! into; so results do not depend on how rows are grouped into blocks or parameters into tiles.

use crate::isa::Isa;
use crate::operand::{Operand, PANEL, Packed};
use crate::precision::Precision;
use crate::scalar::Scalar;
use crate::tile::{Job, NEXT, Run};

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
            let job =
                Job { rows, columns: outputs, left: [inputs, 1], runs, bias, result_row: outputs, next: [&[]; NEXT] };
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
                    readable: PANEL / 2,
                })
            };
            let job =
                Job { rows, columns: outputs, left: [row, 1], runs, bias, result_row: outputs, next: [&[]; NEXT] };
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
            let (left, right) = (dz.values.as_ptr(), tile.backward.as_ptr());
            let runs = |_| std::iter::once(Run { left, right, steps: outputs, readable: outputs });
            let job = Job {
                rows,
                columns: tile.inputs,
                left: [outputs, 1],
                runs,
                bias: &[],
                result_row: inputs,
                next: [&[]; NEXT],
            };
            // SAFETY: dz holds rows · outputs numbers, the tile (outputs, PANEL), as asserted; a row of the result ends
            // inside its row of dx.
            unsafe { T::full(isa, job, result) }
        }
        Precision::Bf16 => {
            let row = outputs.div_ceil(PANEL) * PANEL / 2;
            assert!(tile.backward_pairs.len() >= row * PANEL, "the tile is packed for the input gradient");
            let steps = outputs.div_ceil(2);
            let (left, right) = (dz.copies.pair_rows.as_ptr(), tile.backward_pairs.as_ptr());
            let runs = |_| std::iter::once(Run { left, right, steps, readable: row });
            let job = Job {
                rows,
                columns: tile.inputs,
                left: [row, 1],
                runs,
                bias: &[],
                result_row: inputs,
                next: [&[]; NEXT],
            };
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
                    readable: rows,
                })
            };
            let job =
                Job { rows: inputs, columns: outputs, left: [1, PANEL], runs, bias: &[], result_row: outputs, next };
            // SAFETY: each panel is (capacity, PANEL), with at least `rows` rows, as asserted.
            unsafe { T::full(isa, job, result) }
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
            let job =
                Job { rows: inputs, columns: outputs, left: [1, PANEL], runs, bias: &[], result_row: outputs, next };
            // SAFETY: each panel is (capacity/2, PANEL) words, and as above.
            unsafe { T::pairs(isa, job, result) }
        }
    }
}

/// The naive twin of all three: `result[i, j] = start(j) + Σ_p left(i, p) · right(p, j)`, (m, n), over k steps.
pub fn product_naive(
    (m, n, k): (usize, usize, usize),
    left: impl Fn(usize, usize) -> f64,
    right: impl Fn(usize, usize) -> f64,
    start: impl Fn(usize) -> f64,
) -> Vec<f64> {
    let element = |i: usize, j: usize| (0..k).fold(start(j), |sum, p| sum + left(i, p) * right(p, j));
    (0..m).flat_map(|i| (0..n).map(move |j| (i, j))).map(|(i, j)| element(i, j)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::precision::bf16;
    use crate::random::{Purpose, Stream};

    struct Tile<T>(Packed<T>);

    impl<T> AsRef<Packed<T>> for Tile<T> {
        fn as_ref(&self) -> &Packed<T> {
            &self.0
        }
    }

    fn numbers<T: Scalar>(lane: u64, len: usize) -> Vec<T> {
        let stream = Stream::new(1, Purpose::Sample, lane);
        (0..len as u64).map(|i| T::from_f64(stream.normal(i))).collect()
    }

    /// What a number counts as in a product.
    fn rounded<T: Scalar>(value: T, precision: Precision) -> f64 {
        match precision {
            Precision::F32 => value.to_f64(),
            Precision::Bf16 => f64::from(f32::from_bits(u32::from(bf16(value.to_f64() as f32)) << 16)),
        }
    }

    /// A layer of (inputs, outputs) and a block of rows, with all copies made.
    struct Layer<T> {
        x: Vec<T>,
        dz: Vec<T>,
        weights: Vec<T>,
        bias: Vec<T>,
        copies: (Operand<T>, Operand<T>),
        tiles: Vec<Tile<T>>,
    }

    fn layer<T: Scalar>(isa: Isa, precision: Precision, rows: usize, inputs: usize, outputs: usize) -> Layer<T> {
        let (x, dz) = (numbers(1, rows * inputs), numbers(2, rows * outputs));
        let weights: Vec<T> = numbers(3, inputs * outputs);
        // Copies have room for more rows than there are, and held others before.
        let mut copies = (Operand::new(rows + 3, inputs, precision), Operand::new(rows + 3, outputs, precision));
        for (copy, values) in [(&mut copies.0, &x), (&mut copies.1, &dz)] {
            copy.fill(isa, &vec![T::ONE; (rows + 3) * copy.columns], true);
            copy.fill(isa, values, true);
        }
        let tiles = weights.chunks(PANEL * outputs).map(|weights| {
            let mut tile = Packed::new(weights.len() / outputs, outputs, true, precision);
            tile.pack(isa, weights);
            Tile(tile)
        });
        Layer { tiles: tiles.collect(), bias: numbers(4, outputs), x, dz, weights, copies }
    }

    fn close<T: Scalar>(found: &[T], expected: &[f64], tolerance: f64, what: &str) {
        assert_eq!(found.len(), expected.len());
        for (x, y) in found.iter().zip(expected) {
            assert!((x.to_f64() - y).abs() <= tolerance, "{what}: {x} {y}");
        }
    }

    #[test]
    fn every_path_agrees_with_the_naive_twin_on_all_edges() {
        edges::<f32>(f64::from(f32::EPSILON));
        edges::<f64>(f64::EPSILON);
    }

    fn edges<T: Scalar>(epsilon: f64) {
        for (isa, precision) in Isa::available().into_iter().flat_map(|isa| Precision::ALL.map(|p| (isa, p))) {
            for rows in [1, 2, 3, 12, 13, 17, 33, 70, 280] {
                for (inputs, outputs) in [(1, 1), (2, 5), (7, 10), (31, 16), (33, 31), (40, 33), (65, 64), (97, 2)] {
                    let Layer { x, dz, weights, bias, copies, tiles } =
                        layer::<T>(isa, precision, rows, inputs, outputs);
                    let of = |value: T| rounded(value, precision);
                    let what = format!("{isa:?} {precision} {rows}x{inputs}x{outputs}");
                    // k products of about unit size, each rounded once more or less
                    let tolerance = |k: usize| 8.0 * epsilon * (k as f64 + 1.0);

                    let mut y = vec![T::ZERO; rows * outputs];
                    forward(isa, Activations { values: &x, copies: &copies.0 }, &tiles, &bias, &mut y);
                    let (left, right) = (|i, p| of(x[i * inputs + p]), |p, j| of(weights[p * outputs + j]));
                    let naive = product_naive((rows, outputs, inputs), left, right, |j| bias[j].to_f64());
                    close(&y, &naive, tolerance(inputs), &what);

                    let mut dx = vec![T::ZERO; rows * inputs];
                    for (t, tile) in tiles.iter().enumerate() {
                        let dz = Activations { values: &dz, copies: &copies.1 };
                        input_gradient(isa, dz, &tile.0, &mut dx, inputs, t * PANEL);
                    }
                    let (left, right) = (|i, p| of(dz[i * outputs + p]), |p, j| of(weights[j * outputs + p]));
                    let naive = product_naive((rows, inputs, outputs), left, right, |_| 0.0);
                    close(&dx, &naive, tolerance(outputs), &what);

                    // The same block twice: the sum over rows goes through both.
                    let mut dw = vec![T::ZERO; inputs * outputs];
                    for (t, part) in dw.chunks_mut(PANEL * outputs).enumerate() {
                        let shape = (part.len() / outputs, outputs);
                        let blocks = std::iter::repeat_n((&copies.0, &copies.1, rows), 2);
                        weight_gradient(isa, blocks, t, shape, [&weights, &[], &[]], part);
                    }
                    let (left, right) = (|i, p| of(x[p % rows * inputs + i]), |p, j| of(dz[p % rows * outputs + j]));
                    let naive = product_naive((inputs, outputs, 2 * rows), left, right, |_| 0.0);
                    close(&dw, &naive, tolerance(2 * rows), &what);
                }
            }
        }
    }

    #[test]
    fn grouping_rows_differently_gives_the_same_bits() {
        let (inputs, outputs) = (50, 37);
        for (isa, precision) in Isa::available().into_iter().flat_map(|isa| Precision::ALL.map(|p| (isa, p))) {
            // Three groups of rows that stay together, then a short one.
            let group = 3 * isa.rows_together(precision);
            let rows = 2 * group + 5;
            let whole = layer::<f32>(isa, precision, rows, inputs, outputs);
            let (mut y, mut dw) = (vec![0.0; rows * outputs], vec![0.0; PANEL * outputs]);
            forward(isa, Activations { values: &whole.x, copies: &whole.copies.0 }, &whole.tiles, &whole.bias, &mut y);
            let block = (&whole.copies.0, &whole.copies.1, rows);
            weight_gradient(isa, std::iter::once(block), 0, (PANEL, outputs), [&[]; NEXT], &mut dw);

            let mut groups = Vec::new();
            for (x, dz) in whole.x.chunks(group * inputs).zip(whole.dz.chunks(group * outputs)) {
                let mut copies = (Operand::new(group, inputs, precision), Operand::new(group, outputs, precision));
                copies.0.fill(isa, x, true);
                copies.1.fill(isa, dz, true);
                groups.push((x, copies));
            }
            let mut parts = vec![0.0; rows * outputs];
            for ((x, copies), out) in groups.iter().zip(parts.chunks_mut(group * outputs)) {
                forward(isa, Activations { values: x, copies: &copies.0 }, &whole.tiles, &whole.bias, out);
            }
            assert_eq!(y, parts, "{isa:?} {precision}");
            let mut sum = vec![0.0; PANEL * outputs];
            let blocks = groups.iter().map(|(x, copies)| (&copies.0, &copies.1, x.len() / inputs));
            weight_gradient(isa, blocks, 0, (PANEL, outputs), [&[]; NEXT], &mut sum);
            assert_eq!(dw, sum, "{isa:?} {precision}");
        }
    }

    #[test]
    fn copies_of_every_path_are_those_of_the_portable_one() {
        for isa in Isa::available() {
            for (rows, columns) in [(1, 1), (3, 31), (4, 32), (5, 70)] {
                let values = numbers::<f32>(1, rows * columns);
                let filled = |isa| {
                    let mut copy = Operand::new(6, columns, Precision::Bf16);
                    copy.fill(isa, &values, true);
                    (copy.pair_panels, copy.pair_rows)
                };
                assert_eq!(filled(isa), filled(Isa::Portable), "{isa:?}");
                let packed = |isa| {
                    let mut tile = Packed::new(rows, columns, true, Precision::Bf16);
                    tile.pack(isa, &values);
                    (tile.forward_pairs, tile.backward_pairs)
                };
                assert_eq!(packed(isa), packed(Isa::Portable), "{isa:?}");
            }
        }
    }

    #[test]
    #[should_panic(expected = "the tiles of W cover the inputs")]
    fn tiles_that_are_missing_are_refused() {
        let layer = layer::<f32>(Isa::best(), Precision::F32, 2, 40, 3);
        let x = Activations { values: &layer.x, copies: &layer.copies.0 };
        forward(Isa::best(), x, &layer.tiles[..1], &layer.bias, &mut [0.0; 6]);
    }

    #[test]
    #[should_panic(expected = "dx is (rows, inputs)")]
    fn a_result_that_is_too_short_is_refused() {
        let layer = layer::<f32>(Isa::best(), Precision::F32, 2, 40, 3);
        let dz = Activations { values: &layer.dz, copies: &layer.copies.1 };
        input_gradient(Isa::best(), dz, &layer.tiles[1].0, &mut [0.0; 78], 40, 32);
    }
}
