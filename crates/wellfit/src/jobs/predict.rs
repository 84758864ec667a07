//! `wellfit predict`: predictions for a file, row by row.

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::data::Pipeline;
use crate::experiment::machine_threads;
use crate::fitted::Fitted;
use crate::runs::{JobError, RunFolder};
use crate::store::replace_with;
use crate::train::Predictions;

/// Where the predictions are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PredictReport {
    /// Version of this layout: 1.
    pub schema: u32,
    /// Rows predicted.
    pub rows: u64,
    /// The CSV file.
    pub out: PathBuf,
}

/// Writes the class and the probability of each class, or the value, of every row of `data`, in its order, to the CSV
/// file `out`.
pub fn predict(model: &Path, data: &Path, out: &Path) -> Result<PredictReport, JobError> {
    let mut fitted = Fitted::open(&model_file(model)?, machine_threads())?;
    let table = fitted.pipeline().read(&data.into())?;
    let predictions = fitted.predict(&table);
    replace_with(out, |file| write_csv(file, fitted.pipeline(), &predictions))?;
    Ok(PredictReport { schema: 1, rows: table.rows() as u64, out: out.to_owned() })
}

fn model_file(path: &Path) -> Result<PathBuf, JobError> {
    Ok(if path.is_dir() { RunFolder::of_run(path)?.model() } else { path.to_owned() })
}

fn write_csv(file: impl io::Write, pipeline: &Pipeline, predictions: &Predictions) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(file);
    let target = pipeline.target_name();
    match predictions {
        Predictions::Values(values) => {
            csv.write_record([harmless(target)])?;
            for value in values {
                csv.write_record([value.to_string()])?;
            }
        }
        Predictions::Probabilities { classes, values, decision } => {
            let names = pipeline.classes();
            let columns = names.iter().map(|name| harmless(&format!("probability_{name}")));
            csv.write_record(std::iter::once(harmless(target)).chain(columns))?;
            for row in values.chunks_exact(*classes) {
                let name = names.get(decision.class_of(row)).map_or("", String::as_str);
                csv.write_record(std::iter::once(harmless(name)).chain(row.iter().map(f32::to_string)))?;
            }
        }
    }
    csv.flush()
}

/// A cell that no spreadsheet takes for a formula: one that starts like one is preceded by an apostrophe (OWASP, *CSV
/// injection*). Numbers stay as they are.
fn harmless(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && cell.parse::<f64>().is_err();
    if formula { format!("'{cell}") } else { cell.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_labels_cannot_become_formulas() {
        assert_eq!(harmless("=HYPERLINK(\"http://x\")"), "'=HYPERLINK(\"http://x\")");
        assert_eq!(harmless("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(harmless("-1"), "-1");
        assert_eq!(harmless("yes"), "yes");
    }
}
