//! After training: remedies tried by trainings of their own, beside the run's configuration under the same seeds.

use crate::diagnose::LossRows;
use crate::experiment::settings::{Auto, Switch};
use crate::experiment::{Assignment, Plan, Prepared, machine_threads, prepare_dataset, train_on_parts};
use crate::improve::{Candidate, Case, Probe, Probes, Reason, divergence_candidates, probe_candidates};
use crate::net::Network;
use crate::runs::JobError;

use super::all_splits::AllSplits;
use super::eval_splits::{DEFAULT_FOLDS, EvalSplits};
use super::knobs::{knobs, usual_knobs};
use super::trial_set::{TrialSet, train_side_by_side};

/// Multiply-adds that probes may take: a few seconds, or twice the run's own, up to half a minute.
const LEAST_WORK: f64 = 6e10;
const MOST_WORK: f64 = 1e12;
const TIMES_THE_RUN: f64 = 2.0;
/// What a step costs beside its products, in multiply-adds.
const STEP_WORK: f64 = 2e5;
/// Probes that should fit: where fewer do, all trainings are shortened, down to a tenth of their epochs.
const ENOUGH: f64 = 3.0;
const SHORTEST: f64 = 0.1;
/// Share of the work that one probe may take, while others fit.
const LARGEST_SHARE: f64 = 0.5;
/// Rows below which half of them is no training.
const FEWEST_ROWS_TO_HALVE: usize = 40;
/// Halves that are trained on, at least and at most: the fewer rows, the more they differ and the less they cost.
const HALVES: (usize, usize) = (2, 8);
const ROWS_OF_HALVES: usize = 1_600;
/// The chance that any of the changes is taken for a gain that is none.
const LEVEL: f64 = 0.01;

/// Whether trainings beside the run's own are wanted.
pub(super) fn probes_are_wanted(plan: &Plan) -> bool {
    plan.spec.training.probes != Auto::Given(Switch::Off)
}

/// Tries the remedies that a case suggests; nothing where it suggests none. `None` if it was stopped.
///
/// Each is judged on dev or, where there is room for it, by cross-validation. What is tried follows from the work it takes, not
/// from the time, so that the same run gets the same advice on every machine.
pub(crate) fn probe(
    prepared: &Prepared,
    plan: &Plan,
    case: &Case,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Probes>, JobError> {
    let most = match plan.spec.training.probes {
        Auto::Given(Switch::Off) => return Ok(Some(Probes::default())),
        Auto::Given(Switch::On(most)) => most,
        Auto::Auto => usize::MAX,
    };
    let all: Vec<_> = fitting(probe_candidates(case, &plan.spec), prepared).take(most).collect();
    if all.is_empty() || prepared.dev.is_none() {
        return Ok(Some(Probes::default()));
    }
    let (room, all) = Room::of(plan, all, prepared.train.rows(), most != usize::MAX);
    let plans = std::iter::once(plan).chain(all.iter().map(|(plan, _)| plan));
    let Some((splits, sets)) = train_on_the_same_rows(prepared, plan, plans, &room, stop)? else { return Ok(None) };
    let Some((own, others)) = sets.split_first() else { return Ok(None) };
    let more_rows = match case.variance_is_possible() && room.share == 1.0 {
        true => more_rows(splits.first(), own, stop)?,
        false => None,
    };
    if stop() {
        return Ok(None);
    }
    // Half of the chance is for the suspects, half for the rest.
    let suspects = all.iter().filter(|(_, candidate)| candidate.is_suspect).count();
    let level = |is_suspect: bool| LEVEL / 2.0 / if is_suspect { suspects } else { others.len() - suspects } as f64;
    let complete = |set: &TrialSet| set.outcomes.len() == splits.first().parts().len();
    let tried = all.into_iter().map(|(_, candidate)| candidate).zip(others);
    let judged = tried.filter(|(_, set)| complete(set) && complete(own));
    let tried = judged
        .map(|(candidate, set)| {
            let level = level(candidate.is_suspect);
            of_trials(candidate, [own, set], splits.first(), level)
        })
        .collect();
    Ok(Some(Probes { tried, more_rows }))
}

/// Changes whose settings fit each other and the data; two values of keep_prob for three layers are nothing to try.
fn fitting(all: Vec<Candidate>, prepared: &Prepared) -> impl Iterator<Item = (Plan, Candidate)> {
    let data = prepared.summary();
    all.into_iter().filter_map(move |candidate| Some((Plan::new(&candidate.spec, &data).ok()?, candidate)))
}

/// Trains each of `plans` on the run's rows under the same seeds; `None` if it was stopped.
fn train_on_the_same_rows<'a>(
    prepared: &Prepared,
    run: &Plan,
    plans: impl Iterator<Item = &'a Plan>,
    room: &Room,
    stop: &dyn Fn() -> bool,
) -> Result<Option<(AllSplits, Vec<TrialSet>)>, JobError> {
    let again = prepare_dataset(prepared.dataset.clone(), &run.spec)?;
    let splits = match room.cross_validates {
        true => EvalSplits::cross_validation(again, &run.spec)?,
        false => EvalSplits::one(again),
    };
    let mut splits = AllSplits::of(splits, &run.spec)?;
    let mut sets: Vec<TrialSet> = plans.map(|plan| TrialSet::of(room.shortened(plan))).collect();
    for set in &sets {
        splits.prepare(&set.plan.spec)?;
    }
    let of_sets: Vec<&EvalSplits> = sets.iter().map(|set| splits.of_spec(&set.plan.spec)).collect();
    let (seeds, threads) = (splits.first().parts().len(), run.threads.unwrap_or_else(machine_threads));
    Ok(train_side_by_side(&mut sets, &of_sets, seeds, threads, stop)?.then_some((splits, sets)))
}

/// What twice the rows would gain: as much as half of them lose, times what is left of it where the error beyond the
/// irreducible one falls with the root of the rows. `None` where there are too few rows, or it was stopped.
fn more_rows(splits: &EvalSplits, own: &TrialSet, stop: &dyn Fn() -> bool) -> Result<Option<f64>, JobError> {
    let prepared = splits.first();
    let (rows, spec) = (prepared.train.rows(), &own.plan.spec);
    let Some(whole) = own.dev_rows(splits).filter(|_| rows >= FEWEST_ROWS_TO_HALVE) else { return Ok(None) };
    let threads = own.plan.threads.unwrap_or_else(machine_threads);
    let draws = (ROWS_OF_HALVES / rows).clamp(HALVES.0, HALVES.1);
    let halves = train_on_parts(&prepared.dataset, spec, &[(rows / 2, draws)], threads, stop)?;
    let Some(halves) = halves.and_then(|mut parts| parts.pop()) else { return Ok(None) };
    let metric = own.plan.recipe.metric;
    let errors: Vec<f64> =
        halves.draws.into_iter().map(|losses| LossRows { losses, ..whole.clone() }.error(metric)).collect();
    let of_half = errors.iter().sum::<f64>() / errors.len().max(1) as f64;
    Ok((!errors.is_empty()).then(|| std::f64::consts::FRAC_1_SQRT_2 * (of_half - whole.error(metric))))
}

/// The change under which a training that diverged learns best, with the dev error it comes to: the highest on the ladder of
/// those that come near the best. `None` where none of them ends, or it was stopped.
pub(crate) fn cure_of_divergence(
    prepared: &Prepared,
    plan: &Plan,
    stop: &dyn Fn() -> bool,
) -> Result<Option<(Assignment, Reason, f64)>, JobError> {
    if prepared.dev.is_none() || !probes_are_wanted(plan) {
        return Ok(None);
    }
    let all = divergence_candidates(&knobs(plan), &usual_knobs(plan, prepared)?, &plan.spec);
    let all: Vec<_> = fitting(all, prepared).collect();
    let (room, all) = Room::of(plan, all, prepared.train.rows(), false);
    let (room, plans) = (Room { cross_validates: false, ..room }, all.iter().map(|(plan, _)| plan));
    let Some((splits, sets)) = train_on_the_same_rows(prepared, plan, plans, &room, stop)? else { return Ok(None) };
    let ended = all.into_iter().zip(&sets).filter(|(_, set)| !set.outcomes.is_empty());
    let errors: Vec<_> = ended.map(|((_, candidate), set)| (candidate, set.error(splits.first(), 1))).collect();
    let best = errors.iter().map(|(_, error)| *error).fold(f64::INFINITY, f64::min);
    let near = errors.into_iter().find(|(_, error)| *error <= NEAR_THE_BEST * best + f64::EPSILON);
    Ok(near.map(|(candidate, error)| (candidate.change, candidate.reason, error)))
}

/// Both configurations have as many outcomes as there are splits.
fn of_trials(candidate: Candidate, [own, set]: [&TrialSet; 2], splits: &EvalSplits, level: f64) -> Probe {
    let seeds = own.outcomes.len();
    let (dev, train) = (set.gain_over(own, splits, seeds, level), set.gain_on_train(own, splits, seeds, level));
    Probe {
        candidate,
        before: own.error(splits, seeds),
        after: set.error(splits, seeds),
        gain: dev.interval,
        significant: dev.low_at_level > 0.0,
        fits_train_better: train.low_at_level > 0.0,
    }
}

/// An error of so many times the best one is near it.
const NEAR_THE_BEST: f64 = 1.25;

/// How much there is room for.
struct Room {
    cross_validates: bool,
    /// Share of the epochs that each training gets.
    share: f64,
}

impl Room {
    /// The room beside `plan`, and those of `all` that find a place in it, unless all are wanted.
    fn of(plan: &Plan, all: Vec<(Plan, Candidate)>, rows: usize, all_wanted: bool) -> (Room, Vec<(Plan, Candidate)>) {
        let own = work(plan, rows);
        let allowed = (TIMES_THE_RUN * own).clamp(LEAST_WORK, MOST_WORK);
        let works: Vec<f64> = all.iter().map(|(plan, _)| work(plan, rows)).collect();
        let cross_validates = DEFAULT_FOLDS as f64 * (own + works.iter().sum::<f64>()) <= allowed;
        if all_wanted {
            return (Room { cross_validates, share: 1.0 }, all);
        }
        let share = (allowed / (ENOUGH * own)).clamp(SHORTEST, 1.0);
        let cheapest = works.iter().copied().fold(f64::INFINITY, f64::min);
        let mut left = allowed - share * own;
        // A training several times as long as the rest leaves no place for them.
        let fits = |work: f64| {
            let fits = share * work <= left.min(LARGEST_SHARE * allowed);
            left -= if fits { share * work } else { 0.0 };
            fits
        };
        let fitting: Vec<bool> = works.iter().copied().map(fits).collect();
        let any = fitting.contains(&true);
        let places = fitting.into_iter().zip(works).zip(all);
        let all = places.filter(|((fits, work), _)| if any { *fits } else { *work <= cheapest }).map(|(_, one)| one);
        (Room { cross_validates, share }, all.collect())
    }

    fn shortened(&self, plan: &Plan) -> Plan {
        let epochs = (self.share * plan.recipe.epochs as f64).ceil() as usize;
        plan.clone().with_epochs(epochs.max(1))
    }
}

/// Multiply-adds of a training, about.
pub(crate) fn work(plan: &Plan, rows: usize) -> f64 {
    let weights = Network::<f32>::new(&plan.network).map_or(0, |network| network.parameters());
    let steps = rows.div_ceil(plan.recipe.batch.max(1)) as f64;
    plan.recipe.epochs as f64 * (3.0 * (rows * weights) as f64 + steps * STEP_WORK)
}
