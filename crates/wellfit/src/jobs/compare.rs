//! `wellfit compare`: finished runs beside the first of them, on the dev rows that they share.

use std::path::PathBuf;

use serde::Serialize;

use crate::compare::difference;
use crate::data::{DataRequest, Dataset, load, of_rows};
use crate::diagnose::{Comparison, Interval, LossRows, McNemar, Preference, compare as compare_losses};
use crate::experiment::{Spec, data_request, machine_threads};
use crate::fitted::Fitted;
use crate::runs::{FinishedRun, InputError, JobError, UsageError, Watcher};
use crate::train::Metric;

/// Runs beside the first of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CompareReport {
    /// Version of this layout: 1.
    pub schema: u32,
    /// What the errors are: `error` or `rmse`.
    pub metric: Metric,
    /// Dev rows, the same in all runs.
    pub dev_rows: u64,
    /// The runs in the order given; the first is the reference.
    pub runs: Vec<ComparedRun>,
}

/// One run, and what the dev rows say of it beside the reference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ComparedRun {
    /// The run's folder.
    pub run: String,
    /// Its dev error.
    pub dev: Interval,
    /// The reference's dev error less this one's; null for the reference.
    pub gain: Option<Interval>,
    /// Rows on which one of the two errs alone; null for the reference and for numbers.
    pub mcnemar: Option<McNemar>,
    /// The settings in which it differs from the reference.
    pub differences: Vec<ChangedSetting>,
    /// The verdict; null for the reference.
    pub verdict: Option<Preference>,
}

/// A setting in which a run differs from the reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedSetting {
    /// The setting's key.
    pub key: String,
    /// Its value in the reference, as one would type it.
    pub reference: String,
    /// Its value in this run.
    pub this: String,
}

/// Data as a run splits it.
struct Loaded {
    request: DataRequest,
    dataset: Dataset,
}

/// Scores the models of finished runs on their dev rows and compares each with the first; `None` if it was stopped.
///
/// All must have been trained on the same data with the same dev rows. Test rows stay sealed.
pub fn compare(runs: &[PathBuf], watcher: &mut dyn Watcher) -> Result<Option<CompareReport>, JobError> {
    let (Some((first, others)), true) = (runs.split_first(), runs.len() > 1) else {
        return Err(UsageError::NothingToCompare.into());
    };
    // What is wrong without reading any data is reported first.
    let reference = FinishedRun::open(first)?;
    let others = others.iter().map(|run| FinishedRun::open(run)).collect::<Result<Vec<_>, _>>()?;
    others.iter().try_for_each(|other| refuse_other_data(&reference, other))?;

    let loaded = load_as(&reference)?;
    if loaded.dataset.split.dev.is_empty() {
        return Err(InputError::NoDevRows(reference.folder.path).into());
    }
    if watcher.stop_requested() {
        return Ok(None);
    }
    let (metric, seed) = (reference.result.metric, reference.spec.training.seed);
    let losses = dev_losses(&reference, metric, &loaded.dataset)?;
    let mut report =
        CompareReport { schema: 1, metric, dev_rows: losses.rows(), runs: vec![row(&reference, metric, &losses)] };
    for other in &others {
        let own = (data_request(&other.spec) != loaded.request).then(|| load_as(other)).transpose()?;
        let dataset = own.as_ref().map_or(&loaded.dataset, |own| &own.dataset);
        refuse_other_rows((&reference, &loaded.dataset), (other, dataset))?;
        if watcher.stop_requested() {
            return Ok(None);
        }
        let its_losses = dev_losses(other, metric, dataset)?;
        let Comparison { gain, mcnemar, verdict } = compare_losses(&losses, &its_losses, metric, seed, others.len());
        report.runs.push(ComparedRun {
            gain: Some(gain),
            mcnemar,
            differences: changed(&reference.spec, &other.spec),
            verdict: Some(verdict),
            ..row(other, metric, &its_losses)
        });
        if watcher.stop_requested() {
            return Ok(None);
        }
    }
    Ok(Some(report))
}

fn refuse_other_data(first: &FinishedRun, second: &FinishedRun) -> Result<(), JobError> {
    if first.result.data_sha256 == second.result.data_sha256 {
        return Ok(());
    }
    let data = [first.data(), second.data()];
    Err(InputError::OtherData { runs: paths(first, second), data }.into())
}

/// The data read and split again, exactly as it was.
fn load_as(run: &FinishedRun) -> Result<Loaded, JobError> {
    run.refuse_changed_data()?;
    let request = data_request(&run.spec);
    let dataset = load(&request)?;
    Ok(Loaded { request, dataset })
}

/// The losses of a run's model on dev, in the metric of the reference.
fn dev_losses(run: &FinishedRun, metric: Metric, dataset: &Dataset) -> Result<LossRows, JobError> {
    let model = run.folder.model();
    let mut fitted = Fitted::open(&model, machine_threads())?;
    let held = |name: &str| dataset.table.columns().iter().any(|column| column.name == name);
    let pipeline = fitted.pipeline();
    let fits = pipeline.task() == dataset.target.task
        && pipeline.classes() == dataset.target.classes
        && pipeline.columns().into_iter().all(held);
    if !fits {
        return Err(InputError::OtherModel(model).into());
    }
    let rows = &dataset.split.dev;
    let examples = pipeline.examples(dataset, rows);
    // The first network has not seen them; what else a model holds may have.
    let (predictions, truth) = (fitted.score_first(&examples).0, fitted.truths(&examples));
    let groups = dataset.groups.as_ref().map(|groups| of_rows(groups, rows)).unwrap_or_default();
    let losses = metric.row_losses(&predictions, &truth, &examples.weights);
    Ok(LossRows { losses, weights: examples.weights, groups, ..LossRows::default() })
}

/// The line of the reference. A run's own metric has the interval that the run has, which knows how its epoch was chosen.
fn row(run: &FinishedRun, metric: Metric, losses: &LossRows) -> ComparedRun {
    let own = run.result.dev.as_ref().filter(|_| run.result.metric == metric);
    let dev = own.map_or_else(|| losses.interval(metric, run.spec.training.seed), |dev| dev.error);
    let run = run.folder.path.display().to_string();
    ComparedRun { run, dev, gain: None, mcnemar: None, differences: Vec::new(), verdict: None }
}

fn refuse_other_rows(
    (a, first): (&FinishedRun, &Dataset),
    (b, second): (&FinishedRun, &Dataset),
) -> Result<(), JobError> {
    let Some(difference) = difference(first, second) else { return Ok(()) };
    // Settings of the data, and the seed of the split.
    let mut settings = a.spec.differences(&b.spec);
    settings.retain(|d| d.key.starts_with("data.") || d.key == "training.seed");
    Err(InputError::OtherRows { runs: paths(a, b), difference, settings }.into())
}

fn paths(a: &FinishedRun, b: &FinishedRun) -> [PathBuf; 2] {
    [a, b].map(|run| run.folder.path.clone())
}

fn changed(reference: &Spec, this: &Spec) -> Vec<ChangedSetting> {
    let each = reference.differences(this).into_iter();
    each.map(|d| ChangedSetting { key: d.key, reference: d.left.to_text(), this: d.right.to_text() }).collect()
}
