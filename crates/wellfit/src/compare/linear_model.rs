//! The network without hidden layers, on the rows of a run: logistic, softmax or linear regression.

use crate::data::Normalize;
use crate::experiment::{Plan, Prepared, Spec, engine, prepare_dataset, train_silently};
use crate::model::Predictor;
use crate::runs::JobError;
use crate::train::Predictions;

/// How far beyond the targets of train a line may reach, as a share of their range.
const BEYOND: f64 = 0.1;

/// The linear model fitted on train, and what it predicts for dev; `None` without dev, or where it diverges (inputs as they are, say).
///
/// Its inputs are standardised where `auto` would bend them for a network: a linear rule of bent inputs is none.
pub(crate) fn linear_model(prepared: &Prepared, plan: &Plan) -> Result<Option<(Predictor, Predictions)>, JobError> {
    if plan.spec.data.normalize != Normalize::Auto || plan.spec.normalization() == Normalize::Auto {
        return fitted(prepared, plan);
    }
    let mut spec: Spec = plan.spec.clone();
    spec.data.normalize = Normalize::Standard;
    let mut straight = prepare_dataset(prepared.dataset.clone(), &spec)?;
    straight.weigh_classes(&prepared.head.decision.class_weights);
    let plan = Plan::new(&spec, &straight.summary())?;
    fitted(&straight, &plan)
}

fn fitted(prepared: &Prepared, plan: &Plan) -> Result<Option<(Predictor, Predictions)>, JobError> {
    let Some(examples) = prepared.dev.as_ref() else { return Ok(None) };
    let (network, recipe) = plan.linear(prepared.train.rows());
    let mut engine = engine(&network, &recipe, plan.threads)?;
    let member = engine.network().member(plan.init.theta(engine.network(), recipe.seed));
    let trained = train_silently(&mut engine, &recipe, member, &prepared.head, (&prepared.train, None));
    Ok(trained.ok().map(|numbers| {
        let mut head = prepared.head.clone();
        let beyond = BEYOND * (head.high - head.low);
        (head.low, head.high) = (head.low - beyond, head.high + beyond);
        let predictions = head.predict(&mut engine, &numbers, examples).0;
        (Predictor { pipeline: prepared.pipeline.clone(), network, head, numbers, weight: 1.0 }, predictions)
    }))
}
