//! What the trainings of a configuration say of it, kept in little space.

use crate::data::Augment;
use crate::diagnose::{LossRows, Pool};
use crate::experiment::{Plan, TrialOutcome};
use crate::net::Network;
use crate::runs::JobError;
use crate::tune::Judged;

use super::eval_splits::{EvalSplits, unscored_rows};

/// Bootstrap units of all blocks together: a gain of 8,000 resamples then takes a fraction of a second.
const MOST_UNITS: usize = 1_000;

/// What turns outcomes into judgements: the rows of each part, and their units.
pub(crate) struct SplitEvaluator<'a> {
    splits: &'a EvalSplits,
    /// Weights and groups of each part's dev rows.
    unscored: Vec<LossRows>,
}

impl<'a> SplitEvaluator<'a> {
    pub fn on(splits: &'a EvalSplits) -> SplitEvaluator<'a> {
        SplitEvaluator { splits, unscored: splits.parts().iter().map(unscored_rows).collect() }
    }

    /// (parts, units): weights of the bootstrap units.
    pub fn weights(&self, seed: u64) -> Vec<Vec<f64>> {
        self.pools(seed).iter().map(Pool::weights).collect()
    }

    /// Judges a configuration by its trainings, of each part as many as of the others.
    pub fn judged(&self, plan: &Plan, outcomes: &[TrialOutcome]) -> Result<Judged, JobError> {
        let (metric, seed) = (plan.recipe.metric, plan.recipe.seed);
        let pools = self.pools(seed);
        let of_each = outcomes.iter().enumerate();
        let units = of_each.clone().filter_map(|(i, outcome)| Some(pools.get(i % pools.len())?.sums(&outcome.dev)));
        let of_fold = |(i, outcome): (usize, &TrialOutcome)| {
            let like = self.unscored.get(i % self.unscored.len())?;
            Some(LossRows { losses: outcome.dev.clone(), ..like.clone() }.error(metric))
        };
        let mut train = LossRows::default();
        for (i, outcome) in of_each.clone() {
            train.losses.extend(&outcome.train);
            train.weights.extend(self.splits.part(i).1.given_weights());
        }
        let parameters = Network::<f32>::new(&plan.network)?.parameters() as u64;
        Ok(Judged {
            error: self.rows(outcomes).interval(metric, seed),
            train_error: train.error(metric),
            folds: of_each.clone().filter_map(of_fold).collect(),
            parameters,
            restraint: restraint(plan),
            seconds: outcomes.iter().map(|outcome| outcome.seconds).sum(),
            units: units.collect(),
        })
    }

    /// The rows of all trainings. A row that several have judged is a group: its losses say the same thing again.
    ///
    /// With folds each row is judged once, by a network that has not seen it, and the interval of an error over such rows holds
    /// for the mean of the networks' errors. Source: Bayle et al. 2020, *Cross-validation confidence intervals for test error*.
    fn rows(&self, outcomes: &[TrialOutcome]) -> LossRows {
        let several = outcomes.len() > self.unscored.len();
        let mut all = LossRows::default();
        for (i, outcome) in outcomes.iter().enumerate() {
            let (at, part) = self.splits.part(i);
            let Some(like) = self.unscored.get(at) else { continue };
            all.losses.extend(&outcome.dev);
            all.weights.extend(&like.weights);
            match like.groups.is_empty() {
                true if several => all.groups.extend(&part.dataset.split.dev),
                _ => all.groups.extend(&like.groups),
            }
        }
        all
    }

    fn pools(&self, seed: u64) -> Vec<Pool<'_>> {
        let most = MOST_UNITS / self.unscored.len().max(1);
        self.unscored.iter().map(|like| Pool::of(like, most, seed)).collect()
    }
}

/// Penalties, decay, dropout and changes of rows in one number: only its order matters, among networks of one size.
fn restraint(plan: &Plan) -> f64 {
    let training = &plan.spec.training;
    let sum = |values: Option<&Vec<f64>>| values.map_or(0.0, |values| values.iter().sum::<f64>());
    let dropped: f64 = plan.network.keep_probs().iter().map(|keep| 1.0 - keep).sum();
    let recipe = &plan.recipe;
    let Augment { noise, swap, mixup } = recipe.augment;
    let changed = noise + swap + mixup;
    sum(training.l2.given()) + sum(training.l1.given()) + recipe.weight_decay + recipe.smoothing + changed + dropped
}
