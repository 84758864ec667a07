//! An improvement under way, kept on the disk so that it can be resumed.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::experiment::{Assignment, Spec, SpecBuilder, config_toml};
use crate::improve::Step;
use crate::runs::{InputError, JobError, RunFolder, UsageError, deciding, read_json};
use crate::store::{StoreError, replace};

const FILE: &str = "improve.json";

/// How far an improvement has come.
pub(super) struct State {
    /// The configuration it began with.
    start: String,
    data_sha256: String,
    /// Seconds for everything, as asked for at the beginning.
    pub budget: f64,
    /// The best configuration so far; `None` while it is the first.
    pub spec: Option<Spec>,
    pub steps: Vec<Step>,
    pub judgements: u64,
    /// Rounds begun, each of which spends its level.
    pub rounds: u64,
    /// Seeds that a change is judged over, once that is known.
    pub seeds: Option<usize>,
    /// Changes that were refused beside the present configuration.
    pub refused_now: Vec<Assignment>,
    /// Seconds it took before it was resumed, and until now.
    pub seconds: f64,
    pub seconds_now: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    start: String,
    data_sha256: String,
    budget: f64,
    best: Option<String>,
    steps: Vec<Step>,
    judgements: u64,
    rounds: u64,
    seeds: Option<usize>,
    refused_now: Vec<Assignment>,
    seconds: f64,
}

impl State {
    /// What the folder holds of this improvement, or its beginning.
    pub fn open(folder: &RunFolder, start: &Spec, data_sha256: &str, budget: Duration) -> Result<State, JobError> {
        let start = config_toml(&deciding(start));
        let saved = match Saved::read(&folder.path)? {
            None => {
                let data_sha256 = data_sha256.to_string();
                let state = State {
                    start,
                    data_sha256,
                    budget: budget.as_secs_f64(),
                    spec: None,
                    steps: Vec::new(),
                    judgements: 0,
                    rounds: 0,
                    seeds: None,
                    refused_now: Vec::new(),
                    seconds: 0.0,
                    seconds_now: 0.0,
                };
                state.save(folder)?;
                return Ok(state);
            }
            Some(saved) => saved,
        };
        if saved.start != start || saved.data_sha256 != data_sha256 {
            return Err(UsageError::OtherImprovement(folder.path.clone()).into());
        }
        let spec = saved.best.map(|text| spec_of(&text));
        Ok(State {
            start: saved.start,
            data_sha256: saved.data_sha256,
            budget: saved.budget,
            spec: spec.transpose()?,
            steps: saved.steps,
            judgements: saved.judgements,
            rounds: saved.rounds,
            seeds: saved.seeds,
            refused_now: saved.refused_now,
            seconds: saved.seconds,
            seconds_now: saved.seconds,
        })
    }

    pub fn save(&self, folder: &RunFolder) -> Result<(), JobError> {
        let saved = Saved {
            start: self.start.clone(),
            data_sha256: self.data_sha256.clone(),
            budget: self.budget,
            best: self.spec.as_ref().map(config_toml),
            steps: self.steps.clone(),
            judgements: self.judgements,
            rounds: self.rounds,
            seeds: self.seeds,
            refused_now: self.refused_now.clone(),
            seconds: self.seconds_now,
        };
        let text = serde_json::to_string_pretty(&saved)?;
        Ok(replace(&folder.path.join(FILE), (text + "\n").as_bytes())?)
    }
}

impl Saved {
    fn read(folder: &Path) -> Result<Option<Saved>, JobError> {
        let path = folder.join(FILE);
        if !path.is_file() {
            return Ok(None);
        }
        read_json(&path).map(Some)
    }
}

fn spec_of(text: &str) -> Result<Spec, JobError> {
    let mut builder = SpecBuilder::new();
    builder.config_text(FILE, text);
    Ok(builder.finish().map_err(InputError::Settings)?)
}

/// The configuration and the seconds that an unfinished improvement in `folder` began with, if there is one.
pub(super) fn beginning(folder: &Path) -> Result<Option<(Spec, f64)>, JobError> {
    let Some(saved) = Saved::read(folder)? else { return Ok(None) };
    Ok(Some((spec_of(&saved.start)?, saved.budget)))
}

/// A finished improvement needs no state.
pub(super) fn remove(folder: &RunFolder) -> Result<(), JobError> {
    let path = folder.path.join(FILE);
    match fs::remove_file(&path) {
        Err(io) if io.kind() != io::ErrorKind::NotFound => Err(StoreError { path, doing: "remove", io }.into()),
        _ => Ok(()),
    }
}
