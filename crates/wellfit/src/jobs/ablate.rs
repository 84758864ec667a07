//! `wellfit ablate`: the effect of each setting of a run, on its own data.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::compare::{AllSplits, EvalSplits, TrialSet};
use crate::experiment::{Assignment, Plan, Spec, prepare};
use crate::improve::{Ablation, AblationResult, ablations};
use crate::runs::{Comparing, ErrorKind, Event, FinishedRun, JobError, RunFolder, UsageError, Watcher, write_page};
use crate::train::Metric;

use super::clock::Clock;

/// What each setting of a run contributes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AblationReport {
    /// Version of this layout: 1.
    pub schema: u32,
    /// The run's folder.
    pub run: PathBuf,
    /// What errors hold: `error` or `rmse`.
    pub metric: Metric,
    /// Trainings of each configuration.
    pub seeds: usize,
    /// Dev error of the run's configuration over all of them.
    pub dev: f64,
    /// The settings, each ablated alone.
    pub knobs: Vec<AblationResult>,
    /// The changes for which there was no time.
    pub not_tried: Vec<Assignment>,
}

/// Trains the run's configuration and, one setting at a time, without it; all over the same seeds, rows and order of rows.
///
/// `given` says how many threads and, where it names a number, how many folds. After its budget no more settings are tried. What
/// was found by then, or when it was stopped (`None`), is kept in the run's folder, unless more is known from before.
pub fn ablate(run: &Path, given: &Spec, watcher: &mut dyn Watcher) -> Result<Option<AblationReport>, JobError> {
    let clock = Clock::of(given.training.budget.0);
    let folder = RunFolder::of_run(run)?;
    let mut spec = folder.read_config()?;
    spec.training.budget = Default::default();
    if given.data.folds.on().is_some() {
        spec.data.folds = given.data.folds;
    }
    if folder.is_finished() {
        FinishedRun::open(run)?.refuse_changed_data()?;
    }
    let prepared = prepare(&spec)?;
    if prepared.dev.is_none() {
        return Err(UsageError::AblateNeedsDev.into());
    }
    let mut plan = Plan::new(&spec, &prepared.summary())?;
    let mut all_splits = AllSplits::of(EvalSplits::cross_validation(prepared, &spec)?, &spec)?;
    for ablation in ablations(&spec) {
        all_splits.prepare(&ablation.spec)?;
    }
    let splits = all_splits.first();
    plan.threads = given.training.threads.given().copied();
    let mut whole = TrialSet::of(plan);
    whole.train(splits, splits.trainings(), &|| watcher.stop_requested())?;
    if whole.outcomes.len() < splits.trainings() {
        return Ok(None);
    }
    let error = whole.error(splits, splits.trainings());
    watcher.event(Event::Comparing(Comparing::Whole {
        run,
        metric: whole.plan.recipe.metric,
        dev: error,
        judged_on: splits.judged_on(),
    }));
    let mut all = Vec::new();
    let ablations = ablations(&spec);
    for ablation in &ablations {
        let (done, of) = (all.len(), ablations.len());
        watcher.event(Event::Comparing(Comparing::Ablating { done, of, seconds_left: clock.left_of(done, of) }));
        let stop = || watcher.stop_requested() || clock.is_over();
        let Some(result) = without(ablation, all_splits.of_spec(&ablation.spec), &whole, &stop)? else { break };
        watcher.event(Event::Comparing(Comparing::Ablated(&result)));
        all.push(result);
    }
    if all.len() >= folder.read_ablation()?.len() {
        folder.write_ablation(&all)?;
        if folder.is_finished() {
            write_page(&folder, &folder.read_result()?, &folder.read_evidence()?, &folder.read_history()?)?;
        }
    }
    if watcher.stop_requested() {
        return Ok(None);
    }
    let not_tried = ablations.into_iter().skip(all.len()).map(|ablation| ablation.change).collect();
    Ok(Some(AblationReport {
        not_tried,
        schema: 1,
        run: folder.path,
        metric: whole.plan.recipe.metric,
        seeds: splits.trainings(),
        dev: error,
        knobs: all,
    }))
}

/// The run without one setting; `None` if it was stopped.
fn without(
    ablation: &Ablation,
    splits: &EvalSplits,
    whole: &TrialSet,
    stop: &dyn Fn() -> bool,
) -> Result<Option<AblationResult>, JobError> {
    let mut result = AblationResult { knob: ablation.knob, change: ablation.change.clone(), dev: None, effect: None };
    let mut plan = Plan::new(&ablation.spec, &splits.first().summary())?;
    plan.threads = whole.plan.threads;
    let mut trials = TrialSet::of(plan);
    match trials.train(splits, splits.trainings(), stop) {
        Err(error) if error.kind() == ErrorKind::Diverged => return Ok(Some(result)),
        trained => trained?,
    }
    if trials.outcomes.len() < splits.trainings() {
        return Ok(None);
    }
    result.dev = Some(trials.error(splits, splits.trainings()));
    // Positive where the run as it is does better.
    result.effect = Some(whole.gain_over(&trials, splits, splits.trainings(), 0.025).interval);
    Ok(Some(result))
}
