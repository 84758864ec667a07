//! What was tried, what came of it, and the level at which it was judged.

use serde::{Deserialize, Serialize};

use crate::diagnose::Interval;
use crate::experiment::Assignment;
use crate::experiment::settings::Purpose;

use super::reason::Reason;

/// One remedy that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The remedy's name.
    pub remedy: String,
    /// What the setting it changes is for.
    pub purpose: Purpose,
    /// The change.
    pub change: Assignment,
    /// Dev error before, over all seeds of the probe.
    pub before: f64,
    /// Dev error after, over the same rows and seeds.
    pub after: f64,
    /// Before less after, with its 95% interval over rows and seeds.
    pub gain: Interval,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a remedy that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// Its gain is significant: it was kept.
    Kept(Reason),
    /// No gain over so many seeds.
    NoGain(usize),
    /// A gain that is not significant.
    NotSignificant,
    /// A significant gain that still leaves the network no better than predicting the same for every row.
    NoBetterThanNaive,
    /// A gain over so many seeds, and no time to test it over more.
    NotTested(usize),
    /// The settings do not fit each other or the data, or training failed: why.
    Failed(String),
}

impl Step {
    /// Whether the change was kept.
    pub fn accepted(&self) -> bool {
        matches!(self.outcome, Outcome::Kept(_))
    }
}

/// Why an improvement ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImprovementEnd {
    /// The target error is reached.
    TargetReached,
    /// No remedy that is left helps.
    NothingHelps,
    /// The time is up.
    TimeUp,
    /// The user stopped it.
    Interrupted,
}

/// Which rows a change is judged on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JudgedOn {
    /// Dev rows.
    Dev,
    /// The rows of train and dev, cross-validated.
    TrainAndDev {
        /// Number of folds.
        folds: usize,
    },
}

impl JudgedOn {
    /// By a cross-validation of so many folds; without, on dev.
    pub fn of_folds(folds: Option<u64>) -> JudgedOn {
        folds.map_or(JudgedOn::Dev, |folds| JudgedOn::TrainAndDev { folds: folds as usize })
    }

    /// Number of folds.
    pub fn folds(self) -> Option<u64> {
        match self {
            JudgedOn::Dev => None,
            JudgedOn::TrainAndDev { folds } => Some(folds as u64),
        }
    }
}

/// Seeds that a change is judged over, at least.
pub const SEEDS: usize = 5;
/// Seeds after which a change that gains nothing is given up.
pub const FIRST_SEEDS: usize = 2;
/// The chance of ever keeping a change that gains nothing.
pub const FALSE_KEEP_CHANCE: f64 = 0.02;

/// The one-sided level of each judgement in the `j`-th round, from 1, among so many candidates: 0.02 · 6/(π²j²) shared by all of
/// them (Bonferroni). The levels of all judgements in all rounds add up to 0.02 at most.
///
/// So the chance that any number of evaluations on dev ever keeps a change without a gain is at most 0.02, also where the
/// candidates that are judged were picked by a first evaluation on the same rows.
pub fn level(j: u64, candidates: usize) -> f64 {
    let j = j.max(1) as f64;
    FALSE_KEEP_CHANCE * 6.0 / (std::f64::consts::PI * j).powi(2) / candidates.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_levels_of_all_judgements_add_up_to_the_chance_allowed() {
        let sum: f64 = (1..100_000).map(|round| 30.0 * level(round, 30)).sum();
        assert!((sum - FALSE_KEEP_CHANCE).abs() < 1e-6, "{sum}");
    }
}
