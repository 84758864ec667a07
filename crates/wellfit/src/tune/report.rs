//! What a search found, for scripts.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::diagnose::Interval;
use crate::train::Metric;

use super::study::{Judged, Study, Tried};

/// The answer of a search, key by key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TuneReport {
    /// Version of this layout: 1.
    pub schema: u32,
    /// The folder.
    pub run: String,
    /// What `error` holds: `error` or `rmse`.
    pub metric: Metric,
    /// Number of folds; null where settings are judged on dev rows.
    pub folds: Option<u64>,
    /// How settings are judged, in words.
    pub judged: String,
    /// The settings given.
    pub baseline: SettingsReport,
    /// The settings tried, in the order they were drawn.
    pub trials: Vec<TrialReport>,
    /// The one with the smallest error; null where every training failed.
    pub best: Option<BestReport>,
    /// The simplest setting within one standard error of the best.
    pub one_standard_error: Option<Map<String, Value>>,
    /// Errors over the values of a setting, where one alone is searched.
    pub curve: Option<Vec<CurvePoint>>,
    /// Whether the best one's gain is significant at its level.
    pub verdict: SearchVerdict,
    /// Why the search ended.
    pub ended: SearchEnd,
    /// Seconds of all trainings, each on one thread.
    pub seconds: f64,
}

/// How a configuration was judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingsReport {
    /// The error over all rows judged, with its interval over rows.
    pub error: Interval,
    /// The error on the rows trained on.
    pub train_error: f64,
    /// The error of each fold, or of dev under each seed.
    pub folds: Vec<f64>,
    /// Seconds of all its trainings, each on one thread.
    pub seconds: f64,
}

/// A setting that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialReport {
    /// Key and value of each setting searched.
    pub settings: Map<String, Value>,
    /// The error over all rows judged; null where training failed.
    pub error: Option<Interval>,
    /// The error on the rows trained on.
    pub train_error: Option<f64>,
    /// Error of the settings given less this one (positive: better), with its 95% interval.
    pub gain: Option<Interval>,
    /// The error of each fold, or of dev under each seed.
    pub folds: Vec<f64>,
    /// Seconds of all its trainings, each on one thread.
    pub seconds: f64,
    /// Why training failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

/// The setting with the smallest error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BestReport {
    /// Key and value of each setting searched.
    pub settings: Map<String, Value>,
    /// Its error: too good, because it was chosen by it.
    pub error: Interval,
    /// Its gain over the settings given, with its 95% interval.
    pub gain: Interval,
    /// The low end of the gain at `level`, which decides the verdict.
    pub low_at_level: f64,
    /// The one-sided level: 0.025 shared among the settings it was chosen from.
    pub level: f64,
    /// The settings it was chosen from.
    pub chosen_from: u64,
}

/// A point of a validation curve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CurvePoint {
    /// The setting's value.
    pub value: Value,
    /// The error on the rows trained on.
    pub train_error: f64,
    /// The error on rows that were not.
    pub error: Interval,
}

/// Why a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SearchEnd {
    /// There is nothing left to try.
    #[serde(rename = "all settings tried")]
    AllTried,
    /// The time is up.
    #[serde(rename = "the time is up")]
    TimeUp,
}

/// Whether the best setting is better than those given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SearchVerdict {
    /// Its gain is significant.
    #[serde(rename = "better")]
    Better,
    /// Its gain is not significant, or there is none.
    #[serde(rename = "cannot be told")]
    NotSignificant,
}

impl TuneReport {
    /// The report of a study. `gains` are the 95% intervals of its trials; `judged` says how, `ended` why there are no more.
    pub fn of(
        study: &Study,
        gains: &[Option<Interval>],
        run: &str,
        (folds, judged): (Option<u64>, String),
        ended: SearchEnd,
    ) -> TuneReport {
        let trials: Vec<_> =
            study.trials.iter().enumerate().map(|(at, tried)| trial(tried, gains.get(at).copied().flatten())).collect();
        let best = study.best().and_then(|at| best(study, study.trials.get(at)?));
        let is_better = best.as_ref().is_some_and(|best| best.low_at_level > 0.0);
        let simplest = study.simplest_alike().and_then(|at| study.trials.get(at));
        let seconds = study.baseline.seconds + trials.iter().map(|trial| trial.seconds).sum::<f64>();
        TuneReport {
            schema: 1,
            run: run.to_owned(),
            metric: study.metric,
            folds,
            judged,
            baseline: settings(&study.baseline),
            best,
            one_standard_error: simplest.map(|tried| tried.settings.clone()),
            curve: curve(&study.trials),
            verdict: if is_better { SearchVerdict::Better } else { SearchVerdict::NotSignificant },
            ended,
            seconds,
            trials,
        }
    }

    /// Whether the best setting is better than those given.
    pub fn is_better(&self) -> bool {
        self.verdict == SearchVerdict::Better
    }
}

fn settings(judged: &Judged) -> SettingsReport {
    SettingsReport {
        error: judged.error,
        train_error: judged.train_error,
        folds: judged.folds.clone(),
        seconds: judged.seconds,
    }
}

fn trial(tried: &Tried, gain: Option<Interval>) -> TrialReport {
    let judged = tried.judged.as_ref();
    TrialReport {
        settings: tried.settings.clone(),
        error: judged.map(|judged| judged.error),
        train_error: judged.map(|judged| judged.train_error),
        gain: judged.and(gain),
        folds: judged.map(|judged| judged.folds.clone()).unwrap_or_default(),
        seconds: judged.map_or(0.0, |judged| judged.seconds),
        failed: tried.failed.clone(),
    }
}

fn best(study: &Study, tried: &Tried) -> Option<BestReport> {
    let judged = tried.judged.as_ref()?;
    let level = study.level();
    let gain = study.gain(judged, level);
    Some(BestReport {
        settings: tried.settings.clone(),
        error: judged.error,
        gain: gain.interval,
        low_at_level: gain.low_at_level,
        level,
        chosen_from: study.judged() as u64,
    })
}

/// The points of one setting, by value where the values are numbers.
fn curve(trials: &[Tried]) -> Option<Vec<CurvePoint>> {
    let mut points = Vec::new();
    for tried in trials {
        let mut settings = tried.settings.values();
        let (Some(value), None) = (settings.next(), settings.next()) else { return None };
        if let Some(judged) = &tried.judged {
            points.push(CurvePoint { value: value.clone(), train_error: judged.train_error, error: judged.error });
        }
    }
    let number = |point: &CurvePoint| point.value.as_f64();
    if points.iter().all(|point| number(point).is_some()) {
        points.sort_by(|a, b| number(a).unwrap_or(0.0).total_cmp(&number(b).unwrap_or(0.0)));
    }
    (!points.is_empty()).then_some(points)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_knob_makes_a_curve_by_its_values_and_two_make_none() {
        let judged = |error| Judged {
            error: Interval::exact(error),
            train_error: 0.0,
            folds: Vec::new(),
            parameters: 1,
            restraint: 0.0,
            seconds: 0.0,
            units: Vec::new(),
        };
        let tried = |settings: Value, error: Option<f64>| Tried {
            settings: settings.as_object().unwrap().clone(),
            judged: error.map(judged),
            failed: None,
        };
        let one =
            [tried(json!({"l2": 3}), Some(0.3)), tried(json!({"l2": 1}), None), tried(json!({"l2": 0.5}), Some(0.2))];
        let points = curve(&one).unwrap();
        let values: Vec<_> = points.iter().map(|point| point.value.as_f64().unwrap()).collect();
        assert_eq!(values, [0.5, 3.0]);
        assert_eq!(curve(&[tried(json!({"l2": 3, "lr": 1}), Some(0.3))]), None);
    }
}
