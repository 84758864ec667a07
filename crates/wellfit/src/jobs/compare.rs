//! `wellfit compare`: finished runs beside the first of them, on the dev rows that they share.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::compare::difference;
use crate::data::{DataRequest, Dataset, load, of_rows};
use crate::diagnose::{Comparison, Interval, LossRows, McNemar, Preference, compare as compare_losses};
use crate::experiment::{Spec, data_hash, data_request, machine_threads};
use crate::fitted::Fitted;
use crate::report::RunResult;
use crate::runs::{JobError, RunFolder, Watcher};
use crate::train::{Metric, row_losses};

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

/// A finished run, as its folder holds it.
struct Finished {
    folder: RunFolder,
    spec: Spec,
    result: RunResult,
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
        return Err(JobError::Usage(
            "a comparison needs two runs or more, the reference first, as in `wellfit compare runs/a runs/b`"
                .to_string(),
        ));
    };
    // What is wrong without reading any data is reported first.
    let reference = Finished::read(first)?;
    let others = others.iter().map(|run| Finished::read(run)).collect::<Result<Vec<_>, _>>()?;
    others.iter().try_for_each(|other| reference.refuse_other_data(other))?;

    let loaded = reference.load()?;
    if loaded.dataset.split.dev.is_empty() {
        let shown = reference.folder.path.display();
        return Err(JobError::Input(format!("{shown}: this run has no dev rows to compare on")));
    }
    if watcher.stop_requested() {
        return Ok(None);
    }
    let (task, seed) = (loaded.dataset.target.task, reference.spec.training.seed);
    let losses = reference.losses(&loaded.dataset)?;
    let mut report = CompareReport {
        schema: 1,
        metric: Metric::of_task(task),
        dev_rows: losses.rows(),
        runs: vec![reference.row(losses.interval(task, seed))],
    };
    for other in &others {
        let own = (data_request(&other.spec) != loaded.request).then(|| other.load()).transpose()?;
        let dataset = own.as_ref().map_or(&loaded.dataset, |own| &own.dataset);
        refuse_other_rows(&reference, other, &loaded.dataset, dataset)?;
        if watcher.stop_requested() {
            return Ok(None);
        }
        let its_losses = other.losses(dataset)?;
        let Comparison { gain, mcnemar, verdict } = compare_losses(&losses, &its_losses, task, seed, others.len());
        report.runs.push(ComparedRun {
            gain: Some(gain),
            mcnemar,
            differences: changed(&reference.spec, &other.spec),
            verdict: Some(verdict),
            ..other.row(its_losses.interval(task, other.spec.training.seed))
        });
        if watcher.stop_requested() {
            return Ok(None);
        }
    }
    Ok(Some(report))
}

impl Finished {
    fn read(path: &Path) -> Result<Finished, JobError> {
        let folder = RunFolder::of_run(path)?;
        if !folder.is_finished() {
            let shown = path.display();
            return Err(JobError::Input(format!(
                "{shown}: no result.json, so this run is not finished; resume it with `wellfit train --config \
                 {shown}/config.toml --out {shown} --resume`"
            )));
        }
        let (spec, result) = (folder.read_config()?, folder.read_result()?);
        Ok(Finished { folder, spec, result })
    }

    fn name(&self) -> String {
        self.folder.path.display().to_string()
    }

    fn data(&self) -> String {
        self.spec.data.path.as_deref().unwrap_or(Path::new("")).display().to_string()
    }

    fn refuse_other_data(&self, other: &Finished) -> Result<(), JobError> {
        if self.result.data_sha256 == other.result.data_sha256 {
            return Ok(());
        }
        let (here, there) = (self.data(), other.data());
        let what = match here == there {
            true => format!("{here} (or its dev or test file) changed between them"),
            false => format!("{here} and {there} (with their dev and test files) do not hold the same bytes"),
        };
        Err(JobError::Input(format!(
            "{} and {} were trained on different data: {what}; train one of them again on the data of the other",
            self.name(),
            other.name()
        )))
    }

    /// The data read and split again, exactly as it was.
    fn load(&self) -> Result<Loaded, JobError> {
        if data_hash(&self.spec)? != self.result.data_sha256 {
            return Err(JobError::Input(format!(
                "{}: {} (or its dev or test file) changed since this run was trained, so its dev rows are not the same; train \
                 it again",
                self.name(),
                self.data()
            )));
        }
        let request = data_request(&self.spec);
        let dataset = load(&request)?;
        Ok(Loaded { request, dataset })
    }

    /// The losses of its model on dev.
    fn losses(&self, dataset: &Dataset) -> Result<LossRows, JobError> {
        let mut fitted = Fitted::open(&self.folder.model(), machine_threads())?;
        let held = |name: &str| dataset.table.columns().iter().any(|column| column.name == name);
        let pipeline = fitted.pipeline();
        let fits = pipeline.task() == dataset.target.task
            && pipeline.classes() == dataset.target.classes
            && pipeline.columns().into_iter().all(held);
        if !fits {
            let model = self.folder.model();
            return Err(JobError::Input(format!(
                "{}: this model is not the one that the config.toml beside it trains",
                model.display()
            )));
        }
        let rows = &dataset.split.dev;
        let examples = pipeline.examples(dataset, rows);
        let predictions = fitted.score(&examples).0;
        let truth = fitted.model().head.truths(&examples);
        let groups = dataset.groups.as_ref().map(|groups| of_rows(groups, rows)).unwrap_or_default();
        Ok(LossRows { losses: row_losses(&predictions, &truth), weights: examples.weights, groups })
    }

    /// The line of the reference.
    fn row(&self, dev: Interval) -> ComparedRun {
        ComparedRun { run: self.name(), dev, gain: None, mcnemar: None, differences: Vec::new(), verdict: None }
    }
}

fn refuse_other_rows(a: &Finished, b: &Finished, first: &Dataset, second: &Dataset) -> Result<(), JobError> {
    let Some(what) = difference(first, second) else { return Ok(()) };
    // Settings of the data, and the seed of the split.
    let differing = changed(&a.spec, &b.spec).into_iter();
    let differing = differing.filter(|d| d.key.starts_with("data.") || d.key == "training.seed");
    let settings: Vec<_> =
        differing.map(|d| format!("{} {} and {}", d.key, quoted(&d.reference), quoted(&d.this))).collect();
    Err(JobError::Input(format!(
        "{} and {} cannot be compared: {what} ({}); train one of them again with the other's settings",
        a.name(),
        b.name(),
        settings.join(", ")
    )))
}

fn changed(reference: &Spec, this: &Spec) -> Vec<ChangedSetting> {
    let each = reference.differences(this).into_iter();
    each.map(|d| ChangedSetting { key: d.key, reference: d.left.to_text(), this: d.right.to_text() }).collect()
}

/// A value in a sentence; nothing at all would be hard to see.
fn quoted(value: &str) -> &str {
    if value.is_empty() { "none" } else { value }
}
