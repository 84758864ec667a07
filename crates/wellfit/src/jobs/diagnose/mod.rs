//! `wellfit diagnose`: the verdict on a run again, in full.

mod chain;
mod findings;
mod labels;
mod train_dev;

use std::path::Path;

use crate::compare::{
    CrossValidated, EvaluationContext, Held, measure_learning_curve, measure_train_dev, probe_wider, wider_layers,
};
use crate::diagnose::TargetError;
use crate::experiment::{Plan, Prepared, Spec, machine_threads, prepare};
use crate::report::{DiagnosisReport, FullDiagnosis, LearningCurveReport, RunResult};
use crate::runs::{Diagnosing, Event, FinishedRun, JobError, Notice, RunFolder, UsageError, Watcher, write_page};
use crate::train::Record;
use crate::words::Unit;

use labels::find_label_noise;

/// A finished run, and its data read, split and prepared as they were.
struct Run {
    folder: RunFolder,
    spec: Spec,
    result: RunResult,
    history: Vec<Record>,
    prepared: Prepared,
    plan: Plan,
    target: TargetError,
    threads: usize,
}

/// The chain of errors, the verdict with all findings, doubtful labels, and what more rows would bring.
///
/// `None` if it was stopped. What it found is kept in the run's folder and shown on its page; result and ledger stay as they are,
/// and a test set that is sealed stays so.
pub fn diagnose(
    run: &Path,
    threads: Option<usize>,
    watcher: &mut dyn Watcher,
) -> Result<Option<FullDiagnosis>, JobError> {
    let (run, mut diagnosis) = Run::open(run, threads)?;
    let unit = Unit::of_metric(run.result.metric);
    if let Some(seconds) = long_wait(run.result.seconds, wider_layers(&run.plan, diagnosis.verdict).is_some()) {
        watcher.event(Event::Notice(Notice::TakesSeconds(seconds)));
    }
    let held_out = match run.spec.dev_is_from_elsewhere() {
        false => None,
        true => {
            let stop = || watcher.stop_requested();
            match measure_train_dev(&run.prepared, &run.spec, run.threads, &stop)? {
                Held::Stopped => return Ok(None),
                Held::NotMeasured => None,
                Held::Out(found) => {
                    train_dev::refine(&found, &mut diagnosis, &run, unit);
                    Some(found)
                }
            }
        }
    };
    let links = chain::links(&run, &diagnosis, held_out.as_ref());
    let task = run.result.task;
    watcher.event(Event::Diagnosing(Diagnosing::Chain { links: &links, metric: run.result.metric }));
    let Some(mut trained) = CrossValidated::train(&run.prepared, &run.plan, run.threads, &|| watcher.stop_requested())?
    else {
        return Ok(None);
    };
    let wider = probe_wider(&mut trained, diagnosis.verdict, &|| watcher.stop_requested())?;
    let Some(wider) = wider else { return Ok(None) };
    let label_noise = find_label_noise(&run, &trained)?;
    drop(trained);
    findings::complete(&mut diagnosis, label_noise.as_ref(), wider.as_ref(), unit);
    watcher.event(Event::Diagnosing(Diagnosing::Verdict { diagnosis: &diagnosis, history: &run.history }));
    if task.is_classification() {
        watcher.event(Event::Diagnosing(Diagnosing::LabelNoise(label_noise.as_ref())));
    }
    let stop = || watcher.stop_requested();
    let Some(curve) = measure_learning_curve(&run.prepared, &run.spec, run.threads, &stop)? else { return Ok(None) };
    let curve = LearningCurveReport::of(&curve, unit);
    watcher.event(Event::Diagnosing(Diagnosing::LearningCurve(&curve)));
    let found = FullDiagnosis {
        schema: 1,
        run: run.folder.path.clone(),
        metric: run.result.metric,
        chain: links,
        diagnosis,
        wider_network: wider,
        label_noise,
        learning_curve: curve,
    };
    let folder = &run.folder;
    folder.write_diagnosis(&found)?;
    write_page(folder, &run.result, &folder.read_evidence()?, &run.history)?;
    Ok(Some(found))
}

/// Seconds that it takes, where a person would wonder: trainings amount to some 13 of the run's own, and those of wider networks
/// to three times as many.
fn long_wait(seconds_of_the_run: f64, with_wider_networks: bool) -> Option<f64> {
    const WORTH_SAYING: f64 = 60.0;
    let trainings = if with_wider_networks { 52.0 } else { 13.0 };
    Some(trainings * seconds_of_the_run).filter(|&seconds| seconds > WORTH_SAYING)
}

impl Run {
    fn open(path: &Path, threads: Option<usize>) -> Result<(Run, DiagnosisReport), JobError> {
        let finished = FinishedRun::open(path)?;
        let Some(diagnosis) = finished.result.diagnosis.clone() else {
            return Err(UsageError::DiagnoseNeedsDev.into());
        };
        finished.refuse_changed_data()?;
        let FinishedRun { folder, mut spec, result } = finished;
        spec.training.budget = Default::default();
        let history = folder.read_history()?;
        let prepared = prepare(&spec)?;
        let plan = Plan::new(&spec, &prepared.summary())?;
        let target = match spec.training.target_error {
            Some(value) => TargetError::given(value),
            // As training did: the same rows, the same seed.
            None => EvaluationContext::of(&prepared, &plan)?.target(
                result.metric,
                result.dev.as_ref().map(|dev| dev.error),
                plan.recipe.seed,
            ),
        };
        let threads = threads.unwrap_or_else(machine_threads);
        Ok((Run { folder, spec, result, history, prepared, plan, target, threads }, diagnosis))
    }
}
