//! What `wellfit data --json` prints.

use serde::Serialize;

use crate::data::{Aside, ColumnReport, Dataset, TargetValues, Task};
use crate::diagnose::{
    Drift, Duplicates, detectable_difference, detectable_share_of_rmse, rows_to_detect, rows_to_detect_share_of_rmse,
};
use crate::report::LeakReport;
use crate::runs::naive_error;

/// A difference of errors that one wants to see: one point.
const WANTED: f64 = 0.01;
/// The same for an RMSE, as a share of it.
const WANTED_SHARE: f64 = 0.05;

/// What was found in a table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DataReport {
    /// Version of this layout.
    pub schema: u64,
    /// Rows of all files, those without a target left out.
    pub rows: u64,
    /// The columns that were looked at.
    pub columns: Vec<ColumnReport>,
    /// The columns that are no feature.
    pub set_aside: Vec<SetAside>,
    /// What is to be predicted.
    pub target: TargetReport,
    /// How the rows are dealt.
    pub parts: PartsReport,
    /// Identical rows.
    pub duplicates: Duplicates,
    /// Columns that give the target away.
    pub leaks: Vec<LeakReport>,
    /// Whether dev and test are like train.
    pub drift: Vec<Drift>,
    /// What dev can tell; `None` without dev rows.
    pub detectable: Option<Detectable>,
    /// What was found in reading, a sentence each.
    pub notices: Vec<String>,
}

/// A column that is no feature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetAside {
    /// Its name.
    pub name: String,
    /// Why, in words.
    pub reason: String,
}

/// What is to be predicted, in train and dev; the answers of test stay sealed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TargetReport {
    /// The column.
    pub name: String,
    /// The task.
    pub task: Task,
    /// The classes; none for a number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<ClassReport>,
    /// The numbers of train; none for classes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train: Option<NumberReport>,
    /// The numbers of dev; none for classes, or without dev rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dev: Option<NumberReport>,
}

/// Rows of a class.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassReport {
    /// The class.
    pub name: String,
    /// Its share of train.
    pub train: f64,
    /// Its share of dev; `None` without dev rows.
    pub dev: Option<f64>,
}

/// The numbers of a part.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct NumberReport {
    /// The mean.
    pub mean: f64,
    /// The deviation.
    pub deviation: f64,
    /// The smallest.
    pub low: f64,
    /// The largest.
    pub high: f64,
}

/// Rows of each part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartsReport {
    /// Rows of train.
    pub train: u64,
    /// Rows of dev.
    pub dev: u64,
    /// Rows of test.
    pub test: u64,
    /// How they were dealt, in words.
    pub rule: String,
}

/// The smallest difference dev can tell, and the rows that a smaller one would take.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Detectable {
    /// What differences are measured in: `error rate`, or `share of rmse`.
    pub unit: &'static str,
    /// The smallest rise that dev detects in four cases of five, at 95%.
    pub difference: f64,
    /// What is assumed.
    pub assumed: &'static str,
    /// The error rate above which the rise is looked for; `None` for numbers.
    pub at: Option<f64>,
    /// A rise that one would like to detect.
    pub wanted: f64,
    /// The dev rows that detect it.
    pub wanted_rows: u64,
}

pub(super) fn set_aside(dataset: &Dataset) -> Vec<SetAside> {
    let report = |aside: &Aside| SetAside { name: aside.column.clone(), reason: aside.reason.to_string() };
    dataset.aside.iter().map(report).collect()
}

pub(super) fn target(dataset: &Dataset) -> TargetReport {
    let (target, split) = (&dataset.target, &dataset.split);
    let shares = |rows: &[u32]| -> Vec<f64> {
        target.class_counts(rows).into_iter().map(|count| count as f64 / rows.len().max(1) as f64).collect()
    };
    let train = shares(split.train.as_slice());
    let dev = shares(&split.dev);
    let class = |(place, name): (usize, &String)| ClassReport {
        name: name.clone(),
        train: train.get(place).copied().unwrap_or(0.0),
        dev: dev.get(place).copied().filter(|_| !split.dev.is_empty()),
    };
    TargetReport {
        name: target.name.clone(),
        task: target.task,
        classes: target.classes.iter().enumerate().map(class).collect(),
        train: numbers(dataset, split.train.as_slice()),
        dev: numbers(dataset, &split.dev),
    }
}

fn numbers(dataset: &Dataset, rows: &[u32]) -> Option<NumberReport> {
    let TargetValues::Numbers(numbers) = &dataset.target.values else { return None };
    let of_rows: Vec<f64> = rows.iter().filter_map(|&row| numbers.get(row as usize)).map(|&x| f64::from(x)).collect();
    let count = of_rows.len() as f64;
    let mean = of_rows.iter().sum::<f64>() / count;
    let variance = of_rows.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / count;
    let low = of_rows.iter().copied().fold(f64::INFINITY, f64::min);
    let high = of_rows.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (count > 0.0).then(|| NumberReport { mean, deviation: variance.sqrt(), low, high })
}

pub(super) fn parts(dataset: &Dataset) -> PartsReport {
    let split = &dataset.split;
    PartsReport {
        train: split.train.as_slice().len() as u64,
        dev: split.dev.len() as u64,
        test: split.test.len() as u64,
        rule: split.method.to_string(),
    }
}

pub(super) fn detectable(dataset: &Dataset) -> Option<Detectable> {
    let rows = Some(dataset.split.dev.len() as u64).filter(|&rows| rows > 0)?;
    if !dataset.target.task.is_classification() {
        return Some(Detectable {
            unit: "share of rmse",
            difference: detectable_share_of_rmse(rows),
            assumed: "normal errors",
            at: None,
            wanted: WANTED_SHARE,
            wanted_rows: rows_to_detect_share_of_rmse(WANTED_SHARE),
        });
    }
    let naive = naive_error(dataset);
    Some(Detectable {
        unit: "error rate",
        difference: detectable_difference(naive, rows),
        assumed: "the error of answering the majority class",
        at: Some(naive),
        wanted: WANTED,
        wanted_rows: rows_to_detect(naive, WANTED),
    })
}
