//! Other models on the rows of a run: the constant answer, the linear model, and boosted trees.

use crate::diagnose::{Baselines, ReachedBy, Reference};
use crate::experiment::{Plan, Prepared};
use crate::runs::JobError;
use crate::train::{Metric, Predictions};

use super::linear_model::linear_model;
use super::loss_rows::loss_rows;

/// Dev errors of other models, and their losses where they are to be compared with the network's.
pub(crate) fn references(prepared: &Prepared, plan: &Plan) -> Result<(Baselines, Vec<Reference>), JobError> {
    let metric = plan.recipe.metric;
    let mut found = Baselines::unmeasured(metric);
    let Some(examples) = prepared.dev.as_ref() else { return Ok((found, Vec::new())) };
    let truth = prepared.head.truths(examples);
    let error = |metric: Metric, predictions: &Predictions| metric.error(predictions, &truth, &examples.weights);
    // Each at the threshold that suits it, as the network is.
    let decided = |predictions: Predictions| plan.recipe.with_threshold(predictions, &truth, &examples.weights);
    found.naive = error(metric, &prepared.naive(metric, examples.rows()));
    let (linear, trees) = (
        linear_model(prepared, plan)?.map(|(_, predictions)| decided(predictions)),
        trees(prepared, plan).map(decided),
    );
    if let Some(predictions) = &linear {
        found.linear = error(metric, predictions);
        found.linear_r2 = error(Metric::R2, predictions).map(|error| 1.0 - error);
    }
    found.trees = trees.as_ref().and_then(|predictions| error(metric, predictions));
    let with_losses = |(model, predictions): (ReachedBy, Option<Predictions>)| {
        let losses = metric.row_losses(&predictions?, &truth, &examples.weights);
        Some(Reference { model, dev: loss_rows(prepared, examples, &prepared.dataset.split.dev, losses) })
    };
    let references = [(ReachedBy::Linear, linear), (ReachedBy::Trees, trees)];
    Ok((found, references.into_iter().filter_map(with_losses).collect()))
}

/// What boosted trees predict for dev, where they suit the data.
#[cfg(feature = "trees")]
fn trees(prepared: &Prepared, plan: &Plan) -> Option<Predictions> {
    let classes = prepared.pipeline.classes().len();
    super::boosted_trees::boosted_trees(
        &prepared.train,
        prepared.dev.as_ref()?,
        &prepared.head,
        classes,
        plan.recipe.seed,
    )
}

#[cfg(not(feature = "trees"))]
fn trees(_: &Prepared, _: &Plan) -> Option<Predictions> {
    None
}
