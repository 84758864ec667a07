//! What follows `--search` and `--trials`, checked through the registry of settings.

use crate::experiment::settings::{Purpose, Raw};
use crate::experiment::spec::find;
use crate::experiment::{Problem, Setting, SpecError, unknown_key};
use crate::text::one_line;

use super::sampler::MOST_SETTINGS;
use super::space::{Knob, Range, Space, Values, stored};

/// A search as it was asked for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// What follows each `--search`, as written.
    pub written: Vec<String>,
    /// The settings; `None` where none was named, so that the customary ones are searched.
    pub space: Option<Space>,
    /// Settings to try, where a number was named.
    pub trials: Option<usize>,
}

impl Search {
    /// Reads what follows `--search` and `--trials`; all problems at once.
    pub fn parse(searches: &[String], trials: Option<&str>) -> Result<Search, SpecError> {
        let mut problems = Vec::new();
        let mut knobs: Vec<Knob> = Vec::new();
        for text in searches {
            match knob(text) {
                Ok(knob) if knobs.iter().any(|other| other.setting.key() == knob.setting.key()) => {
                    problems.push(problem(
                        &place(knob.setting.name),
                        "named twice; write all its values after one --search",
                    ));
                }
                Ok(knob) => knobs.push(knob),
                Err(found) => problems.extend(found),
            }
        }
        let trials = trials.and_then(|text| match text.trim().parse::<usize>() {
            Ok(0) | Err(_) => {
                let quoted = Raw::text(text).quoted();
                problems.push(problem("--trials", &format!("{quoted} is not a whole number above 0")));
                None
            }
            Ok(trials) if trials > MOST_SETTINGS => {
                problems.push(problem("--trials", &format!("{trials} is above {MOST_SETTINGS}")));
                None
            }
            Ok(trials) => Some(trials),
        });
        let space = (!knobs.is_empty()).then_some(Space { knobs });
        if let (Some(space), None) = (&space, trials)
            && let Some(settings) = space.grid()
            && settings > MOST_SETTINGS
        {
            let said = format!("a grid of {settings} settings; --trials N tries N of them, drawn at random");
            problems.push(problem("--search", &said));
        }
        if !problems.is_empty() {
            return Err(SpecError { problems });
        }
        Ok(Search { written: searches.to_vec(), space, trials })
    }
}

/// `key=v1,v2,..`, `key=a,b|c,d` or `key=low..high`.
fn knob(text: &str) -> Result<Knob, Vec<Problem>> {
    let Some((key, values)) = text.split_once('=') else {
        let quoted = Raw::text(text).quoted();
        return Err(vec![problem("--search", &format!("{quoted} has no values; write key=v1,v2 or key=low..high"))]);
    };
    let key = key.trim();
    let Some(setting) = find(key) else { return Err(vec![problem("--search", &unknown_key(key))]) };
    let said = |message: &str| problem(&place(key), message);
    if let Some(why) = not_searched(setting) {
        return Err(vec![said(&why)]);
    }
    if values.trim().is_empty() {
        return Err(vec![said("has no values; write key=v1,v2 or key=low..high")]);
    }
    if let Some((low, high)) = values.split_once("..")
        && takes_numbers(setting)
    {
        return range(setting, low.trim(), high.trim())
            .map(|range| Knob { setting, values: Values::Range(range) })
            .map_err(|all| all.iter().map(|message| said(message)).collect());
    }
    let between = if values.contains('|') { '|' } else { ',' };
    let (mut listed, mut problems): (Vec<Raw>, Vec<Problem>) = (Vec::new(), Vec::new());
    for value in values.split(between).map(str::trim) {
        match stored(setting, value) {
            Ok(raw) if listed.contains(&raw) => problems.push(said(&format!("{} is there twice", raw.quoted()))),
            Ok(raw) => listed.push(raw),
            Err(message) => problems.push(said(&message)),
        }
    }
    if problems.is_empty() { Ok(Knob { setting, values: Values::Listed(listed) }) } else { Err(problems) }
}

fn range(setting: &Setting, low: &str, high: &str) -> Result<Range, Vec<String>> {
    if low.is_empty() || high.is_empty() {
        return Err(vec!["a range has two ends, as in 1e-4..1e-2".to_owned()]);
    }
    let ends = [low, high].map(|end| stored(setting, end).and_then(|_| number(end)));
    let [Ok(low), Ok(high)] = ends else { return Err(ends.into_iter().filter_map(Result::err).collect()) };
    if low >= high {
        return Err(vec![format!("the range {low}..{high} is empty; the smaller end comes first")]);
    }
    // No setting takes some fractions and not others.
    let whole = stored(setting, "1.5").is_err() && stored(setting, "0.5").is_err();
    Ok(Range { low, high, whole })
}

fn number(text: &str) -> Result<f64, String> {
    text.parse::<f64>()
        .ok()
        .filter(|number| number.is_finite())
        .ok_or_else(|| format!("{} is not a number, as the ends of a range are", Raw::text(text).quoted()))
}

/// Whether a range of numbers can be meant.
fn takes_numbers(setting: &Setting) -> bool {
    let is_number = |text: &str| match stored(setting, text) {
        Ok(Raw::List(items)) => items.iter().all(|item| matches!(item, Raw::Number(_))),
        Ok(raw) => matches!(raw, Raw::Number(_)),
        Err(_) => false,
    };
    is_number("1") || is_number("0.5")
}

/// Why a setting is not searched, if it is not.
fn not_searched(setting: &Setting) -> Option<String> {
    let why = match (setting.purpose, setting.name) {
        (_, "class_weights" | "precision") => return None,
        (Purpose::FitTrain | Purpose::FitDev | Purpose::FitTrainAndDev, _) => return None,
        (Purpose::Run, _) => "it is no property of the network",
        _ => "it decides what is learned or how it is judged, so that errors would not compare",
    };
    Some(format!("is not searched: {why}; give it as --{}", setting.flag()))
}

fn place(key: &str) -> String {
    format!("--search {key}")
}

fn problem(place: &str, message: &str) -> Problem {
    Problem { place: place.to_owned(), message: one_line(message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(searches: &[&str]) -> Space {
        Search::parse(&searches.iter().map(|&s| s.to_owned()).collect::<Vec<_>>(), None).unwrap().space.unwrap()
    }

    fn problems(searches: &[&str], trials: Option<&str>) -> Vec<String> {
        let searches: Vec<_> = searches.iter().map(|&s| s.to_owned()).collect();
        Search::parse(&searches, trials).unwrap_err().problems.iter().map(Problem::to_string).collect()
    }

    fn listed(knob: &Knob) -> Vec<String> {
        let Values::Listed(values) = &knob.values else { panic!("a list") };
        values.iter().map(Raw::to_text).collect()
    }

    #[test]
    fn commas_part_values_unless_bars_do() {
        let space = space(&["training.l2=0, 1,3", "hidden=64,32|128|", "activation=relu,silu"]);
        assert_eq!(listed(&space.knobs[0]), ["0", "1", "3"]);
        assert_eq!(listed(&space.knobs[1]), ["64,32", "128", ""]);
        assert_eq!(listed(&space.knobs[2]), ["relu", "silu"]);
        assert_eq!(space.grid(), Some(18));
    }

    #[test]
    fn two_ends_make_a_range_of_whole_numbers_where_the_setting_takes_no_others() {
        let space = space(&["lr=1e-4..1e-2", "keep_prob=0.5..1", "hidden=8..256", "batch=16..64", "l2=0..10"]);
        let ranges: Vec<_> = space.knobs.iter().map(|knob| knob.values.clone()).collect();
        let range = |low, high, whole| Values::Range(Range { low, high, whole });
        let expected = [
            range(1e-4, 1e-2, false),
            range(0.5, 1.0, false),
            range(8.0, 256.0, true),
            range(16.0, 64.0, true),
            range(0.0, 10.0, false),
        ];
        assert_eq!(ranges, expected);
        assert_eq!(space.grid(), None);
    }

    #[test]
    fn all_problems_of_a_search_come_at_once() {
        let searches = [
            "lrr=1,2",
            "l2",
            "l2=",
            "keep_prob=0.5,1.5,x",
            "lr=1e-2..1e-4",
            "lr=..1",
            "epochs=1.5..4",
            "seed=1,2",
            "target=a,b",
            "l1=0,0",
            "beta1=0.5,0.9",
            "training.beta1=0.1",
            "hidden=64,x|32",
            "lr=0..1",
        ];
        let expected = [
            "--search: there is no setting lrr; did you mean `lr`?",
            "--search: \"l2\" has no values; write key=v1,v2 or key=low..high",
            "--search l2: has no values; write key=v1,v2 or key=low..high",
            "--search keep_prob: 1.5 is not in (0, 1]; it is the probability of keeping a unit",
            "--search keep_prob: \"x\" is not auto, a number or a list of numbers (0.9,0.8)",
            "--search lr: the range 0.01..0.0001 is empty; the smaller end comes first",
            "--search lr: a range has two ends, as in 1e-4..1e-2",
            "--search epochs: \"1.5\" is not auto or a whole number",
            "--search seed: is not searched: it is no property of the network; give it as --seed",
            "--search target: is not searched: it decides what is learned or how it is judged, so that errors would not \
             compare; give it as --target",
            "--search l1: 0 is there twice",
            "--search beta1: named twice; write all its values after one --search",
            "--search hidden: \"x\" in the list is not a whole number",
            "--search lr: 0 is not above 0; it is a step size",
            "--trials: \"many\" is not a whole number above 0",
        ];
        assert_eq!(problems(&searches, Some("many")), expected);
    }

    #[test]
    fn a_grid_too_large_to_train_asks_for_a_number_of_trials() {
        let values: Vec<String> = (1..=40).map(|i| i.to_string()).collect();
        let searches = [format!("l2={}", values.join(",")), format!("epochs={}", values.join(","))];
        let problem = Search::parse(&searches, None).unwrap_err().to_string();
        assert_eq!(problem, "--search: a grid of 1600 settings; --trials N tries N of them, drawn at random");
        assert!(Search::parse(&searches, Some("30")).is_ok());
    }
}
