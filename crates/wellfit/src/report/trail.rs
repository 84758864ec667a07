//! What was tried, and the effect of each setting, as tables.

use serde::Serialize;

use crate::experiment::settings::Purpose;
use crate::improve::AblationResult;
use crate::text::sentence;
use crate::words::{Unit, forecast, improvement as words};

use super::figures::{change, widest};
use super::input::PageInput;
use super::result::RunResult;

/// A table of changes, each with its gain as a picture.
#[derive(Serialize)]
pub(super) struct Trail {
    title: &'static str,
    intro: String,
    head: [&'static str; 5],
    rows: Vec<Row>,
    note: String,
}

#[derive(Serialize)]
struct Row {
    change: String,
    about: String,
    dev: String,
    gain: String,
    // Markup: from our figure, which escapes every text it is given.
    picture: String,
    outcome: String,
    stands_out: bool,
}

/// The tables that the input has numbers for.
pub(super) fn trails(input: &PageInput, unit: Unit) -> Vec<Trail> {
    [tried(&input.result, unit), effects(input, unit)].into_iter().flatten().collect()
}

fn tried(result: &RunResult, unit: Unit) -> Option<Trail> {
    let (steps, improvement) = (result.steps.as_ref()?, result.improvement.as_ref()?);
    let twice = improvement.more_rows.as_ref();
    let most = widest(steps.iter().map(|step| &step.gain).chain(twice.map(|twice| &twice.gain)));
    let more_rows = twice.map(|twice| {
        let told = unit.difference_with_interval(twice.gain);
        Row {
            change: forecast::TWICE_THE_ROWS.to_string(),
            about: format!("learning curve · {}", Purpose::FitDev.name()),
            dev: unit.error(twice.error.value),
            picture: change("Gain", twice.gain, most, &told),
            gain: told,
            outcome: "needs more data; 90% interval".to_string(),
            stands_out: false,
        }
    });
    let rows = steps.iter().map(|step| {
        let told = unit.difference_with_interval(step.gain);
        Row {
            change: step.change.clone(),
            about: format!("{} · {}", step.remedy, step.purpose.name()),
            dev: unit.error(step.after),
            picture: change("Gain", step.gain, most, &told),
            gain: told,
            outcome: if step.accepted { "kept".to_string() } else { step.reason.clone() },
            stands_out: step.accepted,
        }
    });
    let confirmed = improvement.confirmation.map_or(String::new(), |found| {
        format!(" On re-split train and dev rows the gain is {}.", unit.difference_with_interval(found))
    });
    Some(Trail {
        title: "What was tried",
        intro: format!(
            "{} {} {}{confirmed}",
            sentence(&improvement.before_and_after(unit)),
            sentence(&improvement.end(steps)),
            sentence(&words::columns(improvement.judged_on())),
        ),
        head: ["change", "error", "gain", "", "outcome"],
        rows: rows.chain(more_rows).collect(),
        note: improvement.rule.clone(),
    })
}

fn effects(input: &PageInput, unit: Unit) -> Option<Trail> {
    let results = &input.ablation;
    let most = widest(results.iter().filter_map(|result| result.effect.as_ref()));
    let row = |result: &AblationResult| {
        let told = result.effect.map_or(String::new(), |effect| unit.difference_with_interval(effect));
        Row {
            change: result.change.to_string(),
            about: words::knob(result.knob).to_string(),
            dev: result.dev.map_or("diverged".to_string(), |dev| unit.error(dev)),
            picture: result.effect.map_or(String::new(), |effect| change("Rise of the error", effect, most, &told)),
            gain: told,
            outcome: result.effect.map_or("worse: training diverges", words::effect).to_string(),
            stands_out: result.effect.is_none_or(|effect| effect.low > 0.0),
        }
    };
    (!results.is_empty()).then(|| Trail {
        title: "Effect of each setting",
        intro: "Each row is this run trained again with one setting changed.".to_string(),
        head: ["changed to", "error", "error rises by", "", ""],
        rows: results.iter().map(row).collect(),
        note: sentence(words::EFFECTS_NOTE),
    })
}
