//! Fitting: what train says, column by column.

use super::{FittedTarget, Input, Pipeline, Usual};
use crate::data::features::{Encoding, Pixels, Sample, Stats};
use crate::data::notation::Notation;
use crate::data::notice::DataNotice;
use crate::data::schema::Field;
use crate::data::target::TargetValues;
use crate::data::{Column, ColumnType, DataError, Dataset, Normalize, TrainRows};

/// The spread of deviations from which evening them out is worth a notice.
const WORTH_SAYING: f64 = 100.0;

impl Pipeline {
    /// Fits on `rows` of train alone; also returns what is worth knowing.
    ///
    /// Errors if no column varies within train.
    pub fn fit(
        dataset: &Dataset,
        rows: &TrainRows,
        normalize: Normalize,
    ) -> Result<(Pipeline, Vec<DataNotice>), DataError> {
        let rows = rows.as_slice();
        let table = &dataset.table;
        let mut fit = Fit::default();
        if table.is_pixels() && normalize == Normalize::Auto {
            fit.pixels(&Pixels::fit(table, rows));
        } else {
            // A table's columns are its fields in their order; images have no fields.
            for (i, column) in table.columns().iter().enumerate() {
                fit.column(dataset.plan.fields.get(i), column, rows, normalize);
            }
        }
        if fit.inputs.is_empty() {
            return Err(DataError::Request("no column varies within train; there is nothing to learn from".into()));
        }
        let conditioning = (ratio(&fit.before), ratio(&fit.after));
        let (reading, target) = (dataset.reading.clone(), FittedTarget::fit(dataset, rows));
        let pipeline = Pipeline { reading, inputs: std::mem::take(&mut fit.inputs), target, conditioning };
        Ok((pipeline, fit.notices(normalize, conditioning)))
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
            notation: dataset.plan.target.as_ref().map_or(Notation::default(), |field| field.notation),
            mean: 0.0,
            deviation: 1.0,
            low: 0.0,
            high: 0.0,
        };
        if let TargetValues::Numbers(numbers) = &target.values {
            let mut train: Vec<f64> = rows.iter().filter_map(|&row| numbers.get(row as usize)).copied().collect();
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
    notices: Vec<DataNotice>,
    robust: Vec<String>,
    constant: Vec<String>,
    /// Deviations of number columns in train, as read and as the network sees them.
    before: Vec<f64>,
    after: Vec<f64>,
}

impl Fit {
    fn column(&mut self, field: Option<&Field>, column: &Column, rows: &[u32], normalize: Normalize) {
        let sample = Sample::of(column, rows);
        let Some(encoding) = Encoding::fit(&sample, normalize) else {
            self.constant.push(column.name.clone());
            return;
        };
        let scale = encoding.encoder().scale();
        if scale.is_some_and(|scale| scale.clip) {
            self.robust.push(column.name.clone());
        }
        match &sample {
            Sample::Categories { rarer, .. } if *rarer > 0 => {
                self.notices.push(DataNotice::RareCategories { column: column.name.clone(), count: *rarer });
            }
            Sample::Numbers { kind: ColumnType::Numeric, stats, .. } => {
                if let Some(scale) = scale {
                    let mut scaled: Vec<f64> =
                        rows.iter().map(|&row| f64::from(scale.apply(column.number(row)))).collect();
                    self.before.push(stats.deviation);
                    self.after.push(Stats::of(&mut scaled).deviation);
                }
            }
            _ => {}
        }
        let field = field.cloned().unwrap_or_else(|| plain(column));
        let usual = Some(Usual::fit(column, rows, encoding.encoder().categories()));
        self.inputs.push(Input { field, encoding, usual });
    }

    fn pixels(&mut self, pixels: &Pixels<'_>) {
        let (mean, deviation, encoding) = (pixels.mean, pixels.deviation, pixels.encoding());
        let divisor = encoding.scale.map_or(1.0, |scale| scale.divisor);
        for (column, own) in &pixels.varying {
            self.before.push(*own);
            self.after.push(own / divisor);
            self.inputs.push(Input { field: plain(column), encoding: Encoding::Number(encoding.clone()), usual: None });
        }
        self.constant.extend(pixels.constant.iter().map(|column| column.name.clone()));
        self.notices.push(DataNotice::Pixels { mean, deviation });
    }

    fn notices(self, normalize: Normalize, (before, after): (f64, f64)) -> Vec<DataNotice> {
        let mut notices = self.notices;
        if !self.constant.is_empty() {
            notices.push(DataNotice::ConstantInTrain(self.constant));
        }
        if normalize == Normalize::Auto && !self.robust.is_empty() {
            notices.push(DataNotice::HeavyTails(self.robust));
        }
        // Silent where the columns were alike already, and for pixels, whose one scale leaves them as they are.
        if before >= WORTH_SAYING && before != after && normalize != Normalize::Off {
            notices.push(DataNotice::Normalised { before, after });
        }
        notices
    }
}

/// The field of a column that no schema describes.
fn plain(column: &Column) -> Field {
    Field {
        name: column.name.clone(),
        kind: column.kind,
        precise: column.precise,
        strays: Vec::new(),
        notation: Notation::default(),
    }
}

fn ratio(deviations: &[f64]) -> f64 {
    let (low, high) = deviations.iter().fold((f64::INFINITY, 0.0f64), |(low, high), &x| (low.min(x), high.max(x)));
    if low > 0.0 && low.is_finite() {
        // Finite, or JSON could not hold it.
        (high / low).min(f64::MAX)
    } else {
        1.0
    }
}
