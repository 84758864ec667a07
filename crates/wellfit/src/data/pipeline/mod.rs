//! The pipeline: preprocessing fitted on train, applied unchanged to every other row.

mod fit;
mod fits;
mod new_data;
mod several;
mod steps;
#[cfg(test)]
mod tests;
mod usual;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

pub use self::new_data::{LabelledTable, NewTable};
pub use self::steps::Step;
use self::usual::Usual;
use super::features::{Encoding, Inputs};
use super::notation::Notation;
use super::read::Reading;
use super::schema::Field;
use super::target::{Target, TargetValues};
use super::{Column, ColumnPlaces, Dataset, Examples, Features, RowSource, Table, Targets, Task};

/// Rows written at a time, so that the rows of `Examples` stay in cache while their columns are filled in.
const BLOCK_ROWS: usize = 512;

/// Fitted preprocessing, complete: with it alone a file can be read and turned into what a network sees.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    reading: Reading,
    /// The columns used, in the order of the inputs.
    inputs: Vec<Input>,
    target: FittedTarget,
    conditioning: (f64, f64),
}

/// A column and the inputs made of it.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Input {
    field: Field,
    encoding: Encoding,
    /// What it looks like in train; images have none.
    usual: Option<Usual>,
}

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct FittedTarget {
    name: String,
    task: Task,
    classes: Vec<String>,
    /// Whether the classes are written as numbers.
    numeric: bool,
    notation: Notation,
    mean: f64,
    deviation: f64,
    low: f64,
    high: f64,
}

impl Pipeline {
    /// What each number and each category code of the examples means.
    pub fn features(&self) -> Features {
        self.layout().0
    }

    /// The features, and for each column the places of its own.
    fn layout(&self) -> (Features, Vec<ColumnPlaces>) {
        let mut features = Features::new();
        let mut places = Vec::with_capacity(self.inputs.len());
        for input in &self.inputs {
            let (number, code) = (features.numbers(), features.codes());
            for (kind, width) in input.encoding.encoder().features() {
                features.add(&input.field.name, kind, width);
            }
            places.push(ColumnPlaces { numbers: number..features.numbers(), codes: code..features.codes() });
        }
        (features, places)
    }

    /// Names of the columns used, in the order of the inputs.
    pub fn columns(&self) -> Vec<&str> {
        self.inputs.iter().map(|input| input.field.name.as_str()).collect()
    }

    /// Rows as the network sees them, without targets.
    ///
    /// Panics if the table lacks a used column (a bug in the caller; [`Pipeline::read`] gives tables that have them).
    pub fn apply(&self, table: &Table, rows: &[u32]) -> Examples {
        let (features, places) = self.layout();
        let (width, coded) = (features.numbers(), features.codes());
        let mut numeric = vec![0.0; rows.len() * width];
        let mut codes = vec![0; rows.len() * coded];
        let by_name: HashMap<&str, &Column> =
            table.columns().iter().map(|column| (column.name.as_str(), column)).collect();
        let column = |input: &Input| by_name.get(input.field.name.as_str()).copied();
        assert!(self.inputs.iter().all(|input| column(input).is_some()), "the table lacks a used column");
        let encoders: Vec<_> = self
            .inputs
            .iter()
            .zip(places)
            .filter_map(|(input, places)| Some((column(input)?, input.encoding.encoder(), places)))
            .collect();
        // A block without numbers or codes has no rows to fill in.
        for (block, rows) in numeric.chunks_mut((BLOCK_ROWS * width).max(1)).zip(rows.chunks(BLOCK_ROWS)) {
            for (column, encoder, places) in &encoders {
                encoder.write_numbers(column, rows, Inputs::new(block, width, places.numbers.clone()));
            }
        }
        for (column, encoder, places) in &encoders {
            encoder.write_codes(column, rows, Inputs::new(&mut codes, coded, places.codes.clone()));
        }
        Examples::new(RowSource::of_matrix(rows.len(), numeric, codes), Targets::Absent)
    }

    /// Rows of a data set with targets and weights; weights have mean 1 over train.
    #[expect(clippy::indexing_slicing, reason = "rows are rows of the data set, and it has one weight for each")]
    pub fn examples(&self, dataset: &Dataset, rows: &[u32]) -> Examples {
        let mut examples = self.labelled(&dataset.table, &dataset.target, rows);
        if let Some(weights) = &dataset.weights {
            let train = dataset.split.train.as_slice();
            let total: f64 = train.iter().map(|&row| f64::from(weights[row as usize])).sum();
            let mean = total / train.len().max(1) as f64;
            let divisor = if mean > 0.0 { mean } else { 1.0 };
            examples.weights = rows.iter().map(|&row| (f64::from(weights[row as usize]) / divisor) as f32).collect();
        }
        examples
    }

    /// Rows of a table with their targets, as [`Pipeline::read_labelled`] returns them.
    #[expect(clippy::indexing_slicing, reason = "rows are rows of the table, and the target has one answer for each")]
    pub fn labelled(&self, table: &Table, target: &Target, rows: &[u32]) -> Examples {
        let mut examples = self.apply(table, rows);
        examples.targets = match &target.values {
            TargetValues::Classes(codes) => Targets::Classes(rows.iter().map(|&row| codes[row as usize]).collect()),
            TargetValues::Numbers(numbers) => {
                let (mean, deviation) = self.target_scale();
                let standardised = |&row: &u32| ((numbers[row as usize] - mean) / deviation) as f32;
                Targets::Values(rows.iter().map(standardised).collect())
            }
        };
        examples
    }

    /// What is predicted.
    pub fn task(&self) -> Task {
        self.target.task
    }

    /// The classes; binary: negative, positive; empty for regression.
    pub fn classes(&self) -> &[String] {
        &self.target.classes
    }

    /// Name of the column that is predicted.
    pub fn target_name(&self) -> &str {
        &self.target.name
    }

    /// Mean and deviation of the target in train: value = mean + deviation × standardised; (0, 1) for classes.
    pub fn target_scale(&self) -> (f64, f64) {
        (self.target.mean, self.target.deviation)
    }

    /// Smallest and largest target in train; (0, 0) for classes.
    pub fn target_range(&self) -> (f64, f64) {
        (self.target.low, self.target.high)
    }

    /// Largest over smallest deviation of the number columns in train, before and after scaling; 1 without numbers.
    pub fn conditioning(&self) -> (f64, f64) {
        self.conditioning
    }
}
