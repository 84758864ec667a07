//! The peak that workloads are compared with.

use std::thread;
use std::time::Instant;

use wellfit::kernels::isa::Isa;
use wellfit::kernels::operand::Operand;
use wellfit::kernels::packed::Packed;
use wellfit::kernels::panel::PANEL;
use wellfit::kernels::precision::Precision;
use wellfit::kernels::product::{Activations, input_gradient};

/// A product whose operands stay in the first cache: 48 rows, a sum of 96 steps, one panel of columns.
const ROWS: usize = 48;
const STEPS: usize = 96;
/// Products in a measurement, about 0.02 s, and measurements; the best counts.
const PRODUCTS: usize = 10_000;
const MEASUREMENTS: usize = 5;

/// Billions of floating-point operations a second of products of `precision`, on `threads` threads.
pub fn gflops(precision: Precision, threads: usize) -> f64 {
    let seconds = (0..MEASUREMENTS).map(|_| {
        let begun = Instant::now();
        thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(|| multiply(precision)))));
        begun.elapsed().as_secs_f64()
    });
    let operations = 2.0 * (ROWS * STEPS * PANEL * PRODUCTS * threads) as f64;
    operations / seconds.fold(f64::INFINITY, f64::min) / 1e9
}

fn multiply(precision: Precision) {
    let isa = Isa::best();
    let values = vec![0.5f32; ROWS * STEPS];
    let mut copies = Operand::new(ROWS, STEPS, precision);
    copies.fill(isa, &values, true);
    let mut tile = Packed::new(PANEL, STEPS, true, precision);
    tile.pack(isa, &[0.5; PANEL * STEPS]);
    let mut result = vec![0.0; ROWS * PANEL];
    for _ in 0..PRODUCTS {
        input_gradient(isa, Activations { values: &values, copies: &copies }, &tile, &mut result, PANEL, 0);
        std::hint::black_box(&mut result);
    }
}
