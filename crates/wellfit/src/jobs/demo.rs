//! `wellfit demo`: a data set whose true error is known, trained on.

use std::path::PathBuf;

use crate::data::demo as generate;
use crate::data::demo::NAMES;
use crate::experiment::Spec;
use crate::runs::{Event, JobError, RunOptions, Watcher};
use crate::store::replace;

use super::train::{TrainReport, train};

/// Writes the data set `name` to `<out>/<name>.csv` and trains on it as `spec` says, into `<out>/runs/<name>-<n>`.
///
/// `options.out` is `wellfit-demo` where none is given.
pub fn demo(name: &str, spec: &Spec, options: &RunOptions, watcher: &mut dyn Watcher) -> Result<TrainReport, JobError> {
    let Some(demo) = generate::demo(name, spec.training.seed) else {
        return Err(JobError::Usage(format!("no demo is called \"{name}\"; there are {}", NAMES.join(", "))));
    };
    let folder = options.out.clone().unwrap_or_else(|| PathBuf::from("wellfit-demo"));
    std::fs::create_dir_all(&folder)
        .map_err(|error| JobError::Storage(format!("{}: cannot create the folder: {error}", folder.display())))?;
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
