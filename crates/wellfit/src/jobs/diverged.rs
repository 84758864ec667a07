//! What to do about a training that diverged, from trials instead of from a rule of thumb.

use crate::compare::cure_of_divergence;
use crate::experiment::{Plan, Prepared};
use crate::net::Member;
use crate::runs::{Advice, Divergence, JobError, TriedChange};
use crate::train::{Engine, StableRate, TrainError, largest_stable_rate};

/// A learning rate from which most networks train.
const USUAL_RATE: f64 = 0.01;

/// The error of a training from `member` that diverged, with what to do.
pub(super) fn explained(
    error: TrainError,
    engine: &mut Engine<f32>,
    plan: &Plan,
    member: &Member<f32>,
    prepared: &Prepared,
    stop_requested: &dyn Fn() -> bool,
) -> JobError {
    let dev = prepared.dev.as_ref().filter(|_| error.is_on_dev());
    let of_dev = dev.and_then(|dev| engine.find_not_finite(member, dev)).map(|_| Advice::CheckDev);
    let advice = of_dev.or_else(|| tried(plan, prepared, stop_requested)).unwrap_or_else(|| {
        let found = largest_stable_rate(engine, &plan.recipe, member, &prepared.train, stop_requested);
        about_the_rate(found, plan.recipe.rate)
    });
    Divergence::Training { cause: error, advice }.into()
}

/// The change under which the training learns; what cannot be tried is no reason to say nothing.
fn tried(plan: &Plan, prepared: &Prepared, stop_requested: &dyn Fn() -> bool) -> Option<Advice> {
    let (change, reason, dev) = cure_of_divergence(prepared, plan, stop_requested).ok()??;
    Some(Advice::Change(Box::new(TriedChange { change, reason, dev, metric: plan.recipe.metric })))
}

fn about_the_rate(found: StableRate, rate: f64) -> Advice {
    match found {
        StableRate::Found { rate, steps } => Advice::Rate { rate, steps },
        StableRate::NoneFound { smallest } => Advice::NoRateDownTo(smallest),
        StableRate::NotTried => Advice::TryRate((rate / 10.0).min(USUAL_RATE)),
    }
}
