//! What a remedy is.

use crate::diagnose::Verdict;
use crate::experiment::Assignment;
use crate::experiment::settings::{Purpose, Raw};

use super::case::Case;
use super::reason::Reason;

/// One way to make a network better.
pub trait Remedy: Sync {
    /// Its name, as it stands in results.
    fn name(&self) -> &'static str;

    /// What its setting is for.
    fn purpose(&self) -> Purpose;

    /// The change it proposes for a case, with its reason; `None` where it does not apply.
    fn propose(&self, case: &Case) -> Option<Change>;

    /// The changes worth trying, the mildest first: by default the one it proposes.
    fn doses(&self, case: &Case) -> Vec<Change> {
        self.propose(case).into_iter().collect()
    }

    /// The verdicts it is a remedy for.
    fn treats(&self, verdict: Verdict) -> bool;
}

/// What a remedy would do, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What to do.
    pub action: Action,
    /// Why.
    pub reason: Reason,
}

/// What to do.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// Give a setting another value.
    Set(Assignment),
    /// Evaluate a run on its test set: `runs/telco-1`.
    Test(String),
}

impl Change {
    /// Gives a setting another value.
    pub fn set(key: &str, value: Raw, reason: Reason) -> Change {
        Change { action: Action::Set(Assignment::new(key, value)), reason }
    }

    /// The same setting with other values, for the same reason.
    pub fn with_values(&self, values: impl IntoIterator<Item = Raw>) -> Vec<Change> {
        let Action::Set(Assignment { key, .. }) = &self.action else { return Vec::new() };
        values.into_iter().map(|value| Change::set(key, value, self.reason.clone())).collect()
    }
}

impl std::fmt::Display for Action {
    /// As it would stand in a config, or as a command.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Action::Set(assignment) => assignment.fmt(f),
            Action::Test(run) => write!(f, "wellfit test {run}"),
        }
    }
}
