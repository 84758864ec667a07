//! From trained weights to a result: errors, baselines, diagnosis, prescription, and what the page draws.

use crate::data::Examples;
use crate::diagnose::{
    Baselines, Diagnosis, DiagnosisInput, ErrorBudget, Finding, FoldErrors, InputScale, Interval, LabelNoise, Leak,
    LossRows, RareClass, Reference, TargetError, TargetRange, Verdict, alike_units, copies_by_chance, copies_in_train,
    diagnose_budget, find_leaks, group_column, input_scale, label_noise, optimism, reached, target_range,
};
use crate::experiment::{Plan, Prepared, machine_threads};
use crate::fitted::Fitted;
use crate::improve::{Case, Knobs, RowCounts, prescribe, prescribe_after_search};
use crate::net::Network;
use crate::report::{
    Baseline, DiagnosisReport, LinearBaseline, NaiveBaseline, PageEvidence, PartScore, PrescriptionReport, ProbeReport,
    RowsOfParts, RunResult, TreesBaseline,
};
use crate::runs::{Divergence, JobError, Searched, points};
use crate::train::{Metric, Metrics, Predictions, Record, Truth};
use crate::words::{Unit, training};

use super::eval_splits::{DEFAULT_FOLDS, no_folds};
use super::knobs::{knobs, usual_knobs};
use super::loss_rows::loss_rows;
use super::page_evidence::page_evidence;
use super::probes::{probe, probes_are_wanted};
use super::references::references;
use super::train_dev::{Held, TrainDev, measure_train_dev};
use super::trained::{Scored, Trained};

/// So many wrong labels among the surest rows of every class are more than the overlap of classes explains.
const MUCH_NOISE: f64 = 0.03;

/// Scores everything and judges it.
///
/// `searched`: what a search has found of the configuration, after which no remedy is tried here. `None` if it was stopped.
pub(crate) fn evaluate(
    run: &Trained<'_>,
    fitted: &mut Fitted,
    searched: Option<&Searched>,
    stop: &dyn Fn() -> bool,
) -> Result<Option<(RunResult, PageEvidence)>, JobError> {
    let (prepared, plan) = (run.prepared, run.plan);
    let (dataset, recipe) = (&prepared.dataset, &plan.recipe);
    let task = prepared.pipeline.task();
    let train_rows = dataset.split.train.as_slice();
    let train = score(fitted, prepared, &prepared.train, train_rows);
    let mut dev = prepared.dev.as_ref().map(|dev| score(fitted, prepared, dev, &dataset.split.dev));
    if let Some(dev) = &mut dev {
        dev.rows.optimism = optimism(run.dev_evaluations, recipe.metric, recipe.seed);
    }
    // Training course at a sample of train alone.
    for (part, scored) in [("train", Some(&train)), ("dev", dev.as_ref())] {
        if scored.is_some_and(|scored| !scored.loss.is_finite()) {
            return Err(Divergence::Evaluation { part }.into());
        }
    }
    let context = EvaluationContext::of(prepared, plan)?;
    let member = fitted.model().members.first().map_or(&[][..], |member| &member.numbers.theta);
    let chaotic = run.check.chaotic.as_deref();
    let by_folds = run.others.zip(dev.as_ref());
    let cross_validation = by_folds
        .and_then(|(others, dev)| others.validation(&train.rows, &dev.rows, recipe.metric, recipe.seed))
        .or(run.cross_validation.clone());
    let metrics = dev.as_ref().map(|dev| Metrics::measure(&dev.predictions, &dev.truth, &dev.rows.weights));
    let confusion = metrics.and_then(|metrics| metrics.confusion);
    let dev_rows = dev.as_ref().map_or(0, |dev| dev.rows.rows());
    let course = TrainingCourse {
        history: run.history,
        epochs: run.epochs,
        best_epoch: run.best_epoch,
        theta: member,
        chaotic,
        confusion,
        labels: dev.as_ref().and_then(doubtful_labels),
    };
    let losses = RunLosses {
        train: train.rows.clone(),
        dev: dev.as_ref().map(|dev| dev.rows.clone()),
        folds: cross_validation.as_ref().map(|validated| validated.errors(train.rows.rows() + dev_rows)),
    };
    let case = context.judge(&run.run, (prepared, plan), losses, &course)?;
    let Assessment { budget, diagnosis, mut case, rows } = case;
    let mut diagnosis = diagnosis;
    if let (Some(case), Some(found), false) = (case.as_mut(), diagnosis.as_mut(), searched.is_some()) {
        // Rows that are distributed differently are a gap that no remedy for variance closes.
        if plan.spec.dev_is_from_elsewhere() && case.variance_is_possible() && probes_are_wanted(plan) {
            let threads = plan.threads.unwrap_or_else(machine_threads);
            match measure_train_dev(prepared, &plan.spec, threads, stop)? {
                Held::Stopped => return Ok(None),
                // A tenth of train is fewer rows than dev has: it takes the place of dev only where it tells something.
                Held::Out(TrainDev { measured, .. }) if measured.is_found() => {
                    measured.refine(found, &budget, rows.train);
                    case.budget = measured.refined(&budget);
                    case.diagnosis = found.clone();
                }
                Held::Out(_) | Held::NotMeasured => {}
            }
        }
    }
    let (mut prescription, mut probes) = (Vec::new(), Vec::new());
    if let Some(case) = &case {
        if let Some(searched) = searched {
            prescription = prescribe_after_search(case, &searched.tried);
        } else {
            let Some(probed) = probe(prepared, plan, case, stop)? else { return Ok(None) };
            prescription = prescribe(case, &probed);
            probes = probed.tried.iter().map(ProbeReport::of).collect();
        }
    }
    let (baselines, unit) = (&context.baselines, Unit::of_metric(recipe.metric));
    let shown = dev.as_ref().unwrap_or(&train);
    let result = RunResult {
        schema: 1,
        run: run.run.clone(),
        task,
        metric: recipe.metric,
        rows: RowsOfParts { train: rows.train, dev: rows.dev, test: rows.test },
        parameters: fitted.parameters() as u64,
        seed: recipe.seed,
        data_sha256: run.data_sha256.clone(),
        threads: run.threads as u64,
        seconds: run.seconds,
        epochs: run.epochs as u64,
        best_epoch: run.best_epoch as u64,
        stopped: training::ended(run.ended, run.epochs),
        resumed_from_epoch: run.resumed_from_epoch,
        gradient_check: run.check.clone(),
        baseline: Baseline {
            naive: NaiveBaseline { name: baselines.naive_model, dev: baselines.naive },
            linear: LinearBaseline { dev: baselines.linear },
            trees: TreesBaseline { dev: baselines.trees },
        },
        train: PartScore { error: budget.train, loss: train.loss },
        dev: dev.as_ref().zip(budget.dev).map(|(dev, error)| PartScore { error, loss: dev.loss }),
        test: None,
        metrics: Metrics::measure(&shown.predictions, &shown.truth, &shown.rows.weights),
        diagnosis: diagnosis.map(|diagnosis| {
            let report = DiagnosisReport::of(&diagnosis, unit);
            let is_bias = case.as_ref().is_some_and(|case| case.leaning() != Verdict::HighVariance);
            let cause = prescription.first().filter(|first| is_bias && first.names_a_cause());
            cause.map_or(report.clone(), |first| report.because(&first.change.reason))
        }),
        probes,
        prescription: prescription.iter().map(PrescriptionReport::of).collect(),
        chosen_on_dev: dev.as_ref().map_or(Vec::new(), |_| recipe.chosen_on_dev()),
        ensemble: run.ensemble.clone(),
        cross_validation,
        steps: None,
        improvement: None,
    };
    let evidence = page_evidence(run, fitted, shown);
    Ok(Some((result, evidence)))
}

/// The network has not seen the rows of dev, so that its doubts of their labels say something.
fn doubtful_labels(dev: &Scored) -> Option<LabelNoise> {
    match (&dev.predictions, &dev.truth) {
        (Predictions::Probabilities { classes, values, .. }, Truth::Classes(given)) => {
            label_noise(*classes, values, given)
        }
        _ => None,
    }
}

fn score(fitted: &mut Fitted, prepared: &Prepared, examples: &Examples, table_rows: &[u32]) -> Scored {
    let metric = fitted.model().metric;
    let (predictions, loss) = fitted.score_first(examples);
    let truth = prepared.head.truths(examples);
    let rows = loss_rows(prepared, examples, table_rows, metric.row_losses(&predictions, &truth, &examples.weights));
    Scored { predictions, truth, loss, rows }
}

/// What does not change from one network to the next on the same rows.
pub(crate) struct EvaluationContext {
    baselines: Baselines,
    references: Vec<Reference>,
    leaks: Vec<Leak>,
    group_column: Option<String>,
    copies: Vec<bool>,
    copies_by_chance: Option<f64>,
    input_scale: Option<InputScale>,
    target_range: Option<TargetRange>,
    usual: Knobs,
    folds_possible: bool,
}

/// Losses of the rows of a run, and what a cross-validation said of its configuration.
pub(crate) struct RunLosses {
    pub train: LossRows,
    /// `None` without dev.
    pub dev: Option<LossRows>,
    pub folds: Option<FoldErrors>,
}

/// How a training went.
pub(crate) struct TrainingCourse<'a> {
    pub history: &'a [Record],
    pub epochs: usize,
    pub best_epoch: usize,
    /// The parameters kept.
    pub theta: &'a [f32],
    /// The layer from which gradients exploded before training.
    pub chaotic: Option<&'a str>,
    /// Rows of dev by true class (outer) and class given (inner), where they were counted.
    pub confusion: Option<Vec<Vec<u64>>>,
    /// What the labels of dev look like, where there are classes.
    pub labels: Option<LabelNoise>,
}

/// What the losses of a network say of it.
pub(crate) struct Assessment {
    pub budget: ErrorBudget,
    /// `None` without dev, as is the case.
    pub diagnosis: Option<Diagnosis>,
    pub case: Option<Case>,
    pub rows: RowCounts,
}

impl EvaluationContext {
    /// Other models, leaks and the range of the target error.
    pub fn of(prepared: &Prepared, plan: &Plan) -> Result<EvaluationContext, JobError> {
        let classes = prepared.pipeline.classes().len();
        let (baselines, references) = references(prepared, plan)?;
        // Neighbours are asked where there is nothing better, of the errors that they have a bound for.
        let bounded = plan.recipe.metric == Metric::of_task(prepared.pipeline.task());
        let asked = bounded && plan.spec.training.target_error.is_none() && baselines.trees.is_none();
        let range = || target_range(&prepared.train, classes, prepared.head.deviation, plan.recipe.seed);
        let leaks = find_leaks(&prepared.dataset);
        let copies = copies_in_train(&prepared.dataset);
        let most = |copies: &[bool]| 2 * copies.iter().filter(|&&copied| copied).count() > copies.len();
        Ok(EvaluationContext {
            baselines,
            references,
            group_column: group_column(&prepared.dataset, &leaks),
            leaks,
            copies_by_chance: most(&copies).then(|| copies_by_chance(&prepared.dataset)),
            copies,
            input_scale: input_scale(&prepared.train, &prepared.pipeline.features()),
            target_range: asked.then(range).flatten(),
            usual: usual_knobs(plan, prepared)?,
            folds_possible: plan.spec.data.folds.on().is_none()
                && no_folds(prepared, &plan.spec, DEFAULT_FOLDS).is_none(),
        })
    }

    /// What a network with this dev error is judged against, where nobody named a target.
    pub fn target(&self, metric: Metric, dev: Option<Interval>, seed: u64) -> TargetError {
        let reached = dev.map(|dev| reached(metric, dev, &self.references, seed));
        TargetError::assumed(self.target_range, reached)
    }

    fn leak_columns(&self) -> Vec<String> {
        let leaking = self.leaks.iter().flat_map(|leak| leak.columns.clone());
        leaking.filter(|column| Some(column) != self.group_column.as_ref()).collect()
    }

    /// The error budget, the diagnosis and the case for remedies of a network with these losses.
    pub fn judge(
        &self,
        run: &str,
        (prepared, plan): (&Prepared, &Plan),
        losses: RunLosses,
        course: &TrainingCourse<'_>,
    ) -> Result<Assessment, JobError> {
        let (split, recipe) = (&prepared.dataset.split, &plan.recipe);
        let alike = alike_units(&Network::new(&plan.network)?, course.theta);
        let scale = self.input_scale.clone().map(Finding::InputScale);
        let chaotic = course.chaotic.map(|layer| Finding::Chaotic(layer.to_string()));
        let labels = course.labels.as_ref().filter(|labels| labels.everywhere > MUCH_NOISE);
        let labels = labels.map(|labels| Finding::LabelNoise { listed: false, low: labels.low, high: labels.high });
        let by_folds = losses.folds.is_some();
        let input = DiagnosisInput {
            metric: recipe.metric,
            seed: recipe.seed,
            train: losses.train,
            dev: losses.dev,
            folds: losses.folds,
            target_given: plan.spec.training.target_error,
            target_range: self.target_range,
            references: self.references.clone(),
            baselines: self.baselines,
            rare_class: course
                .confusion
                .as_ref()
                .and_then(|confusion| RareClass::of(&class_counts(prepared), confusion)),
            class_counts: class_counts(prepared),
            leaks: self.leaks.clone(),
            copies: self.copies.clone(),
            copies_by_chance: self.copies_by_chance,
            seen: alike.into_iter().chain(scale).chain(chaotic).chain(labels).collect(),
            history: points(course.history),
            epochs: course.epochs as u64,
            best_epoch: course.best_epoch as u64,
            early_stopping: recipe.patience.map(|patience| patience as u64),
            evaluations: course.history.to_vec(),
        };
        let budget = input.budget();
        let diagnosis = diagnose_budget(&input, &budget);
        let rows = RowCounts {
            train: split.train.as_slice().len() as u64,
            dev: split.dev.len() as u64,
            test: split.test.len() as u64,
            split_from_one: plan.spec.data.dev.is_none(),
            test_given: plan.spec.data.test.is_some(),
        };
        let case = diagnosis.as_ref().map(|diagnosis| Case {
            run: run.to_string(),
            task: prepared.pipeline.task(),
            seed: recipe.seed,
            diagnosis: diagnosis.clone(),
            budget: budget.clone(),
            knobs: knobs(plan),
            usual: self.usual.clone(),
            folds_possible: self.folds_possible && !by_folds,
            rows,
            inputs: plan.network.input_width(),
            outputs: plan.network.outputs(),
            epochs_trained: course.epochs as u64,
            best_epoch: course.best_epoch as u64,
            group_column: self.group_column.clone(),
            leak_columns: self.leak_columns(),
        });
        Ok(Assessment { budget, diagnosis, case, rows })
    }
}

fn class_counts(prepared: &Prepared) -> Vec<(String, u64)> {
    let counts = prepared.dataset.target.class_counts(prepared.dataset.split.train.as_slice());
    prepared.pipeline.classes().iter().cloned().zip(counts.into_iter().map(|count| count as u64)).collect()
}
