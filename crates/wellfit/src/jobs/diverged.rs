//! What to do about a training that diverged, from trials instead of from a rule of thumb.

use crate::experiment::{Plan, Prepared};
use crate::net::Member;
use crate::runs::JobError;
use crate::text::counted;
use crate::train::{Engine, StableRate, TrainError, largest_stable_rate};

/// A learning rate from which most networks train.
const USUAL_RATE: f64 = 0.01;

/// The error of a training from `member` that diverged, with what to do.
pub(super) fn explained(
    error: &TrainError,
    engine: &mut Engine<f32>,
    plan: &Plan,
    member: &Member<f32>,
    prepared: &Prepared,
    stop_requested: &dyn Fn() -> bool,
) -> JobError {
    let dev = prepared.dev.as_ref().filter(|_| error.is_on_dev());
    let hint = match dev.and_then(|dev| engine.find_not_finite(member, dev)) {
        Some(_) => "the starting weights overflow there too: look for numbers far outside those of train".to_string(),
        None => rate_hint(
            largest_stable_rate(engine, &plan.recipe, member, &prepared.train, stop_requested),
            plan.recipe.rate,
        ),
    };
    JobError::Diverged(format!("{error}; {hint}"))
}

fn rate_hint(found: StableRate, rate: f64) -> String {
    match found {
        StableRate::Found { rate, steps } => {
            format!("the largest rate that stayed stable for {} is {rate}: --lr {rate}", counted(steps as u64, "step"))
        }
        StableRate::NoneFound { smallest } => format!(
            "no rate down to {smallest:e} stayed stable in short trials: look at the inputs (--normalize) and at the starting \
             weights (--init)"
        ),
        StableRate::NotTried => format!("try a smaller rate: --lr {}", (rate / 10.0).min(USUAL_RATE)),
    }
}
