//! `wellfit tune`: settings searched, each judged by folds, the best trained in full if it is better.

mod batch;
mod given;
mod journal;
mod search;

use std::path::Path;
use std::time::{Duration, Instant};

use crate::compare::{DEFAULT_FOLDS, no_folds, refused};
use crate::experiment::{Plan, Prepared, Spec, data_hash, prepare, with_absolute_paths, with_positive};
use crate::report::RunResult;
use crate::runs::{
    Comparing, DataOverview, EpochsOnly, Event, JobError, Notice, RunFolder, RunOptions, Searched, SplitOverview,
    UsageError, Watcher, create_run_folder, refuse_taken_folder,
};
use crate::tune::{Search, Space, TuneReport, draw};

use super::train::train;

use given::one_value_for_all_layers;
use journal::{Beginning, Journal, read_best, start_of};
use search::{Ended, Judging, Trials};

/// What to search, and where.
#[derive(Clone, Debug, Default)]
pub struct TuneOptions {
    /// The search.
    pub search: Search,
    /// The folder, and whether to resume what is there.
    pub run: RunOptions,
}

/// Searches settings around those of `spec`, or resumes the search whose folder `target` is; `None` if it was stopped.
///
/// Each setting is judged by folds of train and dev, or on dev under several seeds where rows have given places. `auto` follows
/// the settings that are searched: another optimiser comes with its own rate. Test rows stay sealed.
pub fn tune(
    target: &Path,
    spec: &Spec,
    options: &TuneOptions,
    watcher: &mut dyn Watcher,
) -> Result<Option<TuneReport>, JobError> {
    let begun = Instant::now();
    let Asked { spec, search, budget, resumes } = asked(target, spec, options)?;
    let Some(path) = spec.data.path.clone() else {
        return Err(UsageError::NoData.into());
    };
    refuse_unknown_folder(&options.run, resumes)?;
    let at = resumes.then(|| target.to_owned()).or(options.run.out.clone());
    if let Some(report) = at.as_deref().map(|at| finished(&RunFolder::at(at))).transpose()?.flatten() {
        watcher.event(Event::AlreadyFinished);
        return Ok(Some(report));
    }
    let prepared = prepare(&spec)?;
    watcher.event(Event::Data(&DataOverview::of(&prepared.dataset)));
    // Folds judge settings, not dev alone: what dev alone detects is of no interest.
    watcher.event(Event::Split(&SplitOverview { detectable: None, ..SplitOverview::of(&prepared.dataset) }));
    let spec = one_value_for_all_layers(with_positive(with_absolute_paths(&spec), &prepared));
    let plan = Plan::new(&spec, &prepared.summary())?;
    let folds = folds(&prepared, &spec, watcher)?;
    let space = search.space.clone().unwrap_or_else(|| Space::around(&plan));
    let choices = draw(&space, search.trials, plan.recipe.seed);

    let folder = create_run_folder(&RunOptions { out: at, ..options.run.clone() }, &path)?;
    let claim = folder.claim()?;
    watcher.event(Event::Run(&folder.path));
    let mut journal = Journal::read(&folder.path)?;
    journal.begin(Beginning {
        start: start_of(&spec),
        data_sha256: data_hash(&spec)?,
        folds: folds.map(|folds| folds as u64),
        search: search.written.clone(),
        trials: search.trials,
        budget: budget.map(|budget| budget.as_secs_f64()),
    })?;
    let report = match folder.read_search()? {
        Some(report) => report,
        None => {
            let judging =
                Judging { spec: &spec, plan: &plan, dataset: &prepared.dataset, data: prepared.summary(), folds };
            let clock = search::Clock { begun, budget };
            let mut trials = Trials::new(&judging, choices, &folder, journal)?;
            match trials.run(&clock, watcher)? {
                Ended::Interrupted => return Ok(None),
                Ended::Because(why) => {
                    let report = trials.report(why, watcher)?;
                    folder.write_search(&report)?;
                    report
                }
            }
        }
    };
    // Training claims the folder itself.
    drop(claim);
    let chosen = if report.is_better() { read_best(&folder)? } else { plan.spec.clone() };
    let Some(result) = train_in_full(&folder, &chosen, watcher)? else { return Ok(None) };
    watcher.event(Event::Comparing(Comparing::TrainedInFull(&result)));
    Ok(Some(report))
}

/// What is asked for.
struct Asked {
    spec: Spec,
    search: Search,
    budget: Option<Duration>,
    /// Whether the target is the folder of a search.
    resumes: bool,
}

/// A search that was stopped, with what is given beside its name in the place of what it began with; or the settings given.
fn asked(target: &Path, given: &Spec, options: &TuneOptions) -> Result<Asked, JobError> {
    let elsewhere = options.run.out.as_deref().is_some_and(|out| out != target);
    let there = (Journal::is_in(target) && !elsewhere).then(|| Journal::read(target)).transpose()?;
    let mut search = options.search.clone();
    let (mut spec, budget, resumes) = match there.and_then(|journal| journal.beginning) {
        None => (given.clone(), given.training.budget.0, false),
        Some(beginning) => {
            let trials = search.trials.or(beginning.trials);
            if search.space.is_none() {
                search = Search::parse(&beginning.search, trials.map(|n| n.to_string()).as_deref())?;
            }
            search.trials = trials;
            let budget = given.training.budget.0.or(beginning.budget.and_then(|s| Duration::try_from_secs_f64(s).ok()));
            (beginning.spec()?, budget, true)
        }
    };
    // The time is for the whole search; each training in it runs to its end.
    spec.training.budget = Default::default();
    spec.training.threads = given.training.threads;
    Ok(Asked { spec, search, budget, resumes })
}

fn refuse_unknown_folder(options: &RunOptions, resumes: bool) -> Result<(), JobError> {
    if resumes {
        return Ok(());
    }
    if options.resume && options.out.is_none() {
        return Err(UsageError::WhichSearch.into());
    }
    if let Some(out) = options.out.as_ref().filter(|out| options.resume && !Journal::is_in(out)) {
        let holds_something = out.read_dir().is_ok_and(|mut entries| entries.next().is_some());
        if holds_something {
            return Err(UsageError::NoSearch(out.clone()).into());
        }
    }
    refuse_taken_folder(options)
}

/// What a search found whose last training is done as well.
fn finished(folder: &RunFolder) -> Result<Option<TuneReport>, JobError> {
    if folder.is_finished() { folder.read_search() } else { Ok(None) }
}

/// The number of folds; `None` where rows have given places and settings are judged on dev.
fn folds(prepared: &Prepared, spec: &Spec, watcher: &mut dyn Watcher) -> Result<Option<usize>, JobError> {
    let asked = spec.data.folds.on().copied();
    let folds = asked.unwrap_or(DEFAULT_FOLDS);
    match no_folds(prepared, spec, folds) {
        None => Ok(Some(folds)),
        Some(why) if asked.is_some() => Err(refused(why)),
        Some(why) if prepared.dev.is_none() => Err(UsageError::NothingToJudgeBy(why).into()),
        Some(why) => {
            watcher.event(Event::Notice(Notice::NoFolds(&why)));
            Ok(None)
        }
    }
}

/// Trains what was chosen into the folder; `None` if it was stopped.
fn train_in_full(folder: &RunFolder, spec: &Spec, watcher: &mut dyn Watcher) -> Result<Option<RunResult>, JobError> {
    let options = RunOptions {
        out: Some(folder.path.clone()),
        resume: true,
        searched: Some(Searched::default()),
        ..RunOptions::default()
    };
    Ok(train(spec, &options, &mut EpochsOnly(watcher))?.result)
}
