//! `wellfit improve`: diagnose, try one remedy after the other, keep what truly helps.

mod confirm;
mod search;
mod state;

use std::path::Path;
use std::time::{Duration, Instant};

use crate::compare::EvalSplits;
use crate::experiment::spec::DataSettings;
use crate::experiment::{Plan, Spec, data_hash, prepare, with_absolute_paths, with_positive};
use crate::improve::{FIRST_SEEDS, ImprovementEnd};
use crate::report::{ImprovementReport, RunResult, StepReport};
use crate::runs::{
    Comparing, DataOverview, EpochsOnly, Event, JobError, RunFolder, RunOptions, SplitOverview, UsageError, Watcher,
    create_run_folder, refuse_taken_folder, write_page,
};
use crate::words::improvement as words;

use super::test::test;
use super::train::{TrainReport, train};

use confirm::confirm;
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
    let Asked { spec, budget, resumes } = asked(target, spec)?;
    let Some(path) = spec.data.path.clone() else {
        return Err(UsageError::NoData.into());
    };
    if !resumes {
        refuse_taken_folder(options)?;
    }
    let folder = if resumes { RunFolder::at(target) } else { create_run_folder(options, &path)? };
    if folder.is_finished() {
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
    let mut splits = EvalSplits::cross_validation(prepared, &plan.spec)?;
    splits.weigh_classes(&plan.spec)?;
    watcher.event(Event::Comparing(Comparing::JudgedOn(splits.judged_on())));
    watcher.event(Event::Run(&folder.path));
    let data_sha256 = data_hash(&plan.spec)?;
    let state = State::open(&folder, &plan.spec, &data_sha256, budget)?;
    let deadline = begun + budget.saturating_sub(Duration::from_secs_f64(state.seconds));
    let mut search = Search::begin(&splits, plan, &folder, state, (begun, deadline), watcher)?;
    let ended = search.run(watcher)?;
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
    budget: Duration,
    /// Whether the target is an improvement that was stopped.
    resumes: bool,
}

/// An improvement that was stopped, a run's config, or the settings given.
fn asked(target: &Path, given: &Spec) -> Result<Asked, JobError> {
    let run = RunFolder::at(target);
    let (mut spec, saved_budget) = match state::beginning(target)? {
        Some((spec, seconds)) => (spec, Some(Duration::from_secs_f64(seconds))),
        None if run.config().is_file() => {
            let folds = given.data.folds;
            let spec = run.read_config()?;
            (Spec { data: DataSettings { folds, ..spec.data }, ..spec }, None)
        }
        None => (given.clone(), None),
    };
    let budget = given.training.budget.0.or(saved_budget).unwrap_or(BUDGET);
    // The time is for the whole improvement; each training in it runs to its end.
    spec.training.budget = Default::default();
    spec.training.threads = given.training.threads;
    Ok(Asked { spec, budget, resumes: saved_budget.is_some() })
}

/// The last training, its confirmation on a new split, and the test set, evaluated once.
fn conclude(mut search: Search<'_>, ended: ImprovementEnd, watcher: &mut dyn Watcher) -> Result<TrainReport, JobError> {
    let (splits, folder) = (search.splits, search.folder);
    let interrupted = || Ok(TrainReport { result: None, run: folder.path.clone(), interrupted: true });
    let more_rows = search.twice_the_rows(watcher)?;
    let seeds = search.best.outcomes.len().max(FIRST_SEEDS);
    search.first.train(splits, seeds, &|| watcher.stop_requested())?;
    let confirmation = match search.state.steps.iter().any(|step| step.accepted()) {
        true => {
            let specs = (&search.first.plan.spec, &search.best.plan.spec);
            confirm(splits.first(), specs, search.deadline, &|| watcher.stop_requested())?
        }
        false => None,
    };
    if watcher.stop_requested() {
        return interrupted();
    }
    let options = RunOptions { out: Some(folder.path.clone()), resume: true, judged: true, ..RunOptions::default() };
    let report = train(&search.best.plan.spec, &options, &mut EpochsOnly(watcher))?;
    let Some(result) = report.result else { return interrupted() };
    let improvement = ImprovementReport {
        folds: splits.judged_on().folds(),
        before: search.first.error(splits, seeds),
        after: search.best.error(splits, seeds),
        rule: words::rule(splits.judged_on(), search.seeds),
        judgements: search.state.judgements,
        rounds: search.state.rounds,
        ended: words::ended(ended).to_string(),
        confirmation,
        more_rows,
        seconds: search.state.seconds + search.begun.elapsed().as_secs_f64(),
    };
    let steps = Some(search.state.steps.iter().map(StepReport::of).collect());
    let result = RunResult { steps, improvement: Some(improvement.clone()), ..result };
    folder.write_result(&result)?;
    write_page(folder, &result, &folder.read_evidence()?, &folder.read_history()?)?;
    watcher.event(Event::Comparing(Comparing::Improved { result: &result, improvement: &improvement }));
    if result.rows.test > 0 {
        test(&folder.path, None, watcher)?;
    }
    state::remove(folder)?;
    Ok(TrainReport { result: Some(folder.read_result()?), run: folder.path.clone(), interrupted: false })
}
