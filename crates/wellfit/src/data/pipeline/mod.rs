//! The pipeline: preprocessing fitted on train, applied unchanged to every other row.

mod encoding;
mod pixels;
mod scale;
mod stats;
#[cfg(test)]
mod tests;

use std::path::Path;

use serde::{Deserialize, Serialize};

use self::encoding::Encoding;
use self::stats::Stats;
use super::dataset::{labels, shown};
use super::gather::{Gather, Plan, TargetCells, TargetField, missing_columns};
use super::read::{self, File, Images, LABEL, Reading};
use super::schema::Field;
use super::target::{self, Target, TargetValues};
use super::value::Missing;
use super::words::{count, list, thousands};
use super::{DataError, Dataset, EmbeddingShape, Examples, InputShape, Normalize, Table, Targets, Task, TrainRows};

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
}

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct FittedTarget {
    name: String,
    task: Task,
    classes: Vec<String>,
    /// Whether the classes are written as numbers.
    numeric: bool,
    mean: f64,
    deviation: f64,
    low: f64,
    high: f64,
}

impl Pipeline {
    /// Fits on `rows` of train alone; also returns notices, a sentence each.
    ///
    /// Errors if no column varies within train.
    pub fn fit(
        dataset: &Dataset,
        rows: &TrainRows,
        normalize: Normalize,
    ) -> Result<(Pipeline, Vec<String>), DataError> {
        let rows = rows.as_slice();
        let table = &dataset.table;
        let mut fit = Fit::default();
        if table.is_pixels() && normalize == Normalize::Auto {
            pixels::fit(table, rows, &mut fit);
        } else {
            for column in table.columns() {
                let fitted = Encoding::fit(column, rows, normalize);
                if fitted.dropped_categories > 0 {
                    fit.notices.push(format!(
                        "{}: {} beyond the most frequent share one code",
                        column.name,
                        count(fitted.dropped_categories, "value")
                    ));
                }
                if fitted.robust {
                    fit.robust.push(column.name.clone());
                }
                fit.add(dataset, column, fitted.encoding, fitted.deviation, rows);
            }
        }
        if fit.inputs.is_empty() {
            return Err(DataError::Request("no column varies within train; there is nothing to learn from".into()));
        }
        let conditioning = (ratio(&fit.before), ratio(&fit.after));
        let notices = fit.notices(normalize, conditioning);
        let target = FittedTarget::fit(dataset, rows);
        Ok((Pipeline { reading: dataset.reading.clone(), inputs: fit.inputs, target, conditioning }, notices))
    }

    /// Width of the examples.
    pub fn input(&self) -> InputShape {
        let numeric = self.inputs.iter().map(|input| input.encoding.numeric_width()).sum();
        let embeddings = self.inputs.iter().filter_map(|input| match &input.encoding {
            Encoding::Embedding { categories, width } => {
                Some(EmbeddingShape { categories: categories.len() + 1, width: *width })
            }
            _ => None,
        });
        InputShape { numeric, embeddings: embeddings.collect() }
    }

    /// Names of the columns used, in the order of the inputs.
    pub fn columns(&self) -> Vec<&str> {
        self.inputs.iter().map(|input| input.field.name.as_str()).collect()
    }

    /// Rows as the network sees them, without targets.
    ///
    /// Panics if the table lacks a used column (a bug in the caller; [`Pipeline::read`] gives tables that have them).
    pub fn apply(&self, table: &Table, rows: &[u32]) -> Examples {
        let shape = self.input();
        let (width, coded) = (shape.numeric, shape.embeddings.len());
        let mut numeric = vec![0.0; rows.len() * width];
        let mut codes = vec![0; rows.len() * coded];
        let columns: Vec<_> = self
            .inputs
            .iter()
            .map(|input| match table.column(&input.field.name) {
                Some(column) => (column, &input.encoding),
                None => panic!("the table lacks column {}", input.field.name),
            })
            .collect();
        if width > 0 {
            for (block, rows) in numeric.chunks_mut(BLOCK_ROWS * width).zip(rows.chunks(BLOCK_ROWS)) {
                let mut offset = 0;
                for (column, encoding) in &columns {
                    encoding.write(column, rows, block, width, offset);
                    offset += encoding.numeric_width();
                }
            }
        }
        let embedded = columns.iter().filter(|(_, encoding)| matches!(encoding, Encoding::Embedding { .. }));
        for (offset, (column, encoding)) in embedded.enumerate() {
            encoding.write_codes(column, rows, &mut codes, coded, offset);
        }
        Examples { rows: rows.len(), numeric, codes, targets: Targets::Absent, weights: Vec::new() }
    }

    /// Rows of a data set with targets and weights; weights have mean 1 over train.
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
    pub fn labelled(&self, table: &Table, target: &Target, rows: &[u32]) -> Examples {
        let mut examples = self.apply(table, rows);
        examples.targets = match &target.values {
            TargetValues::Classes(codes) => Targets::Classes(rows.iter().map(|&row| codes[row as usize]).collect()),
            TargetValues::Numbers(numbers) => {
                let (mean, deviation) = self.target_scale();
                let standardised = |&row: &u32| ((f64::from(numbers[row as usize]) - mean) / deviation) as f32;
                Targets::Values(rows.iter().map(standardised).collect())
            }
        };
        examples
    }

    /// Reads new data to predict: exactly the used columns by name, in any order, others ignored; every row is kept.
    pub fn read(&self, path: &Path) -> Result<Table, DataError> {
        let plan = Plan { fields: self.fields(), ..Plan::default() };
        match read::open_file(path, &self.reading)? {
            File::Table(source) => {
                let mut gather = Gather::new(&plan, Missing::new(&self.reading.missing), 0);
                let file = gather.file(&source)?;
                match file.rows {
                    0 => Err(DataError::file(path, "a header and no row")),
                    _ => Ok(gather.table()),
                }
            }
            File::Images(images) => self.check_images(images).map(|images| images.table),
        }
    }

    /// Reads another file with answers, to score it; rows without an answer are left out, with a remark on the table.
    pub fn read_labelled(&self, path: &Path) -> Result<(Table, Target), DataError> {
        let fitted = &self.target;
        let (table, cells, mut remarks) = match read::open_file(path, &self.reading)? {
            File::Table(source) => {
                let field = TargetField {
                    name: fitted.name.clone(),
                    regression: fitted.task == Task::Regression,
                    numeric: fitted.numeric,
                };
                let plan = Plan { fields: self.fields(), target: Some(field), ..Plan::default() };
                let mut gather = Gather::new(&plan, Missing::new(&self.reading.missing), 0);
                let file = gather.file(&source)?;
                let left_out = (file.left_out > 0)
                    .then(|| target::left_out(&fitted.name, &shown(path), file.left_out, file.first_left_out));
                if file.rows == 0 {
                    return Err(DataError::file(path, "a header and no row with a target"));
                }
                (gather.table(), file.target, Vec::from_iter(left_out))
            }
            File::Images(images) => {
                let images = self.check_images(images)?;
                if fitted.name != LABEL {
                    return Err(DataError::file(path, format!("images have no column {}", fitted.name)));
                }
                let cells = TargetCells::Labels(labels(&images)?);
                (images.table, Some(cells), Vec::new())
            }
        };
        let files = cells.map(|cells| (path.to_path_buf(), cells)).into_iter().collect();
        let (target, more) = Target::assemble(&fitted.name, fitted.task, None, Some(&fitted.classes), files)?;
        remarks.extend(more);
        Ok((table.with_remarks(remarks), target))
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

    fn fields(&self) -> Vec<Field> {
        self.inputs.iter().map(|input| input.field.clone()).collect()
    }

    fn check_images(&self, images: Images) -> Result<Images, DataError> {
        let names: Vec<String> = images.table.columns().iter().map(|column| column.name.clone()).collect();
        missing_columns(images.path(), &names, &self.columns())?;
        match self.inputs.iter().find(|input| input.encoding.is_categorical()) {
            Some(input) => {
                let problem = format!("images hold numbers, but {} was a column of categories", input.field.name);
                Err(DataError::file(images.path(), problem))
            }
            None => Ok(images),
        }
    }
}

impl FittedTarget {
    fn fit(dataset: &Dataset, rows: &[u32]) -> FittedTarget {
        let target = &dataset.target;
        let mut fitted = FittedTarget {
            name: target.name.clone(),
            task: target.task,
            classes: target.classes.clone(),
            numeric: dataset.plan.target.as_ref().is_none_or(|field| field.numeric),
            mean: 0.0,
            deviation: 1.0,
            low: 0.0,
            high: 0.0,
        };
        if let TargetValues::Numbers(numbers) = &target.values {
            let mut train: Vec<f64> = rows.iter().map(|&row| f64::from(numbers[row as usize])).collect();
            let stats = Stats::of(&mut train);
            fitted.mean = stats.mean;
            fitted.deviation = if stats.deviation > 0.0 { stats.deviation } else { 1.0 };
            (fitted.low, fitted.high) = (stats.min, stats.max);
        }
        fitted
    }
}

/// What fitting gathers, column by column.
#[derive(Default)]
struct Fit {
    inputs: Vec<Input>,
    notices: Vec<String>,
    robust: Vec<String>,
    constant: Vec<String>,
    /// Deviations of number columns in train, as read and as the network sees them.
    before: Vec<f64>,
    after: Vec<f64>,
}

impl Fit {
    fn add(
        &mut self,
        dataset: &Dataset,
        column: &super::Column,
        encoding: Option<Encoding>,
        deviation: Option<f64>,
        rows: &[u32],
    ) {
        let Some(encoding) = encoding else {
            self.constant.push(column.name.clone());
            return;
        };
        if let (Some(before), Encoding::Number { scale: Some(scale), .. }) = (deviation, &encoding) {
            let mut scaled: Vec<f64> = rows.iter().map(|&row| f64::from(scale.apply(column.number(row)))).collect();
            self.before.push(before);
            self.after.push(Stats::of(&mut scaled).deviation);
        }
        let known = dataset.plan.fields.iter().find(|field| field.name == column.name);
        let field = known.cloned().unwrap_or_else(|| Field {
            name: column.name.clone(),
            kind: column.kind,
            precise: false,
            strays: Vec::new(),
        });
        self.inputs.push(Input { field, encoding });
    }

    fn notices(&mut self, normalize: Normalize, (before, after): (f64, f64)) -> Vec<String> {
        let mut notices = std::mem::take(&mut self.notices);
        match self.constant.as_slice() {
            [] => {}
            [name] => notices.push(format!("{name} left out: constant within train")),
            names => {
                notices.push(format!(
                    "{} left out: constant within train ({})",
                    count(names.len(), "column"),
                    list(names, 5)
                ));
            }
        }
        if normalize == Normalize::Auto && !self.robust.is_empty() {
            notices.push(format!("heavy tails, scaled by quartiles and clipped smoothly: {}", list(&self.robust, 6)));
        }
        // One scale for all pixels leaves their proportions as they are.
        if self.before.len() > 1 && normalize != Normalize::Off && before != after {
            notices.push(format!(
                "normalisation: largest over smallest deviation of the inputs {} → {}",
                figure(before),
                figure(after)
            ));
        }
        notices
    }
}

fn ratio(deviations: &[f64]) -> f64 {
    let (low, high) = deviations.iter().fold((f64::INFINITY, 0.0f64), |(low, high), &x| (low.min(x), high.max(x)));
    if low > 0.0 && low.is_finite() { high / low } else { 1.0 }
}

/// A ratio with as many digits as it deserves.
fn figure(ratio: f64) -> String {
    if ratio < 100.0 { format!("{ratio:.1}") } else { thousands(ratio.round().min(1e18) as usize) }
}
