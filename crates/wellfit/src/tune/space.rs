//! What is searched: settings, and the values each may take.

use serde_json::{Map, Value};

use crate::experiment::settings::Raw;
use crate::experiment::spec::find;
use crate::experiment::{Plan, Setting, Spec};

/// The settings that are searched.
#[derive(Clone, Debug)]
pub struct Space {
    /// In the order in which they were named.
    pub knobs: Vec<Knob>,
}

/// One setting and the values it may take.
#[derive(Clone, Debug)]
pub struct Knob {
    /// The setting.
    pub setting: &'static Setting,
    /// Its values.
    pub values: Values,
}

/// The values of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// These.
    Listed(Vec<Raw>),
    /// Any between two ends.
    Range(Range),
}

/// Numbers between two ends, which belong to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The low end.
    pub low: f64,
    /// The high end.
    pub high: f64,
    /// Whether whole numbers are wanted.
    pub whole: bool,
}

/// A value for each setting of a space.
pub type Choice = Vec<(&'static Setting, Raw)>;

impl Space {
    /// The customary settings around a plan: penalty, dropout, a fifth to five times its rate, and size.
    pub fn around(plan: &Plan) -> Space {
        let rate = plan.recipe.rate;
        let listed = |key: &str, values: &[&str]| {
            find(key).map(|setting| Knob {
                setting,
                values: Values::Listed(values.iter().map(|text| canonical(setting, text)).collect()),
            })
        };
        let between = |key: &str, low: f64, high: f64| {
            find(key).map(|setting| Knob { setting, values: Values::Range(Range { low, high, whole: false }) })
        };
        let knobs = [
            listed("network.hidden", &["64", "64,32", "128,64", "256,128", "128,128,64"]),
            between("training.lr", rate / 5.0, rate * 5.0),
            between("network.keep_prob", 0.6, 1.0),
            listed("training.l2", &["0", "0.3", "1", "3", "10"]),
        ];
        Space { knobs: knobs.into_iter().flatten().collect() }
    }

    /// Number of settings of the full grid; `None` where one has a range.
    pub fn grid(&self) -> Option<usize> {
        self.knobs.iter().try_fold(1usize, |product, knob| match &knob.values {
            Values::Listed(values) => Some(product.saturating_mul(values.len())),
            Values::Range(_) => None,
        })
    }
}

impl Range {
    /// The value at a share of the way from low to high, `share` of [0, 1): by factors where both ends are above 0 and more
    /// than ten times apart, else by differences. To three digits, which is more than makes a difference.
    pub fn at(&self, share: f64) -> f64 {
        let Range { low, high, whole } = *self;
        let by_factors = low > 0.0 && high / low > 10.0;
        // Each whole number has a stretch of its own, the ends as long a one as the others.
        let (from, to) = if whole { (low - 0.5, high + 0.5) } else { (low, high) };
        let value = if by_factors { from * (to / from).powf(share) } else { from + (to - from) * share };
        let rounded = if whole { value.round() } else { format!("{value:.2e}").parse().unwrap_or(value) };
        rounded.clamp(low, high)
    }
}

/// `spec` with a choice made. The values have been checked one by one; whether they fit each other, the plan says.
pub fn with_choice(spec: &Spec, choice: &Choice) -> Result<Spec, String> {
    let mut spec = spec.clone();
    for (setting, raw) in choice {
        setting.set(&mut spec, raw).map_err(|why| format!("{}: {why}", setting.key()))?;
    }
    Ok(spec)
}

/// A choice as JSON: key to value.
pub fn chosen_json(choice: &Choice) -> Map<String, Value> {
    choice.iter().map(|(setting, raw)| (setting.key(), json(raw))).collect()
}

fn json(raw: &Raw) -> Value {
    match raw {
        Raw::Text(text) => Value::from(text.as_str()),
        // What is no number as JSON has them is said as text.
        Raw::Number(digits) => serde_json::from_str(digits).unwrap_or_else(|_| Value::from(digits.as_str())),
        Raw::Flag(flag) => Value::from(*flag),
        Raw::List(items) => items.iter().map(json).collect(),
        Raw::Table(pairs) => Value::Object(pairs.iter().map(|(key, value)| (key.clone(), json(value))).collect()),
    }
}

/// A value as the setting stores it, if it takes it.
pub(super) fn stored(setting: &Setting, text: &str) -> Result<Raw, String> {
    let mut spec = Spec::default();
    setting.set(&mut spec, &Raw::text(text))?;
    Ok(setting.get(&spec))
}

/// A value that is known to be taken.
fn canonical(setting: &Setting, text: &str) -> Raw {
    stored(setting, text).unwrap_or_else(|_| Raw::text(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_ranges_are_cut_by_factors_and_narrow_ones_by_differences() {
        let wide = Range { low: 1e-4, high: 1e-2, whole: false };
        assert_eq!([0.0, 0.5, 1.0].map(|share| wide.at(share)), [1e-4, 1e-3, 1e-2]);
        let narrow = Range { low: 0.5, high: 1.0, whole: false };
        assert_eq!(narrow.at(0.5), 0.75);
        let units = Range { low: 1.0, high: 4.0, whole: true };
        let drawn: Vec<f64> = (0..8).map(|i| units.at((f64::from(i) + 0.5) / 8.0)).collect();
        assert_eq!(drawn, [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0]);
    }

    #[test]
    fn a_choice_is_written_as_json_has_it() {
        let choice = vec![
            (find("hidden").unwrap(), stored(find("hidden").unwrap(), "64,32").unwrap()),
            (find("lr").unwrap(), stored(find("lr").unwrap(), "2.5e-5").unwrap()),
            (find("optimizer").unwrap(), Raw::text("adam")),
        ];
        let json = Value::Object(chosen_json(&choice));
        let expected =
            serde_json::json!({"network.hidden": [64, 32], "training.lr": 2.5e-5, "training.optimizer": "adam"});
        assert_eq!(json, expected);
    }
}
