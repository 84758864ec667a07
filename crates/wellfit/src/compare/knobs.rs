//! Where a configuration's settings stand, and where they usually would.

use crate::experiment::settings::Auto;
use crate::experiment::{Plan, Prepared, Spec};
use crate::improve::Knobs;
use crate::runs::JobError;

/// The settings of a plan that remedies may change.
pub(crate) fn knobs(plan: &Plan) -> Knobs {
    let training = &plan.spec.training;
    let largest = |values: Option<&Vec<f64>>| values.map_or(0.0, |values| values.iter().copied().fold(0.0, f64::max));
    Knobs {
        drop: plan.spec.data.drop.clone(),
        hidden: plan.network.hidden_units(),
        keep_prob: plan.network.keep_probs(),
        activation: plan.network.activation(),
        schedule: plan.recipe.schedule,
        weight_decay: plan.recipe.weight_decay,
        label_smoothing: plan.recipe.smoothing,
        augment: plan.recipe.augment,
        batch: plan.recipe.batch,
        optimizer: plan.recipe.optimizer,
        lr: plan.recipe.rate,
        epochs: plan.recipe.epochs as u64,
        l2: largest(training.l2.given()),
        l1: largest(training.l1.given()),
        early_stopping: plan.recipe.patience.map(|patience| patience as u64),
        init: plan.init,
        normalize: plan.spec.data.normalize,
        class_weights: !plan.class_weights.is_empty(),
        clip_norm: plan.recipe.clip_norm,
    }
}

/// What `auto` stands for in every place, the optimiser and the number of hidden layers being as they are, and the initialisation such
/// as fits the activation.
pub(super) fn usual_knobs(plan: &Plan, prepared: &Prepared) -> Result<Knobs, JobError> {
    let (network, training) = (&plan.spec.network, &plan.spec.training);
    let mut spec = Spec::default();
    (spec.network.preset, spec.network.effort) = (network.preset, network.effort);
    (spec.network.hidden, spec.network.layers) = (network.hidden.clone(), network.layers.clone());
    spec.training.optimizer = training.optimizer;
    let chosen = knobs(&Plan::new(&spec, &prepared.summary())?);
    (spec.network.hidden, spec.network.layers) = (Auto::Auto, Auto::Auto);
    spec.network.activation = Auto::Given(plan.network.activation());
    let fitting = Plan::new(&spec, &prepared.summary())?;
    Ok(Knobs { init: fitting.init, hidden: fitting.network.hidden_units(), ..chosen })
}
