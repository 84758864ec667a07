//! After the first step, a step takes no memory.

#![allow(clippy::unwrap_used)] // the helpers are part of the tests: what cannot be built fails them

use peak_alloc::PeakAlloc;
use wellfit::data::{Augment, Examples, Features, RowSource, Targets};
use wellfit::net::{Activation, DenseStack, Init, Loss, Network, Pass, Penalty, StackStyle};
use wellfit::optim::Optimizer;
use wellfit::train::{Engine, Progress, StepRule};
use wellfit_kernels::precision::Precision;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Rows of the large batch: more than are in flight at once.
const ROWS: usize = 5000;

// One test in this program: another would allocate beside it.
#[test]
fn no_step_after_the_first_allocates() {
    let spec = DenseStack {
        inputs: Features::of_numbers(9).and_category(20),
        hidden: vec![70, 33],
        activation: Activation::Silu,
        keep_prob: vec![0.8, 0.5],
        outputs: 3,
        loss: Loss::Softmax,
    };
    let examples = Examples {
        source: RowSource::of_matrix(
            ROWS,
            (0..ROWS * 9).map(|i| (i as f32).sin()).collect(),
            (0..ROWS as u32).map(|i| i % 20).collect(),
        ),
        targets: Targets::Classes((0..ROWS as u32).map(|i| i % 3).collect()),
        weights: Vec::new(),
    };
    let rows: Vec<u32> = (0..ROWS as u32).collect();
    let penalties = [Penalty { l2: 1e-3, l1: 1e-4 }; 7];
    let plain = StackStyle::default();
    let all = StackStyle { periodic: true, input_scale: true, learned_slope: true, ntk: true };
    let cases = [(32, None, plain), (100, Some(0.5), plain), (ROWS, None, plain), (100, None, all), (ROWS, None, all)];
    // The test runner's own thread still allocates when a test begins; then it waits.
    std::thread::sleep(std::time::Duration::from_millis(300));
    for precision in Precision::ALL {
        for threads in [1, 2] {
            for (batch, clip_norm, style) in cases {
                let network = Network::<f32>::new(&spec.clone().network_in(style).unwrap()).unwrap();
                let mut training = Progress::start(network.member(Init::He.theta(&network, 0)), Optimizer::Adam);
                let mut engine = Engine::with_precision(network, batch, threads, precision);
                engine.share_where_faster();
                engine.measure();
                engine.pack(&training.weights.member.theta);
                let mut step = |step: u64| {
                    let rule = StepRule {
                        update: Optimizer::Adam.update(1e-3, (0.9, 0.999), step + 1),
                        keep: 0.999,
                        penalties: &penalties,
                        clip_norm,
                        pass: Pass::Train { seed: 1, step, dropout: 1.0 },
                        smoothing: 0.1,
                        augment: Augment { noise: 0.1, swap: 0.1, mixup: 0.3 },
                    };
                    let from = step as usize % 10 * batch % (ROWS - batch + 1);
                    engine.step(&mut training.weights, &examples, &rows[from..from + batch], &rule).unwrap();
                };
                step(0);
                let before = MEMORY.current_usage();
                // From here on the peak stands above what is in use as soon as one byte is taken, by any thread.
                MEMORY.reset_peak_usage();
                (1..60).for_each(&mut step);
                let taken = MEMORY.peak_usage() - before;
                assert_eq!(taken, 0, "{precision}, {threads} threads, batch {batch}: {taken} bytes");
            }
        }
    }
}
