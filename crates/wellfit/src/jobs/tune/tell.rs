//! A search in lines.

use crate::diagnose::Interval;
use crate::diagnose::words::Unit;
use crate::experiment::Spec;
use crate::experiment::settings::{Auto, Raw, one_if_equal};
use crate::runs::lines::gain;
use crate::text::counted;
use crate::tune::{BestReport, Choice, CurvePoint, TuneReport};

/// A table of trials, its columns as wide as what will stand in them.
pub(super) struct Table {
    /// Name and width of each knob's column.
    knobs: Vec<(&'static str, usize)>,
    unit: Unit,
}

/// What is shown of a trial.
pub(super) enum Shown<'a> {
    /// Its error and, but for the settings given, its gain over them.
    Error(f64, Option<Interval>),
    /// Why it has none.
    Failed(&'a str),
}

impl Table {
    pub fn of(choices: &[Choice], given: &Choice, unit: Unit) -> Table {
        let width = |at: usize, name: &str| {
            let cells = choices.iter().chain([given]).filter_map(|choice| choice.get(at));
            cells.map(|(_, raw)| cell(raw).chars().count()).max().unwrap_or(0).max(name.chars().count())
        };
        let knobs = given.iter().enumerate().map(|(at, (setting, _))| (setting.name, width(at, setting.name)));
        Table { knobs: knobs.collect(), unit }
    }

    pub fn header(&self) -> String {
        self.row("#", |at| self.knobs.get(at).map(|(name, _)| (*name).to_owned()), "dev    gain")
    }

    /// The line of a trial; `name` is its number.
    pub fn line(&self, name: &str, choice: &Choice, shown: &Shown<'_>) -> String {
        let told = match shown {
            Shown::Failed(why) => (*why).to_owned(),
            Shown::Error(error, told) => {
                let gain = match told {
                    None => String::new(),
                    Some(told) if *told == Interval::exact(0.0) => "none: the same".to_owned(),
                    Some(told) => gain(*told, self.unit),
                };
                format!("{:<6} {gain}", self.unit.error(*error))
            }
        };
        self.row(name, |at| choice.get(at).map(|(_, raw)| cell(raw)), &told)
    }

    fn row(&self, name: &str, value: impl Fn(usize) -> Option<String>, told: &str) -> String {
        let mut text = format!("{name:<5} ");
        for (at, (_, width)) in self.knobs.iter().enumerate() {
            text += &format!("{:<width$}  ", value(at).unwrap_or_default());
        }
        (text + told).trim_end().to_owned()
    }
}

/// The values that the settings given have for the knobs.
pub(super) fn given(spec: &Spec, like: &Choice) -> Choice {
    let spec = one_value_for_all_layers(spec.clone());
    like.iter().map(|(setting, _)| (*setting, setting.get(&spec))).collect()
}

/// The same spec with one value where all layers have the same, so that it fits networks of other depths as well.
pub(super) fn one_value_for_all_layers(mut spec: Spec) -> Spec {
    let (network, training) = (&mut spec.network, &mut spec.training);
    for values in [&mut network.keep_prob, &mut training.l2, &mut training.l1] {
        if let Auto::Given(values) = values {
            *values = one_if_equal(values);
        }
    }
    spec
}

/// A choice in words: `lr 0.002, hidden 128,64`.
pub(super) fn words(choice: &Choice) -> String {
    let each: Vec<_> = choice.iter().map(|(setting, raw)| format!("{} {}", setting.name, cell(raw))).collect();
    each.join(" · ")
}

fn cell(raw: &Raw) -> String {
    let text = raw.to_text();
    if text.is_empty() { "none".to_owned() } else { text }
}

/// The best and its gain, and what choosing it did to its error.
pub(super) fn best(best: &BestReport, number: usize, choice: &Choice, unit: Unit) -> String {
    format!(
        "trial {number}: {}\ndev {}, gain {} over the settings given\nthe best of {} flatters itself: its error was chosen for being \
         small, and it is the gain that is judged, at level 0.05/{}",
        words(choice),
        unit.error_with_interval(best.error),
        unit.difference_with_interval(best.gain),
        best.chosen_from,
        best.chosen_from,
    )
}

/// The verdict and what follows from it.
pub(super) fn verdict(report: &TuneReport, best_config: &str) -> String {
    match (&report.best, report.is_better()) {
        (Some(_), true) => "better than the settings given; it is trained in full".to_owned(),
        (Some(best), false) if best.gain.value <= 0.0 => {
            "nothing tried has a smaller error than the settings given, which are kept and trained".to_owned()
        }
        (Some(_), false) => format!(
            "cannot be told from the settings given, which are kept and trained; `wellfit train --config {best_config}` takes the \
             best all the same"
        ),
        (None, _) => "every training failed but that of the settings given, which are kept".to_owned(),
    }
}

/// The validation curve of one knob.
pub(super) fn curve(points: &[CurvePoint], unit: Unit) -> String {
    let value = |point: &CurvePoint| match &point.value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(items) if items.is_empty() => "none".to_owned(),
        serde_json::Value::Array(items) => items.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    };
    let width = points.iter().map(|point| value(point).chars().count()).max().unwrap_or(0).max(5);
    let row = |value: &str, train: &str, dev: &str| format!("{value:<width$}  {train:<7} {dev}");
    let rows = points.iter().map(|p| row(&value(p), &unit.error(p.train_error), &unit.error_with_interval(p.error)));
    [row("value", "train", "dev")].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

/// How it ended.
pub(super) fn ended(report: &TuneReport, seconds: f64) -> String {
    format!("{}; {}, {seconds:.0} s", report.ended, counted(report.trials.len() as u64, "setting"))
}
