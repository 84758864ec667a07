//! `wellfit tune`: the trials, and what they came to.

use std::path::Path;

use serde_json::{Map, Value};
use wellfit::diagnose::Interval;
use wellfit::experiment::settings::Raw;
use wellfit::improve::JudgedOn;
use wellfit::runs::TrialScore;
use wellfit::text::counted;
use wellfit::tune::{BestReport, Choice, CurvePoint, SearchEnd, TuneReport};
use wellfit::words::{Unit, improvement};

use super::Line;
use super::train::gain;

/// A table of trials, its columns as wide as what will stand in them.
#[derive(Debug)]
pub struct Table {
    /// Name and width of each column of a setting.
    columns: Vec<(&'static str, usize)>,
    choices: Vec<Choice>,
    unit: Unit,
}

/// How configurations are evaluated: by folds, or on dev rows with several seeds.
pub fn judged(folds: Option<usize>, trainings: usize) -> Line {
    let method = match folds {
        Some(folds) => improvement::equal_folds(folds),
        None => format!("{} with {trainings} seeds", improvement::method(JudgedOn::Dev)),
    };
    Line::new("method", format!("{method}; the test set is not evaluated"))
}

impl Table {
    /// A table of these settings, and the settings given before them.
    pub fn of(choices: &[&Choice], given: &Choice, unit: Unit) -> Table {
        let width = |at: usize, name: &str| {
            let cells = choices.iter().copied().chain([given]).filter_map(|choice| choice.get(at));
            cells.map(|(_, raw)| cell(raw).chars().count()).max().unwrap_or(0).max(name.chars().count())
        };
        let columns = given.iter().enumerate().map(|(at, (setting, _))| (setting.name, width(at, setting.name)));
        Table { columns: columns.collect(), choices: choices.iter().copied().cloned().collect(), unit }
    }

    /// The head of the table, and the settings given.
    pub fn beginning(&self, given: &Choice, error: f64) -> Vec<Line> {
        let head = self.row("#", |at| self.columns.get(at).map(|(name, _)| (*name).to_owned()), "error  gain");
        vec![Line::new("trial", head), self.line("given", given, &format!("{:<6}", self.unit.error(error)))]
    }

    /// The line of a trial.
    pub fn trial(&self, number: usize, choice: &Choice, outcome: &TrialScore<'_>) -> Line {
        let told = match outcome {
            TrialScore::Failed(why) => (*why).to_owned(),
            TrialScore::Judged { error, gain: found } => {
                let gain = match found {
                    None => String::new(),
                    Some(found) if *found == Interval::exact(0.0) => "same as given".to_owned(),
                    Some(found) => gain(*found, self.unit),
                };
                format!("{:<6} {gain}", self.unit.error(*error))
            }
        };
        self.line(&number.to_string(), choice, &told)
    }

    /// What all trials came to; `seconds` they took.
    pub fn searched(&self, report: &TuneReport, seconds: f64) -> Vec<Line> {
        let mut lines = Vec::new();
        if let Some(best) = &report.best
            && let Some((number, choice)) = self.trial_of(report, &best.settings)
        {
            lines.push(Line::new("best", self.best(best, number, choice)));
        }
        let best = report.best.as_ref().map(|best| &best.settings);
        if let Some(simplest) = report.one_standard_error.as_ref().filter(|simplest| best != Some(*simplest))
            && let Some((number, choice)) = self.trial_of(report, simplest)
        {
            let said = "within one standard error of the best trial";
            lines.push(Line::new("simpler", format!("trial {number}: {}, {said}", words(choice))));
        }
        if let Some(points) = report.curve.as_ref().filter(|points| points.len() > 1) {
            let searched = self.columns.first().map_or("value", |(name, _)| name);
            lines.push(Line::new("curve", curve(searched, points, self.unit)));
        }
        let tried = counted(report.trials.len() as u64, "configuration");
        lines.push(verdict(report));
        lines.push(Line::new("tried", format!("{tried} in {seconds:.0} s; {}", ended(report.ended))));
        lines
    }

    /// The number and values of the trial that has these settings.
    fn trial_of(&self, report: &TuneReport, settings: &Map<String, Value>) -> Option<(usize, &Choice)> {
        let at = report.trials.iter().position(|trial| trial.settings == *settings)?;
        Some((at + 1, self.choices.get(at)?))
    }

    /// The best and its gain, and what choosing it did to its error.
    fn best(&self, best: &BestReport, number: usize, choice: &Choice) -> String {
        let (error, number_tried) = (self.unit.error_with_interval(best.error), best.chosen_from);
        let measured = match best.gain.value <= 0.0 {
            true => format!("error {error}, no lower than that of the settings given"),
            false => {
                let gain = self.unit.difference_with_interval(best.gain);
                format!("error {error}, gain {gain} over the settings given")
            }
        };
        format!(
            "trial {number}: {}\n{measured}\nthe error of the best of {number_tried} is optimistically biased, because that \
             trial was selected for its low error; the significance test is on its gain, corrected for the {number_tried} \
             trials (Bonferroni: level 0.05/{number_tried})",
            words(choice),
        )
    }

    fn line(&self, name: &str, choice: &Choice, told: &str) -> Line {
        Line::more(self.row(name, |at| choice.get(at).map(|(_, raw)| cell(raw)), told))
    }

    fn row(&self, name: &str, value: impl Fn(usize) -> Option<String>, told: &str) -> String {
        let mut text = format!("{name:<5} ");
        for (at, (_, width)) in self.columns.iter().enumerate() {
            text += &format!("{:<width$}  ", value(at).unwrap_or_default());
        }
        (text + told).trim_end().to_owned()
    }
}

/// Why a search ended.
fn ended(end: SearchEnd) -> &'static str {
    match end {
        SearchEnd::AllTried => "search complete",
        SearchEnd::TimeUp => "time limit reached",
    }
}

/// The verdict and what follows from it.
pub fn verdict(report: &TuneReport) -> Line {
    let text = match (&report.best, report.is_better()) {
        (Some(_), true) => "better than the settings given; it is trained in full".to_owned(),
        (Some(best), false) if best.gain.value <= 0.0 => {
            "nothing tried has a smaller error than the settings given, which are kept and trained".to_owned()
        }
        (Some(_), false) => format!(
            "not significantly better than the settings given, which are kept and trained; `wellfit train --config {}` \
             trains the best anyway",
            Path::new(&report.run).join("best.toml").display()
        ),
        (None, _) => "every training failed but that of the settings given, which are kept".to_owned(),
    };
    Line::new("verdict", text)
}

/// Where a search was saved.
pub fn saved(report: &TuneReport) -> Line {
    Line::new("saved", format!("{} (model, config, history, report.html, tune.json, best.toml)", report.run))
}

/// The values of a trial: `lr 0.002 · hidden 128,64`.
fn words(choice: &Choice) -> String {
    let each: Vec<_> = choice.iter().map(|(setting, raw)| format!("{} {}", setting.name, cell(raw))).collect();
    each.join(" · ")
}

fn cell(raw: &Raw) -> String {
    let text = raw.to_text();
    if text.is_empty() { "none".to_owned() } else { text }
}

/// The validation curve of the setting `searched`.
fn curve(searched: &str, points: &[CurvePoint], unit: Unit) -> String {
    let value = |point: &CurvePoint| match &point.value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    };
    let width = points.iter().map(|point| value(point).chars().count()).max().unwrap_or(0).max(searched.len());
    let row = |value: &str, train: &str, error: &str| format!("{value:<width$}  {train:<11}  {error}");
    let rows = points.iter().map(|p| row(&value(p), &unit.error(p.train_error), &unit.error_with_interval(p.error)));
    [row(searched, "train error", "error")].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}
