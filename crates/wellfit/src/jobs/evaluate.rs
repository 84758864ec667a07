//! From trained weights to a result: errors, baselines, diagnosis, prescription, and what the page draws.

use std::path::Path;

use crate::data::{Examples, Targets, of_rows};
use crate::diagnose::{Baselines, Evidence, LossRows, diagnose_budget, find_leaks, target_range};
use crate::experiment::{Plan, Prepared, engine, train_silently};
use crate::improve::{Case, Knobs, RowCounts, prescribe};
use crate::net::{CheckReport, Network};
use crate::report::{
    Baseline, BlockError, Conditioning, GradientCheck, LinearBaseline, NaiveBaseline, PartScore, RowsOfParts,
    RunResult, calibration_bins, scatter_points,
};
use crate::train::{Engine, Metric, Metrics, Predictions, Record, Truth, row_losses};

use super::error::JobError;
use super::lines;
use super::report::{Extras, points};

/// A run whose training is over.
pub(super) struct Trained<'a> {
    pub run: String,
    pub prepared: &'a Prepared,
    pub plan: &'a Plan,
    pub theta: &'a [f32],
    pub history: &'a [Record],
    pub check: &'a CheckReport,
    pub epochs: usize,
    pub best_epoch: usize,
    pub stopped: String,
    pub seconds: f64,
    pub threads: usize,
    pub resumed_from_epoch: Option<u64>,
    pub data_sha256: String,
}

/// One part, scored.
struct Scored {
    predictions: Predictions,
    truth: Truth,
    loss: f64,
    rows: LossRows,
}

/// Scores everything and judges it.
pub(super) fn evaluate(run: &Trained<'_>, network: &mut Engine<f32>) -> Result<(RunResult, Extras), JobError> {
    let (prepared, plan) = (run.prepared, run.plan);
    let (dataset, recipe) = (&prepared.dataset, &plan.recipe);
    let task = prepared.pipeline.task();
    let train_rows = dataset.split.train.as_slice();
    let train = score(network, run.theta, prepared, &prepared.train, train_rows);
    let dev = prepared.dev.as_ref().map(|dev| score(network, run.theta, prepared, dev, &dataset.split.dev));
    // Training looks at a sample of train alone.
    for (part, scored) in [("train", Some(&train)), ("dev", dev.as_ref())] {
        if scored.is_some_and(|scored| !scored.loss.is_finite()) {
            return Err(JobError::Diverged(format!(
                "diverged: the loss over all rows of {part} is not finite, and that of the rows that training looked at is; \
                 look for numbers far outside the others, or set --normalize robust"
            )));
        }
    }
    let baselines = baselines(run, dev.as_ref())?;
    let leaks = find_leaks(&prepared.dataset);
    let classes = prepared.pipeline.classes();
    let target_given = plan.spec.training.target_error;
    let evidence = Evidence {
        task,
        seed: recipe.seed,
        train: train.rows.clone(),
        dev: dev.as_ref().map(|dev| dev.rows.clone()),
        target_given,
        target_range: match target_given {
            Some(_) => None,
            None => target_range(&prepared.train, classes.len(), prepared.head.deviation, recipe.seed),
        },
        baselines: baselines.clone(),
        class_counts: class_counts(prepared),
        leaks: leaks.clone(),
        history: points(run.history),
        epochs: run.epochs as u64,
        best_epoch: run.best_epoch as u64,
        early_stopping: recipe.patience.map(|patience| patience as u64),
        layers: run.history.last().map(|record| record.layers.clone()).unwrap_or_default(),
    };
    let budget = evidence.budget();
    let diagnosis = diagnose_budget(&evidence, &budget);
    let rows = RowCounts {
        train: train_rows.len() as u64,
        dev: dataset.split.dev.len() as u64,
        test: dataset.split.test.len() as u64,
        split_from_one: plan.spec.data.dev.is_none(),
        test_given: plan.spec.data.test.is_some(),
    };
    let prescription = diagnosis.as_ref().map_or(Vec::new(), |diagnosis| {
        prescribe(&Case {
            run: run.run.clone(),
            task,
            diagnosis: diagnosis.clone(),
            budget: budget.clone(),
            knobs: knobs(plan),
            rows,
            inputs: plan.network.input.width(),
            outputs: plan.network.outputs,
            best_epoch: run.best_epoch as u64,
            leak_columns: leaks.iter().flat_map(|leak| leak.columns.clone()).collect(),
        })
    });
    let judged = dev.as_ref().unwrap_or(&train);
    let result = RunResult {
        schema: 1,
        run: run.run.clone(),
        task,
        metric: Metric::of_task(task),
        rows: RowsOfParts { train: rows.train, dev: rows.dev, test: rows.test },
        parameters: run.theta.len() as u64,
        seed: recipe.seed,
        data_sha256: run.data_sha256.clone(),
        threads: run.threads as u64,
        seconds: run.seconds,
        epochs: run.epochs as u64,
        best_epoch: run.best_epoch as u64,
        stopped: run.stopped.clone(),
        resumed_from_epoch: run.resumed_from_epoch,
        gradient_check: gradient_check(run.check),
        baseline: Baseline {
            naive: NaiveBaseline { name: baselines.naive_name.clone(), dev: baselines.naive },
            linear: LinearBaseline { dev: baselines.linear },
        },
        train: PartScore { error: budget.train, loss: train.loss },
        dev: dev.as_ref().zip(budget.dev).map(|(dev, error)| PartScore { error, loss: dev.loss }),
        test: None,
        metrics: Metrics::measure(&judged.predictions, &judged.truth, &judged.rows.weights),
        diagnosis,
        prescription,
    };
    Ok((result, extras(run, judged)))
}

fn score(
    engine: &mut Engine<f32>,
    theta: &[f32],
    prepared: &Prepared,
    examples: &Examples,
    table_rows: &[u32],
) -> Scored {
    let (predictions, loss) = prepared.head.predict(engine, theta, examples);
    let truth = prepared.head.truths(examples);
    let groups = prepared.dataset.groups.as_ref();
    let groups = groups.map(|groups| of_rows(groups, table_rows));
    let rows = LossRows {
        losses: row_losses(&predictions, &truth),
        weights: examples.weights.clone(),
        groups: groups.unwrap_or_default(),
    };
    Scored { predictions, truth, loss, rows }
}

/// Dev errors of answering every row alike, and of the network without hidden layers.
fn baselines(run: &Trained<'_>, dev: Option<&Scored>) -> Result<Baselines, JobError> {
    let (prepared, plan) = (run.prepared, run.plan);
    let task = prepared.pipeline.task();
    let naive_name = if task.is_classification() { "majority class" } else { "mean" }.to_string();
    let (Some(dev), Some(examples)) = (dev, prepared.dev.as_ref()) else {
        return Ok(Baselines { naive_name, ..Baselines::default() });
    };
    let metric = Metric::of_task(task);
    let rows = examples.rows;
    let guess = match &prepared.train.targets {
        Targets::Classes(_) => {
            let counts = class_counts(prepared);
            // The first of equal counts.
            let first_largest = counts.iter().enumerate().rev().max_by(|a, b| a.1.1.cmp(&b.1.1));
            let best = first_largest.map_or(0, |(class, _)| class);
            let one = |class: usize| if class == best { 1.0 } else { 0.0 };
            let row: Vec<f32> = (0..counts.len()).map(one).collect();
            Predictions::Probabilities { classes: row.len(), values: row.repeat(rows) }
        }
        _ => Predictions::Values(vec![prepared.head.mean as f32; rows]),
    };
    let naive = metric.score(&guess, &dev.truth, &dev.rows.weights);
    let (network, recipe) = plan.linear(prepared.train.rows);
    let theta = plan.init.theta(&Network::<f32>::new(&network)?, recipe.seed);
    let mut engine = engine(&network, &recipe, plan.threads)?;
    let trained = train_silently(&mut engine, &recipe, theta, &prepared.head, (&prepared.train, None));
    // A linear model that diverges (inputs as they are, say) is no baseline.
    let Ok(theta) = trained else { return Ok(Baselines { naive_name, naive, ..Baselines::default() }) };
    let (predictions, _) = prepared.head.predict(&mut engine, &theta, examples);
    let score = |metric: Metric| metric.score(&predictions, &dev.truth, &dev.rows.weights);
    Ok(Baselines { naive_name, naive, linear: score(metric), linear_r2: score(Metric::R2) })
}

fn class_counts(prepared: &Prepared) -> Vec<(String, u64)> {
    let counts = prepared.dataset.target.class_counts(prepared.dataset.split.train.as_slice());
    prepared.pipeline.classes().iter().cloned().zip(counts.into_iter().map(|count| count as u64)).collect()
}

fn knobs(plan: &Plan) -> Knobs {
    let training = &plan.spec.training;
    let largest = |values: Option<&Vec<f64>>| values.map_or(0.0, |values| values.iter().copied().fold(0.0, f64::max));
    Knobs {
        drop: plan.spec.data.drop.clone(),
        hidden: plan.network.hidden.clone(),
        keep_prob: plan.network.keep_prob.clone(),
        optimizer: plan.recipe.optimizer.name().to_string(),
        lr: plan.recipe.rate,
        epochs: plan.recipe.epochs as u64,
        l2: largest(training.l2.given()),
        l1: largest(training.l1.given()),
        early_stopping: plan.recipe.patience.map(|patience| patience as u64),
    }
}

fn gradient_check(report: &CheckReport) -> GradientCheck {
    let block =
        |block: &crate::net::BlockCheck| BlockError { name: block.name.clone(), relative_error: block.relative_error };
    GradientCheck {
        passed: report.passed,
        relative_error: report.relative_error,
        blocks: report.blocks.iter().map(block).collect(),
    }
}

fn extras(run: &Trained<'_>, judged: &Scored) -> Extras {
    let prepared = run.prepared;
    let (before, after) = prepared.pipeline.conditioning();
    let mut extras = Extras {
        data: run.plan.spec.data.path.as_deref().map(file_name).unwrap_or_default(),
        target: prepared.pipeline.target_name().to_string(),
        classes: prepared.pipeline.classes().to_vec(),
        network: lines::network(run.plan),
        training: lines::training(run.plan),
        notices: prepared.notices.clone(),
        conditioning: Some(Conditioning { before, after }).filter(|c| c.before.is_finite() && c.after.is_finite()),
        calibration: Vec::new(),
        scatter: Vec::new(),
        test_rows: match &prepared.dataset.split.test[..] {
            [] => None,
            rows => Some(prepared.dataset.fingerprint(rows)),
        },
    };
    match (&judged.predictions, &judged.truth) {
        (Predictions::Probabilities { classes: 2, values }, Truth::Classes(truth)) => {
            let positive: Vec<f32> = values.iter().skip(1).step_by(2).copied().collect();
            extras.calibration = calibration_bins(&positive, truth);
        }
        (Predictions::Values(values), Truth::Values(truth)) => extras.scatter = scatter_points(values, truth),
        _ => {}
    }
    extras
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
