//! All products against their naive twin, on every instruction path and in both precisions.

use super::*;
use crate::bf16::bf16;
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

/// The naive twin of all three: `output[i, j] = start(j) + Σ_p left(i, p) · right(p, j)`, (m, n), over k steps.
fn product_naive(
    (m, n, k): (usize, usize, usize),
    left: impl Fn(usize, usize) -> f64,
    right: impl Fn(usize, usize) -> f64,
    start: impl Fn(usize) -> f64,
) -> Vec<f64> {
    let element = |i: usize, j: usize| (0..k).fold(start(j), |sum, p| sum + left(i, p) * right(p, j));
    (0..m).flat_map(|i| (0..n).map(move |j| (i, j))).map(|(i, j)| element(i, j)).collect()
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
                let Layer { x, dz, weights, bias, copies, tiles } = layer::<T>(isa, precision, rows, inputs, outputs);
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
        let group = 3 * isa.row_multiple(precision);
        let rows = 2 * group + 5;
        let whole = layer::<f32>(isa, precision, rows, inputs, outputs);
        let (mut y, mut dw) = (vec![0.0; rows * outputs], vec![0.0; PANEL * outputs]);
        forward(isa, Activations { values: &whole.x, copies: &whole.copies.0 }, &whole.tiles, &whole.bias, &mut y);
        let block = (&whole.copies.0, &whole.copies.1, rows);
        weight_gradient(isa, std::iter::once(block), 0, (PANEL, outputs), [&[]; 3], &mut dw);

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
        weight_gradient(isa, blocks, 0, (PANEL, outputs), [&[]; 3], &mut sum);
        assert_eq!(dw, sum, "{isa:?} {precision}");
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
