//! The trials of a search on the disk, a line each as they end, so that a search that was stopped can be resumed.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::experiment::{Spec, SpecBuilder, config_toml};
use crate::runs::{InputError, JobError, RunFolder, UsageError, deciding, json_line};
use crate::store::{append_line_with, read_lines, replace};
use crate::tune::{Judged, Tried};

const TRIALS: &str = "tune.jsonl";
const BEST: &str = "best.toml";

/// What a search is of. Trials are kept as long as start, data and folds are the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Beginning {
    /// The settings given, as a config.
    pub start: String,
    pub data_sha256: String,
    /// Number of folds; null where settings are judged on dev rows.
    pub folds: Option<u64>,
    /// What followed each `--search`.
    pub search: Vec<String>,
    /// Settings to try, where a number was named.
    pub trials: Option<usize>,
    /// Seconds for everything, where a budget was given.
    pub budget: Option<f64>,
}

impl Beginning {
    /// The settings given.
    pub fn spec(&self) -> Result<Spec, JobError> {
        let mut builder = SpecBuilder::new();
        builder.config_text(TRIALS, &self.start);
        Ok(builder.finish().map_err(InputError::Settings)?)
    }
}

/// One line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    Search(Beginning),
    Baseline(Judged),
    Trial(Tried),
}

/// What was written so far.
#[derive(Debug)]
pub(super) struct Journal {
    folder: PathBuf,
    /// The search that was begun last.
    pub beginning: Option<Beginning>,
    /// The settings given, judged.
    pub baseline: Option<Judged>,
    tried: Vec<Tried>,
    /// Lines that could not be read: a writer that lost power leaves one.
    pub damaged: usize,
}

impl Journal {
    pub fn read(folder: &Path) -> Result<Journal, JobError> {
        let mut journal =
            Journal { folder: folder.to_owned(), beginning: None, baseline: None, tried: Vec::new(), damaged: 0 };
        for line in read_lines(&folder.join(TRIALS))? {
            match serde_json::from_str(&line) {
                Ok(Line::Search(beginning)) => journal.beginning = Some(beginning),
                Ok(Line::Baseline(judged)) => journal.baseline = Some(judged),
                Ok(Line::Trial(tried)) => journal.tried.push(tried),
                Err(_) => journal.damaged += 1,
            }
        }
        Ok(journal)
    }

    /// Whether a folder holds a search.
    pub fn is_in(folder: &Path) -> bool {
        folder.join(TRIALS).is_file()
    }

    /// Begins a search, or resumes the one that is there, if it is of the same settings and data.
    pub fn begin(&mut self, beginning: Beginning) -> Result<(), JobError> {
        if let Some(there) = &self.beginning {
            let same = there.start == beginning.start
                && there.data_sha256 == beginning.data_sha256
                && there.folds == beginning.folds;
            if !same {
                return Err(UsageError::OtherSearch(self.folder.clone()).into());
            }
            if *there == beginning {
                return Ok(());
            }
        }
        self.append(&Line::Search(beginning.clone()))?;
        self.beginning = Some(beginning);
        Ok(())
    }

    /// Forgets what was not judged over these units: nothing this search has written.
    pub fn keep_what_fits(&mut self, trainings: usize, weights: &[Vec<f64>]) {
        let fits = |judged: &Judged| {
            let lengths = weights.iter().map(Vec::len).cycle();
            judged.units.len() == trainings && judged.units.iter().map(Vec::len).zip(lengths).all(|(a, b)| a == b)
        };
        let before = self.tried.len() + usize::from(self.baseline.is_some());
        self.baseline = self.baseline.take().filter(fits);
        self.tried.retain(|tried| tried.judged.as_ref().is_none_or(fits));
        self.damaged += before - self.tried.len() - usize::from(self.baseline.is_some());
    }

    /// What came of these settings, if they were tried.
    pub fn tried(&self, settings: &Map<String, Value>) -> Option<&Tried> {
        self.tried.iter().rev().find(|tried| tried.settings == *settings)
    }

    /// Seconds of all trainings so far, each on one thread.
    pub fn seconds(&self) -> f64 {
        self.baseline.iter().chain(self.tried.iter().filter_map(|tried| tried.judged.as_ref())).map(|j| j.seconds).sum()
    }

    /// Trainings so far.
    pub fn trainings(&self) -> usize {
        self.baseline
            .iter()
            .chain(self.tried.iter().filter_map(|tried| tried.judged.as_ref()))
            .map(|j| j.units.len())
            .sum()
    }

    pub fn note_baseline(&mut self, judged: Judged) -> Result<(), JobError> {
        self.append(&Line::Baseline(judged.clone()))?;
        self.baseline = Some(judged);
        Ok(())
    }

    pub fn note(&mut self, tried: Tried) -> Result<(), JobError> {
        self.append(&Line::Trial(tried.clone()))?;
        self.tried.push(tried);
        Ok(())
    }

    fn append(&self, line: &Line) -> Result<(), JobError> {
        append_line_with(&self.folder.join(TRIALS), |_| json_line(line))?;
        Ok(())
    }
}

/// A config as far as it decides what trials come to.
pub(super) fn start_of(spec: &Spec) -> String {
    config_toml(&deciding(spec))
}

/// Writes the best configuration so far, whole.
pub(super) fn write_best(folder: &RunFolder, spec: &Spec) -> Result<(), JobError> {
    Ok(replace(&folder.path.join(BEST), config_toml(spec).as_bytes())?)
}

/// The best configuration that was written.
pub(super) fn read_best(folder: &RunFolder) -> Result<Spec, JobError> {
    let mut builder = SpecBuilder::new();
    builder.config_file(&folder.path.join(BEST));
    Ok(builder.finish().map_err(InputError::Settings)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::Interval;

    fn judged(units: Vec<Vec<f64>>) -> Judged {
        Judged {
            error: Interval { value: 0.1, low: 0.05, high: 1.0 / 3.0 },
            train_error: 0.1,
            folds: vec![0.1],
            parameters: 3,
            restraint: 0.0,
            seconds: 2.0,
            units,
        }
    }

    fn beginning(folds: u64) -> Beginning {
        let search = vec!["l2=0,1".to_owned()];
        Beginning {
            start: start_of(&Spec::default()),
            data_sha256: "ab".to_owned(),
            folds: Some(folds),
            search,
            trials: None,
            budget: None,
        }
    }

    fn tried(l2: u32, judged: Option<Judged>) -> Tried {
        Tried { settings: Map::from_iter([("training.l2".to_owned(), Value::from(l2))]), judged, failed: None }
    }

    #[test]
    fn what_was_written_is_read_back_to_the_bit_and_a_torn_line_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::read(folder.path()).unwrap();
        journal.begin(beginning(2)).unwrap();
        journal.note_baseline(judged(vec![vec![0.1 + 0.2, 1e-300], vec![3.0]])).unwrap();
        journal.note(tried(1, Some(judged(vec![vec![0.1, 0.2], vec![0.3]])))).unwrap();
        let path = folder.path().join(TRIALS);
        let written = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{written}{{\"trial\":{{\"sett")).unwrap();
        let mut again = Journal::read(folder.path()).unwrap();
        assert_eq!((again.damaged, &again.baseline), (1, &journal.baseline));
        assert_eq!((again.seconds(), again.trainings()), (4.0, 4));
        let settings = tried(1, None).settings;
        assert_eq!(again.tried(&settings), journal.tried(&settings));
        assert!(again.tried(&tried(2, None).settings).is_none());
        // The same search is resumed without a line, one of other folds is refused.
        again.begin(beginning(2)).unwrap();
        assert_eq!(again.begin(beginning(3)).unwrap_err().exit_code(), 2);
        again.note(tried(2, None)).unwrap();
        let lines = std::fs::read_to_string(&path).unwrap();
        assert_eq!(lines.lines().count(), 5, "{lines}");
    }

    #[test]
    fn sums_over_other_units_are_not_compared() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::read(folder.path()).unwrap();
        journal.note_baseline(judged(vec![vec![1.0; 3], vec![1.0; 2]])).unwrap();
        journal.note(tried(1, Some(judged(vec![vec![1.0; 3], vec![1.0; 3]])))).unwrap();
        journal.note(tried(2, None)).unwrap();
        journal.keep_what_fits(2, &[vec![1.0; 3], vec![1.0; 2]]);
        assert!(journal.baseline.is_some() && journal.tried(&tried(1, None).settings).is_none());
        assert!(journal.tried(&tried(2, None).settings).is_some(), "a failure has no sums");
        assert_eq!(journal.damaged, 1);
    }
}
