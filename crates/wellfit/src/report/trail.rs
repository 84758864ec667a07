//! What was tried, and the effect of each setting, as tables.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::experiment::settings::Purpose;
use crate::improve::AblationResult;
use crate::text::sentence;
use crate::words::{Unit, forecast, improvement as words};

use super::figures::{ChangeRange, Good, change};
use super::improvement::{ProbeReport, StepReport};
use super::input::PageInput;
use super::result::RunResult;

/// A table of changes, each with its gain as a picture.
#[derive(Serialize)]
pub(super) struct Trail {
    title: &'static str,
    intro: String,
    head: [&'static str; 5],
    rows: Vec<Row>,
    // Rows that matter less, folded.
    folded: Vec<Row>,
    note: String,
}

/// Changes that are shown before the others are folded, those with the largest gains.
const MOST: usize = 6;

#[derive(Serialize)]
struct Row {
    change: String,
    about: String,
    // The error of what it is compared with, and of the change; each empty where it says nothing.
    before: String,
    dev: String,
    gain: String,
    // Where the errors and the gain stand among the run's files.
    before_key: String,
    dev_key: String,
    gain_key: String,
    // Markup: from our figure, which escapes every text it is given.
    picture: String,
    outcome: String,
    stands_out: bool,
}

/// The tables that the input has numbers for.
pub(super) fn trails(input: &PageInput, unit: Unit) -> Vec<Trail> {
    [tried(&input.result, unit), probed(&input.result, unit), effects(input, unit)].into_iter().flatten().collect()
}

fn tried(result: &RunResult, unit: Unit) -> Option<Trail> {
    let (steps, improvement) = (result.steps.as_ref()?, result.improvement.as_ref()?);
    let twice = improvement.more_rows.as_ref();
    let shown = shown(steps);
    let seen = steps.iter().enumerate().filter(|(place, _)| shown.contains(place)).map(|(_, step)| &step.gain);
    let range = ChangeRange::of(seen.chain(twice.map(|twice| &twice.gain)));
    let more_rows = twice.map(|twice| {
        let told = unit.difference_with_interval(twice.gain);
        Row {
            change: forecast::TWICE_THE_ROWS.to_string(),
            about: format!("learning curve · {}", Purpose::FitDev.name()),
            before: String::new(),
            before_key: String::new(),
            dev: unit.error(twice.error.value),
            dev_key: "/improvement/more_rows/error".to_string(),
            gain_key: "/improvement/more_rows/gain".to_string(),
            picture: change("Gain", twice.gain, Good::Up, range, &told),
            gain: told,
            outcome: "needs more data; 90% interval".to_string(),
            stands_out: false,
        }
    });
    let row = |(place, step): (usize, &StepReport)| {
        let (told, picture) = match step.failed {
            true => (String::new(), String::new()),
            false => {
                let told = unit.difference_with_interval(step.gain);
                (told.clone(), change("Gain", step.gain, Good::Up, range, &told))
            }
        };
        let error = |error: f64| if step.failed { String::new() } else { unit.error(error) };
        Row {
            before: error(step.before),
            before_key: format!("/steps/{place}/before"),
            dev_key: format!("/steps/{place}/after"),
            gain_key: format!("/steps/{place}/gain"),
            change: step.change.clone(),
            about: format!("{} · {}", step.remedy, step.purpose.name()),
            dev: error(step.after),
            picture,
            gain: told,
            outcome: if step.accepted { "kept".to_string() } else { step.reason.clone() },
            stands_out: step.accepted,
        }
    };
    let (rows, folded): (Vec<_>, Vec<_>) = steps.iter().enumerate().partition(|(place, _)| shown.contains(place));
    let confirmed = improvement.confirmation.map_or(String::new(), |found| {
        format!(" On re-split train and dev rows the gain is {}.", unit.difference_with_interval(found))
    });
    Some(Trail {
        title: "What was tried",
        intro: format!(
            "{} {} {}{confirmed}",
            sentence(&improvement.before_and_after(unit)),
            sentence(&improvement.end(steps)),
            sentence(&words::columns_of_page(improvement.judged_on())),
        ),
        head: ["change", "error", "gain", "", "outcome"],
        rows: rows.into_iter().map(row).chain(more_rows).collect(),
        folded: folded.into_iter().map(row).collect(),
        note: improvement.rule.clone(),
    })
}

// Places of the trials that are shown: those kept, and those with the largest gains.
fn shown(steps: &[StepReport]) -> BTreeSet<usize> {
    let mut order: Vec<(usize, &StepReport)> = steps.iter().enumerate().collect();
    order.sort_by(|(_, a), (_, b)| b.accepted.cmp(&a.accepted).then(b.gain.value.total_cmp(&a.gain.value)));
    let kept = steps.iter().filter(|step| step.accepted).count();
    order.into_iter().take(kept.max(MOST)).map(|(place, _)| place).collect()
}

fn probed(result: &RunResult, unit: Unit) -> Option<Trail> {
    let mut probes: Vec<(usize, &ProbeReport)> = result.probes.iter().enumerate().collect();
    probes.sort_by(|a, b| b.1.gain.value.total_cmp(&a.1.gain.value));
    let range = ChangeRange::of(probes.iter().take(MOST).map(|(_, probe)| &probe.gain));
    let row = |(place, probe): (usize, &ProbeReport)| {
        let told = unit.difference_with_interval(probe.gain);
        Row {
            change: probe.change.clone(),
            about: probe.remedy.clone(),
            before: unit.error(probe.before),
            before_key: format!("/probes/{place}/before"),
            dev: unit.error(probe.after),
            dev_key: format!("/probes/{place}/after"),
            gain_key: format!("/probes/{place}/gain"),
            picture: change("Gain", probe.gain, Good::Up, range, &told),
            gain: told,
            outcome: words::probe(probe.gain, probe.significant, probe.fits_train_better).to_string(),
            stands_out: probe.significant,
        }
    };
    let mut rows: Vec<Row> = probes.into_iter().map(row).collect();
    (!rows.is_empty()).then(|| Trail {
        title: "What remedies do here",
        intro: "This configuration with and without one change, on the same rows and seeds. The best epoch for each row is \
                chosen on other rows (of dev or, where rows are few, by cross-validation), so errors differ from the dev error above."
            .to_string(),
        head: ["change", "error", "gain", "", "outcome"],
        folded: rows.split_off(MOST.min(rows.len())),
        rows,
        note: sentence(words::PROBES_NOTE),
    })
}

fn effects(input: &PageInput, unit: Unit) -> Option<Trail> {
    let results = &input.ablation;
    let range = ChangeRange::of(results.iter().filter_map(|result| result.effect.as_ref()));
    let own = results.iter().find_map(|result| Some(result.dev? - result.effect?.value));
    let own = own.map_or(String::new(), |own| format!(" Unchanged, its error is {}.", unit.error(own)));
    let row = |(place, result): (usize, &AblationResult)| {
        let told = result.effect.map_or(String::new(), |effect| unit.difference_with_interval(effect));
        Row {
            change: result.change.to_string(),
            about: words::knob(result.knob).to_string(),
            before: String::new(),
            before_key: String::new(),
            dev: result.dev.map_or("diverged".to_string(), |dev| unit.error(dev)),
            dev_key: format!("ablation.json#/{place}/dev"),
            gain_key: format!("ablation.json#/{place}/bought"),
            picture: result
                .effect
                .map_or(String::new(), |effect| change("Rise of the error", effect, Good::Down, range, &told)),
            gain: told,
            outcome: result.effect.map_or("worse: training diverges", words::effect).to_string(),
            stands_out: result.effect.is_none_or(|effect| effect.low > 0.0),
        }
    };
    (!results.is_empty()).then(|| Trail {
        title: "Effect of each setting",
        intro: format!("Each row is this run trained again with one setting changed.{own}"),
        head: ["changed to", "error", "error rises by", "", ""],
        rows: results.iter().enumerate().map(row).collect(),
        folded: Vec::new(),
        note: sentence(words::EFFECTS_NOTE),
    })
}
