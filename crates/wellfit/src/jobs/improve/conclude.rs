//! The end of an improvement: its confirmation on a new split, the last training, and the test set where something was kept.

use crate::compare::{measure_learning_curve, trainings_of_learning_curve};
use crate::diagnose::{Forecast, LearningCurve};
use crate::improve::{ImprovementEnd, Outcome, Step};
use crate::report::{ImprovementReport, RunResult, StepReport};
use crate::runs::{Comparing, EpochsOnly, Event, JobError, RunOptions, Searched, Watcher, write_page};
use crate::words::improvement as words;

use super::super::test::test;
use super::super::train::{TrainReport, train};
use super::confirm::confirm;
use super::search::Search;

/// Confirms what was kept, trains the best configuration in full, and evaluates it on the test set, once.
pub(super) fn conclude(
    mut search: Search<'_>,
    ended: ImprovementEnd,
    watcher: &mut dyn Watcher,
) -> Result<TrainReport, JobError> {
    let folder = search.folder;
    let interrupted = || Ok(TrainReport { result: None, run: folder.path.clone(), interrupted: true });
    let kept = search.state.steps.iter().any(Step::accepted);
    let confirmation = match kept {
        true => {
            let specs = (&search.first.plan.spec, &search.best.plan.spec);
            let time = (search.clock, search.reserved_for_the_last_training());
            confirm(search.splits().first(), specs, time, &|| watcher.stop_requested())?
        }
        false => None,
    };
    let more_rows = twice_the_rows(&search, watcher)?;
    if watcher.stop_requested() {
        return interrupted();
    }
    let steps = &search.state.steps;
    let since = steps.iter().rposition(Step::accepted).map_or(0, |kept| kept + 1);
    let tried = steps.iter().skip(since).filter(|step| !matches!(step.outcome, Outcome::NotTested(_)));
    let searched = Searched {
        cross_validation: search.best.cross_validation(search.splits())?,
        tried: tried.map(|step| step.remedy.clone()).collect(),
    };
    let out = Some(folder.path.clone());
    let options = RunOptions { out, resume: true, searched: Some(searched), ..RunOptions::default() };
    let report = train(&search.best.plan.spec, &options, &mut EpochsOnly(watcher))?;
    let Some(result) = report.result else { return interrupted() };
    let seeds = search.first.outcomes.len().min(search.best.outcomes.len());
    let splits = search.splits();
    let improvement = ImprovementReport {
        folds: splits.judged_on().folds(),
        before: search.first.error(splits, seeds),
        after: search.best.error(splits, seeds),
        rule: words::rule(splits.judged_on(), search.trainings),
        judgements: search.state.judgements,
        rounds: 1 + search.state.steps.iter().filter(|step| step.accepted()).count() as u64,
        ended: words::ended(ended).to_string(),
        confirmation,
        more_rows,
        seconds: search.seconds(),
    };
    let steps = Some(search.state.steps.iter().map(StepReport::of).collect());
    let result = RunResult { steps, improvement: Some(improvement.clone()), ..result };
    folder.write_result(&result)?;
    write_page(folder, &result, &folder.read_evidence()?, &folder.read_history()?)?;
    watcher.event(Event::Comparing(Comparing::Improved { result: &result, improvement: &improvement, ended }));
    // A search that went on and kept nothing more has the answer of the test set already.
    if result.rows.test > 0 && kept && result.test.is_none() {
        test(&folder.path, None, watcher)?;
    }
    search.state.ended = Some(ended);
    search.save()?;
    Ok(TrainReport { result: Some(folder.read_result()?), run: folder.path.clone(), interrupted: false })
}

/// What twice the train rows would bring to the best configuration, where that can be forecast and time is left over.
fn twice_the_rows(search: &Search<'_>, watcher: &mut dyn Watcher) -> Result<Option<Forecast>, JobError> {
    let expected = trainings_of_learning_curve() * search.best.seconds() / search.threads() as f64;
    if search.clock.left() < expected + search.reserved_for_the_last_training() {
        return Ok(None);
    }
    let best = &search.best.plan.spec;
    let prepared = search.all_splits.of_spec(best).first();
    let stop = || watcher.stop_requested();
    let curve = measure_learning_curve(prepared, best, search.threads(), &stop)?;
    let twice = curve.filter(LearningCurve::useful).and_then(|curve| curve.forecast.first().copied());
    if let Some(twice) = &twice {
        watcher.event(Event::Comparing(Comparing::MoreRows(twice)));
    }
    Ok(twice)
}
