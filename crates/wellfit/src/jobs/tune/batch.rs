//! Several configurations trained side by side, so that no core waits for the last fold of one.

use crate::compare::{EvalSplits, seed_of};
use crate::experiment::{Plan, Trial, TrialError, TrialOutcome, run_trials_telling};
use crate::runs::JobError;

/// A configuration and the rows it is judged by.
pub(super) struct Job<'a> {
    pub plan: &'a Plan,
    pub splits: &'a EvalSplits,
}

/// Trains each configuration `trainings` times, its folds or seeds in turn, as many at a time as there are `threads`.
///
/// `ended` receives the place of each one and its outcomes in order, or the first that failed, as soon as its last training ends.
/// Those that were stopped are left out.
pub(super) fn train_side_by_side(
    jobs: &[Job<'_>],
    (trainings, threads): (usize, usize),
    stop: &dyn Fn() -> bool,
    ended: &mut dyn FnMut(usize, Result<Vec<TrialOutcome>, TrialError>),
) -> Result<(), JobError> {
    // λ/m, vocabularies and steps follow the rows of each fold.
    let mut plans = Vec::new();
    for job in jobs {
        for i in 0..trainings {
            plans.push(Plan::new(&job.plan.spec, &job.splits.part(i).1.summary())?);
        }
    }
    let of_job = plans.chunks(trainings.max(1)).zip(jobs);
    let trials: Vec<Trial<'_>> = of_job
        .flat_map(|(plans, job)| {
            let trial = |(i, plan)| Trial { prepared: job.splits.part(i).1, plan, seed: seed_of(job.plan, i) };
            plans.iter().enumerate().map(trial)
        })
        .collect();
    let mut outcomes: Vec<Vec<Option<Result<TrialOutcome, TrialError>>>> =
        jobs.iter().map(|_| (0..trainings).map(|_| None).collect()).collect();
    run_trials_telling(&trials, threads, stop, &mut |at, outcome| {
        let Some(of_job) = outcomes.get_mut(at / trainings) else { return };
        if let Some(place) = of_job.get_mut(at % trainings) {
            *place = Some(outcome);
        }
        if of_job.iter().all(Option::is_some) {
            ended(at / trainings, of_job.drain(..).flatten().collect());
        }
    });
    Ok(())
}
