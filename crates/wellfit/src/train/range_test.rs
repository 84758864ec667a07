//! The learning-rate range test: a short training whose rate grows at every step, and the loss at each rate.

use crate::data::Examples;
use crate::net::Member;

use super::engine::Engine;
use super::fit::step;
use super::progress::Progress;
use super::recipe::{Recipe, batches};

/// Rates tested: from one at which nothing moves to one at which hardly anything trains.
const SMALLEST_RATE: f64 = 1e-7;
const LARGEST_RATE: f64 = 10.0;
/// Steps from one to the other: those of an epoch, within bounds that leave 20 to 40 steps to each power of ten.
const FEWEST_STEPS: usize = 160;
const MOST_STEPS: usize = 320;
/// Orders of batches that the loss is averaged over.
const ORDERS: u64 = 3;
/// Share of the average loss that each step keeps: a memory of ten steps.
const KEPT: f64 = 0.9;
/// An average loss this many times its lowest, or a constant guess's where that is more, has left for good.
const LEFT: f64 = 4.0;

/// What a range test saw.
#[derive(Clone, Debug, PartialEq)]
pub struct RangeTest {
    /// The rates that every order of batches came to, ascending, a point for each step. Empty where the first step's
    /// loss is not finite.
    pub points: Vec<RangePoint>,
    /// The rate at which the first order of batches left for good; `None` where none did.
    pub diverges_at: Option<f64>,
    /// Orders of batches.
    pub orders: usize,
}

/// A rate and the loss there.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct RangePoint {
    /// The learning rate.
    pub rate: f64,
    /// The loss on batches that the step at this rate had not yet seen: an exponential average over the steps so far,
    /// corrected for its start at nothing, and averaged over the orders of batches.
    pub loss: f64,
}

/// Trains from `theta` at rates that grow by the same factor at every step, in three orders of batches, without a
/// schedule; `None` if `stop_requested`, which is asked before every step, says so.
///
/// Where a batch is all of train there is one order, and masks of dropout alone differ.
/// Source: Smith 2017, "Cyclical Learning Rates for Training Neural Networks", §3.3; the growth by a factor and the
/// average as in fastai's `lr_find`.
pub fn range_test(
    engine: &mut Engine<f32>,
    recipe: &Recipe,
    member: &Member<f32>,
    train: &Examples,
    stop_requested: &dyn Fn() -> bool,
) -> Option<RangeTest> {
    let steps = train.rows().div_ceil(recipe.batch.max(1)).clamp(FEWEST_STEPS, MOST_STEPS);
    let orders = if recipe.batch >= train.rows() { 1 } else { ORDERS };
    let mut traces = Vec::new();
    for order in 0..orders {
        let recipe = Recipe { seed: recipe.seed.wrapping_add(order), ..recipe.clone() };
        traces.push(trace(engine, &recipe, member, train, steps, stop_requested)?);
    }
    let whole = traces.iter().map(Vec::len).min().unwrap_or(0);
    let points = (0..whole).map(|i| RangePoint {
        rate: rate_of(i, steps),
        loss: traces.iter().map(|trace| trace[i]).sum::<f64>() / traces.len() as f64,
    });
    let points = points.collect();
    Some(RangeTest { points, diverges_at: (whole < steps).then(|| rate_of(whole, steps)), orders: traces.len() })
}

/// The rate of step `i` of `steps`.
fn rate_of(i: usize, steps: usize) -> f64 {
    SMALLEST_RATE * (LARGEST_RATE / SMALLEST_RATE).powf(i as f64 / (steps - 1) as f64)
}

/// The average loss at each step, up to the one at which it left.
fn trace(
    engine: &mut Engine<f32>,
    recipe: &Recipe,
    member: &Member<f32>,
    train: &Examples,
    steps: usize,
    stop_requested: &dyn Fn() -> bool,
) -> Option<Vec<f64>> {
    let mut progress = Progress::start(member.clone(), recipe.optimizer);
    engine.pack(&member.theta);
    let mut losses = Vec::with_capacity(steps);
    let (mut average, mut lowest) = (Average::default(), f64::INFINITY);
    for (i, rows) in batches(recipe, train.rows()).take(steps).enumerate() {
        if stop_requested() {
            return None;
        }
        let Ok(loss) = step(engine, recipe, &mut progress, train, &rows, (rate_of(i, steps), 1.0)) else { break };
        progress.step += 1;
        let smooth = average.with(loss);
        lowest = smooth.min(lowest);
        if smooth > LEFT * lowest.max(recipe.naive_loss) {
            break;
        }
        losses.push(smooth);
    }
    Some(losses)
}

/// An exponential average that is corrected for its start at nothing, as Adam's are.
#[derive(Default)]
struct Average {
    sum: f64,
    weight: f64,
}

impl Average {
    fn with(&mut self, value: f64) -> f64 {
        self.sum = KEPT * self.sum + (1.0 - KEPT) * value;
        self.weight = KEPT * self.weight + (1.0 - KEPT);
        self.sum / self.weight
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_average_of_one_value_is_that_value_from_the_first_step_on() {
        let mut average = Average::default();
        for _ in 0..20 {
            // A few roundings.
            assert!((average.with(0.7) - 0.7).abs() < 1e-15);
        }
        assert!((average.with(1.7) - 0.8).abs() < 0.02, "a tenth of the new value, a little more at the start");
    }

    #[test]
    fn rates_grow_by_one_factor_from_the_smallest_to_the_largest() {
        assert_eq!(rate_of(0, 161), 1e-7);
        assert!((rate_of(160, 161) / 10.0 - 1.0).abs() < 1e-12);
        for i in 1..161 {
            // 160 steps for eight powers of ten.
            assert!((rate_of(i, 161) / rate_of(i - 1, 161) - 10f64.powf(0.05)).abs() < 1e-12);
        }
    }
}
