//! What was tried and what each knob bought, as tables.

use serde::Serialize;

use crate::diagnose::Interval;
use crate::diagnose::words::Unit;
use crate::experiment::settings::Purpose;
use crate::improve::{AblationResult, MORE_ROWS};
use crate::text::counted;

use super::figures::{gain, widest};
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
    [tried(&input.result, unit), bought(input, unit)].into_iter().flatten().collect()
}

fn tried(result: &RunResult, unit: Unit) -> Option<Trail> {
    let (steps, improvement) = (result.steps.as_ref()?, result.improvement.as_ref()?);
    let forecast = improvement.more_rows.as_ref();
    let most = widest(steps.iter().map(|step| &step.gain).chain(forecast.map(|twice| &twice.gain)));
    let more_rows = forecast.map(|twice| {
        let told = unit.difference_with_interval(twice.gain);
        Row {
            change: MORE_ROWS.to_string(),
            about: format!("learning curve · {}", Purpose::FitDev.name()),
            dev: unit.error(twice.error.value),
            picture: gain(twice.gain, most, &told),
            gain: told,
            outcome: "yours to do; the interval is at 90%".to_string(),
            stands_out: false,
        }
    });
    let rows = steps.iter().map(|step| {
        let told = unit.difference_with_interval(step.gain);
        Row {
            change: step.change.clone(),
            about: format!("{} · {}", step.remedy, step.purpose.name()),
            dev: unit.error(step.after),
            picture: gain(step.gain, most, &told),
            gain: told,
            outcome: if step.accepted { "kept".to_string() } else { step.reason.clone() },
            stands_out: step.accepted,
        }
    });
    let confirmed = improvement.confirmation.map_or(String::new(), |found| {
        format!(" On train and dev rows dealt anew the gain is {}.", unit.difference_with_interval(found))
    });
    Some(Trail {
        title: "What was tried",
        intro: format!(
            "Dev error went from {} to {} over all trainings; {}, after {} in {:.0} s.{confirmed}",
            unit.error(improvement.before),
            unit.error(improvement.after),
            improvement.ended,
            counted(steps.len() as u64, "probe"),
            improvement.seconds
        ),
        head: ["change", "dev", "gain", "", "outcome"],
        rows: rows.chain(more_rows).collect(),
        note: format!("A change is {}.", improvement.rule),
    })
}

fn bought(input: &PageInput, unit: Unit) -> Option<Trail> {
    let knobs = &input.ablation;
    let most = widest(knobs.iter().filter_map(|knob| knob.bought.as_ref()));
    let row = |knob: &AblationResult| {
        let told = knob.bought.map_or(String::new(), |bought| unit.difference_with_interval(bought));
        Row {
            change: knob.change.clone(),
            about: knob.knob.clone(),
            dev: knob.dev.map_or("diverged".to_string(), |dev| unit.error(dev)),
            picture: knob.bought.map_or(String::new(), |bought| gain(bought, most, &told)),
            gain: told,
            outcome: knob.bought.map_or("needed", said).to_string(),
            stands_out: knob.bought.is_none_or(|bought| bought.low > 0.0),
        }
    };
    (!knobs.is_empty()).then(|| Trail {
        title: "What each knob bought",
        intro: "Each line is this run trained without what the knob gave it, everything else as it is.".to_string(),
        head: ["instead", "dev", "the knob bought", "", "so"],
        rows: knobs.iter().map(row).collect(),
        note: "Over the same rows and seeds; intervals at 95%, not corrected for their number.".to_string(),
    })
}

/// What an interval says of a knob.
fn said(bought: Interval) -> &'static str {
    match bought {
        Interval { low, .. } if low > 0.0 => "it helps",
        Interval { high, .. } if high < 0.0 => "it harms",
        _ => "cannot be told",
    }
}
