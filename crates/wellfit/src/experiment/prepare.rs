//! From a spec's data settings to rows that can be trained on.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::data::{
    self, DataError, DataNotice, DataRequest, DataSource, Dataset, Examples, KeepWords, Normalize, Pipeline, Targets,
    of_rows, rarer_share,
};
use crate::store::{StoreError, hex, open_regular};
use crate::train::{Decision, Head, Metric, Predictions};

use super::plan::DataSummary;
use super::settings::Auto;
use super::spec::Spec;

/// Data split, preprocessing fitted on train, and train and dev rows prepared. Test rows stay sealed in the data set.
#[derive(Debug)]
pub struct Prepared {
    /// The data.
    pub dataset: Dataset,
    /// Preprocessing fitted on train.
    pub pipeline: Pipeline,
    /// What the network's outputs mean.
    pub head: Head,
    /// Train rows.
    pub train: Examples,
    /// Dev rows, where there are any.
    pub dev: Option<Examples>,
    /// How numbers are scaled.
    pub normalized: Normalize,
    /// What the user should know about the data.
    pub notices: Vec<DataNotice>,
}

/// The data settings of a spec. `path` is set by the caller to be present.
pub fn data_request(spec: &Spec) -> DataRequest {
    let data = &spec.data;
    DataRequest {
        source: data.path.clone().unwrap_or_default().into(),
        target: data.target.clone(),
        task: data.task.given().copied(),
        positive: data.positive.clone(),
        drop: data.drop.clone(),
        types: data.types.clone(),
        missing: data.na.clone(),
        keep_words: KeepWords::of(&data.keep_na),
        decimal: data.decimal.given().copied(),
        separator: data.sep.given().copied(),
        header: data.header,
        dev: data.dev.clone().map(DataSource::from),
        test: data.test.clone().map(DataSource::from),
        split: data.split,
        group: data.group.clone(),
        time: data.time.clone(),
        weights: data.weights.clone(),
        keep_constant: false,
        seed: spec.training.seed,
    }
}

/// Reads and splits the data and fits the preprocessing on train.
pub fn prepare(spec: &Spec) -> Result<Prepared, DataError> {
    prepare_dataset(data::load(&data_request(spec))?, spec)
}

/// Fits the preprocessing on the train rows of data that are read and split.
pub fn prepare_dataset(dataset: Dataset, spec: &Spec) -> Result<Prepared, DataError> {
    // Pixels have one scale for all, whatever the effort.
    let normalize = if dataset.table.is_pixels() { spec.data.normalize } else { spec.normalization() };
    let (pipeline, fitted) = Pipeline::fit(&dataset, &dataset.split.train, normalize)?;
    let train = pipeline.examples(&dataset, dataset.split.train.as_slice());
    let dev = (!dataset.split.dev.is_empty()).then(|| pipeline.examples(&dataset, &dataset.split.dev));
    let (mean, deviation) = pipeline.target_scale();
    let (low, high) = pipeline.target_range();
    let head = Head { task: pipeline.task(), mean, deviation, low, high, temperature: 1.0, decision: decision(spec) };
    let notices = dataset.notices.iter().cloned().chain(fitted).collect();
    let normalized = spec.data.normalize;
    Ok(Prepared { dataset, pipeline, head, train, dev, normalized, notices })
}

impl Prepared {
    /// What a plan must fit.
    pub fn summary(&self) -> DataSummary<'_> {
        DataSummary {
            train_rows: self.train.rows(),
            dev_rows: self.dev.as_ref().map_or(0, Examples::rows),
            features: self.pipeline.features(),
            pixels: self.dataset.table.is_pixels(),
            task: self.pipeline.task(),
            classes: self.pipeline.classes(),
            targets: &self.train.targets,
            weights: &self.train.weights,
        }
    }

    /// What the best constant answer in a metric gives for `rows` rows: the largest class of train (the first of equal ones), the
    /// positive one, the one whose mistakes cost less, or the classes' shares; the mean of train, or its median.
    pub fn naive(&self, metric: Metric, rows: usize) -> Predictions {
        let counts: Vec<f64> = match &self.train.targets {
            Targets::Classes(_) => {
                let counts = self.dataset.target.class_counts(self.dataset.split.train.as_slice());
                counts.into_iter().map(|count| count as f64).collect()
            }
            Targets::Values(values) => return Predictions::Values(vec![self.constant(metric, values); rows]),
            Targets::Absent => return Predictions::Values(vec![self.head.mean; rows]),
        };
        let costs = self.head.decision.costs;
        let missed = |class: usize| match costs {
            Some(costs) if metric == Metric::Cost => [costs.false_alarm, costs.missed_positive].get(class).copied(),
            _ => None,
        };
        let lost: Vec<f64> =
            counts.iter().enumerate().map(|(class, count)| count * missed(class).unwrap_or(1.0)).collect();
        let best = match metric {
            Metric::F1 => 1,
            _ => lost.iter().enumerate().rev().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(class, _)| class),
        };
        let total = counts.iter().sum::<f64>();
        let row: Vec<f32> = match metric {
            Metric::LogLoss | Metric::Auc => counts.iter().map(|count| (count / total) as f32).collect(),
            _ => (0..counts.len()).map(|class| f32::from(u8::from(class == best))).collect(),
        };
        let decision = Decision { costs, ..Decision::MOST_PROBABLE };
        Predictions::Probabilities { classes: row.len(), values: row.repeat(rows), decision }
    }

    /// The number that is best for every row alike; `values` are the targets of train in deviations from their mean.
    fn constant(&self, metric: Metric, values: &[f32]) -> f64 {
        let Head { mean, deviation, .. } = self.head;
        if metric != Metric::Mae {
            return mean;
        }
        let mut sorted = values.to_vec();
        sorted.sort_by(f32::total_cmp);
        let median = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
        mean + deviation * f64::from(median)
    }

    /// Weights of train rows as they were given: those that training uses also hold the weights of classes.
    pub fn given_weights(&self) -> Vec<f32> {
        let given = self.dataset.weights.as_ref();
        given.map_or(Vec::new(), |weights| of_rows(weights, self.dataset.split.train.as_slice()))
    }

    /// The share of train outside its largest class.
    pub fn rarer_share(&self) -> f64 {
        let counts = self.dataset.target.class_counts(self.dataset.split.train.as_slice());
        rarer_share(counts.into_iter().map(|count| count as u64))
    }

    /// Weighs train rows by class, normalised so that the mean weight over train is 1; returns their weights before. What the
    /// network then predicts is turned back into the probabilities of the rows as they are.
    pub fn weigh_classes(&mut self, weights: &[f64]) -> Vec<f32> {
        let given = self.train.weights.clone();
        let Targets::Classes(classes) = &self.train.targets else { return given };
        if weights.is_empty() {
            return given;
        }
        self.head.decision.class_weights = weights.to_vec();
        let before = |row: usize| self.train.weights.get(row).map_or(1.0, |&w| f64::from(w));
        let of_class = |class: u32| weights.get(class as usize).copied().unwrap_or(1.0);
        let weighed: Vec<f64> = classes.iter().enumerate().map(|(row, &class)| before(row) * of_class(class)).collect();
        let mean = weighed.iter().sum::<f64>() / weighed.len() as f64;
        self.train.weights = weighed.iter().map(|w| (w / mean) as f32).collect();
        given
    }

    /// Puts back the weights that train rows had before they were weighed by class.
    pub fn restore_weights(&mut self, given: Vec<f32>) {
        self.train.weights = given;
        self.head.decision.class_weights.clear();
    }
}

/// How a row is given its class, as far as the spec says.
fn decision(spec: &Spec) -> Decision {
    let training = &spec.training;
    Decision { class_weights: Vec::new(), threshold: training.threshold.given().copied(), costs: training.costs }
}

/// SHA-256 over the bytes of the data files, in the order data, dev, test: whether a run can go on with them.
pub fn data_hash(spec: &Spec) -> Result<String, StoreError> {
    hash_files([&spec.data.path, &spec.data.dev, &spec.data.test].into_iter().flatten().map(PathBuf::as_path))
}

/// SHA-256 over the bytes of a file: what [`data_hash`] gives where there is no other file.
pub fn file_hash(path: &Path) -> Result<String, StoreError> {
    hash_files([path])
}

/// Whether two files hold the same bytes; `false` where one of them cannot be read.
pub fn same_contents(a: &Path, b: &Path) -> bool {
    let length = |path: &Path| std::fs::metadata(path).map(|about| about.len()).ok();
    let alike = length(a).zip(length(b)).is_some_and(|(a, b)| a == b);
    alike && file_hash(a).ok().zip(file_hash(b).ok()).is_some_and(|(a, b)| a == b)
}

fn hash_files<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Result<String, StoreError> {
    let mut hash = Sha256::new();
    for path in paths {
        hash_file(path, &mut hash).map_err(|io| StoreError { path: path.to_path_buf(), doing: "read", io })?;
    }
    Ok(hex(&hash.finalize()))
}

fn hash_file(path: &Path, hash: &mut Sha256) -> io::Result<()> {
    let mut file = open_regular(path)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        hash.update(buffer.get(..count).unwrap_or_default());
    }
}

/// Where each data file is, however the working directory changes later.
pub fn with_absolute_paths(spec: &Spec) -> Spec {
    let mut spec = spec.clone();
    let data = &mut spec.data;
    for path in [&mut data.path, &mut data.dev, &mut data.test, &mut spec.network.init_from].into_iter().flatten() {
        // An empty path alone cannot be made absolute; it is refused where it is opened.
        if let Ok(absolute) = std::path::absolute(&*path) {
            *path = absolute;
        }
    }
    spec
}

/// The positive class that was chosen, written down so that the same command on other data chooses the same.
pub fn with_positive(mut spec: Spec, prepared: &Prepared) -> Spec {
    if let (crate::data::Task::Binary, [_, positive]) = (prepared.pipeline.task(), prepared.pipeline.classes()) {
        spec.data.positive = Some(positive.clone());
    }
    spec.data.task = Auto::Given(prepared.pipeline.task());
    spec
}
