//! The gradient check, in the form that runs before training, against planted faults and against sound networks.

#![allow(clippy::unwrap_used)] // the helpers are part of the tests: what cannot be built fails them

mod support;

use std::ops::Range;

use support::{Case, Draw, Limits, change_numbers, count};
use wellfit::data::{Augment, Targets};
use wellfit::net::layers::Dense;
use wellfit::net::{
    Activation, Backward, CheckOptions, CheckReport, Forward, Gradient, Init, Layer, Loss, Network, Param, Pass,
    Penalty, PenaltySlope, Shape, TileShape, check, check_with_slope,
};
use wellfit::train::{Engine, StepRule};
use wellfit_kernels::packed::Packed;
use wellfit_kernels::precision::Precision;
use wellfit_kernels::update::Update;

/// As many rows as the check before training takes.
const ROWS: usize = 16;
const LIMITS: Limits = Limits { rows: (ROWS, ROWS), numeric: 12, units: 16, depth: 4 };

/// The networks that faults are planted in.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Weights {
    /// As a network starts or is after some training.
    Fit,
    /// Deep tanh networks with N(0, 3²): no step is small enough for their cost.
    FarTooLarge,
}

impl Weights {
    fn case(self, draw: &Draw) -> Case {
        match self {
            Weights::Fit => Case::draw(draw, LIMITS),
            Weights::FarTooLarge => {
                let mut case = Case::draw(draw, LIMITS);
                let stack = &mut case.stack;
                stack.activation = Activation::Tanh;
                stack.hidden = vec![draw.between(16, 32); draw.between(12, 30)];
                stack.keep_prob = vec![draw.pick(&[1.0, 1.0, 0.8]); stack.hidden.len()];
                let layers = stack.hidden.len() + 1 + usize::from(stack.inputs.codes() > 0);
                case.penalties = vec![case.penalties[0]; layers];
                case
            }
        }
    }

    fn theta(self, draw: &Draw, network: &Network<f64>, case: &Case, seed: usize) -> Vec<f64> {
        match self {
            Weights::Fit => theta(draw, network, case, seed),
            Weights::FarTooLarge => Init::Normal(3.0).theta(network, seed as u64),
        }
    }
}

/// What is wrong with a layer.
#[derive(Clone, Debug)]
enum Fault {
    /// The gradient of a parameter, times a factor: 0 forgets it, −1 turns it round.
    Gradient { param: usize, factor: f64 },
    /// The last rows are missing from every gradient.
    RowsForgotten(usize),
    /// The gradient of a matrix is written as its transpose.
    Transposed,
    /// The gradient of a parameter stands this many places further.
    Shifted { param: usize, places: usize },
    /// The delta of the units, times a factor, before their slope is taken.
    Delta(f64),
    /// The slope of the activation is forgotten.
    NoSlope,
    /// The division by keep_prob is forgotten.
    NoScale,
    /// The dropout mask is forgotten.
    NoMask,
    /// The input gradient, times a factor.
    Input(f64),
    /// The input gradient stands one input further.
    InputShifted,
    /// The input gradient is that of the next row.
    InputRowsShifted,
    /// The loss's derivative, times a factor; the rows of the batch forget 1/m.
    Loss(f64),
    /// The loss's derivative forgets the target.
    LossTarget,
    /// The loss's derivative forgets the row's weight.
    LossWeight,
    /// The loss's derivative is that of the next row.
    LossRowsShifted,
    /// The loss's derivative is that of the next output.
    LossShifted,
    /// The derivative of the penalty, times a factor.
    Penalty(f64),
    /// The derivative of the penalty is that of the next weight.
    PenaltyShifted,
}

/// What a faulty layer must know of its surroundings to go wrong as a loss would.
#[derive(Debug)]
struct Surroundings {
    weights: Vec<f64>,
    /// (rows, outputs): soft targets.
    targets: Vec<f64>,
}

/// A layer with a fault.
#[derive(Debug)]
struct Faulty {
    inner: Box<dyn Layer<f64>>,
    /// The same layer, where it is a dense one, without its activation.
    linear: Option<Dense>,
    fault: Fault,
    around: Surroundings,
}

impl Faulty {
    fn distort_delta(&self, delta: &mut [f64], rows: usize) {
        let outputs = self.inner.output().len();
        match self.fault {
            Fault::Delta(factor) | Fault::Loss(factor) => delta.iter_mut().for_each(|d| *d *= factor),
            Fault::LossTarget => {
                for ((row, t), w) in
                    delta.chunks_mut(outputs).zip(self.around.targets.chunks(outputs)).zip(&self.around.weights)
                {
                    // A row that the check left out weighs nothing.
                    if row.iter().any(|&d| d != 0.0) {
                        row.iter_mut().zip(t).for_each(|(d, t)| *d += w * t / rows as f64);
                    }
                }
            }
            Fault::LossWeight => {
                for (row, w) in delta.chunks_mut(outputs).zip(&self.around.weights) {
                    row.iter_mut().for_each(|d| *d /= w);
                }
            }
            Fault::LossRowsShifted => delta.rotate_left(outputs),
            Fault::LossShifted => delta.chunks_mut(outputs).for_each(|row| row.rotate_left(1)),
            _ => {}
        }
    }

    fn distort_gradient(&self, tile: &TileShape, gradient: &mut [f64]) {
        let dims = &self.inner.params()[tile.param].dims;
        match self.fault {
            Fault::Gradient { param, factor } if param == tile.param => {
                gradient.iter_mut().for_each(|g| *g *= factor);
            }
            Fault::Transposed if dims.len() == 2 => {
                let sound = gradient.to_vec();
                for (k, g) in gradient.iter_mut().enumerate() {
                    *g = sound[k % dims[0] * dims[1] + k / dims[0]];
                }
            }
            Fault::Shifted { param, places } if param == tile.param => {
                let places = places % gradient.len();
                gradient.rotate_right(places);
            }
            _ => {}
        }
    }
}

impl Layer<f64> for Faulty {
    fn name(&self) -> &str {
        self.inner.name()
    }
    fn output(&self) -> Shape {
        self.inner.output()
    }
    fn params(&self) -> Vec<Param> {
        self.inner.params()
    }
    fn tiles(&self) -> Vec<TileShape> {
        self.inner.tiles()
    }
    fn saved_for_backward(&self) -> usize {
        self.inner.saved_for_backward()
    }
    fn operands(&self) -> (usize, usize) {
        self.inner.operands()
    }
    fn packed(&self, tile: &TileShape, precision: Precision) -> Packed<f64> {
        self.inner.packed(tile, precision)
    }
    fn has_kink(&self) -> bool {
        self.inner.has_kink()
    }
    fn keep_prob(&self) -> f64 {
        self.inner.keep_prob()
    }
    fn forward(&self, io: Forward<'_, f64>) {
        self.inner.forward(io);
    }
    fn backward(&self, io: Backward<'_, f64>) {
        let (rows, mut dx) = (io.rows, io.dx);
        self.distort_delta(io.delta, rows);
        if let (Fault::NoScale, Some(mask)) = (&self.fault, io.mask) {
            io.delta.iter_mut().for_each(|d| *d /= mask.scale());
        }
        let mask = if matches!(self.fault, Fault::NoMask) { None } else { io.mask };
        let io = Backward { mask, dx: dx.as_deref_mut(), ..io };
        match (&self.fault, &self.linear) {
            (Fault::NoSlope, Some(linear)) => linear.backward(io),
            _ => self.inner.backward(io),
        }
        let Some(dx) = dx else { return };
        let inputs = dx.len() / rows;
        match self.fault {
            Fault::Input(factor) => dx.iter_mut().for_each(|d| *d *= factor),
            Fault::InputShifted => dx.chunks_mut(inputs).for_each(|row| row.rotate_left(1)),
            Fault::InputRowsShifted => dx.rotate_left(inputs),
            _ => {}
        }
    }
    fn gradient(&self, io: Gradient<'_, f64>) {
        let Gradient { layer, tile, blocks, next, gradient, isa } = io;
        let mut fewer = blocks.to_vec();
        if let Fault::RowsForgotten(rows) = self.fault {
            fewer.iter_mut().for_each(|block| block.rows = block.rows.saturating_sub(rows));
        }
        self.inner.gradient(Gradient { layer, tile, blocks: &fewer, next, gradient, isa });
        self.distort_gradient(tile, gradient);
    }
}

/// Where a fault is planted.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Site {
    Gradient,
    Backward,
    Loss,
    Penalty,
    Embedding,
}

const SITES: [Site; 5] = [Site::Gradient, Site::Backward, Site::Loss, Site::Penalty, Site::Embedding];

/// Outside [.99, 1.01], on either side, as often near the bounds as far away.
fn factor(draw: &Draw) -> f64 {
    match draw.below(4) {
        0 => draw.pick(&[0.989, 1.011]),
        1 => draw.pick(&[-1.0, 0.0]),
        2 => 1.0 + draw.size(0.0101, 10.0),
        _ => 1.0 / (1.0 + draw.size(0.0102, 10.0)),
    }
}

/// The gradient of a penalty, as `fault` distorts it where the penalty is `of`.
fn distorted_slope(fault: &Fault, of: Penalty, penalty: &Penalty, weights: &[f64], gradient: &mut [f64]) {
    let mut slope = vec![0.0; weights.len()];
    penalty.add_gradient(weights, &mut slope);
    match fault {
        Fault::Penalty(factor) if *penalty == of => slope.iter_mut().for_each(|s| *s *= factor),
        Fault::PenaltyShifted if *penalty == of => slope.rotate_left(1),
        _ => {}
    }
    gradient.iter_mut().zip(slope).for_each(|(g, s)| *g += s);
}

fn fault(draw: &Draw, site: Site, layer: &dyn Layer<f64>) -> Fault {
    let params = layer.params();
    let param = draw.below(params.len());
    let width = params[param].dims.get(1).copied().unwrap_or(1);
    match site {
        Site::Gradient => match draw.below(5) {
            0 | 1 => Fault::Gradient { param, factor: factor(draw) },
            2 => Fault::RowsForgotten(draw.between(1, ROWS / 2)),
            3 => Fault::Transposed,
            _ => Fault::Shifted { param, places: draw.pick(&[1, width]) },
        },
        Site::Backward => match draw.below(8) {
            0 => Fault::Delta(factor(draw)),
            1 => Fault::NoSlope,
            2 => Fault::NoScale,
            3 => Fault::NoMask,
            4 | 5 => Fault::Input(factor(draw)),
            6 => Fault::InputShifted,
            _ => Fault::InputRowsShifted,
        },
        Site::Loss => match draw.below(6) {
            0 => Fault::Loss(factor(draw)),
            1 => Fault::Loss(ROWS as f64),
            2 => Fault::LossTarget,
            3 => Fault::LossWeight,
            4 => Fault::LossRowsShifted,
            _ => Fault::LossShifted,
        },
        Site::Penalty => match draw.below(3) {
            0 | 1 => Fault::Penalty(factor(draw)),
            _ => Fault::PenaltyShifted,
        },
        Site::Embedding => match draw.below(3) {
            0 => Fault::Gradient { param, factor: factor(draw) },
            1 => Fault::RowsForgotten(draw.between(1, ROWS / 2)),
            // a neighbour's code, or a neighbour's number
            _ => Fault::Shifted { param, places: draw.pick(&[1, width]) },
        },
    }
}

/// The soft targets of the rows, (rows, outputs).
fn soft_targets(case: &Case) -> Vec<f64> {
    let (outputs, smoothing) = (case.stack.outputs, case.smoothing);
    match &case.examples.targets {
        Targets::Values(values) => values.iter().map(|&v| f64::from(v)).collect(),
        Targets::Classes(classes) if case.stack.loss == Loss::Sigmoid => {
            classes.iter().map(|&c| f64::from(c) * (1.0 - smoothing) + smoothing / 2.0).collect()
        }
        Targets::Classes(classes) => {
            let share = smoothing / outputs as f64;
            let row = |&c: &u32| (0..outputs).map(move |o| share + if o == c as usize { 1.0 - smoothing } else { 0.0 });
            classes.iter().flat_map(row).collect()
        }
        Targets::Absent => Vec::new(),
    }
}

/// Starting weights; in half of the cases biases as after some training.
fn theta(draw: &Draw, network: &Network<f64>, case: &Case, seed: usize) -> Vec<f64> {
    let mut theta = Init::for_activation(case.stack.activation).theta(network, seed as u64);
    if draw.chance(0.5) {
        theta.iter_mut().filter(|w| **w == 0.0).for_each(|w| *w = 0.3 * draw.normal());
    }
    theta
}

fn gradient(network: Network<f64>, theta: &[f64], case: &Case, seed: u64) -> Vec<f64> {
    let rule = StepRule {
        update: Update::Descent { rate: 0.0 },
        keep: 1.0,
        penalties: &case.penalties,
        clip_norm: None,
        pass: Pass::Train { seed, step: 0, dropout: 1.0 },
        smoothing: case.smoothing,
        augment: Augment::default(),
    };
    Engine::new(network, ROWS, 1).gradient(&theta.to_vec().into(), &case.examples, &case.rows(), &rule).unwrap().0
}

fn options(case: &Case, seed: u64) -> CheckOptions {
    CheckOptions { seed, smoothing: case.smoothing, ..CheckOptions::default() }
}

/// One planted fault: `None` where it changes no gradient, else whether it was caught in the right place, and what was said.
fn plant(draw: &Draw, number: usize, start: Weights) -> Option<(bool, bool, String)> {
    let site = SITES[number % SITES.len()];
    let mut case = loop {
        let case = start.case(draw);
        let fits = match site {
            Site::Embedding => case.stack.inputs.codes() > 0,
            Site::Penalty => !case.penalties[0].is_none(),
            _ => true,
        };
        if fits {
            break case;
        }
    };
    let embedded = usize::from(case.stack.inputs.codes() > 0);
    let mut layers = case.layers::<f64>();
    let at = match site {
        Site::Embedding => 0,
        Site::Loss => layers.len() - 1,
        Site::Penalty => draw.below(layers.len()),
        _ => embedded + draw.below(layers.len() - embedded),
    };
    // A penalty of its own, so that a faulty penalty is that of one layer.
    case.penalties[at].l2 *= 1.5;
    case.penalties[at].l1 *= 1.5;
    let of = case.penalties[at];
    let sound = Network::<f64>::new(&case.spec()).unwrap();
    let theta = start.theta(draw, &sound, &case, number);
    let seed = number as u64;
    let fault = fault(draw, site, layers[at].as_ref());
    let weights = (0..ROWS).map(|row| case.examples.weights.get(row).map_or(1.0, |&w| f64::from(w))).collect();
    let around = Surroundings { weights, targets: soft_targets(&case) };
    let linear = at.checked_sub(embedded).map(|i| {
        let dense = case.dense()[i].clone();
        // ReLU saves no slopes, dropout or not.
        let keep_prob = if dense.activation == Activation::Relu { 1.0 } else { dense.keep_prob };
        Dense { activation: Activation::Identity, keep_prob, ..dense }
    });
    let names: Vec<String> = layers.iter().map(|layer| layer.name().to_string()).collect();
    let inner = std::mem::replace(&mut layers[at], Box::new(case.embed()));
    layers[at] = Box::new(Faulty { inner, linear, fault: fault.clone(), around });
    let faulty = Network::from_layers(case.stack.inputs.clone(), layers, case.stack.loss);

    let slope = |penalty: &Penalty, weights: &[f64], gradient: &mut [f64]| {
        distorted_slope(&fault, of, penalty, weights, gradient);
    };
    let (rows, penalties) = (case.rows(), (&case.penalties[..], &slope as PenaltySlope<'_>));
    let report = check_with_slope(&faulty, &theta, &case.examples, &rows, penalties, &options(&case, seed)).unwrap();
    let place = sound.range(at);
    let layers: Vec<_> = (0..names.len()).map(|layer| sound.range(layer)).collect();
    let right = gradient(sound, &theta, &case, seed);
    let mut wrong = gradient(faulty, &theta, &case, seed);
    if site == Site::Penalty {
        let mut start = place.start;
        for param in case.layers::<f64>()[at].params().iter().filter(|param| param.decays) {
            let here = start..start + param.len();
            start = here.end;
            let mut difference = vec![0.0; param.len()];
            of.add_gradient(&theta[here.clone()], &mut difference);
            difference.iter_mut().for_each(|d| *d = -*d);
            slope(&of, &theta[here.clone()], &mut difference);
            wrong[here].iter_mut().zip(difference).for_each(|(w, d)| *w += d);
        }
    }
    // Layer by layer, since gradients that explode are largest below.
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>().sqrt();
    let changed = |layer: &Range<usize>| {
        let (right, wrong) = (&right[layer.clone()], &wrong[layer.clone()]);
        norm(&mut right.iter().zip(wrong).map(|(r, w)| r - w)) > 1e-12 * norm(&mut right.iter().copied())
    };
    if !layers.iter().any(changed) {
        return None;
    }
    let topmost = report.topmost_fault().map(|block| layer_of(block).to_string());
    let placed = topmost
        .as_ref()
        .is_some_and(|name| *name == names[at] || at.checked_sub(1).is_some_and(|below| *name == names[below]));
    let said = format!("{number}: {fault:?} in {} of {:?} {:?}: {report:?}", names[at], case.stack, case.penalties[at]);
    Some((!report.passed, placed, said))
}

/// `dense1` of `dense1.weight`, and `embed` of `embed2.weight`.
fn layer_of(block: &str) -> &str {
    let name = block.split('.').next().unwrap_or(block);
    if name.starts_with("embed") { "embed" } else { name }
}

/// Plants faults, and returns what was missed or caught in another place.
fn missed(wanted: usize, seed: u64, start: Weights) -> Vec<String> {
    let (mut planted, mut caught, mut placed, mut without_effect) = (0, 0, 0, 0);
    let mut missed = Vec::new();
    for number in 0.. {
        if planted == wanted {
            break;
        }
        let Some((found, in_place, said)) = plant(&Draw::new(seed, number), number, start) else {
            without_effect += 1;
            continue;
        };
        planted += 1;
        caught += usize::from(found);
        placed += usize::from(in_place);
        if !(found && in_place) {
            missed.push(said);
        }
    }
    println!(
        "proof: planted faults, weights {start:?}: {caught} of {planted} caught, {placed} in the faulty layer or the one \
         below it; {without_effect} more changed no gradient"
    );
    missed
}

#[test]
fn planted_faults_are_caught_where_they_are() {
    let wanted = count(200, 2000);
    let missed = missed(wanted, 31, Weights::Fit);
    // 99%
    assert!(missed.len() * 100 <= wanted, "{}", missed.join("\n"));
}

#[test]
fn planted_faults_are_caught_in_chaotic_networks_too() {
    let wanted = count(25, 500);
    let missed = missed(wanted, 33, Weights::FarTooLarge);
    // 99%
    assert!(missed.len() * 100 <= wanted, "{}", missed.join("\n"));
}

/// A sound network whose weights are N(0, σ²), whatever its depth.
struct SizedWeights {
    activation: Activation,
    depth: usize,
    units: usize,
    sigma: f64,
    /// What the inputs are multiplied by.
    scale: f32,
}

impl SizedWeights {
    fn grid() -> Vec<SizedWeights> {
        let mut grid = Vec::new();
        for activation in [Activation::Tanh, Activation::Sigmoid, Activation::Relu, Activation::Selu, Activation::Gelu]
        {
            for (depth, units) in [(3, 8), (3, 64), (10, 8), (10, 64), (30, 8), (30, 64)] {
                for sigma in [0.01, 0.1, 0.3, 1.0, 2.0, 3.0, 5.0, 10.0] {
                    for scale in [1.0, 800.0] {
                        grid.push(SizedWeights { activation, depth, units, sigma, scale });
                    }
                }
            }
        }
        grid
    }

    fn check(&self, seed: usize) -> CheckReport {
        let draw = Draw::new(34, seed);
        let mut case = Case::draw(&draw, LIMITS);
        case.stack.activation = self.activation;
        case.stack.hidden = vec![self.units; self.depth];
        case.stack.keep_prob = vec![1.0; self.depth];
        case.penalties = vec![case.penalties[0]; self.depth + 2];
        change_numbers(&mut case.examples, |_, number| *number *= self.scale);
        let network = Network::<f64>::new(&case.spec()).unwrap();
        let theta = Init::Normal(self.sigma).theta(&network, seed as u64);
        let options = options(&case, seed as u64);
        check(&network, &theta, &case.examples, &case.rows(), &case.penalties, &options).unwrap()
    }
}

#[test]
fn weights_of_any_size_are_no_fault() {
    let grid = SizedWeights::grid();
    let cases = count(16, grid.len());
    let (mut chaotic, mut by_layer, mut unknown, mut largest) = (0, 0, 0, 0.0f64);
    for number in 0..cases {
        // A step that has no divisor in common with the grid goes through all of it.
        let place = number * 103 % grid.len();
        let sized = &grid[place];
        let report = sized.check(place);
        let SizedWeights { activation, depth, units, sigma, scale } = sized;
        let said = format!("{place}: {depth} of {units} {activation}, normal:{sigma}, inputs times {scale}");
        assert!(report.passed, "{said}: {report:?}");
        chaotic += usize::from(report.chaotic.is_some());
        by_layer += report.blocks.iter().filter(|block| block.by_layer).count();
        unknown += report.blocks.iter().filter(|block| block.relative_error.is_none()).count();
        largest = report.blocks.iter().filter_map(|block| block.relative_error).fold(largest, f64::max);
    }
    println!(
        "proof: weights from normal:0.01 to normal:10: {cases} of {cases} pass, {chaotic} of them chaotic, {by_layer} blocks \
         checked by their layer, {unknown} not at all, largest relative error {largest:.1e}"
    );
}

#[test]
fn sound_networks_pass() {
    let networks = count(200, 2000);
    let mut largest: f64 = 0.0;
    for number in 0..networks {
        let draw = Draw::new(32, number);
        let case = Case::draw(&draw, Limits { numeric: 40, units: 60, ..LIMITS });
        let network = Network::<f64>::new(&case.spec()).unwrap();
        let theta = theta(&draw, &network, &case, number);
        let options = options(&case, number as u64);
        let report = check(&network, &theta, &case.examples, &case.rows(), &case.penalties, &options).unwrap();
        assert!(report.passed, "{number}: {case:?}: {report:?}");
        largest = report.blocks.iter().filter_map(|block| block.relative_error).fold(largest, f64::max);
    }
    println!(
        "proof: gradient check of sound networks: {networks} of {networks} pass, largest relative error {largest:.1e}"
    );
}
