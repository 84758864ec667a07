//! First looks at changes: one training each, on a part of the train rows where all of them would take too long.

use std::collections::VecDeque;

use crate::compare::{AllSplits, EvalSplits, TrialSet};
use crate::diagnose::GainEstimate;
use crate::experiment::{Plan, Spec, prepare_dataset};
use crate::improve::Candidate;
use crate::runs::{JobError, Watcher};

use super::search::Search;

/// Share of the time left that looks at all candidates may take, about.
const SHARE_OF_TIME: f64 = 0.25;
/// Above this share of the rows, a part of them saves too little.
const WORTH_A_PART: f64 = 0.6;
/// Fewer rows than this, or than this share, say too little of all of them.
const FEWEST_ROWS: usize = 4_000;
const SMALLEST: f64 = 0.1;

/// The rows of first looks.
pub(super) struct Looks {
    /// A part of train, with the configuration kept trained on it; `None` where looks are on the split as it is.
    part: Option<(AllSplits, TrialSet)>,
    share: f64,
    /// Trainings of each look: as many as a judgement takes where there is time for it.
    pub trainings: usize,
}

impl Looks {
    /// For looks at these candidates in the time that is left.
    pub fn of(search: &Search<'_>, candidates: &VecDeque<Candidate>) -> Result<Looks, JobError> {
        let prepared = search.splits().first();
        let rows = prepared.train.rows();
        let plans = candidates.iter().filter_map(|one| Plan::new(&one.spec, &prepared.summary()).ok());
        let all: f64 = plans.map(|plan| search.seconds_of(&plan)).sum::<f64>() / search.threads() as f64;
        let affordable = SHARE_OF_TIME * search.seconds_left() / all.max(1e-9);
        let share = affordable.max(SMALLEST).max(FEWEST_ROWS as f64 / rows as f64);
        if share > WORTH_A_PART {
            let trainings = (affordable as usize).clamp(1, search.trainings);
            return Ok(Looks { part: None, share: 1.0, trainings });
        }
        let spec = &search.best.plan.spec;
        let part = prepared.dataset.part_of_train((share * rows as f64) as usize, spec.training.seed, 0);
        let splits = AllSplits::of(EvalSplits::one(prepare_dataset(part, spec)?), spec)?;
        let best = TrialSet::of(search.best.plan.clone());
        Ok(Looks { part: Some((splits, best)), share, trainings: 1 })
    }

    /// Whether looks are on other rows than judgements.
    pub fn are_of_a_part(&self) -> bool {
        self.part.is_some()
    }

    /// What a look takes, in trainings on all rows one after the other.
    pub fn length(&self, threads: usize) -> f64 {
        self.share * (self.trainings as f64 / threads as f64).ceil()
    }

    /// Trains the configuration kept on the part of the rows.
    pub fn train_best(&mut self, search: &Search<'_>, watcher: &dyn Watcher) -> Result<(), JobError> {
        let Some((splits, best)) = &mut self.part else { return Ok(()) };
        best.train(splits.first(), 1, &|| watcher.stop_requested() || search.seconds_left() <= 0.0)
    }

    /// What a look trains, its rows prepared.
    pub fn plan(&mut self, search: &mut Search<'_>, candidate: &Candidate) -> Result<Plan, JobError> {
        let all = self.part.as_mut().map_or(&mut search.all_splits, |(splits, _)| splits);
        let plan = Plan::new(&candidate.spec, &all.first().first().summary())?;
        all.prepare(&candidate.spec)?;
        Ok(plan)
    }

    /// The rows of a look.
    pub fn splits<'s>(&'s self, search: &'s Search<'_>, spec: &Spec) -> &'s EvalSplits {
        self.part.as_ref().map_or(&search.all_splits, |(splits, _)| splits).of_spec(spec)
    }

    /// What a change gains by its look.
    pub fn estimate(&self, search: &Search<'_>, trials: &TrialSet) -> GainEstimate {
        let (splits, best) = self.beside(search);
        trials.estimate_over(best, splits, self.trainings)
    }

    /// The error without and with a change, by its look.
    pub fn errors(&self, search: &Search<'_>, trials: &TrialSet) -> (f64, f64) {
        let (splits, best) = self.beside(search);
        (best.error(splits, self.trainings), trials.error(splits, self.trainings))
    }

    fn beside<'s>(&'s self, search: &'s Search<'_>) -> (&'s EvalSplits, &'s TrialSet) {
        self.part.as_ref().map_or((search.splits(), &search.best), |(splits, best)| (splits.first(), best))
    }
}
