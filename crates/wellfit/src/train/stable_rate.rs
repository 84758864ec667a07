//! After divergence: the largest learning rate at which the same training stays stable for a while.

use crate::data::Examples;
use crate::net::Member;

use super::engine::Engine;
use super::fit::step;
use super::progress::Progress;
use super::recipe::{Recipe, batches};

/// Steps of a trial at most.
const STEPS: usize = 200;
/// Steps of all trials at most.
const ALL_STEPS: usize = 20 * STEPS;
/// Multiply-adds of all trials at most: a few seconds.
const ALL_WORK: usize = 100_000_000_000;
/// Trials of full length that the work must allow for.
const FULL_TRIALS: usize = 6;
/// Rates above this are not tried, below the other neither.
const LARGEST_RATE: f64 = 1e4;
const SMALLEST_RATE: f64 = 1e-9;
/// A step's loss this many times the starting weights' has left for good, even where it comes back: units die on the way.
const LEFT: f64 = 4.0;
/// Rows of train that the loss is taken over before and after a trial.
const SAMPLE_ROWS: usize = 1024;

/// What trials of smaller rates found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StableRate {
    /// The largest rate tried at which the loss stayed within bounds and ended no higher than it began.
    Found {
        /// The rate.
        rate: f64,
        /// Steps of its trial.
        steps: usize,
    },
    /// No rate stayed stable.
    NoneFound {
        /// The smallest rate tried.
        smallest: f64,
    },
    /// A step is too large, or time was up, before anything could be said.
    NotTried,
}

/// Trains again from `member` at smaller rates than the recipe's, on the same rows in the same order and without a schedule,
/// for a few steps each: down by factors of about 3 until one stays stable, then once up again.
///
/// Trials are bounded in steps and in work, not in time, so the same training always gives the same answer.
/// `stop_requested` is asked before every step.
pub fn largest_stable_rate(
    engine: &mut Engine<f32>,
    recipe: &Recipe,
    member: &Member<f32>,
    train: &Examples,
    stop_requested: &dyn Fn() -> bool,
) -> StableRate {
    let a_step = 3 * member.theta.len().max(1) * recipe.batch.max(1);
    let all_steps = ALL_STEPS.min(ALL_WORK / a_step);
    let whole_training = recipe.epochs.saturating_mul(train.rows().div_ceil(recipe.batch.max(1)));
    let steps = STEPS.min(whole_training).min(all_steps / FULL_TRIALS);
    if steps == 0 {
        return StableRate::NotTried;
    }
    let sample: Vec<u32> = (0..train.rows().min(SAMPLE_ROWS) as u32).collect();
    engine.pack(&member.theta);
    let before = engine.predict(member, train, &sample).1;
    let mut trials =
        Trials { engine, recipe, member, train, sample, before, steps, steps_left: all_steps, stop_requested };
    let mut smallest = None;
    for place in Place::below(recipe.rate.min(LARGEST_RATE)) {
        match trials.stays_stable(place.rate()) {
            None => break,
            Some(false) => smallest = Some(place.rate()),
            Some(true) => {
                let up = place.between();
                let rate = if up < recipe.rate && trials.stays_stable(up) == Some(true) { up } else { place.rate() };
                return StableRate::Found { rate, steps };
            }
        }
    }
    smallest.map_or(StableRate::NotTried, |smallest| StableRate::NoneFound { smallest })
}

/// A place on the grid .., 0.3, 1, 3, 10, ..: one or three, and a power of ten.
#[derive(Clone, Copy, Debug)]
struct Place {
    three: bool,
    power: i32,
}

impl Place {
    /// The places below a rate, the largest first.
    fn below(rate: f64) -> impl Iterator<Item = Place> {
        let power = rate.max(SMALLEST_RATE).log10().ceil() as i32;
        let down = move |i: i32| Place { three: i % 2 == 0, power: power - i / 2 };
        (0..).map(down).take_while(|place| place.rate() >= SMALLEST_RATE).skip_while(move |place| place.rate() >= rate)
    }

    fn rate(self) -> f64 {
        decimal(if self.three { 3.0 } else { 1.0 }, self.power)
    }

    /// Between this place and the next one up: 2 above 1, 5 above 3.
    fn between(self) -> f64 {
        decimal(if self.three { 5.0 } else { 2.0 }, self.power)
    }
}

/// The number that is written `digit`e`power`: a division by a power of ten is rounded once.
fn decimal(digit: f64, power: i32) -> f64 {
    if power < 0 { digit / 10f64.powi(-power) } else { digit * 10f64.powi(power) }
}

struct Trials<'a> {
    engine: &'a mut Engine<f32>,
    recipe: &'a Recipe,
    member: &'a Member<f32>,
    train: &'a Examples,
    sample: Vec<u32>,
    /// Loss of the starting weights over the sample.
    before: f64,
    steps: usize,
    steps_left: usize,
    stop_requested: &'a dyn Fn() -> bool,
}

impl Trials<'_> {
    /// Whether training at `rate` stays stable; `None` if steps or time are up.
    fn stays_stable(&mut self, rate: f64) -> Option<bool> {
        let recipe = self.recipe;
        let mut progress = Progress::start(self.member.clone(), recipe.optimizer);
        self.engine.pack(&self.member.theta);
        let limit = LEFT * (self.before / self.sample.len().max(1) as f64).max(recipe.naive_loss);
        for (done, rows) in batches(recipe, self.train.rows()).enumerate() {
            if done == self.steps {
                let after = self.engine.predict(&progress.weights.member, self.train, &self.sample).1;
                return Some(after <= self.before);
            }
            if self.steps_left == 0 || (self.stop_requested)() {
                return None;
            }
            self.steps_left -= 1;
            match step(self.engine, recipe, &mut progress, self.train, &rows, (rate, 1.0)) {
                Ok(loss) if loss <= limit => {}
                _ => return Some(false),
            }
            progress.step += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(below: f64) -> Vec<f64> {
        Place::below(below).map(Place::rate).collect()
    }

    #[test]
    fn places_go_down_by_about_three_from_below_the_rate() {
        assert_eq!(rates(5.0)[..4], [3.0, 1.0, 0.3, 0.1]);
        assert_eq!(rates(1.0)[..2], [0.3, 0.1]);
        assert_eq!(rates(0.03)[..2], [0.01, 0.003]);
        assert_eq!(rates(200.0)[..2], [100.0, 30.0]);
        assert_eq!(rates(4e-9), [3e-9, 1e-9]);
        assert!(rates(1e-9).is_empty() && rates(0.0).is_empty());
    }

    #[test]
    fn a_rate_is_the_number_that_is_written() {
        let place = Place { three: true, power: -2 };
        assert_eq!((place.rate().to_string(), place.between().to_string()), ("0.03".to_string(), "0.05".to_string()));
    }
}
