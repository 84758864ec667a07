//! What was tried, what came of it, and the level at which it was judged.

use serde::{Deserialize, Serialize};

use crate::diagnose::Interval;
use crate::experiment::Assignment;
use crate::experiment::settings::Purpose;

use super::candidates::Candidate;
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
    /// A second change, where two were tried together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also: Option<Assignment>,
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
    /// A gain over so many seeds, and no time to test it over more: it is judged first when the search goes on.
    NotTested(usize),
    /// The settings do not fit each other or the data, or training failed: why.
    Failed(String),
}

impl Outcome {
    /// Whether it was judged over fewer trainings than the configuration that it is compared with.
    pub fn is_first_look(&self) -> bool {
        matches!(self, Outcome::NoGain(trainings) | Outcome::NotTested(trainings) if *trainings < SEEDS)
    }
}

impl Step {
    /// The changes, as edits of the config.
    pub fn changes(&self) -> impl Iterator<Item = &Assignment> {
        std::iter::once(&self.change).chain(&self.also)
    }

    /// Whether it is about the changes of a candidate.
    pub fn is_of(&self, candidate: &Candidate) -> bool {
        self.change == candidate.change && self.also == candidate.also
    }

    /// Whether the change was kept.
    pub fn accepted(&self) -> bool {
        matches!(self.outcome, Outcome::Kept(_))
    }
}

/// Why an improvement ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
/// The chance of keeping anything where nothing helps.
pub const FALSE_KEEP_CHANCE: f64 = 0.05;

/// The one-sided level of each judgement beside one configuration, where so many changes may be judged, each so many times: the
/// chance allowed, shared by all of them (Bonferroni), also by those that were only looked at, since picking the best of many on
/// the same rows has to be paid for.
///
/// What is kept earns the level back, and the search beside the new configuration may spend it again. So where nothing helps,
/// anything is ever kept with that chance at most, and of what is kept about that share is without a gain in expectation.
/// Source: alpha-investing, Foster and Stine 2008, *J. R. Stat. Soc. B* 70:429.
pub fn level(changes: usize, times: usize) -> f64 {
    FALSE_KEEP_CHANCE / (changes * times).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_levels_of_all_judgements_add_up_to_the_chance_allowed() {
        assert!((60.0 * level(30, 2) - FALSE_KEEP_CHANCE).abs() < 1e-12);
        assert!(level(0, 0) <= FALSE_KEEP_CHANCE);
    }
}
