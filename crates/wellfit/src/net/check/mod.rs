//! Gradient checking: the analytic gradient against two-sided differences, in `f64`, over the source that trains.

mod compared;
mod probe;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::data::Examples;

use super::network::Network;
use super::penalty::Penalty;

use compared::{Compared, rounding_of};
use probe::Probe;

/// A relative error above this is a fault. The course's bound is 2e-7 at ε = 1e-7; rounding of a large cost on unscaled
/// inputs reaches 1e-6, and a factor of 1.001 on one gradient already gives 5e-4.
const FAULT: f64 = 1e-5;
/// Where the difference at ε disagrees, it is taken again at these shares of ε. On steep costs the error of a sound
/// gradient shrinks with ε², on large ones rounding grows with 1/ε; what a fault adds stays the same.
const STEP_SHARES: [f64; 2] = [0.1, 0.01];

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
pub struct CheckReport {
    /// Whether every parameter agrees.
    pub passed: bool,
    /// ‖a − n‖ / (‖a‖ + ‖n‖) over all coordinates tried.
    pub relative_error: f64,
    /// The same for each parameter.
    pub blocks: Vec<BlockCheck>,
    /// Share of (coordinate, row) pairs left out because a unit passed a kink.
    #[serde(default)]
    pub skipped: f64,
}

/// What a check found for one parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlockCheck {
    /// The parameter.
    pub name: String,
    /// ‖a − n‖ / (‖a‖ + ‖n‖), less what depends on the size of the step; 0 where both are only rounding.
    pub relative_error: f64,
}

/// A check that cannot be made.
#[derive(Debug, Error, PartialEq)]
pub enum CheckError {
    /// The cost is NaN or infinite before anything is moved.
    #[error("the cost of the starting weights is not finite: layer {0} overflows")]
    NotFinite(String),
}

impl CheckReport {
    /// The failing parameter nearest to the outputs: a fault spoils every parameter below it, so the cause is there or in
    /// the layer above.
    pub fn topmost_fault(&self) -> Option<&str> {
        self.blocks.iter().rev().find(|block| block.relative_error > FAULT).map(|block| block.name.as_str())
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
    let mut probe = Probe::new(network, theta, examples, rows, penalties, options)?;
    let mut blocks = Vec::new();
    let mut total = Compared::default();
    let mut start = 0;
    for (index, param) in network.params().enumerate() {
        let range = start..start + param.len();
        start = range.end;
        let mut found = probe.parameter(index as u64, range.clone(), 1.0);
        let mut error = found.relative_error(probe.cost);
        for share in STEP_SHARES {
            if error <= FAULT {
                break;
            }
            let closer = probe.parameter(index as u64, range.clone(), share);
            error = error.min(closer.relative_error(probe.cost)).min(found.steady_error(&closer));
            found = closer;
        }
        blocks.push(BlockCheck { name: param.name, relative_error: error });
        total.add(&found);
    }
    let passed = blocks.iter().all(|block| block.relative_error <= FAULT);
    let skipped = probe.rows_skipped as f64 / probe.rows_tried.max(1) as f64;
    let relative_error = total.cost.relative_error(rounding_of(probe.cost));
    Ok(CheckReport { passed, relative_error, blocks, skipped })
}
