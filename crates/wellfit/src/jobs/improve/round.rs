//! A round: changes to one configuration, raced against each other until one is kept or none is left.

use std::collections::VecDeque;

use crate::compare::{TrialSet, knobs, train_side_by_side};
use crate::diagnose::{GainEstimate, Interval};
use crate::experiment::{Assignment, Plan};
use crate::improve::{
    Candidate, Case, Contender, ImprovementEnd, LAPS, Next, Outcome, Race, Step, candidates, further, level, together,
};
use crate::runs::{JobError, Watcher};

use super::looks::Looks;
use super::search::Search;

/// Trainings of the last lap, in those of a judgement: enough to tell the noise of seeds from that of rows.
const LAST_LAP: usize = 4;
/// Judgements of a change at most: all laps but the first.
const JUDGEMENTS: usize = LAPS - 1;
/// Changes that may be tried beyond those that a round begins with, as a share of them: further doses and combinations.
const MORE: f64 = 0.5;
/// Changes of which any two are tried together when none is kept alone.
const COMBINED: usize = 4;

/// Deviations below which no resampling finds a gain significant at the level of a round.
const SURE_ENOUGH_TO_RESAMPLE: f64 = 2.0;

/// Deviations of a loss beyond which more of the same is not looked at.
const CLEARLY_WORSE: f64 = 1.5;

/// A change that was looked at.
struct Entrant {
    candidate: Candidate,
    trials: TrialSet,
}

/// Changes to one configuration.
pub(super) struct Round<'r, 'a> {
    search: &'r mut Search<'a>,
    case: Case,
    waiting: VecDeque<Candidate>,
    looks: Looks,
    race: Race<Entrant>,
    /// What a look found clearly worse: more of the same is not looked at.
    worse: Vec<Candidate>,
    /// Changes that were or will be tried, and how many may be.
    known: Vec<Candidate>,
    most: usize,
    /// Changes that gained something, and not significantly.
    gained: Vec<(f64, Candidate)>,
}

impl<'r, 'a> Round<'r, 'a> {
    pub fn begin(search: &'r mut Search<'a>, case: Case) -> Result<Round<'r, 'a>, JobError> {
        let all = candidates(&case, &search.best.plan.spec);
        let most = ((1.0 + MORE) * all.len() as f64) as usize;
        let (known, waiting) = (all.clone(), in_order(all, search));
        let looks = Looks::of(search, &waiting)?;
        let (race, worse, gained) = (Race::default(), Vec::new(), Vec::new());
        Ok(Round { search, case, waiting, looks, race, worse, known, most, gained })
    }

    /// Races until a change is kept (`None`), none is left to try, or time is over.
    pub fn run(mut self, watcher: &mut dyn Watcher) -> Result<Option<ImprovementEnd>, JobError> {
        self.looks.train_best(self.search, watcher)?;
        loop {
            if watcher.stop_requested() {
                return self.close(ImprovementEnd::Interrupted, watcher).map(Some);
            }
            self.search.tell_progress(watcher);
            self.bring_forward_what_fits();
            let can_look = self.waiting.front().is_some_and(|next| self.has_time_to_look_at(next));
            let mut race = std::mem::take(&mut self.race);
            let next = race.next(can_look, |one| self.seconds_of_lap(one) < self.search.seconds_left());
            self.race = race;
            match next {
                Next::Look => self.look(watcher)?,
                Next::Run(at) => {
                    let contender = self.race.take(at);
                    if self.run_lap(contender, watcher)? {
                        return Ok(None);
                    }
                }
                Next::Nothing if self.combine() => {}
                Next::Nothing => {
                    let all_tried = self.waiting.is_empty() && self.race.in_order().is_empty();
                    let end = if all_tried { ImprovementEnd::NothingHelps } else { ImprovementEnd::TimeUp };
                    return self.close(end, watcher).map(Some);
                }
            }
        }
    }

    /// Looks at the next candidates, a thread each.
    fn look(&mut self, watcher: &mut dyn Watcher) -> Result<(), JobError> {
        let mut entrants = Vec::new();
        while entrants.len() < self.search.threads() {
            let Some(candidate) = self.waiting.pop_front() else { break };
            let spec = &self.search.best.plan.spec;
            if self.worse.iter().any(|worse| candidate.is_further(worse, spec)) {
                self.search.state.refuse(&candidate);
                continue;
            }
            // Settings that do not fit each other, as two values of keep_prob for three layers, are no candidate.
            match self.looks.plan(self.search, &candidate) {
                // Nothing to try.
                Ok(plan) if plan.spec == self.search.best.plan.spec => {}
                Ok(plan) => entrants.push(Entrant { candidate, trials: TrialSet::of(plan) }),
                Err(error) => self.refuse(candidate, Outcome::Failed(format!("does not fit: {error}")), watcher)?,
            }
        }
        let mut trials: Vec<TrialSet> = entrants.iter().map(|entrant| entrant.trials.clone()).collect();
        let done = {
            let stop = || watcher.stop_requested() || self.search.seconds_left() <= 0.0;
            let splits: Vec<_> = trials.iter().map(|set| self.looks.splits(self.search, &set.plan.spec)).collect();
            train_side_by_side(&mut trials, &splits, self.looks.trainings, self.search.threads(), &stop)?
        };
        for (entrant, trials) in entrants.into_iter().zip(trials) {
            match (trials.outcomes.len() < self.looks.trainings, done) {
                (true, true) => {
                    self.worse.push(entrant.candidate.clone());
                    self.refuse(entrant.candidate, Outcome::Failed("training diverges".to_string()), watcher)?;
                }
                (true, false) => self.waiting.push_front(entrant.candidate),
                (false, _) => self.enter(Entrant { trials, ..entrant }, watcher)?,
            }
        }
        Ok(())
    }

    /// Takes in what was looked at, and puts a further dose of what promises next in line.
    fn enter(&mut self, mut entrant: Entrant, watcher: &mut dyn Watcher) -> Result<(), JobError> {
        let estimate = self.looks.estimate(self.search, &entrant.trials);
        let (before, after) = self.looks.errors(self.search, &entrant.trials);
        let candidate = entrant.candidate.clone();
        if self.looks.are_of_a_part() {
            entrant.trials = TrialSet::of(self.plan(&candidate)?);
        }
        let Some(out) = self.race.enter(entrant, estimate) else {
            self.look_further(&candidate, estimate);
            return Ok(());
        };
        if estimate.gain < -CLEARLY_WORSE * estimate.deviation {
            self.worse.push(candidate);
        }
        let outcome = Outcome::NoGain(self.looks.trainings);
        let step = self.step(&out.who.candidate, [before, after], about(estimate), outcome);
        self.search.state.refuse(&out.who.candidate);
        self.search.note(step, watcher)
    }

    /// Puts a further dose of what promises next in line.
    fn look_further(&mut self, candidate: &Candidate, estimate: GainEstimate) {
        let spec = &self.search.best.plan.spec;
        let Ok(plan) = Plan::new(&candidate.spec, &self.search.splits().first().summary()) else { return };
        // A change of nothing has no deviation.
        if estimate.gain <= 0.0 || estimate.gain < estimate.deviation {
            return;
        }
        let case = Case { knobs: knobs(&plan), ..self.case.clone() };
        let Some(next) = further(candidate, &case, spec) else { return };
        if let Some(at) = self.waiting.iter().position(|other| other.is_same(&next)) {
            self.waiting.remove(at);
            self.waiting.push_front(next);
        } else if self.is_new(&next) {
            self.known.push(next.clone());
            self.waiting.push_front(next);
        }
    }

    /// Whether a change has not been tried, and there is room for it.
    fn is_new(&self, candidate: &Candidate) -> bool {
        self.known.len() < self.most && !self.known.iter().any(|known| known.is_same(candidate))
    }

    /// Puts what gained most in line two at a time; whether there is anything new.
    fn combine(&mut self) -> bool {
        self.gained.sort_by(|a, b| b.0.total_cmp(&a.0));
        self.gained.truncate(COMBINED);
        let gained = std::mem::take(&mut self.gained);
        for (at, (_, first)) in gained.iter().enumerate() {
            for (_, second) in gained.iter().skip(at + 1) {
                if let Some(both) = together(first, second).filter(|both| self.is_new(both)) {
                    self.known.push(both.clone());
                    self.waiting.push_back(both);
                }
            }
        }
        self.waiting.front().is_some_and(|next| self.has_time_to_look_at(next))
    }

    /// Trains a contender on, and judges it; whether its change was kept.
    fn run_lap(&mut self, mut contender: Contender<Entrant>, watcher: &mut dyn Watcher) -> Result<bool, JobError> {
        let trainings = self.trainings_of_lap(contender.laps);
        let Entrant { candidate, trials } = &mut contender.who;
        self.search.all_splits.prepare(&candidate.spec)?;
        let clock = self.search.clock;
        let end = self.search.reserved();
        let stop = || watcher.stop_requested() || clock.left() < end;
        self.search.train_best(trainings, &stop)?;
        let splits = self.search.all_splits.of_spec(&candidate.spec);
        let done =
            train_side_by_side(std::slice::from_mut(trials), &[splits], trainings, self.search.threads(), &stop)?;
        if trials.outcomes.len() < trainings && done {
            let failed = Outcome::Failed("training diverges".to_string());
            return self.refuse(contender.who.candidate, failed, watcher).map(|()| false);
        }
        if trials.outcomes.len() < trainings || self.search.best.outcomes.len() < trainings {
            // Time is over: it is still to be judged.
            self.race.goes_on(contender);
            return Ok(false);
        }
        self.search.state.judgements += 1;
        let (best, splits) = (&self.search.best, self.search.splits());
        let level = level(self.most, JUDGEMENTS);
        let estimate = trials.estimate_over(best, splits, trainings);
        let errors = [best, trials].map(|set| set.error(splits, trainings));
        // Resampling takes time, and is spared where it could not find the gain significant.
        let gain = (estimate.gain > SURE_ENOUGH_TO_RESAMPLE * estimate.deviation)
            .then(|| trials.gain_over(best, splits, trainings, level));
        let is_sure = gain.is_some_and(|gain| gain.low_at_level > 0.0);
        let outcome = match is_sure && trials.gain_over_naive(splits, trainings, level).low_at_level > 0.0 {
            true => Outcome::Kept(candidate.reason.clone()),
            false if estimate.gain <= 0.0 => Outcome::NoGain(trainings),
            false if is_sure => Outcome::NoBetterThanNaive,
            false => Outcome::NotSignificant,
        };
        let step = self.step(candidate, errors, gain.map_or(about(estimate), |gain| gain.interval), outcome);
        if step.accepted() {
            let Entrant { trials, .. } = contender.who;
            self.search.folder.reopen()?;
            self.search.best = trials;
            self.search.state.keep(&self.search.best.plan.spec);
            self.search.state.promising = self.promising();
            return self.search.note(step, watcher).map(|()| true);
        }
        let again = Contender { laps: contender.laps + 1, estimate, ..contender };
        let next = if is_sure { Some(again) } else { self.race.goes_on(again) };
        if let Some(out) = next {
            let Entrant { candidate, .. } = out.who;
            self.search.state.refuse(&candidate);
            if step.outcome == Outcome::NotSignificant {
                self.gained.push((estimate.gain - estimate.deviation, candidate));
            }
            self.search.note(step, watcher)?;
        }
        Ok(false)
    }

    /// Ends the round: what is promising is still to be judged, and judged first when the search goes on.
    fn close(self, end: ImprovementEnd, watcher: &mut dyn Watcher) -> Result<ImprovementEnd, JobError> {
        self.search.state.promising = self.promising();
        let steps: Vec<Step> = self.race.in_order().into_iter().map(|contender| self.unjudged(contender)).collect();
        for step in steps {
            self.search.note(step, watcher)?;
        }
        self.search.save()?;
        Ok(end)
    }

    /// What is known of a change when time is over.
    fn unjudged(&self, contender: &Contender<Entrant>) -> Step {
        let Contender { who, laps, estimate } = contender;
        let trainings = if *laps == 1 { self.looks.trainings } else { self.search.trainings };
        let before = self.search.best.error(self.search.splits(), trainings);
        let outcome = match estimate.gain > 0.0 {
            true if *laps == 1 => Outcome::NotTested(trainings),
            true => Outcome::NotSignificant,
            false => Outcome::NoGain(trainings),
        };
        self.step(&who.candidate, [before, before - estimate.gain], about(*estimate), outcome)
    }

    /// Changes that should be judged before anything else, the most promising first.
    fn promising(&self) -> Vec<Assignment> {
        let promising = self.race.in_order().into_iter().filter(|one| one.is_promising());
        // Of two changes together the next round finds other ones.
        let promising = promising.filter(|one| one.who.candidate.also.is_none());
        promising.map(|one| one.who.candidate.change.clone()).collect()
    }

    fn refuse(&mut self, candidate: Candidate, outcome: Outcome, watcher: &mut dyn Watcher) -> Result<(), JobError> {
        let error = self.search.best.error(self.search.splits(), 1);
        let step = self.step(&candidate, [error, error], Interval::exact(0.0), outcome);
        self.search.state.refuse(&candidate);
        self.search.note(step, watcher)
    }

    fn step(&self, candidate: &Candidate, [before, after]: [f64; 2], gain: Interval, outcome: Outcome) -> Step {
        Step {
            remedy: candidate.remedy.to_string(),
            purpose: candidate.purpose,
            change: candidate.change.clone(),
            also: candidate.also.clone(),
            before,
            after,
            gain,
            outcome,
        }
    }

    fn plan(&self, candidate: &Candidate) -> Result<Plan, JobError> {
        Ok(Plan::new(&candidate.spec, &self.search.splits().first().summary())?)
    }

    /// Trainings that a contender has after its next lap.
    fn trainings_of_lap(&self, laps: usize) -> usize {
        if laps + 1 < LAPS { self.search.trainings } else { LAST_LAP * self.search.trainings }
    }

    /// Seconds that the next lap of a contender takes, the configuration kept beside it.
    fn seconds_of_lap(&self, contender: &Contender<Entrant>) -> f64 {
        let trainings = self.trainings_of_lap(contender.laps);
        let missing = |set: &TrialSet| trainings.saturating_sub(set.outcomes.len()) as f64;
        let (own, best) = (&contender.who.trials, &self.search.best);
        let rounds = |trainings: f64| (trainings / self.search.threads() as f64).ceil();
        rounds(missing(own)) * self.search.seconds_of(&own.plan) + rounds(missing(best)) * best.seconds()
    }

    /// Whether there is time to look at a candidate and to judge it, and what is promising before it.
    fn has_time_to_look_at(&self, candidate: &Candidate) -> bool {
        let Ok(plan) = self.plan(candidate) else { return true };
        let laps = (self.search.trainings as f64 / self.search.threads() as f64).ceil();
        let own = self.search.seconds_of(&plan) * (self.looks.length(self.search.threads()) + laps);
        let first = self.race.in_order().into_iter().find(|one| one.is_promising());
        own + first.map_or(0.0, |one| self.seconds_of_lap(one)) < self.search.seconds_left()
    }

    /// Where the next candidate takes longer than there is time, another one goes first.
    fn bring_forward_what_fits(&mut self) {
        let fitting = self.waiting.iter().position(|candidate| self.has_time_to_look_at(candidate));
        if let Some(candidate) = fitting.filter(|at| *at > 0).and_then(|at| self.waiting.remove(at)) {
            self.waiting.push_front(candidate);
        }
    }
}

/// Candidates in the order in which they are looked at: what promised beside the configuration before, what has not been tried,
/// and what gained less then; those that were refused beside the present one are left out, as are those that diverged.
fn in_order(mut all: Vec<Candidate>, search: &Search<'_>) -> VecDeque<Candidate> {
    let state = &search.state;
    let last = |candidate: &Candidate| state.steps.iter().rev().find(|step| step.is_of(candidate));
    all.retain(|candidate| {
        let failed = last(candidate).is_some_and(|step| matches!(step.outcome, Outcome::Failed(_)));
        !failed && !state.has_refused(candidate)
    });
    let place = |candidate: &Candidate| {
        let promised = state.promising.iter().position(|change| *change == candidate.change);
        let gained = last(candidate).map(|step| step.gain.value);
        match (promised, gained) {
            (Some(place), _) => (0, place as f64),
            (None, None) => (1, 0.0),
            (None, Some(gain)) => (2, -gain),
        }
    };
    all.sort_by(|a, b| {
        let (a, b) = (place(a), place(b));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    all.into()
}

/// An estimate as an interval of 95%.
fn about(estimate: GainEstimate) -> Interval {
    let GainEstimate { gain, deviation } = estimate;
    Interval { value: gain, low: gain - 1.96 * deviation, high: gain + 1.96 * deviation }
}
