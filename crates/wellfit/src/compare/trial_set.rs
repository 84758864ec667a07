//! A configuration and its trainings, a seed each, paired with those of another.

use crate::diagnose::{Block, Gain, GainEstimate, LossRows, estimated_gain, paired_gain};
use crate::experiment::{Plan, Prepared, Trial, TrialOutcome, machine_threads, run_trials};
use crate::report::CrossValidation;
use crate::runs::JobError;
use crate::train::Metric;

use super::eval_splits::{EvalSplits, unscored_rows};
use super::loss_rows::loss_rows;
use super::split_evaluator::SplitEvaluator;

/// Seeds after the plan's own.
const NEXT_SEEDS: u64 = 1_000_003;

/// The seed of a plan's `i`-th training; the first is the plan's own.
pub(crate) fn seed_of(plan: &Plan, i: usize) -> u64 {
    plan.recipe.seed.wrapping_add(i as u64 * NEXT_SEEDS)
}

/// A configuration, and what each seed came to. The first seed is the plan's own on the split as it is.
#[derive(Clone, Debug)]
pub(crate) struct TrialSet {
    /// On the split as it is.
    pub plan: Plan,
    pub outcomes: Vec<TrialOutcome>,
}

impl TrialSet {
    pub fn of(plan: Plan) -> TrialSet {
        TrialSet { plan, outcomes: Vec::new() }
    }

    /// Trains until there are `seeds` outcomes, or fewer where it was stopped.
    pub fn train(&mut self, splits: &EvalSplits, seeds: usize, stop: &dyn Fn() -> bool) -> Result<(), JobError> {
        let threads = self.plan.threads.unwrap_or_else(machine_threads);
        let plans = self.plans(splits, seeds)?;
        for outcome in run_trials(&self.trials(splits, &plans), threads, stop) {
            match outcome {
                Some(outcome) => self.outcomes.push(outcome?),
                None => break,
            }
        }
        Ok(())
    }

    /// The plan of each training that is missing to `seeds`, and which one it is: λ/m, vocabularies and steps follow the rows
    /// of each split.
    fn plans(&self, splits: &EvalSplits, seeds: usize) -> Result<Vec<(usize, Plan)>, JobError> {
        let wanted = self.outcomes.len()..seeds;
        wanted.map(|i| Ok((i, Plan::new(&self.plan.spec, &splits.part(i).1.summary())?))).collect()
    }

    fn trials<'a>(&self, splits: &'a EvalSplits, plans: &'a [(usize, Plan)]) -> Vec<Trial<'a>> {
        let trial =
            |(i, plan): &'a (usize, Plan)| Trial { prepared: splits.part(*i).1, plan, seed: seed_of(&self.plan, *i) };
        plans.iter().map(trial).collect()
    }

    /// Seconds of a training.
    pub fn seconds(&self) -> f64 {
        self.outcomes.iter().map(|outcome| outcome.seconds).sum::<f64>() / self.outcomes.len().max(1) as f64
    }

    /// Losses of the dev rows of the split as it is, with their weights and groups.
    pub fn dev_rows(&self, splits: &EvalSplits) -> Option<LossRows> {
        let (outcome, prepared) = (self.outcomes.first()?, splits.first());
        let dev = prepared.dev.as_ref()?;
        Some(loss_rows(prepared, dev, &prepared.dataset.split.dev, outcome.dev.clone()))
    }

    /// What all folds say, where there are some and each has been dev.
    pub fn cross_validation(&self, splits: &EvalSplits) -> Result<Option<CrossValidation>, JobError> {
        let folds = splits.parts().len();
        if folds < 2 || self.outcomes.len() < folds {
            return Ok(None);
        }
        let judged = SplitEvaluator::on(splits).judged(&self.plan, &self.outcomes)?;
        Ok(Some(CrossValidation {
            folds: folds as u64,
            error: judged.error,
            train_error: judged.train_error,
            per_fold: judged.folds,
        }))
    }

    /// Dev error over the first `seeds` seeds.
    pub fn error(&self, splits: &EvalSplits, seeds: usize) -> f64 {
        let mut all = LossRows::default();
        for (i, outcome) in self.outcomes.iter().take(seeds).enumerate() {
            all.losses.extend(&outcome.dev);
            all.weights.extend(splits.part(i).1.dev.iter().flat_map(|dev| &dev.weights));
        }
        all.error(self.plan.recipe.metric)
    }

    /// What this configuration gains over another, over the first `seeds` seeds.
    pub fn gain_over(&self, other: &TrialSet, splits: &EvalSplits, seeds: usize, level: f64) -> Gain {
        let other: Vec<&[f64]> = other.outcomes.iter().map(|outcome| outcome.dev.as_slice()).collect();
        self.gain_over_losses(&other, splits, seeds, level)
    }

    /// What this configuration gains over another on the rows trained on, over the first `seeds` seeds.
    pub fn gain_on_train(&self, other: &TrialSet, splits: &EvalSplits, seeds: usize, level: f64) -> Gain {
        let [before, after] =
            [other, self].map(|trials| trials.outcomes.iter().map(|outcome| outcome.train.as_slice()).collect());
        let likes = |part: &Prepared| {
            let rows = part.dataset.split.train.as_slice();
            loss_rows(part, &part.train, rows, vec![0.0; rows.len()])
        };
        self.gain(splits, likes, [before, after], seeds, level)
    }

    /// What this configuration gains over predicting the same for every row.
    pub fn gain_over_naive(&self, splits: &EvalSplits, seeds: usize, level: f64) -> Gain {
        let naive: Vec<Vec<f64>> =
            (0..seeds).map(|i| naive_losses(self.plan.recipe.metric, splits.part(i).1)).collect();
        let naive: Vec<&[f64]> = naive.iter().map(Vec::as_slice).collect();
        self.gain_over_losses(&naive, splits, seeds, level)
    }

    fn gain_over_losses(&self, other: &[&[f64]], splits: &EvalSplits, seeds: usize, level: f64) -> Gain {
        let own = self.outcomes.iter().map(|outcome| outcome.dev.as_slice()).collect();
        self.gain(splits, unscored_rows, [other.to_vec(), own], seeds, level)
    }

    /// What this configuration gains over another, about, over the first `seeds` seeds.
    pub fn estimate_over(&self, other: &TrialSet, splits: &EvalSplits, seeds: usize) -> GainEstimate {
        let [before, after] =
            [other, self].map(|trials| trials.outcomes.iter().map(|outcome| outcome.dev.as_slice()).collect());
        let likes = likes(splits, unscored_rows, seeds);
        estimated_gain(self.plan.recipe.metric, &blocks(&likes, [before, after], seeds), self.plan.recipe.seed)
    }

    /// The gain from losses before and after, a list of rows a seed; `alike` gives their weights and groups in each part.
    fn gain(
        &self,
        splits: &EvalSplits,
        alike: impl Fn(&Prepared) -> LossRows,
        losses: [Vec<&[f64]>; 2],
        seeds: usize,
        level: f64,
    ) -> Gain {
        let likes = likes(splits, alike, seeds);
        paired_gain(self.plan.recipe.metric, &blocks(&likes, losses, seeds), level, self.plan.recipe.seed)
    }
}

/// Weights and groups of the parts that so many seeds are judged on.
fn likes(splits: &EvalSplits, alike: impl Fn(&Prepared) -> LossRows, seeds: usize) -> Vec<LossRows> {
    splits.parts().iter().take(seeds).map(alike).collect()
}

/// Losses before and after, a list of rows a seed, by the part that they are of.
fn blocks<'a>(likes: &'a [LossRows], [before, after]: [Vec<&'a [f64]>; 2], seeds: usize) -> Vec<Block<'a>> {
    let of_part = |at: usize, losses: &[&'a [f64]]| -> Vec<&'a [f64]> {
        losses.iter().take(seeds).skip(at).step_by(likes.len().max(1)).copied().collect()
    };
    let block = |(at, like)| Block { like, before: of_part(at, &before), after: of_part(at, &after) };
    likes.iter().enumerate().map(block).collect()
}

/// Trains several configurations, each on splits of its own, until each has `seeds` outcomes; whether it was not stopped. What
/// diverges has fewer.
pub(crate) fn train_side_by_side(
    sets: &mut [TrialSet],
    splits: &[&EvalSplits],
    seeds: usize,
    threads: usize,
    stop: &dyn Fn() -> bool,
) -> Result<bool, JobError> {
    let plans: Vec<Vec<(usize, Plan)>> =
        sets.iter().zip(splits).map(|(set, splits)| set.plans(splits, seeds)).collect::<Result<_, _>>()?;
    let trials: Vec<Trial<'_>> =
        sets.iter().zip(splits).zip(&plans).flat_map(|((set, splits), plans)| set.trials(splits, plans)).collect();
    let mut outcomes = run_trials(&trials, threads, stop).into_iter();
    drop(trials);
    for (set, plans) in sets.iter_mut().zip(&plans) {
        for outcome in outcomes.by_ref().take(plans.len()) {
            match outcome {
                None => return Ok(false),
                Some(Ok(outcome)) => set.outcomes.push(outcome),
                Some(Err(_)) => {}
            }
        }
    }
    Ok(true)
}

/// Losses of the dev rows where the same is predicted for every one.
fn naive_losses(metric: Metric, prepared: &Prepared) -> Vec<f64> {
    let dev = prepared.dev.as_ref();
    dev.map_or(Vec::new(), |dev| {
        metric.row_losses(&prepared.naive(metric, dev.rows()), &prepared.head.truths(dev), &dev.weights)
    })
}
