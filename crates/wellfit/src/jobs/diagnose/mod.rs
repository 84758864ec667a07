//! `wellfit diagnose`: the verdict on a run again, in full.

mod chain;
mod findings;
mod labels;
mod variance;

use std::path::Path;

use crate::compare::{
    CrossValidated, EvaluationContext, Held, measure_learning_curve, measure_train_dev, probe_wider,
    trainings_of_learning_curve, wider_layers,
};
use crate::diagnose::{FindingKind, TargetError};
use crate::experiment::{Plan, Prepared, Spec, machine_threads, prepare};
use crate::improve::SEEDS;
use crate::report::{DiagnosisReport, FullDiagnosis, LearningCurveReport, RunResult};
use crate::runs::{Diagnosing, Event, FinishedRun, JobError, Notice, RunFolder, UsageError, Watcher, write_page};
use crate::train::Record;
use crate::words::Unit;

use super::clock::Clock;
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
/// `given` says how many threads and how much time; what there is no time for is left out. `None` if it was stopped. What it found
/// by then is kept in the run's folder, unless more is known from before, and shown on its page; result and ledger stay as they
/// are, and a test set that is sealed stays so.
pub fn diagnose(run: &Path, given: &Spec, watcher: &mut dyn Watcher) -> Result<Option<FullDiagnosis>, JobError> {
    let clock = Clock::of(given.training.budget.0);
    let (run, mut diagnosis) = Run::open(run, given.training.threads.given().copied())?;
    let unit = Unit::of_metric(run.result.metric);
    let is_wider = wider_layers(&run.plan, diagnosis.verdict).is_some();
    let seconds = run.seconds(is_wider);
    if seconds > WORTH_SAYING {
        watcher.event(Event::Notice(Notice::TakesSeconds(seconds)));
    }
    let held_out = if run.spec.dev_is_from_elsewhere() {
        let stop = || watcher.stop_requested() || clock.is_over();
        match measure_train_dev(&run.prepared, &run.spec, run.threads, &stop)? {
            Held::Stopped | Held::NotMeasured => None,
            Held::Out(found) => {
                variance::by_train_dev(&found, &mut diagnosis, &run, unit);
                Some(found)
            }
        }
    } else {
        None
    };
    let links = chain::links(&run, &diagnosis, held_out.as_ref());
    watcher.event(Event::Diagnosing(Diagnosing::Chain { links: &links, metric: run.result.metric }));

    tell(watcher, "networks that have not seen the rows they judge", seconds, &clock);
    let stop = || watcher.stop_requested() || clock.is_over();
    let (mut wider, mut label_noise, mut cross_validation) = (None, None, None);
    let trained = CrossValidated::train(&run.prepared, &run.plan, run.threads, &stop)?;
    let is_judged = trained.is_some();
    if let Some(mut trained) = trained {
        cross_validation = variance::by_folds(&trained, &mut diagnosis, &run, unit)?;
        // A wider network of units that are all alike shows nothing.
        if diagnosis.findings.iter().all(|finding| finding.kind != FindingKind::Symmetry) {
            wider = probe_wider(&mut trained, diagnosis.verdict, &stop)?.flatten();
        }
        label_noise = find_label_noise(&run, &trained)?;
    }
    findings::complete(&mut diagnosis, label_noise.as_ref(), wider.as_ref(), unit);
    watcher.event(Event::Diagnosing(Diagnosing::Verdict { diagnosis: &diagnosis, history: &run.history }));
    if run.result.task.is_classification() && is_judged {
        watcher.event(Event::Diagnosing(Diagnosing::LabelNoise(label_noise.as_ref())));
    }

    tell(watcher, "learning curve", run.seconds_of(trainings_of_learning_curve()), &clock);
    let stop = || watcher.stop_requested() || clock.is_over();
    let curve = measure_learning_curve(&run.prepared, &run.spec, run.threads, &stop)?;
    let is_stopped = watcher.stop_requested();
    let why = if is_stopped { "not measured: interrupted" } else { "not measured: time was up; --budget gives more" };
    let curve = curve.map_or(LearningCurveReport::unmeasured(why), |curve| LearningCurveReport::of(&curve, unit));
    watcher.event(Event::Diagnosing(Diagnosing::LearningCurve(&curve)));
    let found = FullDiagnosis {
        schema: 1,
        run: run.folder.path.clone(),
        metric: run.result.metric,
        chain: links,
        diagnosis,
        cross_validation,
        wider_network: wider,
        label_noise,
        learning_curve: curve,
    };
    run.keep(&found)?;
    Ok((!is_stopped).then_some(found))
}

/// Seconds from which on a person would wonder.
const WORTH_SAYING: f64 = 60.0;

fn tell(watcher: &mut dyn Watcher, doing: &'static str, seconds: f64, clock: &Clock) {
    let seconds_left = Some(seconds.min(clock.left()));
    watcher.event(Event::Diagnosing(Diagnosing::Stage { doing, seconds_left }));
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

    /// Seconds of all trainings, about: those of folds and curve and, where it is tried, of a network four times as wide.
    fn seconds(&self, is_wider: bool) -> f64 {
        self.seconds_of(SEEDS as f64 * if is_wider { 9.0 } else { 1.0 } + trainings_of_learning_curve())
    }

    /// Seconds of so many trainings of the run, side by side on all threads.
    fn seconds_of(&self, trainings: f64) -> f64 {
        trainings * self.result.seconds / self.threads as f64
    }

    /// Writes what was found beside the run and on its page, unless an earlier diagnosis measured more.
    fn keep(&self, found: &FullDiagnosis) -> Result<(), JobError> {
        let earlier = self.folder.read_diagnosis()?;
        let measured = |curve: &LearningCurveReport| !curve.points.is_empty();
        if earlier.is_some_and(|earlier| measured(&earlier.learning_curve)) && !measured(&found.learning_curve) {
            return Ok(());
        }
        self.folder.write_diagnosis(found)?;
        write_page(&self.folder, &self.result, &self.folder.read_evidence()?, &self.history)
    }
}
