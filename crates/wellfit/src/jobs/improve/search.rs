//! The search for a better configuration: the best one so far, what it is judged by, and the time it has.

use std::time::Instant;

use crate::compare::{AllSplits, EvalSplits, EvaluationContext, RunLosses, TrainingCourse, TrialSet, loss_rows, work};
use crate::experiment::{Plan, machine_threads};
use crate::improve::{Case, Step};
use crate::model::write_model;
use crate::runs::{Comparing, Event, JobError, RunFolder, Watcher};

use super::super::train::model;
use super::state::State;
use crate::jobs::clock::Clock;

/// Trainings of the last, full training: with its check and evaluation.
const LAST_TRAINING: f64 = 1.5;
/// Trainings of each configuration on a new split, to confirm a gain.
pub(super) const CONFIRMING: usize = 2;

/// The search for a better configuration.
pub(super) struct Search<'a> {
    pub all_splits: AllSplits,
    pub folder: &'a RunFolder,
    context: EvaluationContext,
    /// Seconds that an evaluation takes beside a training: other models are trained for it.
    evaluation: f64,
    pub state: State,
    /// Seconds it took before it was resumed.
    before: f64,
    pub clock: Clock,
    /// The configuration at the start.
    pub first: TrialSet,
    /// The best one so far.
    pub best: TrialSet,
    /// Trainings that a change is judged by, at least.
    pub trainings: usize,
}

impl<'a> Search<'a> {
    pub fn begin(
        splits: EvalSplits,
        plan: Plan,
        folder: &'a RunFolder,
        state: State,
        clock: Clock,
        watcher: &mut dyn Watcher,
    ) -> Result<Search<'a>, JobError> {
        let begun = Instant::now();
        let context = EvaluationContext::of(splits.first(), &plan)?;
        let evaluation = begun.elapsed().as_secs_f64();
        let (trainings, before) = (splits.trainings(), state.seconds);
        let mut all_splits = AllSplits::of(splits, &plan.spec)?;
        let best = match state.best()? {
            None => None,
            Some(spec) => {
                all_splits.prepare(&spec)?;
                Some(TrialSet::of(Plan::new(&spec, &all_splits.of_spec(&spec).first().summary())?))
            }
        };
        let first = TrialSet::of(plan);
        let best_so_far = best.clone().unwrap_or_else(|| first.clone());
        let mut search = Search {
            all_splits,
            folder,
            context,
            evaluation,
            state,
            before,
            clock,
            first,
            best: best_so_far,
            trainings,
        };
        // One training whatever the time; the others as far as it goes.
        for trainings in [1, trainings] {
            let end = if trainings == 1 { f64::NEG_INFINITY } else { search.reserved() };
            let stop = || watcher.stop_requested() || clock.left() < end;
            search.first.train(search.all_splits.first(), trainings, &stop)?;
            match &best {
                None => search.best = search.first.clone(),
                Some(_) => search.train_best(trainings, &stop)?,
            }
        }
        Ok(search)
    }

    /// The rows that the configuration at the start is judged on.
    pub fn splits(&self) -> &EvalSplits {
        self.all_splits.first()
    }

    /// Trains the best configuration until it has so many outcomes, or it is stopped.
    pub fn train_best(&mut self, trainings: usize, stop: &dyn Fn() -> bool) -> Result<(), JobError> {
        let splits = self.all_splits.of_spec(&self.best.plan.spec);
        self.best.train(splits, trainings, stop)
    }

    /// Writes a step down, on the screen and on the disk.
    pub fn note(&mut self, step: Step, watcher: &mut dyn Watcher) -> Result<(), JobError> {
        watcher.event(Event::Comparing(Comparing::Step(&step)));
        self.state.steps.push(step);
        self.save()
    }

    /// Tells how far it has come.
    pub fn tell_progress(&self, watcher: &mut dyn Watcher) {
        let steps = &self.state.steps;
        let (tried, kept) = (steps.len(), steps.iter().filter(|step| step.accepted()).count());
        watcher.event(Event::Comparing(Comparing::Progress { tried, kept, seconds_left: self.clock.left() }));
    }

    pub fn save(&mut self) -> Result<(), JobError> {
        self.state.seconds = self.seconds();
        self.state.save(self.folder)
    }

    /// Seconds it took, all goes together.
    pub fn seconds(&self) -> f64 {
        self.before + self.clock.seconds()
    }

    /// Seconds that a training of a plan takes, about, going by those of the best configuration.
    pub fn seconds_of(&self, plan: &Plan) -> f64 {
        let rows = self.splits().first().train.rows();
        self.best.seconds() * work(plan, rows) / work(&self.best.plan, rows)
    }

    /// Seconds left for trying changes.
    pub fn seconds_left(&self) -> f64 {
        (self.clock.left() - self.reserved()).max(0.0)
    }

    /// Seconds kept back for the end: the last training and, where something was kept, its confirmation on a new split.
    pub fn reserved(&self) -> f64 {
        let kept = self.state.steps.iter().any(Step::accepted);
        let confirming = CONFIRMING as f64 * (self.first.seconds() + self.best.seconds()) / self.threads() as f64;
        self.reserved_for_the_last_training() + if kept { confirming } else { 0.0 }
    }

    pub fn reserved_for_the_last_training(&self) -> f64 {
        LAST_TRAINING * self.best.seconds() + self.evaluation
    }

    pub fn threads(&self) -> usize {
        self.best.plan.threads.unwrap_or_else(machine_threads)
    }

    /// The best configuration's case, as its training on the split as it is shows it.
    pub fn case(&self) -> Result<Option<Case>, JobError> {
        let splits = self.all_splits.of_spec(&self.best.plan.spec);
        let prepared = splits.first();
        let Some(outcome) = self.best.outcomes.first() else { return Ok(None) };
        let rows = prepared.dataset.split.train.as_slice();
        let train = loss_rows(prepared, &prepared.train, rows, outcome.train.clone());
        let course = TrainingCourse {
            history: &outcome.history,
            epochs: outcome.epochs,
            best_epoch: outcome.best_epoch,
            theta: &outcome.member.theta,
            chaotic: None,
            confusion: None,
            labels: None,
        };
        let name = self.folder.path.display().to_string();
        let parts = (prepared, &self.best.plan);
        let folds = self.best.cross_validation(splits)?.map(|validated| validated.errors(splits.rows()));
        let losses = RunLosses { train, dev: self.best.dev_rows(splits), folds };
        let assessed = self.context.judge(&name, parts, losses, &course)?;
        Ok(assessed.case)
    }

    /// What Ctrl-C leaves behind: the best configuration's training on the split as it is.
    pub fn keep_best_model(&self) -> Result<(), JobError> {
        let Some(outcome) = self.best.outcomes.first() else { return Ok(()) };
        let prepared = self.all_splits.of_spec(&self.best.plan.spec).first();
        let best = model(&self.best.plan, prepared, outcome.member.clone());
        Ok(write_model(&self.folder.model(), &best)?)
    }
}
