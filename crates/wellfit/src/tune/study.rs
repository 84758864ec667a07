//! What the trials of a search say: gains over the settings given, the best, and the simplest that is about as good.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::diagnose::{Gain, Interval, Pooled, pooled_gain};
use crate::train::Metric;

/// What judging a configuration came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// The error over all rows that are judged, with its interval over rows.
    pub error: Interval,
    /// The error on the rows trained on, over all trainings.
    pub train_error: f64,
    /// The error of each training's dev rows: of each fold, or of dev under each seed.
    pub folds: Vec<f64>,
    /// Trained numbers: the first measure of how simple it is.
    pub parameters: u64,
    /// What its other regularisation adds up to, to find the simpler of two of the same size.
    pub restraint: f64,
    /// Seconds of all trainings, each on one thread.
    pub seconds: f64,
    /// (trainings, units): sums of losses over bootstrap units, from which gains are estimated.
    pub units: Vec<Vec<f64>>,
}

/// A setting that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tried {
    /// Key and value of each setting searched.
    pub settings: Map<String, Value>,
    /// What came of it; null where its training failed.
    pub judged: Option<Judged>,
    /// Why its training failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

/// A search: the settings given, and those tried beside them.
#[derive(Clone, Debug)]
pub struct Study {
    /// What settings are judged by.
    pub metric: Metric,
    /// Seed of the resampling.
    pub seed: u64,
    /// (blocks, units): the weight of each bootstrap unit. Trainings take blocks in turn.
    pub weights: Vec<Vec<f64>>,
    /// The settings given.
    pub baseline: Judged,
    /// Those tried.
    pub trials: Vec<Tried>,
}

/// Chance, over all settings tried, of calling one better that is not.
const LEVEL: f64 = 0.05;

impl Study {
    /// What a configuration gains over the settings given, with the low end at a one-sided level.
    pub fn gain(&self, judged: &Judged, level: f64) -> Gain {
        let count = self.weights.len().max(1);
        let of_block = |units: &[Vec<f64>], at: usize| units.iter().skip(at).step_by(count).cloned().collect();
        let blocks: Vec<Pooled> = self
            .weights
            .iter()
            .enumerate()
            .map(|(at, weights)| Pooled {
                weights: weights.clone(),
                before: of_block(&self.baseline.units, at),
                after: of_block(&judged.units, at),
            })
            .collect();
        pooled_gain(self.metric, &blocks, level, self.seed)
    }

    /// The place of the setting with the smallest error; the first of equal ones.
    pub fn best(&self) -> Option<usize> {
        self.errors().min_by(|a, b| a.1.error.value.total_cmp(&b.1.error.value)).map(|(at, _)| at)
    }

    /// Settings that have an error and so could have been the best.
    pub fn judged(&self) -> usize {
        self.errors().count()
    }

    /// The one-sided level of the best: that of one comparison, shared among all there were (Bonferroni).
    pub fn level(&self) -> f64 {
        LEVEL / 2.0 / self.judged().max(1) as f64
    }

    /// The simplest setting whose error is within one standard error of the best: fewest parameters, then most restraint. It is
    /// the best itself where no other is simpler: of two learning rates neither is.
    ///
    /// The standard error is that of the best one's mean over trainings. Source: Breiman et al. 1984, *CART*, §3.4.3.
    pub fn simplest_alike(&self) -> Option<usize> {
        let at_best = self.best()?;
        let best = self.trials.get(at_best)?.judged.as_ref()?;
        let reach = best.error.value + standard_error(&best.folds);
        let simpler =
            |a: &Judged, b: &Judged| a.parameters.cmp(&b.parameters).then(b.restraint.total_cmp(&a.restraint));
        let within = self.errors().filter(|(_, one)| one.error.value <= reach && simpler(one, best).is_lt());
        Some(within.min_by(|a, b| simpler(a.1, b.1)).map_or(at_best, |(at, _)| at))
    }

    fn errors(&self) -> impl Iterator<Item = (usize, &Judged)> {
        let judged = self.trials.iter().enumerate().filter_map(|(at, tried)| Some((at, tried.judged.as_ref()?)));
        judged.filter(|(_, judged)| judged.error.value.is_finite())
    }
}

/// The standard error of a mean.
fn standard_error(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    if count < 2.0 {
        return 0.0;
    }
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (count - 1.0) / count).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two folds of 100 units, wrong with these errors.
    fn judged(errors: [f64; 2], parameters: u64, restraint: f64) -> Judged {
        let fold = |error: f64| (0..100).map(|unit| f64::from(f64::from(unit) < 100.0 * error)).collect();
        Judged {
            error: Interval::exact((errors[0] + errors[1]) / 2.0),
            train_error: 0.1,
            folds: errors.to_vec(),
            parameters,
            restraint,
            seconds: 1.0,
            units: errors.map(fold).to_vec(),
        }
    }

    fn study(trials: Vec<Option<Judged>>) -> Study {
        let tried = |judged| Tried { settings: Map::new(), judged, failed: None };
        Study {
            metric: Metric::Error,
            seed: 0,
            weights: vec![vec![1.0; 100]; 2],
            baseline: judged([0.3, 0.3], 10, 0.0),
            trials: trials.into_iter().map(tried).collect(),
        }
    }

    #[test]
    fn the_best_has_the_smallest_error_and_failures_are_passed_over() {
        let study = study(vec![None, Some(judged([0.3, 0.2], 1, 0.0)), Some(judged([0.2, 0.2], 1, 0.0))]);
        assert_eq!((study.best(), study.judged()), (Some(2), 2));
        assert_eq!(study.level(), 0.0125);
        assert_eq!(super::Study { trials: Vec::new(), ..study }.best(), None);
    }

    #[test]
    fn a_gain_is_the_difference_of_errors_paired_by_unit() {
        let study = study(vec![Some(judged([0.1, 0.2], 1, 0.0))]);
        let gain = study.gain(study.trials[0].judged.as_ref().unwrap(), study.level());
        assert!((gain.interval.value - 0.15).abs() < 1e-12, "{gain:?}");
        assert!(gain.low_at_level > 0.0, "{gain:?}");
        assert_eq!(study.gain(&study.baseline, 0.01).interval, Interval::exact(0.0));
    }

    #[test]
    fn of_settings_within_one_standard_error_the_simplest_is_named() {
        // The best one's folds differ by 0.04, so its standard error is 0.02: up to 0.22.
        let best = judged([0.18, 0.22], 50, 0.0);
        let trials = [best, judged([0.21, 0.21], 20, 1.0), judged([0.21, 0.21], 20, 3.0), judged([0.23, 0.23], 5, 0.0)];
        assert_eq!(study(trials.into_iter().map(Some).collect()).simplest_alike(), Some(2));
        // As many parameters and as little restraint: none is simpler than the best.
        let rates = [judged([0.21, 0.21], 20, 0.0), judged([0.18, 0.22], 20, 0.0)];
        assert_eq!(study(rates.into_iter().map(Some).collect()).simplest_alike(), Some(1));
    }
}
