//! `wellfit predict`: predictions for a file, row by row.

use std::io;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

use crate::data::Pipeline;
use crate::experiment::machine_threads;
use crate::fitted::Fitted;
use crate::runs::{Event, InputError, JobError, Notice, RunFolder, UsageError, Watcher};
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
///
/// `keep`: columns of `data` that are written before them, as they stand there. What is worth knowing of the data is told to
/// `watcher`.
pub fn predict(
    model: &Path,
    data: &Path,
    out: &Path,
    keep: &[String],
    watcher: &mut dyn Watcher,
) -> Result<PredictReport, JobError> {
    let model = model_file(model)?;
    refuse_file_in_use(&model, data, out)?;
    let form = Form::of(out)?;
    let mut fitted = Fitted::open(&model, machine_threads())?;
    let target = fitted.pipeline().target_name();
    if keep.iter().any(|name| name == target) {
        return Err(UsageError::KeepsTarget(target.to_owned()).into());
    }
    let new = fitted.pipeline().read(&data.into())?;
    for notice in &new.notices {
        watcher.event(Event::Notice(Notice::Data(notice)));
    }
    let kept = match keep {
        [] => Vec::new(),
        _ => fitted.pipeline().texts(&data.into(), keep)?,
    };
    let predictions = fitted.predict(&new.table);
    if let Some(row) = not_finite(&predictions) {
        return Err(InputError::NotFinite { model, row }.into());
    }
    let kept = Kept { names: keep, rows: kept };
    replace_with(out, |file| {
        if !form.gzipped {
            return write(file, form.separator, fitted.pipeline(), &kept, &predictions);
        }
        let mut gzip = GzEncoder::new(file, Compression::default());
        write(&mut gzip, form.separator, fitted.pipeline(), &kept, &predictions)?;
        gzip.finish().map(|_| ())
    })?;
    Ok(PredictReport { schema: 1, rows: new.table.rows() as u64, out: out.to_owned() })
}

fn model_file(path: &Path) -> Result<PathBuf, JobError> {
    Ok(if path.is_dir() { RunFolder::of_run(path)?.model() } else { path.to_owned() })
}

/// Refuses to write over what is read, or over a file of a run: through links and other spellings of a path too.
fn refuse_file_in_use(model: &Path, data: &Path, out: &Path) -> Result<(), JobError> {
    let refused = |what| Err(UsageError::OutInUse { out: out.to_owned(), what }.into());
    // What is not there is no file in use.
    let is_same = |other: &Path| same_file::is_same_file(out, other).unwrap_or(false);
    if is_same(data) {
        return refused("the table to predict");
    }
    if is_same(model) {
        return refused("the model");
    }
    let learned_from =
        model.parent().map(RunFolder::at).and_then(|folder| folder.read_config().ok()).map(|spec| spec.data);
    if learned_from
        .is_some_and(|data| [data.path, data.dev, data.test].into_iter().flatten().any(|file| is_same(&file)))
    {
        return refused("what the run was trained on");
    }
    // What a link points to is what would be replaced.
    let target = out.canonicalize().unwrap_or_else(|_| out.to_owned());
    let folder = target.parent().map(RunFolder::at);
    match target.file_name().zip(folder) {
        Some((name, folder)) if folder.owns(name) => refused("a file of a run"),
        _ => Ok(()),
    }
}

/// How predictions are written, as the name of the file says.
struct Form {
    separator: u8,
    gzipped: bool,
}

impl Form {
    fn of(out: &Path) -> Result<Form, JobError> {
        let name = out.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let (name, gzipped) = name.strip_suffix(".gz").map_or((name.as_str(), false), |inner| (inner, true));
        let kind = name.rsplit_once('.').map_or("", |(_, kind)| kind);
        if OTHER_KINDS.contains(&kind) {
            return Err(UsageError::OutKind { out: out.to_owned(), kind: format!(".{kind}") }.into());
        }
        Ok(Form { separator: if kind == "tsv" { b'\t' } else { b',' }, gzipped })
    }
}

/// Files of these names are something else than text in columns.
const OTHER_KINDS: [&str; 14] = [
    "parquet",
    "pq",
    "feather",
    "arrow",
    "xlsx",
    "xls",
    "json",
    "jsonl",
    "ndjson",
    "zst",
    "bz2",
    "xz",
    "zip",
    "safetensors",
];

/// The first row whose prediction is no finite number, counted from 1.
fn not_finite(predictions: &Predictions) -> Option<usize> {
    let place = match predictions {
        Predictions::Values(values) => values.iter().position(|value| !value.is_finite()),
        Predictions::Probabilities { classes, values, .. } => {
            values.iter().position(|value| !value.is_finite()).map(|place| place / (*classes).max(1))
        }
    };
    place.map(|place| place + 1)
}

/// Columns that are carried over.
struct Kept<'a> {
    names: &'a [String],
    /// The cells of each row; none where nothing is kept.
    rows: Vec<Vec<String>>,
}

impl Kept<'_> {
    fn names(&self) -> impl Iterator<Item = String> {
        self.names.iter().map(|name| harmless(name))
    }

    fn row(&self, row: usize) -> impl Iterator<Item = String> {
        self.rows.get(row).into_iter().flatten().map(|cell| harmless(cell))
    }
}

/// A number as short as reads back the same; tiny and huge ones with an exponent.
fn written(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-5..1e16).contains(&size) { format!("{value:e}") } else { value.to_string() }
}

fn write(
    file: impl io::Write,
    separator: u8,
    pipeline: &Pipeline,
    kept: &Kept<'_>,
    predictions: &Predictions,
) -> io::Result<()> {
    let mut csv = csv::WriterBuilder::new().delimiter(separator).from_writer(file);
    let target = pipeline.target_name();
    match predictions {
        Predictions::Values(values) => {
            csv.write_record(kept.names().chain([harmless(target)]))?;
            for (row, value) in values.iter().enumerate() {
                csv.write_record(kept.row(row).chain([written(*value)]))?;
            }
        }
        Predictions::Probabilities { classes, values, decision } => {
            let names = pipeline.classes();
            let columns = names.iter().map(|name| harmless(&format!("probability_{name}")));
            csv.write_record(kept.names().chain([harmless(target)]).chain(columns))?;
            for (place, row) in values.chunks_exact(*classes).enumerate() {
                let name = names.get(decision.class_of(row)).map_or("", String::as_str);
                csv.write_record(kept.row(place).chain([harmless(name)]).chain(row.iter().map(f32::to_string)))?;
            }
        }
    }
    csv.flush()
}

/// A cell that no spreadsheet takes for a formula: one that starts like one is preceded by an apostrophe (OWASP, *CSV
/// injection*). Numbers stay as they are.
fn harmless(cell: &str) -> String {
    let starts_one = |cell: &str| cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    // Where semicolons divide cells, what stands behind one begins a cell.
    let formula = cell.split([';', ',']).any(starts_one) && cell.parse::<f64>().is_err();
    if formula { format!("'{cell}") } else { cell.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back_and_are_short() {
        for (value, expected) in [(0.0, "0"), (1700000006.25, "1700000006.25"), (2.5e-45, "2.5e-45"), (-1e30, "-1e30")]
        {
            assert_eq!(written(value), expected);
        }
    }

    #[test]
    fn hostile_labels_cannot_become_formulas() {
        assert_eq!(harmless("=HYPERLINK(\"http://x\")"), "'=HYPERLINK(\"http://x\")");
        assert_eq!(harmless("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(harmless("\u{ff1d}1+1"), "'\u{ff1d}1+1");
        assert_eq!(harmless(";=1+1"), "';=1+1");
        assert_eq!(harmless("-1"), "-1");
        assert_eq!(harmless("yes"), "yes");
    }
}
