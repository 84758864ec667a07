//! Resuming a run: which one, whether it is the same, and from where.

use std::path::Path;

use crate::experiment::{Spec, config_toml};
use crate::store::{put_back, run_stem};
use crate::train::{Checkpoint, CheckpointError, Progress as Training, Record, latest_checkpoint, previous_checkpoint};

use super::error::JobError;
use super::events::{Event, Notice, Watcher};
use super::folder::RunFolder;
use super::input_error::InputError;
use super::list::list;
use super::options::RunOptions;
use super::usage_error::UsageError;

/// The run that `--resume` resumes, if there is one: the folder named, or the latest of this data.
pub(crate) fn existing(options: &RunOptions, data: &Path) -> Result<Option<RunFolder>, JobError> {
    if !options.resume {
        return Ok(None);
    }
    if let Some(out) = &options.out {
        let config = out.join("config.toml");
        if !config.is_file() && config.symlink_metadata().is_ok() {
            return Err(InputError::ConfigIsNoFile(config).into());
        }
        return Ok(config.is_file().then(|| RunFolder::at(out)));
    }
    let root = options.runs_root();
    let stem = run_stem(data) + "-";
    let number = |name: &str| name.strip_prefix(&stem).and_then(|number| number.parse::<u64>().ok());
    let runs = list(&root)?.runs;
    let latest = runs.iter().filter_map(|run| Some((number(&run.name)?, &run.name))).max();
    Ok(latest.map(|(_, name)| RunFolder::at(&root.join(name))))
}

/// A spec as far as it decides what is computed.
pub(crate) fn deciding(spec: &Spec) -> Spec {
    let mut spec = spec.clone();
    spec.training.threads = Default::default();
    spec
}

/// What a checkpoint belongs to: the same data and the same settings.
pub(crate) fn identity(spec: &Spec, data_sha256: &str) -> String {
    format!("{data_sha256}\n{}", config_toml(&deciding(spec)))
}

/// Refuses to resume a run of other settings or other data, and shows the difference.
pub(crate) fn refuse_other_run(folder: &RunFolder, spec: &Spec, data_sha256: &str) -> Result<(), JobError> {
    let differences = deciding(&folder.read_config()?).differences(&deciding(spec));
    if !differences.is_empty() {
        return Err(UsageError::OtherSettings { run: folder.path.clone(), differences }.into());
    }
    if folder.is_finished() && folder.read_result()?.data_sha256 != data_sha256 {
        return Err(other_data(folder, spec));
    }
    Ok(())
}

fn other_data(folder: &RunFolder, spec: &Spec) -> JobError {
    UsageError::OtherData { run: folder.path.clone(), data: spec.data.path.clone().unwrap_or_default() }.into()
}

/// Where the run was saved last, if it was; a damaged checkpoint falls back to the one before it.
pub(crate) fn saved_progress(
    folder: &RunFolder,
    (spec, data_sha256): (&Spec, &str),
    start: &Training,
    isa: &str,
    watcher: &mut dyn Watcher,
) -> Result<Option<(Training, Vec<Record>)>, JobError> {
    let saved = match latest_checkpoint(&folder.checkpoint(), &identity(spec, data_sha256), start) {
        // The settings have been compared before.
        Err(CheckpointError::OtherRun { .. }) => return Err(other_data(folder, spec)),
        saved => saved?,
    };
    let Some((checkpoint, damage)) = saved else { return Ok(None) };
    let Checkpoint { progress, history, isa: isa_then } = checkpoint;
    if let Some(damage) = damage {
        watcher.event(Event::Notice(Notice::PreviousCheckpoint { damage: &damage }));
        put_back(&folder.checkpoint(), &previous_checkpoint(&folder.checkpoint()))?;
    }
    if isa_then != isa {
        watcher.event(Event::Notice(Notice::OtherInstructions { then: &isa_then, now: isa }));
    }
    watcher.event(Event::Resumed(progress.epoch));
    Ok(Some((progress, history)))
}
