//! `wellfit lr-find`: a learning-rate range test, the rate chosen and why.

use serde::Serialize;

use crate::experiment::settings::Auto;
use crate::experiment::{Plan, Spec, engine, prepare, starting_member};
use crate::net::Network;
use crate::runs::{DataOverview, Divergence, Event, JobError, Watcher};
use crate::train::{NotFinite, RangeChoice, RangePoint, RangeTest, choose_rate, range_test};

/// What the range test found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LrReport {
    /// Version of this layout: 1.
    pub schema: u32,
    /// The rate chosen.
    pub lr: f64,
    /// The rate at which the loss diverged; null if it did at none.
    pub diverges_at: Option<f64>,
    /// The rate that `--lr auto` takes.
    pub auto: f64,
    /// Rates and losses, by rate.
    pub points: Vec<RangePoint>,
    /// What the rate that was chosen follows from.
    #[serde(skip)]
    pub choice: RangeChoice,
    /// Orders of batches that the loss is averaged over.
    #[serde(skip)]
    pub orders: usize,
    /// What was tested: the network, its optimiser and its batches.
    #[serde(skip)]
    pub plan: Plan,
    /// Number of parameters of the network.
    #[serde(skip)]
    pub parameters: usize,
}

/// Tests learning rates for the training that `spec` describes, whatever rate it names; `None` if it was stopped.
///
/// Nothing is written. Dev and test rows are not used.
pub fn lr_find(spec: &Spec, watcher: &mut dyn Watcher) -> Result<Option<LrReport>, JobError> {
    let mut spec = spec.clone();
    spec.training.lr = Auto::Auto;
    let mut prepared = prepare(&spec)?;
    watcher.event(Event::Data(&DataOverview::of(&prepared.dataset)));
    let plan = Plan::new(&spec, &prepared.summary())?;
    prepared.weigh_classes(&plan.class_weights);
    let network = Network::<f32>::new(&plan.network)?;
    let parameters = network.parameters();
    let member = starting_member(&plan, &network)?;
    let mut engine = engine(&plan.network, &plan.recipe, plan.threads)?;
    let test = range_test(&mut engine, &plan.recipe, &member, &prepared.train, &|| watcher.stop_requested());
    let Some(test) = test else { return Ok(None) };
    let auto = plan.recipe.rate;
    let Some(choice) = choose_rate(&test.points) else {
        return Err(no_choice(&test, engine.find_not_finite(&member, &prepared.train), auto));
    };
    let RangeTest { points, diverges_at, orders } = test;
    Ok(Some(LrReport { schema: 1, lr: choice.rate, diverges_at, auto, points, choice, orders, plan, parameters }))
}

/// Why no rate was chosen. `at_start` is what is not finite with the starting weights.
fn no_choice(test: &RangeTest, at_start: Option<NotFinite>, auto: f64) -> JobError {
    match at_start {
        Some(what) if test.points.is_empty() => Divergence::Start(what).into(),
        _ => JobError::NoRate {
            diverges_at: test.diverges_at,
            highest: test.points.last().map_or(0.0, |last| last.rate),
            auto,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_without_a_fall_names_the_rate_to_train_with_instead() {
        let test = RangeTest { points: vec![RangePoint { rate: 1e-7, loss: 0.7 }], diverges_at: Some(0.5), orders: 3 };
        let error = no_choice(&test, None, 0.001);
        assert_eq!(error.exit_code(), 1);
        assert!(
            error.to_string().contains("diverges at a learning rate of 0.5")
                && error.to_string().ends_with("which is 0.001"),
            "{error}"
        );
        let overflow = NotFinite { what: crate::train::Quantity::Output, layer: "dense1".to_string() };
        let nothing = RangeTest { points: Vec::new(), diverges_at: Some(1e-7), orders: 3 };
        assert_eq!(no_choice(&nothing, Some(overflow), 0.001).exit_code(), 4);
    }
}
