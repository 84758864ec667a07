//! The trials of a search: what is still to be judged, batch by batch, and what they come to.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use crate::compare::{AllSplits, EvalSplits, SplitEvaluator};
use crate::data::Dataset;
use crate::diagnose::Interval;
use crate::experiment::{DataSummary, Plan, Spec, machine_threads, prepare_dataset};
use crate::runs::{Comparing, Divergence, Event, JobError, Notice, RunFolder, TrialScore, Watcher};
use crate::tune::{Choice, Judged, SearchEnd, Study, Tried, TuneReport, chosen_json, with_choice};

use super::batch::{Job, train_side_by_side};
use super::given::given;
use super::journal::{Journal, write_best};

/// Trainings for each thread in a batch: the wait for the last one is a small part of it.
const TRAININGS_A_THREAD: usize = 8;
/// A training in full, as a share of one on all folds but one, with time to evaluate it.
const LAST_TRAINING: f64 = 2.0;

/// What configurations are judged by.
pub(super) struct Judging<'a> {
    /// The settings given, with their `auto`s.
    pub spec: &'a Spec,
    /// The settings given, complete.
    pub plan: &'a Plan,
    pub dataset: &'a Dataset,
    /// The rows of the split as it is, by which every `auto` is decided: all folds train one configuration.
    pub data: DataSummary<'a>,
    /// Number of folds; `None` for dev under several seeds.
    pub folds: Option<usize>,
}

/// When a search must end.
pub(super) struct Clock {
    pub begun: Instant,
    pub budget: Option<Duration>,
}

/// How a search ended.
pub(super) enum Ended {
    Interrupted,
    Because(SearchEnd),
}

/// A setting to try.
struct Wanted {
    choice: Choice,
    /// What it comes to, or why it cannot be trained.
    plan: Result<Plan, String>,
    /// What is the same configuration in full: a setting before it, or the settings given.
    same_as: Option<SameAs>,
}

#[derive(Clone, Copy)]
enum SameAs {
    Given,
    Setting(usize),
}

/// All trials of a search.
pub(super) struct Trials<'a> {
    judging: &'a Judging<'a>,
    all_splits: AllSplits,
    weights: Vec<Vec<f64>>,
    trainings: usize,
    wanted: Vec<Wanted>,
    folder: &'a RunFolder,
    journal: Journal,
    /// The gains of the first trials, those that have been shown.
    gains: Vec<Option<Interval>>,
}

impl<'a> Trials<'a> {
    pub fn new(
        judging: &'a Judging<'a>,
        choices: Vec<Choice>,
        folder: &'a RunFolder,
        mut journal: Journal,
    ) -> Result<Trials<'a>, JobError> {
        let (plan, seed) = (judging.plan, judging.plan.recipe.seed);
        let splits = match judging.folds {
            Some(folds) => EvalSplits::folds(judging.dataset, &plan.spec, folds)?,
            None => EvalSplits::one(prepare_dataset(judging.dataset.clone(), &plan.spec)?),
        };
        let all_splits = AllSplits::of(splits, &plan.spec)?;
        let splits = all_splits.first();
        let weights = SplitEvaluator::on(splits).weights(seed);
        let trainings = judging.folds.unwrap_or(splits.trainings());
        journal.keep_what_fits(trainings, &weights);
        let wanted = wanted(judging, choices);
        let gains = Vec::new();
        Ok(Trials { judging, all_splits, weights, trainings, wanted, folder, journal, gains })
    }

    /// Judges what has not been judged, until all is or time is over.
    pub fn run(&mut self, clock: &Clock, watcher: &mut dyn Watcher) -> Result<Ended, JobError> {
        let folds = self.judging.folds;
        watcher.event(Event::Comparing(Comparing::Searching { folds, trainings: self.trainings }));
        if self.journal.damaged > 0 {
            watcher.event(Event::Notice(Notice::DamagedJournal));
        }
        let threads = self.judging.plan.threads.unwrap_or_else(machine_threads);
        let spent = Duration::try_from_secs_f64(self.journal.seconds() / threads as f64).unwrap_or_default();
        let deadline = clock.budget.and_then(|budget| clock.begun.checked_add(budget.saturating_sub(spent)));
        let mut told_header = false;
        loop {
            if self.journal.baseline.is_some() {
                if !told_header {
                    self.tell_baseline(watcher);
                    told_header = true;
                }
                self.tell_trials(watcher)?;
            }
            let missing = self.missing();
            if missing.is_empty() && self.journal.baseline.is_some() {
                return Ok(Ended::Because(SearchEnd::AllTried));
            }
            let most = (TRAININGS_A_THREAD * threads).div_ceil(self.trainings).max(1);
            let most = most.min(self.settings_within(deadline, threads));
            if most == 0 {
                return Ok(Ended::Because(SearchEnd::TimeUp));
            }
            let batch: Vec<usize> = missing.into_iter().take(most).collect();
            self.judge(&batch, threads, watcher)?;
            if watcher.stop_requested() {
                return Ok(Ended::Interrupted);
            }
        }
    }

    /// What all trials came to; the best is written down as a config.
    pub fn report(&mut self, ended: SearchEnd, watcher: &mut dyn Watcher) -> Result<TuneReport, JobError> {
        let Some(study) = self.study() else {
            return Err(JobError::NoBaseline);
        };
        let folds = self.judging.folds.map(|folds| folds as u64);
        let run = self.folder.path.display().to_string();
        let report = TuneReport::of(&study, &self.gains, &run, (folds, self.judged_by()), ended);
        let best = study.best();
        if let Some(Ok(plan)) = best.and_then(|at| self.wanted.get(at)).map(|wanted| &wanted.plan) {
            write_best(self.folder, &plan.spec)?;
        }
        let threads = self.judging.plan.threads.unwrap_or_else(machine_threads) as f64;
        let seconds = report.seconds / threads;
        watcher.event(Event::Comparing(Comparing::Searched { report: &report, seconds }));
        Ok(report)
    }

    /// How settings are judged, in words.
    fn judged_by(&self) -> String {
        match self.judging.folds {
            Some(folds) => format!("{folds} folds of train and dev"),
            None => format!("dev rows under {} seeds", self.trainings),
        }
    }

    /// What a setting came to, where it has been judged or cannot be.
    fn tried(&self, at: usize) -> Option<Tried> {
        let wanted = self.wanted.get(at)?;
        let settings = chosen_json(&wanted.choice);
        if let Err(why) = &wanted.plan {
            return Some(Tried { settings, judged: None, failed: Some(why.clone()) });
        }
        // The same configuration has the same outcome, and takes no time again.
        let same = |judged: Option<Judged>| judged.map(|judged| Judged { seconds: 0.0, ..judged });
        match wanted.same_as {
            None => self.journal.tried(&settings).cloned(),
            Some(SameAs::Given) => {
                let baseline = self.journal.baseline.clone()?;
                Some(Tried { settings, judged: same(Some(baseline)), failed: None })
            }
            Some(SameAs::Setting(other)) => {
                let other = self.tried(other)?;
                Some(Tried { settings, judged: same(other.judged), failed: other.failed })
            }
        }
    }

    fn missing(&self) -> Vec<usize> {
        let untried = |at: &usize| {
            let own = self.wanted.get(*at).is_some_and(|wanted| wanted.same_as.is_none());
            own && self.tried(*at).is_none()
        };
        (0..self.wanted.len()).filter(untried).collect()
    }

    /// The trials up to the first that has not been judged. `None` before the settings given are.
    fn study(&self) -> Option<Study> {
        Some(Study {
            metric: self.judging.plan.recipe.metric,
            seed: self.judging.plan.recipe.seed,
            weights: self.weights.clone(),
            baseline: self.journal.baseline.clone()?,
            trials: (0..self.wanted.len()).map_while(|at| self.tried(at)).collect(),
        })
    }

    /// Settings that can be judged before the deadline, with the last training still to come.
    fn settings_within(&self, deadline: Option<Instant>, threads: usize) -> usize {
        let (Some(deadline), trainings) = (deadline, self.journal.trainings()) else { return usize::MAX };
        if trainings == 0 {
            return usize::MAX;
        }
        let training = (self.journal.seconds() / trainings as f64).max(1e-6);
        let left = deadline.saturating_duration_since(Instant::now()).as_secs_f64() - LAST_TRAINING * training;
        (left.max(0.0) * threads as f64 / training / self.trainings as f64) as usize
    }

    /// Judges the settings of a batch, the settings given before them where they have not been.
    fn judge(&mut self, batch: &[usize], threads: usize, watcher: &mut dyn Watcher) -> Result<(), JobError> {
        let given = self.journal.baseline.is_none().then_some(self.judging.plan);
        let mut plans: Vec<(Option<usize>, &Plan)> = given.map(|plan| (None, plan)).into_iter().collect();
        for &at in batch {
            if let Some(Ok(plan)) = self.wanted.get(at).map(|wanted| wanted.plan.as_ref()) {
                plans.push((Some(at), plan));
            }
        }
        for (_, plan) in &plans {
            self.all_splits.prepare(&plan.spec)?;
        }
        let rows = |plan: &Plan| self.all_splits.of_spec(&plan.spec);
        let jobs: Vec<Job<'_>> = plans.iter().map(|&(_, plan)| Job { plan, splits: rows(plan) }).collect();
        let (journal, failure) = (&mut self.journal, RefCell::new(None));
        let failed = Cell::new(false);
        let wanted = &self.wanted;
        let stop = || failed.get() || watcher.stop_requested();
        train_side_by_side(&jobs, (self.trainings, threads), &stop, &mut |at, outcomes| {
            let (Some((place, plan)), Some(job)) = (plans.get(at), jobs.get(at)) else { return };
            let judged = outcomes
                .map_err(JobError::from)
                .and_then(|outcomes| SplitEvaluator::on(job.splits).judged(plan, &outcomes))
                .and_then(finite);
            let noted = match (place.and_then(|at| wanted.get(at)), judged) {
                // Without the settings given there is nothing to compare with.
                (None, judged) => judged.and_then(|judged| journal.note_baseline(judged)),
                (Some(wanted), judged) => {
                    let (judged, why) = match judged {
                        Ok(judged) => (Some(judged), None),
                        Err(error) => (None, Some(error.to_string())),
                    };
                    journal.note(Tried { settings: chosen_json(&wanted.choice), judged, failed: why })
                }
            };
            if let Err(error) = noted {
                failed.set(true);
                failure.borrow_mut().get_or_insert(error);
            }
        })?;
        failure.into_inner().map_or(Ok(()), Err)
    }

    fn tell_baseline(&self, watcher: &mut dyn Watcher) {
        let Some(baseline) = &self.journal.baseline else { return };
        let choices: Vec<&Choice> = self.wanted.iter().map(|wanted| &wanted.choice).collect();
        let given = choices.first().map(|like| given(&self.judging.plan.spec, like)).unwrap_or_default();
        let error = baseline.error.value;
        watcher.event(Event::Comparing(Comparing::Baseline { given: &given, choices: &choices, error }));
    }

    /// Shows the trials that have been judged since the last time, in order, and writes the best so far down.
    fn tell_trials(&mut self, watcher: &mut dyn Watcher) -> Result<(), JobError> {
        let Some(study) = self.study() else { return Ok(()) };
        let shown_before = self.gains.len();
        for (at, tried) in study.trials.iter().enumerate().skip(shown_before) {
            let Some(wanted) = self.wanted.get(at) else { break };
            let gain = tried.judged.as_ref().map(|judged| study.gain(judged, study.level()).interval);
            let outcome = match (&tried.judged, &tried.failed) {
                (Some(judged), _) => TrialScore::Judged { error: judged.error.value, gain },
                (None, why) => TrialScore::Failed(why.as_deref().unwrap_or("failed")),
            };
            let (number, choice) = (at + 1, &wanted.choice);
            watcher.event(Event::Comparing(Comparing::Trial { number, choice, outcome }));
            self.gains.push(gain);
        }
        let best = study.best().and_then(|at| self.wanted.get(at)?.plan.as_ref().ok());
        match best.filter(|_| self.gains.len() > shown_before) {
            Some(plan) => write_best(self.folder, &plan.spec),
            None => Ok(()),
        }
    }
}

/// The settings to try, each with its plan.
fn wanted(judging: &Judging<'_>, choices: Vec<Choice>) -> Vec<Wanted> {
    let mut all: Vec<Wanted> = Vec::new();
    for choice in choices {
        let plan = plan_of(judging, &choice);
        let same_as = match &plan {
            Ok(plan) if plan.spec == judging.plan.spec => Some(SameAs::Given),
            Ok(plan) => {
                let same = |other: &Wanted| other.plan.as_ref().is_ok_and(|other| other.spec == plan.spec);
                all.iter().position(same).map(SameAs::Setting)
            }
            Err(_) => None,
        };
        all.push(Wanted { choice, plan, same_as });
    }
    all
}

fn plan_of(judging: &Judging<'_>, choice: &Choice) -> Result<Plan, String> {
    let spec = with_choice(judging.spec, choice)?;
    Plan::new(&spec, &judging.data).map_err(|error| format!("does not fit: {}", error.0.join("; ")))
}

/// An outcome whose numbers all are some.
fn finite(judged: Judged) -> Result<Judged, JobError> {
    let sums = judged.units.iter().flatten().chain(&judged.folds).chain([&judged.train_error]);
    let ends = [judged.error.value, judged.error.low, judged.error.high];
    let finite = sums.copied().chain(ends).all(f64::is_finite);
    if finite { Ok(judged) } else { Err(Divergence::Errors.into()) }
}
