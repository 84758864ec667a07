//! An improvement under way, kept on the disk so that it can be resumed.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::experiment::{Assignment, Spec, SpecBuilder, config_toml};
use crate::improve::{Candidate, ImprovementEnd, Step};
use crate::runs::{InputError, JobError, RunFolder, UsageError, deciding, read_json};
use crate::store::replace;

const FILE: &str = "improve.json";

/// How far an improvement has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct State {
    /// The configuration it began with.
    start: String,
    data_sha256: String,
    /// Seconds for everything, as asked for at the beginning.
    pub budget: f64,
    /// The best configuration so far; `None` while it is the first.
    best: Option<String>,
    pub steps: Vec<Step>,
    pub judgements: u64,
    /// Changes that were refused beside the present configuration.
    refused_now: Vec<Assignment>,
    /// Changes that looked promising and are still to be judged beside it, the most promising first.
    #[serde(default)]
    pub promising: Vec<Assignment>,
    /// Seconds it took so far.
    pub seconds: f64,
    /// Why it ended, where it did.
    #[serde(default)]
    pub ended: Option<ImprovementEnd>,
}

impl State {
    /// What the folder holds of this improvement, or its beginning.
    pub fn open(folder: &RunFolder, start: &Spec, data_sha256: &str, budget: f64) -> Result<State, JobError> {
        let start = config_toml(&deciding(start));
        let Some(saved) = State::read(&folder.path)? else {
            let state = State {
                start,
                data_sha256: data_sha256.to_string(),
                budget,
                best: None,
                steps: Vec::new(),
                judgements: 0,
                refused_now: Vec::new(),
                promising: Vec::new(),
                seconds: 0.0,
                ended: None,
            };
            state.save(folder)?;
            return Ok(state);
        };
        if saved.start != start || saved.data_sha256 != data_sha256 {
            return Err(UsageError::OtherImprovement(folder.path.clone()).into());
        }
        Ok(saved)
    }

    /// What `folder` holds of an improvement, if there is one.
    pub fn read(folder: &Path) -> Result<Option<State>, JobError> {
        let path = folder.join(FILE);
        if path.is_file() { read_json(&path).map(Some) } else { Ok(None) }
    }

    pub fn save(&self, folder: &RunFolder) -> Result<(), JobError> {
        let text = serde_json::to_string_pretty(self)?;
        Ok(replace(&folder.path.join(FILE), (text + "\n").as_bytes())?)
    }

    /// The configuration it began with.
    pub fn start(&self) -> Result<Spec, JobError> {
        spec_of(&self.start)
    }

    /// The best configuration so far; `None` while it is the first.
    pub fn best(&self) -> Result<Option<Spec>, JobError> {
        self.best.as_deref().map(spec_of).transpose()
    }

    /// A change was kept: beside the new configuration nothing has been refused.
    pub fn keep(&mut self, best: &Spec) {
        self.best = Some(config_toml(best));
        self.refused_now.clear();
    }

    /// A change was refused beside the present configuration.
    pub fn refuse(&mut self, candidate: &Candidate) {
        // Of two changes together the next round finds other ones.
        if candidate.also.is_none() {
            self.refused_now.push(candidate.change.clone());
        }
    }

    /// Whether a change was refused beside the present configuration.
    pub fn has_refused(&self, candidate: &Candidate) -> bool {
        candidate.also.is_none() && self.refused_now.contains(&candidate.change)
    }

    /// Whether it came to an end beyond which there is nothing to try.
    pub fn is_over(&self) -> bool {
        matches!(self.ended, Some(ImprovementEnd::NothingHelps | ImprovementEnd::TargetReached))
    }
}

fn spec_of(text: &str) -> Result<Spec, JobError> {
    let mut builder = SpecBuilder::new();
    builder.config_text(FILE, text);
    Ok(builder.finish().map_err(InputError::Settings)?)
}
