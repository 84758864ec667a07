//! `wellfit improve`: diagnose, try one remedy after the other, keep what truly helps.

mod confirm;
mod state;
mod tell;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::diagnose::words::Unit;
use crate::diagnose::{Gain, LossRows};
use crate::experiment::{
    Plan, Prepared, Spec, data_hash, machine_threads, prepare, with_absolute_paths, with_positive,
};
use crate::improve::{Candidate, Case, FIRST_SEEDS, Improvement, SEEDS, Step, candidates, level, rule};
use crate::model::write_model;
use crate::report::RunResult;
use crate::store::{create_folder, create_run_dir, run_stem};

use super::arms::Arm;
use super::error::JobError;
use super::evaluate::{Background, Looks, loss_rows};
use super::folder::RunFolder;
use super::report::write_page;
use super::test::test;
use super::train::{RUNS, RunOptions, TrainReport, model, train};
use super::watch::{Progress, Watcher};
use super::{lines, train as training};

use confirm::confirm;
use state::State;

/// Time for everything, where nobody says.
const BUDGET: Duration = Duration::from_secs(600);
/// A gain of a fit on the same rows that is no more than this share of the error is not worth a judgement.
const LEAST_GAIN: f64 = 0.0;

/// Improves the configuration of `spec`, or of the run whose folder `target` is.
pub fn improve(
    target: &Path,
    spec: &Spec,
    options: &RunOptions,
    watcher: &mut dyn Watcher,
) -> Result<TrainReport, JobError> {
    let begun = Instant::now();
    let Asked { spec, budget, goes_on } = asked(target, spec)?;
    let Some(path) = spec.data.path.clone() else {
        return Err(JobError::Usage("no data: name a file, or a run's folder".to_string()));
    };
    let folder = if goes_on { RunFolder::at(target) } else { folder(options, &path)? };
    if folder.is_finished() {
        watcher.line("resume", "the improvement is finished; nothing to do");
        return Ok(TrainReport { result: Some(folder.read_result()?), run: folder.path, interrupted: false });
    }
    let claim = folder.claim()?;
    let mut prepared = prepare(&spec)?;
    watcher.line("data", &lines::data(&prepared));
    watcher.line("split", &lines::split(&prepared));
    if prepared.dev.is_none() {
        return Err(JobError::Usage(
            "a remedy is judged by dev rows, and there are none; give dev a share (--split 60/20/20) or --dev FILE"
                .to_string(),
        ));
    }
    let plan = Plan::new(&with_positive(with_absolute_paths(&spec), &prepared), &prepared.facts())?;
    prepared.weigh_classes(&plan.class_weights);
    watcher.progress(Progress::Run(&folder.path));
    let data_sha256 = data_hash(&plan.spec)?;
    let state = State::open(&folder, &plan.spec, &data_sha256, budget)?;
    let deadline = begun + budget.saturating_sub(Duration::from_secs_f64(state.seconds));
    let mut search = Search::begin(&prepared, &plan, &folder, state, deadline, begun, watcher)?;
    let ended = search.run(watcher)?;
    if watcher.stop_requested() {
        search.keep_best_model()?;
        return Ok(TrainReport { result: None, run: folder.path, interrupted: true });
    }
    // The last training claims the folder itself.
    drop(claim);
    search.conclude(ended, watcher)
}

/// What is asked for.
struct Asked {
    spec: Spec,
    budget: Duration,
    /// Whether the target is an improvement that was stopped.
    goes_on: bool,
}

/// An improvement that was stopped, a run's config, or the settings given.
fn asked(target: &Path, given: &Spec) -> Result<Asked, JobError> {
    let run = RunFolder::at(target);
    let (mut spec, saved_budget) = match state::beginning(target)? {
        Some((spec, seconds)) => (spec, Some(Duration::from_secs_f64(seconds))),
        None if run.config().is_file() => (run.read_config()?, None),
        None => (given.clone(), None),
    };
    let budget = given.training.budget.0.or(saved_budget).unwrap_or(BUDGET);
    // The time is for the whole improvement; each training in it runs to its end.
    spec.training.budget = Default::default();
    spec.training.threads = given.training.threads;
    Ok(Asked { spec, budget, goes_on: saved_budget.is_some() })
}

fn folder(options: &RunOptions, data: &Path) -> Result<RunFolder, JobError> {
    match &options.out {
        Some(out) => {
            training::refuse_taken_folder(options)?;
            create_folder(out)?;
            Ok(RunFolder::at(out))
        }
        None => {
            let root = options.root.clone().unwrap_or_else(|| PathBuf::from(RUNS));
            Ok(RunFolder::at(&create_run_dir(&root, &run_stem(data))?))
        }
    }
}

/// The search for a better configuration.
struct Search<'a> {
    prepared: &'a Prepared,
    folder: &'a RunFolder,
    background: Background,
    state: State,
    deadline: Instant,
    begun: Instant,
    /// The best configuration so far, and its trainings.
    best: Arm,
    /// The one at the start.
    first: Arm,
    unit: Unit,
}

/// Why a search ended, in words.
type Ended = String;

/// What a probe came to.
enum Probed {
    /// It was judged; `passes` if no gain is excluded.
    Judged { step: Step, arm: Box<Arm>, passes: bool },
    /// It was given up before a judgement.
    GivenUp(Step),
    /// Time ran out, or the user stopped it.
    Cut,
}

impl<'a> Search<'a> {
    fn begin(
        prepared: &'a Prepared,
        plan: &Plan,
        folder: &'a RunFolder,
        state: State,
        deadline: Instant,
        begun: Instant,
        watcher: &mut dyn Watcher,
    ) -> Result<Search<'a>, JobError> {
        let unit = Unit::of_task(prepared.pipeline.task());
        let background = Background::of(prepared, plan)?;
        let mut first = Arm::of(plan.clone());
        first.train(prepared, FIRST_SEEDS, &|| watcher.stop_requested())?;
        let best = match &state.spec {
            None => first.clone(),
            Some(spec) => {
                let mut best = Arm::of(Plan::new(spec, &prepared.facts())?);
                best.train(prepared, FIRST_SEEDS, &|| watcher.stop_requested())?;
                best
            }
        };
        Ok(Search { prepared, folder, background, state, deadline, begun, best, first, unit })
    }

    /// The losses of dev rows, as one training of an arm leaves them.
    fn dev_rows(&self, arm: &Arm) -> Option<LossRows> {
        let (outcome, dev) = (arm.outcomes.first()?, self.prepared.dev.as_ref()?);
        Some(loss_rows(self.prepared, dev, &self.prepared.dataset.split.dev, outcome.dev.clone()))
    }

    /// The best configuration's case, as its first training shows it.
    fn case(&self) -> Option<Case> {
        let outcome = self.best.outcomes.first()?;
        let rows = self.prepared.dataset.split.train.as_slice();
        let train = loss_rows(self.prepared, &self.prepared.train, rows, outcome.train.clone());
        let looks = Looks { history: &outcome.history, epochs: outcome.epochs, best_epoch: outcome.best_epoch };
        let name = self.folder.path.display().to_string();
        let parts = (self.prepared, &self.best.plan);
        self.background.judge(&name, parts, train, self.dev_rows(&self.best), &looks).case
    }

    /// Rounds of probes until the target is met, nothing helps, or time is over.
    fn run(&mut self, watcher: &mut dyn Watcher) -> Result<Ended, JobError> {
        let mut is_first = true;
        loop {
            let Some(case) = self.case() else { return Ok("interrupted".to_string()) };
            if is_first {
                watcher.line("before", &tell::errors(&case, self.unit));
                watcher.line("verdict", case.diagnosis.headline());
                watcher.line("probe", &tell::header());
                for step in &self.state.steps {
                    watcher.line("", &tell::step(step, self.unit));
                }
                is_first = false;
            }
            let dev = self.best.error(self.prepared.pipeline.task(), &self.weights());
            if self.best.plan.spec.training.target_error.is_some_and(|target| dev <= target) {
                return Ok("the target is met".to_string());
            }
            let mut passed: Option<(Step, Box<Arm>)> = None;
            for candidate in self.in_order(candidates(&case, &self.best.plan.spec)) {
                match self.probe(&candidate, watcher)? {
                    Probed::Cut if watcher.stop_requested() => return Ok("interrupted".to_string()),
                    Probed::Cut => break,
                    Probed::GivenUp(step) => self.note(step, watcher)?,
                    Probed::Judged { step, passes: false, .. } => self.note(step, watcher)?,
                    Probed::Judged { step, arm, passes: true } => {
                        // The largest gain of the round is kept; the others may be tried again beside it.
                        let loser = match passed.take() {
                            Some(other) if other.0.gain.value >= step.gain.value => {
                                passed = Some(other);
                                Some(step)
                            }
                            other => {
                                passed = Some((step, arm));
                                other.map(|(step, _)| step)
                            }
                        };
                        if let Some(mut loser) = loser {
                            loser.accepted = false;
                            loser.reason = "helps; another helped more in this round".to_string();
                            self.note(loser, watcher)?;
                        }
                    }
                }
            }
            let is_late = Instant::now() >= self.probes_end();
            match passed {
                Some((step, arm)) => {
                    self.best = *arm;
                    self.state.spec = Some(self.best.plan.spec.clone());
                    self.state.refused_now.clear();
                    self.note(step, watcher)?;
                }
                None if is_late => return Ok("the time is over".to_string()),
                None => return Ok("no remedy left that helps".to_string()),
            }
            if is_late {
                return Ok("the time is over".to_string());
            }
        }
    }

    /// Candidates that were not refused beside the present configuration; those that gained most before come first.
    fn in_order(&self, mut candidates: Vec<Candidate>) -> Vec<Candidate> {
        candidates.retain(|candidate| !self.state.refused_now.contains(&candidate.change.change));
        let gained = |candidate: &Candidate| {
            let tried = self.state.steps.iter().rev().find(|step| step.remedy == candidate.remedy);
            tried.map_or(f64::INFINITY, |step| step.gain.value)
        };
        if !self.state.steps.is_empty() {
            candidates.sort_by(|a, b| gained(b).total_cmp(&gained(a)));
        }
        candidates
    }

    /// When probes must end, so that the last training and its confirmation still fit.
    fn probes_end(&self) -> Instant {
        let last = Duration::from_secs_f64(
            1.5 * self.best.seconds() + 2.0 * FIRST_SEEDS as f64 * self.best.seconds() / self.threads() as f64,
        );
        self.deadline.checked_sub(last).unwrap_or(self.begun)
    }

    fn threads(&self) -> usize {
        self.best.plan.threads.unwrap_or_else(machine_threads)
    }

    fn weights(&self) -> Vec<f32> {
        self.prepared.dev.as_ref().map_or(Vec::new(), |dev| dev.weights.clone())
    }

    fn probe(&mut self, candidate: &Candidate, watcher: &mut dyn Watcher) -> Result<Probed, JobError> {
        let end = self.probes_end();
        let expected = self.best.seconds() * FIRST_SEEDS as f64 / self.threads() as f64;
        if Instant::now() + Duration::from_secs_f64(expected) > end {
            return Ok(Probed::Cut);
        }
        // Settings that do not fit each other, as two values of keep_prob for three layers, are no candidate.
        let Ok(plan) = Plan::new(&candidate.spec, &self.prepared.facts()) else {
            return Ok(Probed::GivenUp(self.no_step(candidate, "does not fit the other settings")));
        };
        let mut arm = Arm::of(plan);
        let stop = || watcher.stop_requested() || Instant::now() > end;
        for seeds in [FIRST_SEEDS, SEEDS] {
            if let Err(error) = arm.train(self.prepared, seeds, &stop) {
                return Ok(Probed::GivenUp(self.no_step(candidate, &format!("gives no network: {error}"))));
            }
            self.best.train(self.prepared, seeds, &stop)?;
            if arm.outcomes.len() < seeds || self.best.outcomes.len() < seeds {
                return Ok(Probed::Cut);
            }
            let judging = seeds == SEEDS;
            let level = level(self.state.judgements + 1);
            let Some(gain) = self.gain(&arm, seeds, level) else { return Ok(Probed::Cut) };
            let hopeless = gain.interval.value <= LEAST_GAIN;
            if !judging && !hopeless {
                continue;
            }
            let mut step = self.step(candidate, &arm, seeds, gain);
            if !judging {
                step.reason = format!("no gain over {FIRST_SEEDS} seeds");
                return Ok(Probed::GivenUp(step));
            }
            self.state.judgements += 1;
            let passes = gain.low_at_level > 0.0;
            step.accepted = passes;
            step.reason = match passes {
                true => candidate.change.reason.clone(),
                false if hopeless => format!("no gain over {SEEDS} seeds"),
                false => "within the noise of rows, seeds and looks".to_string(),
            };
            return Ok(Probed::Judged { step, arm: Box::new(arm), passes });
        }
        Ok(Probed::Cut)
    }

    /// The gain of an arm over the best one, over the first `seeds` seeds.
    fn gain(&self, arm: &Arm, seeds: usize, level: f64) -> Option<Gain> {
        let like = self.dev_rows(&self.best)?;
        Some(arm.gain_over(&self.best, seeds, self.prepared.pipeline.task(), &like, level))
    }

    fn step(&self, candidate: &Candidate, arm: &Arm, seeds: usize, gain: Gain) -> Step {
        let (task, weights) = (self.prepared.pipeline.task(), self.weights());
        Step {
            remedy: candidate.remedy.to_string(),
            purpose: candidate.purpose,
            change: candidate.change.change.clone(),
            before: self.best.error_over(seeds, task, &weights),
            after: arm.error_over(seeds, task, &weights),
            gain: gain.interval,
            accepted: false,
            reason: String::new(),
        }
    }

    fn no_step(&self, candidate: &Candidate, why: &str) -> Step {
        let error = self.best.error(self.prepared.pipeline.task(), &self.weights());
        Step {
            remedy: candidate.remedy.to_string(),
            purpose: candidate.purpose,
            change: candidate.change.change.clone(),
            before: error,
            after: error,
            gain: crate::diagnose::Interval::exact(0.0),
            accepted: false,
            reason: why.to_string(),
        }
    }

    /// Writes a step down, on the screen and on the disk.
    fn note(&mut self, step: Step, watcher: &mut dyn Watcher) -> Result<(), JobError> {
        watcher.line("", &tell::step(&step, self.unit));
        if !step.accepted {
            self.state.refused_now.push(step.change.clone());
        }
        self.state.steps.push(step);
        self.state.seconds_now = self.state.seconds + self.begun.elapsed().as_secs_f64();
        self.state.save(self.folder)
    }

    /// What Ctrl-C leaves behind: the best configuration's first training.
    fn keep_best_model(&self) -> Result<(), JobError> {
        let Some(outcome) = self.best.outcomes.first() else { return Ok(()) };
        Ok(write_model(&self.folder.model(), &model(&self.best.plan, self.prepared, outcome.theta.clone()))?)
    }

    /// The last training, its confirmation on rows dealt anew, and the test set, opened once.
    fn conclude(mut self, ended: Ended, watcher: &mut dyn Watcher) -> Result<TrainReport, JobError> {
        self.keep_best_model()?;
        let seeds = self.best.outcomes.len().min(self.first.outcomes.len().max(FIRST_SEEDS));
        let stop = || watcher.stop_requested();
        self.first.train(self.prepared, seeds, &stop)?;
        let kept = self.state.steps.iter().any(|step| step.accepted);
        let confirmation = match kept {
            true => confirm(self.prepared, (&self.first.plan, &self.best.plan), self.deadline, &stop)?,
            false => None,
        };
        if watcher.stop_requested() {
            return Ok(TrainReport { result: None, run: self.folder.path.clone(), interrupted: true });
        }
        let options = RunOptions { out: Some(self.folder.path.clone()), resume: true, ..RunOptions::default() };
        let mut quiet = tell::Quiet(watcher);
        let report = train(&self.best.plan.spec, &options, &mut quiet)?;
        let Some(result) = report.result else { return Ok(report) };
        let (task, weights) = (self.prepared.pipeline.task(), self.weights());
        let improvement = Improvement {
            before: self.first.error_over(seeds, task, &weights),
            after: self.best.error_over(seeds, task, &weights),
            rule: rule(),
            judgements: self.state.judgements,
            ended,
            confirmation,
            seconds: self.state.seconds + self.begun.elapsed().as_secs_f64(),
        };
        let result =
            RunResult { steps: Some(self.state.steps.clone()), improvement: Some(improvement.clone()), ..result };
        self.folder.write_result(&result)?;
        write_page(self.folder, &result, &self.folder.read_extras()?, &self.folder.read_history()?)?;
        watcher.line("after", &tell::after(&result, &improvement, self.unit));
        if let Some(text) = tell::confirmation(&improvement, self.unit) {
            watcher.line("anew", &text);
        }
        if result.rows.test > 0 {
            test(&self.folder.path, None, &mut tell::Only("test", watcher))?;
        }
        state::remove(self.folder)?;
        watcher.line("saved", &format!("{} (model, config, history, report.html)", self.folder.path.display()));
        watcher.progress(Progress::Done);
        let result = self.folder.read_result()?;
        Ok(TrainReport { result: Some(result), run: self.folder.path.clone(), interrupted: false })
    }
}
