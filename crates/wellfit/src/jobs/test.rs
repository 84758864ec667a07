//! `wellfit test`: the test set, evaluated on purpose, with a line in the ledger for each time.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::data::{Dataset, Examples, Fingerprint, LabelledTable, load, of_rows};
use crate::diagnose::{LossRows, duplicates};
use crate::experiment::{data_request, file_hash, machine_threads, same_contents};
use crate::fitted::Fitted;
use crate::improve::OPEN_THE_TEST_SET;
use crate::report::TestScore;
use crate::runs::{Event, FinishedRun, JobError, Notice, RunFolder, UsageError, Watcher, record_opening, write_page};
use crate::train::{Metrics, Predictions};

/// What `wellfit test --json` prints.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestReport {
    /// Version of this layout: 1.
    pub schema: u32,
    /// The run's folder.
    pub run: PathBuf,
    /// How many times these rows have been evaluated on, this time included.
    pub opening: u64,
    /// The scores.
    pub test: TestScore,
}

/// Evaluates a run's model on its test rows, or on another labelled file, and records that in the ledger.
pub fn test(run: &Path, data: Option<&Path>, watcher: &mut dyn Watcher) -> Result<TestReport, JobError> {
    let folder = RunFolder::of_run(run)?;
    let mut fitted = Fitted::open(&folder.model(), machine_threads())?;
    let Judged { scores, examples, fingerprint, groups } = match data {
        Some(path) => {
            if was_learned_from(&folder, path)? {
                watcher.event(Event::Notice(Notice::LearnedFrom(path)));
            }
            let LabelledTable { table, target, notices, .. } = fitted.pipeline().read_labelled(&path.into())?;
            for notice in &notices {
                watcher.event(Event::Notice(Notice::Data(notice)));
            }
            let rows: Vec<u32> = (0..table.rows() as u32).collect();
            Judged {
                scores: fitted.score(|pipeline| pipeline.labelled(&table, &target, &rows)),
                examples: fitted.pipeline().labelled(&table, &target, &rows),
                fingerprint: Fingerprint::new(&table, &rows, &file_hash(path)?, |row| (0, u64::from(row) + 1)),
                groups: Vec::new(),
            }
        }
        None => sealed_rows(&folder, &mut fitted, watcher)?,
    };
    let score = score(scores, &fitted, &examples, groups);
    let opening = record_opening(&folder, &fingerprint, score.error.value)?;
    if data.is_none() && folder.is_finished() {
        let mut result = folder.read_result()?;
        result.test = Some(score.clone());
        // That is done.
        result.prescription.retain(|next| next.remedy != OPEN_THE_TEST_SET);
        folder.write_result(&result)?;
        write_page(&folder, &result, &folder.read_evidence()?, &folder.read_history()?)?;
    }
    let ledger = &run.parent().unwrap_or(Path::new("")).join("ledger.jsonl");
    let (metric, rows) = (fitted.model().metric, examples.rows());
    watcher.event(Event::Tested { score: &score, metric, rows, opening, ledger, other_file: data.is_some() });
    Ok(TestReport { schema: 1, run: folder.path, opening, test: score })
}

/// Whether the run was trained on this file, or its epoch chosen on it.
fn was_learned_from(folder: &RunFolder, path: &Path) -> Result<bool, JobError> {
    let data = folder.read_config()?.data;
    Ok([data.path, data.dev].into_iter().flatten().any(|learned| same_contents(&learned, path)))
}

/// Rows with their answers, and what the model makes of them.
struct Judged {
    /// Predictions, and their mean loss.
    scores: (Predictions, f64),
    /// The rows as the first network reads them.
    examples: Examples,
    fingerprint: Fingerprint,
    groups: Vec<u32>,
}

/// The test rows of a run: the data read and split again, exactly as they were.
fn sealed_rows(folder: &RunFolder, fitted: &mut Fitted, watcher: &mut dyn Watcher) -> Result<Judged, JobError> {
    let run = FinishedRun::open(&folder.path)?;
    run.refuse_changed_data()?;
    let dataset: Dataset = load(&data_request(&run.spec))?;
    let rows = &dataset.split.test;
    if rows.is_empty() {
        return Err(UsageError::NoTestRows.into());
    }
    let copies = duplicates(&dataset).notice(&dataset);
    for notice in fitted.pipeline().unlike_train(&dataset.table, rows).iter().chain(&copies) {
        watcher.event(Event::Notice(Notice::Data(notice)));
    }
    let groups = dataset.groups.as_ref().map(|groups| of_rows(groups, rows));
    Ok(Judged {
        scores: fitted.score(|pipeline| pipeline.examples(&dataset, rows)),
        examples: fitted.pipeline().examples(&dataset, rows),
        fingerprint: dataset.fingerprint(rows, &run.result.data_sha256),
        groups: groups.unwrap_or_default(),
    })
}

/// The scores of predictions for rows with their answers.
pub(super) fn score(
    (predictions, loss): (Predictions, f64),
    fitted: &Fitted,
    examples: &Examples,
    groups: Vec<u32>,
) -> TestScore {
    let truth = fitted.truths(examples);
    let metric = fitted.model().metric;
    let losses = metric.row_losses(&predictions, &truth, &examples.weights);
    let losses = LossRows { losses, weights: examples.weights.clone(), groups, ..LossRows::default() };
    TestScore {
        error: losses.interval(metric, 0),
        loss,
        metrics: Metrics::measure(&predictions, &truth, &examples.weights),
    }
}
