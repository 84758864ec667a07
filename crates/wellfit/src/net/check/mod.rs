//! Gradient checking: the analytic gradient against two-sided differences, in `f64`, over the source that trains.
//!
//! A fault and chaos look alike at first: the two sides disagree. What tells them apart is the numeric derivative. Where the
//! cost is smooth at the scale of the step, it arrives: it stays the same from ε to ε/10 (its truncation falls with ε², its
//! rounding rises with 1/ε), and a gradient that differs from where it arrived is a fault. Where weights are so large that the
//! cost turns many times within the smallest step that rounding allows, it never arrives: it is a bounded difference over 2ε
//! and grows with 1/ε, while the gradient is larger by orders of magnitude. Nothing follows from such a disagreement, so
//! these parameters are checked layer by layer ([`by_layer`]), which finds the same faults and knows no chaos.

mod by_layer;
mod compared;
mod probe;
mod steps;
mod workspace;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::data::Examples;

use super::network::Network;
use super::param::Param;
use super::penalty::Penalty;

use compared::Compared;
use probe::{Probe, Unit};
use steps::Steps;
use workspace::Workspace;

/// A relative error above this is a fault. The course's bound is 2e-7 at ε = 1e-7; rounding of a large cost on unscaled
/// inputs reaches 1e-6, and a factor of 1.001 on one gradient already gives 5e-4.
const FAULT: f64 = 1e-5;
/// How a check is made.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckOptions {
    /// Size of the step, times max(1, |θ|) where [`CheckOptions::scaled`].
    pub epsilon: f64,
    /// Whether the step grows with |θ|.
    pub scaled: bool,
    /// Which coordinates are tried.
    pub coverage: Coverage,
    /// Seed of the masks and of the sampled coordinates.
    pub seed: u64,
    /// Share of a class target spread over all classes.
    pub smoothing: f64,
}

/// How much of θ is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Every coordinate.
    All,
    /// Of each parameter, this many random coordinates and random directions.
    Sample {
        /// Coordinates of each parameter.
        coordinates: usize,
        /// Directions within each parameter.
        directions: usize,
    },
}

impl Default for CheckOptions {
    fn default() -> Self {
        let coverage = Coverage::Sample { coordinates: 4, directions: 2 };
        CheckOptions { epsilon: 1e-5, scaled: true, coverage, seed: 0, smoothing: 0.0 }
    }
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckReport {
    /// Whether no parameter disagrees.
    pub passed: bool,
    /// ‖a − n‖ / (‖a‖ + ‖n‖) over all coordinates tried of the cost, or the largest error of a parameter that was checked
    /// layer by layer.
    pub relative_error: f64,
    /// The same for each parameter.
    pub blocks: Vec<BlockCheck>,
    /// Share of (coordinate, row) pairs left out because a unit passed a kink.
    #[serde(default)]
    pub skipped: f64,
    /// The layer nearest to the outputs from which on down the cost is chaotic: it turns many times within any step that
    /// rounding allows, because the gradient explodes on its way down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chaotic: Option<String>,
}

/// What a check found for one parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockCheck {
    /// The parameter.
    pub name: String,
    /// ‖a − n‖ / (‖a‖ + ‖n‖), less what depends on the size of the step; 0 where both are only rounding. `None` where nothing
    /// can be compared: every row passes a kink, or the numbers do not suffice.
    pub relative_error: Option<f64>,
    /// Whether it was checked layer by layer, because the cost tells nothing of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_layer: bool,
}

impl BlockCheck {
    fn is_fault(&self) -> bool {
        self.relative_error.is_some_and(|error| error > FAULT)
    }
}

/// A check that cannot be made.
#[derive(Debug, Error, PartialEq)]
pub enum CheckError {
    /// The cost is NaN or infinite before anything is moved.
    #[error("the cost of the starting weights is not finite: layer {0} overflows")]
    NotFinite(String),
}

impl CheckReport {
    /// A relative error above this is a fault.
    pub const LIMIT: f64 = FAULT;

    /// The failing parameter nearest to the outputs: a fault spoils every parameter below it, so the cause is there or in
    /// the layer above.
    pub fn topmost_fault(&self) -> Option<&str> {
        self.blocks.iter().rev().find(|block| block.is_fault()).map(|block| block.name.as_str())
    }
}

/// Compares the gradient of J(θ) with (J(θ + ε) − J(θ − ε)) / 2ε over `rows` of `examples`.
///
/// `penalties`: one for each layer of the network. Dropout masks are those of step 0 and stay the same throughout. Rows in
/// which a unit passes a kink between θ − ε and θ + ε are left out of both sides; so is an L1 term that passes 0.
/// Source: the course's gradient checking; DESIGN's treatment of kinks.
pub fn check(
    network: &Network<f64>,
    theta: &[f64],
    examples: &Examples,
    rows: &[u32],
    penalties: &[Penalty],
    options: &CheckOptions,
) -> Result<CheckReport, CheckError> {
    let slope = |penalty: &Penalty, weights: &[f64], gradient: &mut [f64]| penalty.add_gradient(weights, gradient);
    check_with_slope(network, theta, examples, rows, (penalties, &slope), options)
}

/// Adds a penalty's gradient at some weights, as [`Penalty::add_gradient`] does.
pub type PenaltySlope<'a> = &'a dyn Fn(&Penalty, &[f64], &mut [f64]);

/// [`check`], with a gradient of the penalties that is your own.
pub fn check_with_slope(
    network: &Network<f64>,
    theta: &[f64],
    examples: &Examples,
    rows: &[u32],
    penalties: (&[Penalty], PenaltySlope<'_>),
    options: &CheckOptions,
) -> Result<CheckReport, CheckError> {
    let mut probe = Probe::new(Workspace::new(network, theta, examples, rows, options), penalties, options);
    if let Some(layer) = probe.not_finite() {
        return Err(CheckError::NotFinite(layer.to_string()));
    }
    let rounding = probe.rounding();
    let mut start = 0;
    let step = |(index, param): (usize, Param)| {
        let range = start..start + param.len();
        start = range.end;
        let steps =
            Steps::take(rounding, |share| probe.compared(index as u64, range.clone(), (share, Unit::Variables)));
        (param.name, steps)
    };
    let taken: Vec<(String, Steps)> = network.params().enumerate().map(step).collect();
    let skipped = probe.rows_skipped as f64 / probe.rows_tried.max(1) as f64;
    let untold = taken.iter().any(|(_, steps)| steps.untold());
    let by_layer = if untold { by_layer::errors(&mut probe) } else { Vec::new() };

    let mut blocks = Vec::with_capacity(taken.len());
    let (mut of_cost, mut worst_of_cost, mut worst_of_layers) = (Compared::default(), 0.0f64, 0.0f64);
    for (index, (name, steps)) in taken.iter().enumerate() {
        let error = if steps.untold() { by_layer[index] } else { Some(steps.error) };
        if steps.untold() {
            worst_of_layers = worst_of_layers.max(error.unwrap_or(0.0));
        } else {
            of_cost.add(&steps.last);
            worst_of_cost = worst_of_cost.max(steps.error);
        }
        // A fault of the penalty is one whatever can be told of the cost.
        let penalty_fault = Some(steps.penalty_error).filter(|&error| error > FAULT);
        let relative_error = error.map(|error| error.max(steps.penalty_error)).or(penalty_fault);
        blocks.push(BlockCheck { name: name.clone(), relative_error, by_layer: steps.untold() });
    }
    let passed = !blocks.iter().any(BlockCheck::is_fault);
    // The sums are those of the last steps, which for one block or another were not the best.
    let relative_error = of_cost.cost.relative_error(rounding).min(worst_of_cost).max(worst_of_layers);
    Ok(CheckReport { passed, relative_error, blocks, skipped, chaotic: chaotic_layer(network, &taken) })
}

/// The layer nearest to the outputs with a parameter that no step is small enough for.
fn chaotic_layer(network: &Network<f64>, taken: &[(String, Steps)]) -> Option<String> {
    let layers = network.layers().iter().flat_map(|layer| layer.params().into_iter().map(|_| layer.name()));
    layers.zip(taken).filter(|(_, (_, steps))| steps.chaotic()).last().map(|(layer, _)| layer.to_string())
}
