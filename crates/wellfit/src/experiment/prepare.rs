//! From a spec's data settings to rows that can be trained on.

use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::data::{
    self, DataError, DataNotice, DataRequest, DataSource, Dataset, Examples, Normalize, Pipeline, Targets, rarer_share,
};
use crate::store::{StoreError, hex, open_regular};
use crate::train::{Head, Predictions};

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
    let (pipeline, fitted) = Pipeline::fit(&dataset, &dataset.split.train, spec.data.normalize)?;
    let train = pipeline.examples(&dataset, dataset.split.train.as_slice());
    let dev = (!dataset.split.dev.is_empty()).then(|| pipeline.examples(&dataset, &dataset.split.dev));
    let (mean, deviation) = pipeline.target_scale();
    let (low, high) = pipeline.target_range();
    let head = Head { task: pipeline.task(), mean, deviation, low, high };
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
            task: self.pipeline.task(),
            classes: self.pipeline.classes(),
            targets: &self.train.targets,
            weights: &self.train.weights,
        }
    }

    /// What answering every row alike gives for `rows` rows: the largest class of train (the first of equal ones), or its mean.
    pub fn naive(&self, rows: usize) -> Predictions {
        let Targets::Classes(_) = &self.train.targets else {
            return Predictions::Values(vec![self.head.mean as f32; rows]);
        };
        let counts = self.dataset.target.class_counts(self.dataset.split.train.as_slice());
        let best = counts.iter().enumerate().rev().max_by(|a, b| a.1.cmp(b.1)).map_or(0, |(class, _)| class);
        let row: Vec<f32> = (0..counts.len()).map(|class| if class == best { 1.0 } else { 0.0 }).collect();
        Predictions::Probabilities { classes: row.len(), values: row.repeat(rows) }
    }

    /// The share of train outside its largest class.
    pub fn rarer_share(&self) -> f64 {
        let counts = self.dataset.target.class_counts(self.dataset.split.train.as_slice());
        rarer_share(counts.into_iter().map(|count| count as u64))
    }

    /// Weighs train rows by class, normalised so that the mean weight over train is 1; returns their weights before.
    pub fn weigh_classes(&mut self, weights: &[f64]) -> Vec<f32> {
        let given = self.train.weights.clone();
        let Targets::Classes(classes) = &self.train.targets else { return given };
        if weights.is_empty() {
            return given;
        }
        let before = |row: usize| self.train.weights.get(row).map_or(1.0, |&w| f64::from(w));
        let of_class = |class: u32| weights.get(class as usize).copied().unwrap_or(1.0);
        let weighed: Vec<f64> = classes.iter().enumerate().map(|(row, &class)| before(row) * of_class(class)).collect();
        let mean = weighed.iter().sum::<f64>() / weighed.len() as f64;
        self.train.weights = weighed.iter().map(|w| (w / mean) as f32).collect();
        given
    }
}

/// SHA-256 over the bytes of the data files, in the order data, dev, test: whether a run can go on with them.
pub fn data_hash(spec: &Spec) -> Result<String, StoreError> {
    let mut hash = Sha256::new();
    for path in [&spec.data.path, &spec.data.dev, &spec.data.test].into_iter().flatten() {
        let failed = |io| StoreError { path: path.clone(), doing: "read", io };
        hash_file(path, &mut hash).map_err(failed)?;
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
