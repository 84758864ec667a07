//! `wellfit demo`: a data set whose true error is known, trained on.

use std::path::PathBuf;

use crate::data::demo as generate;
use crate::data::demo::NAMES;
use crate::experiment::Spec;
use crate::runs::{Event, JobError, RunOptions, UsageError, Watcher};
use crate::store::{create_folder, replace};

use super::train::{TrainReport, train};

/// Writes the data set `name` to `<out>/<name>.csv` and trains on it as `spec` says, into `<out>/runs/<name>-<n>`.
///
/// `options.out` is `wellfit-demo` where none is given.
pub fn demo(name: &str, spec: &Spec, options: &RunOptions, watcher: &mut dyn Watcher) -> Result<TrainReport, JobError> {
    let Some(demo) = generate::demo(name, spec.training.seed) else {
        return Err(UsageError::NoDemo { name: name.to_string(), names: NAMES.to_vec() }.into());
    };
    let folder = options.out.clone().unwrap_or_else(|| PathBuf::from("wellfit-demo"));
    create_folder(&folder)?;
    let file = folder.join(format!("{name}.csv"));
    replace(&file, demo.csv.as_bytes())?;
    watcher.event(Event::Demo { file: &file, description: &demo.description });
    let mut spec = spec.clone();
    spec.data.path = Some(file);
    spec.data.target = Some(demo.target.to_string());
    if spec.training.target_error.is_none() {
        spec.training.target_error = Some(demo.irreducible);
    }
    let options = RunOptions { out: None, root: Some(folder.join("runs")), ..options.clone() };
    train(&spec, &options, watcher)
}
