//! `wellfit ablate`: the effect of each setting of a run, on its own data.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::compare::{AllSplits, EvalSplits, TrialSet};
use crate::experiment::{Plan, Spec, prepare};
use crate::improve::{Ablation, AblationResult, ablations};
use crate::runs::{Comparing, ErrorKind, Event, FinishedRun, JobError, RunFolder, UsageError, Watcher, write_page};
use crate::train::Metric;

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
}

/// Trains the run's configuration and, one setting at a time, without it; all over the same seeds, rows and order of rows.
///
/// `given` says how many threads and, where it names a number, how many folds.
pub fn ablate(run: &Path, given: &Spec, watcher: &mut dyn Watcher) -> Result<Option<AblationReport>, JobError> {
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
    for ablation in ablations(&spec) {
        let Some(result) = without(&ablation, all_splits.of_spec(&ablation.spec), &whole, watcher)? else {
            return Ok(None);
        };
        watcher.event(Event::Comparing(Comparing::Ablated(&result)));
        all.push(result);
    }
    folder.write_ablation(&all)?;
    if folder.is_finished() {
        write_page(&folder, &folder.read_result()?, &folder.read_evidence()?, &folder.read_history()?)?;
    }
    Ok(Some(AblationReport {
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
    watcher: &dyn Watcher,
) -> Result<Option<AblationResult>, JobError> {
    let mut result = AblationResult { knob: ablation.knob, change: ablation.change.clone(), dev: None, effect: None };
    let mut plan = Plan::new(&ablation.spec, &splits.first().summary())?;
    plan.threads = whole.plan.threads;
    let mut trials = TrialSet::of(plan);
    match trials.train(splits, splits.trainings(), &|| watcher.stop_requested()) {
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
