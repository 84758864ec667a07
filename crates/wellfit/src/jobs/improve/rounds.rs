//! Rounds of changes to the best configuration so far, until nothing helps or time is over.

use crate::improve::ImprovementEnd;
use crate::runs::{Comparing, Event, JobError, Watcher};

use super::round::Round;
use super::search::Search;

/// Rounds until the target is met, nothing helps, or time is over; says which.
pub(super) fn run_rounds(search: &mut Search<'_>, watcher: &mut dyn Watcher) -> Result<ImprovementEnd, JobError> {
    let Some(case) = search.case()? else { return Ok(ImprovementEnd::Interrupted) };
    let error = search.best.error(search.splits(), search.trainings);
    watcher.event(Event::Comparing(Comparing::Before { case: &case, error }));
    for step in &search.state.steps {
        watcher.event(Event::Comparing(Comparing::Step(step)));
    }
    loop {
        if watcher.stop_requested() {
            return Ok(ImprovementEnd::Interrupted);
        }
        if search.best.outcomes.len() < search.trainings {
            return Ok(ImprovementEnd::TimeUp);
        }
        let target = search.best.plan.spec.training.target_error;
        if target.is_some_and(|target| search.best.error(search.splits(), search.trainings) <= target) {
            return Ok(ImprovementEnd::TargetReached);
        }
        let Some(case) = search.case()? else { return Ok(ImprovementEnd::Interrupted) };
        if let Some(end) = Round::begin(search, case)?.run(watcher)? {
            return Ok(end);
        }
    }
}
