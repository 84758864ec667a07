//! What is tried of a space: the whole grid, or settings at random that do not depend on how many are drawn.

use std::collections::HashSet;

use wellfit_kernels::random::{Purpose, Stream};

use crate::experiment::Setting;
use crate::experiment::Spec;
use crate::experiment::settings::Raw;

use super::space::{Choice, Space, Values, chosen_json};

/// Settings that a random search tries where nobody says.
pub const RANDOM_TRIALS: usize = 20;
/// Most settings of one search.
pub const MOST_SETTINGS: usize = 1_000;
/// Streams of searches start here; samples of rows end far below.
const LANES: u64 = 1 << 41;
/// Draws for each setting that is wanted, before a space is taken to hold no more.
const DRAWS: usize = 50;

/// The settings to try, each once, in order: the grid where all values are listed and no fewer are asked for, else `trials` of
/// them at random.
///
/// The i-th of a random search is the same however many are asked for.
pub fn draw(space: &Space, trials: Option<usize>, seed: u64) -> Vec<Choice> {
    let wanted = trials.unwrap_or(RANDOM_TRIALS);
    match space.grid() {
        Some(all) if trials.is_none_or(|trials| trials >= all) && all <= MOST_SETTINGS => {
            (0..all).map(|at| in_grid(space, at)).collect()
        }
        _ => at_random(space, wanted.min(MOST_SETTINGS), seed),
    }
}

/// A setting of the grid: the last setting varies fastest.
fn in_grid(space: &Space, mut at: usize) -> Choice {
    let mut choice: Choice = Vec::new();
    for knob in space.knobs.iter().rev() {
        if let Values::Listed(values) = &knob.values {
            let count = values.len().max(1);
            choice.extend(values.get(at % count).map(|value| (knob.setting, value.clone())));
            at /= count;
        }
    }
    choice.reverse();
    choice
}

fn at_random(space: &Space, wanted: usize, seed: u64) -> Vec<Choice> {
    let mut seen = HashSet::new();
    let draws = (0..wanted.saturating_mul(DRAWS) as u64).map(|draw| drawn(space, draw, seed));
    draws
        .filter(|choice| seen.insert(serde_json::Value::Object(chosen_json(choice)).to_string()))
        .take(wanted)
        .collect()
}

fn drawn(space: &Space, draw: u64, seed: u64) -> Choice {
    let value = |(at, values): (usize, &Values)| {
        let share = Stream::new(seed, Purpose::Sample, LANES + at as u64).uniform(draw);
        match values {
            Values::Listed(values) => values.get((share * values.len() as f64) as usize).cloned(),
            Values::Range(range) => Some(Raw::text(range.at(share).to_string())),
        }
    };
    let knobs = space.knobs.iter().enumerate();
    knobs.filter_map(|(at, knob)| Some((knob.setting, value((at, &knob.values))?))).map(stored).collect()
}

/// The value as its setting stores it, so that equal settings compare equal.
fn stored((setting, raw): (&'static Setting, Raw)) -> (&'static Setting, Raw) {
    let mut spec = Spec::default();
    // Values within checked ends are taken; one that were not would be refused where the plan is made.
    let stored = setting.set(&mut spec, &raw).map(|()| setting.get(&spec));
    (setting, stored.unwrap_or(raw))
}

#[cfg(test)]
mod tests {
    use super::super::search::Search;
    use super::*;

    fn space(searches: &[&str]) -> Space {
        Search::parse(&searches.iter().map(|&s| s.to_owned()).collect::<Vec<_>>(), Some("1")).unwrap().space.unwrap()
    }

    fn texts(choices: &[Choice]) -> Vec<String> {
        let one = |choice: &Choice| choice.iter().map(|(_, raw)| raw.to_text()).collect::<Vec<_>>().join(" ");
        choices.iter().map(one).collect()
    }

    #[test]
    fn lists_make_a_grid_whose_last_knob_turns_fastest() {
        let all = draw(&space(&["l2=0,1", "hidden=64,32|8"]), None, 0);
        assert_eq!(texts(&all), ["0 64,32", "0 8", "1 64,32", "1 8"]);
    }

    #[test]
    fn the_first_of_a_random_search_stay_the_same_however_many_are_drawn() {
        for searches in [&["lr=1e-4..1e-2", "l2=0,1,3"][..], &["l2=0,1,2,3,4,5", "epochs=1,2,3,4,5"]] {
            let space = space(searches);
            let (few, many) = (texts(&draw(&space, Some(5), 3)), texts(&draw(&space, Some(12), 3)));
            assert_eq!((few.len(), many.len()), (5, 12));
            assert_eq!(few, many[..5]);
            assert_ne!(few, texts(&draw(&space, Some(5), 4)), "another seed draws others");
        }
    }

    #[test]
    fn no_setting_is_drawn_twice_and_a_small_space_ends() {
        let drawn = texts(&draw(&space(&["hidden=1..3", "l2=0,1"]), Some(50), 0));
        let distinct: HashSet<_> = drawn.iter().collect();
        assert_eq!((drawn.len(), distinct.len()), (6, 6), "{drawn:?}");
    }

    #[test]
    fn draws_stay_in_their_range_and_reach_all_of_it() {
        let drawn = draw(&space(&["lr=1e-4..1e-2"]), Some(200), 0);
        let rates: Vec<f64> = drawn.iter().map(|choice| choice[0].1.to_text().parse().unwrap()).collect();
        assert!(rates.iter().all(|rate| (1e-4..=1e-2).contains(rate)));
        // By factors: half of 200 below the geometric middle; 5 deviations of a binomial are 35.
        assert!((65..=135).contains(&rates.iter().filter(|rate| **rate < 1e-3).count()));
    }
}
