//! `wellfit ablate`: what each knob of a run bought, on its own data.

use std::path::Path;

use serde_json::{Value, json};

use crate::compare::{EvalSplits, TrialSet};
use crate::diagnose::Interval;
use crate::diagnose::words::Unit;
use crate::experiment::{Plan, Spec, data_hash, prepare};
use crate::improve::{Ablation, AblationResult, ablations};
use crate::runs::{Event, JobError, RunFolder, Watcher, write_page};
use crate::train::Metric;

/// Trains the run's configuration and, one knob at a time, without it; all over the same seeds, rows and order of rows.
///
/// `given` says how many threads and, where it names a number, how many turns.
pub fn ablate(run: &Path, given: &Spec, watcher: &mut dyn Watcher) -> Result<Option<Value>, JobError> {
    let folder = RunFolder::of_run(run)?;
    let mut spec = folder.read_config()?;
    spec.training.budget = Default::default();
    if given.data.folds.on().is_some() {
        spec.data.folds = given.data.folds;
    }
    if folder.is_finished() && data_hash(&spec)? != folder.read_result()?.data_sha256 {
        return Err(JobError::Input(format!("{}: the data changed since this run was trained", run.display())));
    }
    let prepared = prepare(&spec)?;
    if prepared.dev.is_none() {
        return Err(JobError::Usage("what a knob bought is judged by dev rows, and this run has none".to_string()));
    }
    let mut plan = Plan::new(&spec, &prepared.summary())?;
    let mut splits = EvalSplits::turns(prepared, &spec)?;
    splits.weigh_classes(&spec)?;
    plan.threads = given.training.threads.given().copied();
    let unit = Unit::of_task(splits.task());
    let mut whole = TrialSet::of(plan);
    whole.train(&splits, splits.trainings(), &|| watcher.stop_requested())?;
    if whole.outcomes.len() < splits.trainings() {
        return Ok(None);
    }
    let error = whole.error(&splits, splits.trainings());
    watcher.line("run", &format!("{}: dev {}, by {}", run.display(), unit.error(error), splits.in_words()));
    watcher.line("without", &row("instead", "dev", "the knob bought"));
    let mut all = Vec::new();
    for ablation in ablations(&spec) {
        let Some(bought) = without(&ablation, &splits, &whole, watcher)? else { return Ok(None) };
        watcher.line("", &told(&bought, unit));
        all.push(bought);
    }
    folder.write_ablation(&all)?;
    if folder.is_finished() {
        write_page(&folder, &folder.read_result()?, &folder.read_evidence()?, &folder.read_history()?)?;
    }
    watcher.line("note", "each knob alone, everything else as it is (the rate too); positive: the knob helps");
    watcher.event(Event::Done);
    Ok(Some(json!({
        "schema": 1,
        "run": folder.path,
        "metric": Metric::of_task(splits.task()),
        "seeds": splits.trainings(),
        "dev": error,
        "knobs": all,
    })))
}

/// One knob taken back; `None` if it was stopped.
fn without(
    ablation: &Ablation,
    splits: &EvalSplits,
    whole: &TrialSet,
    watcher: &dyn Watcher,
) -> Result<Option<AblationResult>, JobError> {
    let mut bought =
        AblationResult { knob: ablation.knob.to_string(), change: ablation.change.clone(), dev: None, bought: None };
    let anew = match ablation.spec.data == whole.plan.spec.data {
        true => None,
        false => {
            let mut anew = splits.as_in(&ablation.spec)?;
            anew.weigh_classes(&ablation.spec)?;
            Some(anew)
        }
    };
    let splits = anew.as_ref().unwrap_or(splits);
    let mut plan = Plan::new(&ablation.spec, &splits.first().summary())?;
    plan.threads = whole.plan.threads;
    let mut arm = TrialSet::of(plan);
    match arm.train(splits, splits.trainings(), &|| watcher.stop_requested()) {
        Err(JobError::Diverged(_)) => return Ok(Some(bought)),
        trained => trained?,
    }
    if arm.outcomes.len() < splits.trainings() {
        return Ok(None);
    }
    bought.dev = Some(arm.error(splits, splits.trainings()));
    // Positive where the run as it is does better.
    bought.bought = Some(whole.gain_over(&arm, splits, splits.trainings(), 0.025).interval);
    Ok(Some(bought))
}

fn told(bought: &AblationResult, unit: Unit) -> String {
    let change = bought.change.split_once('.').map_or(bought.change.as_str(), |(_, change)| change);
    let (Some(dev), Some(gain)) = (bought.dev, bought.bought) else {
        return row(change, "", "training diverged");
    };
    let said = match gain {
        Interval { low, .. } if low > 0.0 => "  helps",
        Interval { high, .. } if high < 0.0 => "  harms",
        _ => "",
    };
    let bought = unit.difference_with_interval(gain).replace(" points", "");
    row(change, &unit.error(dev), &format!("{bought:<22}{said}"))
}

fn row(change: &str, dev: &str, bought: &str) -> String {
    format!("{change:<26} {dev:>8}  {bought}").trim_end().to_string()
}
