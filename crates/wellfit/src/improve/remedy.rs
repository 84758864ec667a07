//! What a remedy is.

use crate::diagnose::Verdict;
use crate::experiment::Assignment;
use crate::experiment::settings::{Purpose, Raw};
use crate::text::thousands;

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

    /// Whether it mends the data, without which nothing can be judged: it comes before everything.
    fn mends_data(&self) -> bool {
        false
    }

    /// Whether it changes what the network is judged by, which comes before how well it does.
    fn sets_the_goal(&self) -> bool {
        false
    }

    /// Whether it sets a network to learn that does not: such a cure comes before anything for bias or variance.
    fn cures(&self) -> bool {
        false
    }
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
    /// Diagnose a run, which lists rows to look at: `runs/telco-1`.
    Diagnose(String),
    /// Do something about the data that no setting does.
    Data(Deed),
}

/// Something to do about the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deed {
    /// Take the rows out of dev that stand in train too.
    RemoveCopies,
    /// Collect train rows of the kind that dev holds.
    RowsLikeDev,
    /// Collect more train rows.
    TrainRows,
    /// Collect dev rows, until there are about so many where a number would decide.
    DevRows(Option<u64>),
    /// Collect rows, until train and dev have about so many where a number would decide.
    Rows(Option<u64>),
    /// Collect rows to test on.
    TestRows,
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
            Action::Diagnose(run) => write!(f, "wellfit diagnose {run}"),
            Action::Data(deed) => deed.fmt(f),
        }
    }
}

impl std::fmt::Display for Deed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Deed::RemoveCopies => f.write_str("remove the rows of dev that stand in train too"),
            Deed::RowsLikeDev => f.write_str("collect some like those of dev"),
            Deed::TrainRows => f.write_str("collect more train rows"),
            Deed::DevRows(None) => f.write_str("collect more dev rows"),
            Deed::DevRows(Some(rows)) => write!(f, "collect dev rows until there are about {}", thousands(*rows)),
            Deed::Rows(None) => f.write_str("collect more rows"),
            Deed::Rows(Some(rows)) => {
                write!(f, "collect rows until train and dev have about {}", thousands(*rows))
            }
            Deed::TestRows => f.write_str("collect rows for a test set, and name their file with --test"),
        }
    }
}
