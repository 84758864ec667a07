//! What was tried, what it gave, and the rule that decided.

use serde::{Deserialize, Serialize};

use crate::diagnose::{Forecast, Interval};
use crate::experiment::settings::Purpose;

/// One remedy that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The remedy's name.
    pub remedy: String,
    /// What the knob it turns is for.
    pub purpose: Purpose,
    /// The change, as an edit of the config.
    pub change: String,
    /// Dev error before, over all seeds of the probe.
    pub before: f64,
    /// Dev error after, over the same rows and seeds.
    pub after: f64,
    /// Before less after, with its 95% interval over rows and seeds.
    pub gain: Interval,
    /// Whether the change was kept.
    pub accepted: bool,
    /// Why, or why not.
    pub reason: String,
}

/// The whole of an improvement, beside its steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Improvement {
    /// Dev error of the configuration at the start, over all seeds.
    pub before: f64,
    /// Dev error of the configuration at the end, over the same rows and seeds.
    pub after: f64,
    /// The rule by which a change is kept.
    pub rule: String,
    /// Judgements that could have kept a change.
    pub judgements: u64,
    /// Rounds of judgements: the looks at dev that were paid for, each for all its candidates.
    #[serde(default)]
    pub rounds: u64,
    /// Why it ended.
    pub ended: String,
    /// The same comparison on train and dev rows dealt anew; null where nothing changed or rows cannot be dealt anew.
    pub confirmation: Option<Interval>,
    /// What twice the train rows would bring to the configuration at the end, by its learning curve; null where that cannot
    /// be told, or no time was left.
    #[serde(default)]
    pub more_rows: Option<Forecast>,
    /// Seconds in all.
    pub seconds: f64,
}

/// Which rows a change is judged on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JudgedOn {
    /// Dev rows.
    Dev,
    /// The rows of train and dev, cross-validated.
    TrainAndDev,
}

/// What a forecast from the learning curve is called among changes.
pub const MORE_ROWS: &str = "twice the rows (forecast)";
/// Seeds that a change is judged over, at least.
pub const SEEDS: usize = 5;
/// Seeds after which a change that gains nothing is given up.
pub const FIRST_SEEDS: usize = 2;
/// The chance of ever keeping a change that gains nothing.
const ALL: f64 = 0.02;

/// The one-sided level of each judgement in the `j`-th round, from 1, among so many candidates: 0.02 · 6/(π²j²) shared by all of
/// them (Bonferroni). The levels of all judgements in all rounds add up to 0.02 at most.
///
/// So the chance that any number of looks at dev ever keeps a change without a gain is at most 0.02, also where the
/// candidates that are judged were picked by a first look at the same rows.
pub fn level(j: u64, candidates: usize) -> f64 {
    let j = j.max(1) as f64;
    ALL * 6.0 / (std::f64::consts::PI * j).powi(2) / candidates.max(1) as f64
}

/// The rule by which a change is kept, in words; `rows` says what it is judged by.
pub fn rule(rows: &str, seeds: usize) -> String {
    format!(
        "kept only if a paired bootstrap over {rows} and over {seeds} trainings, a seed each, excludes no gain, and no gain over answering every row alike, in the j-th \
         round at the one-sided level {ALL}·6/(π²j²) shared by all its candidates; given up after {FIRST_SEEDS} seeds without a gain; the epoch at \
         which a dev row is judged is chosen on other dev rows"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_levels_of_all_judgements_add_up_to_the_chance_allowed() {
        let sum: f64 = (1..100_000).map(|round| 30.0 * level(round, 30)).sum();
        assert!((sum - ALL).abs() < 1e-6, "{sum}");
    }
}
