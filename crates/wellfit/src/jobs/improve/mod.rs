//! `wellfit improve`: diagnose, try one remedy after the other, keep what truly helps.

mod conclude;
mod confirm;
mod looks;
mod round;
mod rounds;
mod search;
mod state;

use std::path::Path;
use std::time::{Duration, Instant};

use crate::compare::EvalSplits;
use crate::experiment::spec::DataSettings;
use crate::experiment::{Plan, Spec, data_hash, prepare, with_absolute_paths, with_positive};
use crate::runs::{
    Comparing, DataOverview, Event, JobError, RunFolder, RunOptions, SplitOverview, UsageError, Watcher,
    create_run_folder, refuse_taken_folder,
};

use super::train::TrainReport;

use super::clock::Clock;
use conclude::conclude;
use rounds::run_rounds;
use search::Search;
use state::State;

/// Time for everything, where nobody says.
const BUDGET: Duration = Duration::from_secs(600);

/// Improves the configuration of `spec`, or of the run whose folder `target` is.
pub fn improve(
    target: &Path,
    spec: &Spec,
    options: &RunOptions,
    watcher: &mut dyn Watcher,
) -> Result<TrainReport, JobError> {
    let begun = Instant::now();
    let Asked { spec, budget, saved } = asked(target, spec)?;
    let Some(path) = spec.data.path.clone() else {
        return Err(UsageError::NoData.into());
    };
    if saved.is_none() {
        refuse_taken_folder(options)?;
    }
    let folder = if saved.is_some() { RunFolder::at(target) } else { create_run_folder(options, &path)? };
    if folder.is_finished() && saved.as_ref().is_none_or(State::is_over) {
        watcher.event(Event::AlreadyFinished);
        return Ok(TrainReport { result: Some(folder.read_result()?), run: folder.path, interrupted: false });
    }
    let claim = folder.claim()?;
    let prepared = prepare(&spec)?;
    watcher.event(Event::Data(&DataOverview::of(&prepared.dataset)));
    watcher.event(Event::Split(&SplitOverview::of(&prepared.dataset)));
    if prepared.dev.is_none() {
        return Err(UsageError::ImproveNeedsDev.into());
    }
    let plan = Plan::new(&with_positive(with_absolute_paths(&spec), &prepared), &prepared.summary())?;
    let splits = EvalSplits::cross_validation(prepared, &plan.spec)?;
    watcher.event(Event::Comparing(Comparing::JudgedOn(splits.judged_on())));
    watcher.event(Event::Run(&folder.path));
    let data_sha256 = data_hash(&plan.spec)?;
    let mut state = State::open(&folder, &plan.spec, &data_sha256, budget)?;
    // A search that ended for want of time gets more of it; one that was stopped has the rest.
    let spent = if state.ended.take().is_some() { 0.0 } else { state.seconds };
    let clock = Clock::new(begun, Duration::try_from_secs_f64(budget - spent).unwrap_or_default());
    let mut search = Search::begin(splits, plan, &folder, state, clock, watcher)?;
    let ended = run_rounds(&mut search, watcher)?;
    search.keep_best_model()?;
    if watcher.stop_requested() {
        return Ok(TrainReport { result: None, run: folder.path, interrupted: true });
    }
    // The last training claims the folder itself.
    drop(claim);
    conclude(search, ended, watcher)
}

/// What is asked for.
struct Asked {
    spec: Spec,
    /// Seconds.
    budget: f64,
    /// The improvement that goes on, where the target is one.
    saved: Option<State>,
}

/// An improvement that goes on, a run's config, or the settings given.
fn asked(target: &Path, given: &Spec) -> Result<Asked, JobError> {
    let run = RunFolder::at(target);
    let saved = State::read(target)?;
    let mut spec = match &saved {
        Some(saved) => saved.start()?,
        None if run.config().is_file() => {
            let folds = given.data.folds;
            let spec = run.read_config()?;
            Spec { data: DataSettings { folds, ..spec.data }, ..spec }
        }
        None => given.clone(),
    };
    let asked_before = saved.as_ref().map(|saved| saved.budget);
    let budget = given.training.budget.0.unwrap_or(BUDGET).as_secs_f64();
    let budget = if given.training.budget.0.is_some() { budget } else { asked_before.unwrap_or(budget) };
    // The time is for the whole improvement; each training in it runs to its end.
    spec.training.budget = Default::default();
    spec.training.threads = given.training.threads;
    Ok(Asked { spec, budget, saved })
}
