//! The balance of the classes, or the distribution of the numbers, that are to be predicted.

use serde::Serialize;

use crate::data::{Dataset, TargetValues, Task};

/// The target in train and dev; the answers of test stay sealed.
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
    /// The standard deviation.
    pub deviation: f64,
    /// The smallest.
    pub low: f64,
    /// The largest.
    pub high: f64,
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
    let of_rows: Vec<f64> = rows.iter().filter_map(|&row| numbers.get(row as usize)).copied().collect();
    let count = of_rows.len() as f64;
    let mean = of_rows.iter().sum::<f64>() / count;
    let variance = of_rows.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / count;
    let low = of_rows.iter().copied().fold(f64::INFINITY, f64::min);
    let high = of_rows.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (count > 0.0).then(|| NumberReport { mean, deviation: variance.sqrt(), low, high })
}
