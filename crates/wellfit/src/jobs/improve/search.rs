//! Rounds of probes: a first evaluation of every candidate, then judgements of those that promise most.

use std::time::{Duration, Instant};

use crate::compare::{
    EvalSplits, EvaluationContext, TrainingCourse, TrialSet, loss_rows, measure_learning_curve,
    trainings_of_learning_curve,
};
use crate::diagnose::{Forecast, Gain, Interval, LearningCurve};
use crate::experiment::{Assignment, Plan, machine_threads};
use crate::improve::{Candidate, Case, FIRST_SEEDS, ImprovementEnd, Outcome, Step, candidates, level};
use crate::model::write_model;
use crate::runs::{Comparing, Event, JobError, RunFolder, Watcher};

use super::super::train::model;
use super::state::State;

/// Candidates that a round judges, about, and the share of the time that a first round may take.
const CANDIDATES: f64 = 5.0;
const SHARE_OF_TIME: f64 = 0.4;

/// Seeds over which a change is judged at most, in trainings of the fewest.
const MOST_TIMES: usize = 4;

/// The search for a better configuration.
pub(super) struct Search<'a> {
    pub splits: &'a EvalSplits,
    pub folder: &'a RunFolder,
    context: EvaluationContext,
    pub state: State,
    pub begun: Instant,
    pub deadline: Instant,
    /// The configuration at the start.
    pub first: TrialSet,
    /// The best one so far.
    pub best: TrialSet,
    /// Seeds that a change is judged over.
    pub seeds: usize,
}

/// A candidate that gained over the first seeds.
struct Promising {
    candidate: Candidate,
    trials: TrialSet,
    gain: Gain,
}

/// What the first evaluation of a candidate came to.
enum Evaluated {
    Promising(Box<Promising>),
    Refused(Step),
    /// Time ran out, or the user stopped it.
    Cut,
}

impl<'a> Search<'a> {
    pub fn begin(
        splits: &'a EvalSplits,
        plan: Plan,
        folder: &'a RunFolder,
        state: State,
        (begun, deadline): (Instant, Instant),
        watcher: &mut dyn Watcher,
    ) -> Result<Search<'a>, JobError> {
        let context = EvaluationContext::of(splits.first(), &plan)?;
        let mut first = TrialSet::of(plan);
        first.train(splits, FIRST_SEEDS, &|| watcher.stop_requested())?;
        let best = match &state.spec {
            None => first.clone(),
            Some(spec) => {
                let mut best = TrialSet::of(Plan::new(spec, &splits.first().summary())?);
                best.train(splits, FIRST_SEEDS, &|| watcher.stop_requested())?;
                best
            }
        };
        let seeds = splits.trainings();
        let mut search = Search { splits, folder, context, state, begun, deadline, first, best, seeds };
        search.seeds = search.seeds_for_the_time();
        Ok(search)
    }

    /// More seeds where trainings are short, so that differences between seeds do not hide a gain; kept once chosen.
    fn seeds_for_the_time(&mut self) -> usize {
        let left = self.deadline.saturating_duration_since(Instant::now()).as_secs_f64();
        let round = |seeds: usize| CANDIDATES * seeds as f64 * self.best.seconds() / self.threads() as f64;
        let fewest = self.splits.trainings();
        let most = [MOST_TIMES * fewest, 2 * fewest].into_iter().find(|&seeds| round(seeds) < SHARE_OF_TIME * left);
        *self.state.seeds.get_or_insert(most.unwrap_or(fewest))
    }

    /// Rounds of probes until the target is met, nothing helps, or time is over; says which.
    pub fn run(&mut self, watcher: &mut dyn Watcher) -> Result<ImprovementEnd, JobError> {
        let Some(case) = self.case()? else { return Ok(ImprovementEnd::Interrupted) };
        watcher.event(Event::Comparing(Comparing::Before(&case)));
        for step in &self.state.steps {
            watcher.event(Event::Comparing(Comparing::Step(step)));
        }
        loop {
            let Some(case) = self.case()? else { return Ok(ImprovementEnd::Interrupted) };
            let target = self.best.plan.spec.training.target_error;
            if target.is_some_and(|target| self.best.error(self.splits, self.seeds) <= target) {
                return Ok(ImprovementEnd::TargetReached);
            }
            let all = candidates(&case, &self.best.plan.spec);
            let shared_by = all.len();
            let (promising, evaluated_all) = self.evaluate_all(all, watcher)?;
            let (kept, judged_all) = self.judge(promising, shared_by, watcher)?;
            match (kept, evaluated_all && judged_all) {
                _ if watcher.stop_requested() => return Ok(ImprovementEnd::Interrupted),
                (true, _) => {}
                (false, true) if self.judge_again()? => {}
                (false, true) => return Ok(ImprovementEnd::NothingHelps),
                (false, false) => return Ok(ImprovementEnd::TimeUp),
            }
        }
    }

    /// Where time is left, has what gained within the noise judged once more, over twice the seeds; whether there is such.
    fn judge_again(&mut self) -> Result<bool, JobError> {
        let seeds = 2 * self.seeds;
        let steps = &self.state.steps;
        let hopeful = |change: &Assignment| {
            let last = steps.iter().rev().find(|step| step.change == *change);
            last.is_some_and(|step| step.outcome == Outcome::NotSignificant)
        };
        let again = self.state.refused_now.iter().filter(|change| hopeful(change)).count();
        let expected = (again * seeds) as f64 * self.best.seconds() / self.threads() as f64;
        let in_time = Instant::now() + Duration::from_secs_f64(expected) < self.probes_end();
        if again == 0 || seeds > MOST_TIMES * self.splits.trainings() || !in_time {
            return Ok(false);
        }
        self.state.refused_now.retain(|change| !hopeful(change));
        self.seeds = seeds;
        self.state.seeds = Some(seeds);
        self.state.save(self.folder)?;
        Ok(true)
    }

    /// First evaluations: the candidates that gain over the first seeds, the surest gain first; and whether there was time for all.
    fn evaluate_all(
        &mut self,
        all: Vec<Candidate>,
        watcher: &mut dyn Watcher,
    ) -> Result<(Vec<Promising>, bool), JobError> {
        let mut promising = Vec::new();
        for candidate in self.in_order(all) {
            match self.evaluate(candidate, watcher)? {
                Evaluated::Promising(one) => promising.push(*one),
                Evaluated::Refused(step) => self.note(step, watcher)?,
                Evaluated::Cut => return Ok((by_sureness(promising), false)),
            }
        }
        Ok((by_sureness(promising), true))
    }

    /// Judges one after the other until a change is kept; whether one was, and whether there was time for all.
    fn judge(
        &mut self,
        promising: Vec<Promising>,
        shared_by: usize,
        watcher: &mut dyn Watcher,
    ) -> Result<(bool, bool), JobError> {
        self.state.rounds += 1;
        let level = level(self.state.rounds, shared_by);
        for Promising { candidate, mut trials, gain } in promising {
            let end = self.probes_end();
            let stop = || watcher.stop_requested() || Instant::now() > end;
            trials.train(self.splits, self.seeds, &stop)?;
            self.best.train(self.splits, self.seeds, &stop)?;
            if trials.outcomes.len() < self.seeds || self.best.outcomes.len() < self.seeds {
                let step = self.step(&candidate, &trials, FIRST_SEEDS, gain.interval, Outcome::NotTested(FIRST_SEEDS));
                self.note(step, watcher)?;
                return Ok((false, false));
            }
            self.state.judgements += 1;
            let gain = trials.gain_over(&self.best, self.splits, self.seeds, level);
            let beyond_naive = trials.gain_over_naive(self.splits, self.seeds, level);
            let outcome = match (gain.low_at_level > 0.0, beyond_naive.low_at_level > 0.0) {
                (true, true) => Outcome::Kept(candidate.reason.clone()),
                _ if gain.interval.value <= 0.0 => Outcome::NoGain(self.seeds),
                (true, false) => Outcome::NoBetterThanNaive,
                (false, _) => Outcome::NotSignificant,
            };
            let step = self.step(&candidate, &trials, self.seeds, gain.interval, outcome);
            let accepted = step.accepted();
            if accepted {
                self.best = trials;
                self.state.spec = Some(self.best.plan.spec.clone());
                self.state.refused_now.clear();
            }
            self.note(step, watcher)?;
            if accepted {
                return Ok((true, true));
            }
        }
        Ok((false, true))
    }

    /// Candidates that were not refused beside the present configuration; those that gained most before come first.
    fn in_order(&self, mut all: Vec<Candidate>) -> Vec<Candidate> {
        all.retain(|candidate| !self.state.refused_now.contains(&candidate.change));
        let gained = |candidate: &Candidate| {
            let tried = self.state.steps.iter().rev().find(|step| step.change == candidate.change);
            tried.map_or(f64::INFINITY, |step| step.gain.value)
        };
        if !self.state.steps.is_empty() {
            all.sort_by(|a, b| gained(b).total_cmp(&gained(a)));
        }
        all
    }

    fn evaluate(&mut self, candidate: Candidate, watcher: &mut dyn Watcher) -> Result<Evaluated, JobError> {
        let end = self.probes_end();
        let expected = self.best.seconds() * FIRST_SEEDS as f64 / self.threads() as f64;
        if Instant::now() + Duration::from_secs_f64(expected) > end {
            return Ok(Evaluated::Cut);
        }
        let untried = |why: String| {
            let error = self.best.error(self.splits, FIRST_SEEDS);
            Step {
                remedy: candidate.remedy.to_string(),
                purpose: candidate.purpose,
                change: candidate.change.clone(),
                before: error,
                after: error,
                gain: Interval::exact(0.0),
                outcome: Outcome::Failed(why),
            }
        };
        // Settings that do not fit each other, as two values of keep_prob for three layers, are no candidate.
        let plan = match Plan::new(&candidate.spec, &self.splits.first().summary()) {
            Ok(plan) => plan,
            Err(error) => return Ok(Evaluated::Refused(untried(format!("does not fit: {error}")))),
        };
        let mut trials = TrialSet::of(plan);
        let stop = || watcher.stop_requested() || Instant::now() > end;
        match trials.train(self.splits, FIRST_SEEDS, &stop) {
            Ok(()) if trials.outcomes.len() == FIRST_SEEDS => {}
            Ok(()) => return Ok(Evaluated::Cut),
            Err(error) => return Ok(Evaluated::Refused(untried(error.to_string()))),
        }
        let gain = trials.gain_over(&self.best, self.splits, FIRST_SEEDS, 0.025);
        if gain.interval.value > 0.0 {
            return Ok(Evaluated::Promising(Box::new(Promising { candidate, trials, gain })));
        }
        let outcome = Outcome::NoGain(FIRST_SEEDS);
        Ok(Evaluated::Refused(self.step(&candidate, &trials, FIRST_SEEDS, gain.interval, outcome)))
    }

    fn step(&self, candidate: &Candidate, trials: &TrialSet, seeds: usize, gain: Interval, outcome: Outcome) -> Step {
        Step {
            remedy: candidate.remedy.to_string(),
            purpose: candidate.purpose,
            change: candidate.change.clone(),
            before: self.best.error(self.splits, seeds),
            after: trials.error(self.splits, seeds),
            gain,
            outcome,
        }
    }

    /// Writes a step down, on the screen and on the disk.
    fn note(&mut self, step: Step, watcher: &mut dyn Watcher) -> Result<(), JobError> {
        watcher.event(Event::Comparing(Comparing::Step(&step)));
        if !step.accepted() {
            self.state.refused_now.push(step.change.clone());
        }
        self.state.steps.push(step);
        self.state.seconds_now = self.state.seconds + self.begun.elapsed().as_secs_f64();
        self.state.save(self.folder)
    }

    /// The best configuration's case, as its training on the split as it is shows it.
    fn case(&self) -> Result<Option<Case>, JobError> {
        let prepared = self.splits.first();
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
        let assessed = self.context.judge(&name, parts, train, self.best.dev_rows(self.splits), &course)?;
        Ok(assessed.case)
    }

    /// What twice the train rows would bring to the best configuration, where that can be forecast and there is time.
    pub fn twice_the_rows(&self, watcher: &mut dyn Watcher) -> Result<Option<Forecast>, JobError> {
        let expected = trainings_of_learning_curve() * self.best.seconds() / self.threads() as f64;
        if Instant::now() + Duration::from_secs_f64(expected) > self.deadline {
            return Ok(None);
        }
        let stop = || watcher.stop_requested();
        let curve = measure_learning_curve(self.splits.first(), &self.best.plan.spec, self.threads(), &stop)?;
        let twice = curve.filter(LearningCurve::useful).and_then(|curve| curve.forecast.first().copied());
        if let Some(twice) = &twice {
            watcher.event(Event::Comparing(Comparing::MoreRows(twice)));
        }
        Ok(twice)
    }

    /// When probes must end, so that the confirmation, the learning curve and the last training still fit.
    fn probes_end(&self) -> Instant {
        let (training, threads) = (self.best.seconds(), self.threads() as f64);
        let side_by_side = 2.0 * FIRST_SEEDS as f64 + trainings_of_learning_curve();
        let last = 1.5 * training + side_by_side * training / threads;
        self.deadline.checked_sub(Duration::from_secs_f64(last)).unwrap_or(self.begun)
    }

    fn threads(&self) -> usize {
        self.best.plan.threads.unwrap_or_else(machine_threads)
    }

    /// What Ctrl-C leaves behind: the best configuration's training on the split as it is.
    pub fn keep_best_model(&self) -> Result<(), JobError> {
        let Some(outcome) = self.best.outcomes.first() else { return Ok(()) };
        let best = model(&self.best.plan, self.splits.first(), outcome.member.clone());
        Ok(write_model(&self.folder.model(), &best)?)
    }
}

fn by_sureness(mut promising: Vec<Promising>) -> Vec<Promising> {
    // Against its noise: the surest gain first.
    let sureness = |one: &Promising| one.gain.interval.value / (one.gain.interval.high - one.gain.interval.low);
    promising.sort_by(|a, b| sureness(b).total_cmp(&sureness(a)));
    promising
}
