//! The other networks of a run: each is trained without a fold of its own, or with a seed of its own.

use crate::data::Dataset;
use crate::diagnose::LossRows;
use crate::experiment::{Plan, Prepared, Trial, TrialOutcome, machine_threads, prepare_dataset, run_trials};
use crate::model::Predictor;
use crate::report::CrossValidation;
use crate::runs::JobError;
use crate::train::{Head, Metric};

use super::eval_splits::{no_folds, unscored_rows};
use super::trial_set::seed_of;

/// Networks trained beside the run's own, on the same train and dev rows split otherwise.
pub(crate) struct Others {
    parts: Vec<Prepared>,
    trained: Vec<(usize, Plan, TrialOutcome)>,
    judge_every_row: bool,
}

impl Others {
    /// Trains `networks - 1` networks beside the run's own, which has the first fold for dev: that of the split as it is. The others
    /// share out its train rows. Where rows cannot be split anew, all have the same rows and seeds of their own. A network that
    /// diverges is left out. `None` if it was stopped.
    pub fn train(
        prepared: &Prepared,
        plan: &Plan,
        networks: usize,
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<Others>, JobError> {
        let (dataset, spec) = (&prepared.dataset, &plan.spec);
        let by_folds = no_folds(prepared, spec, networks).is_none();
        let datasets: Vec<Dataset> = match by_folds {
            true => dataset.split_and_folds(networks, spec.training.seed).split_off(1),
            false => vec![dataset.clone()],
        };
        let (mut parts, mut plans) = (Vec::new(), Vec::new());
        for dataset in datasets {
            let mut part = prepare_dataset(dataset, spec)?;
            // λ/m, vocabularies and steps follow the rows of each split.
            let plan = Plan::new(spec, &part.summary())?;
            part.weigh_classes(&plan.class_weights);
            plans.push(plan);
            parts.push(part);
        }
        let place = |i: usize| i % parts.len();
        let of_place = |i: usize| parts.get(place(i)).zip(plans.get(place(i)));
        let trial =
            |i: usize| of_place(i).map(|(prepared, each)| Trial { prepared, plan: each, seed: seed_of(plan, i + 1) });
        let trials: Vec<Trial<'_>> = (0..networks - 1).filter_map(trial).collect();
        let outcomes = run_trials(&trials, plan.threads.unwrap_or_else(machine_threads), stop);
        let Some(outcomes) = outcomes.into_iter().collect::<Option<Vec<_>>>() else { return Ok(None) };
        let ended = outcomes.into_iter().enumerate().filter_map(|(i, outcome)| Some((i, outcome.ok()?)));
        let trained: Vec<_> =
            ended.filter_map(|(i, outcome)| Some((place(i), plans.get(place(i))?.clone(), outcome))).collect();
        let judge_every_row = by_folds && trained.len() + 1 == networks;
        Ok(Some(Others { parts, trained, judge_every_row }))
    }

    /// What all folds say of the configuration; `train` and `dev` are the losses of the run's own network. `None` where not every
    /// row was judged.
    ///
    /// Each row of train and dev is judged by the network that has not seen it, and the interval of an error over such rows holds for
    /// the mean of the networks' errors. Source: Bayle et al. 2020, *Cross-validation confidence intervals for test error*.
    pub fn validation(&self, train: &LossRows, dev: &LossRows, metric: Metric, seed: u64) -> Option<CrossValidation> {
        if !self.judge_every_row {
            return None;
        }
        let own = dev.losses.len() as f64;
        let (mut seen, mut unseen) = (train.clone(), dev.clone());
        let mut per_fold = vec![dev.error(metric)];
        for (part, _, outcome) in self.each() {
            seen.losses.extend(&outcome.train);
            seen.weights.extend(part.given_weights());
            let fold = LossRows { losses: outcome.dev.clone(), ..unscored_rows(part) };
            per_fold.push(fold.error(metric));
            unseen.losses.extend(fold.losses);
            unseen.weights.extend(fold.weights);
            unseen.groups.extend(fold.groups);
        }
        // Only the run's own network has its epoch chosen by the rows that judge it.
        unseen.optimism *= own / unseen.losses.len().max(1) as f64;
        Some(CrossValidation {
            folds: per_fold.len() as u64,
            error: unseen.interval(metric, seed),
            train_error: seen.error(metric),
            per_fold,
        })
    }

    /// Whether each row of train and dev is judged by a network that has not seen it.
    pub fn judge_every_row(&self) -> bool {
        self.judge_every_row
    }

    /// Each network with its rows.
    pub fn each(&self) -> impl Iterator<Item = (&Prepared, &Plan, &TrialOutcome)> {
        self.trained.iter().filter_map(|(place, plan, outcome)| Some((self.parts.get(*place)?, plan, outcome)))
    }

    /// The first `most` of them, to answer beside the run's own.
    pub fn predictors(&self, most: usize) -> Vec<Predictor> {
        let predictor = |(part, plan, outcome): (&Prepared, &Plan, &TrialOutcome)| Predictor {
            pipeline: part.pipeline.clone(),
            network: plan.network.clone(),
            head: Head { decision: outcome.decision.clone(), ..part.head.clone() },
            numbers: outcome.member.clone(),
            weight: 1.0,
        };
        self.each().map(predictor).take(most).collect()
    }
}
