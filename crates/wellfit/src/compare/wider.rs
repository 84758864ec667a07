//! Whether bias is the network's: one four times as wide, on the same rows under the same seeds.

use crate::diagnose::Verdict;
use crate::experiment::Plan;
use crate::experiment::settings::Auto;
use crate::report::WiderNetwork;
use crate::runs::JobError;

use super::cross_validated::CrossValidated;
use super::trial_set::TrialSet;

/// How many times as wide.
const TIMES: usize = 4;
/// A layer of more units is not tried: it would take minutes where the run took seconds.
const WIDEST: usize = 2_048;
/// One-sided level of each of the two gains.
const LEVEL: f64 = 0.025;

/// Tries the wider network where bias was called high against a target error that nobody gave. The outer `None` if it was
/// stopped, the inner one where there is nothing to try.
pub(crate) fn probe_wider(
    trained: &mut CrossValidated,
    verdict: Verdict,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Option<WiderNetwork>>, JobError> {
    let Some(hidden) = wider_layers(&trained.own.plan, verdict) else { return Ok(Some(None)) };
    let CrossValidated { splits, own } = trained;
    let mut spec = own.plan.spec.clone();
    spec.network.hidden = Auto::Given(hidden.clone());
    let mut plan = Plan::new(&spec, &splits.first().summary())?;
    plan.threads = own.plan.threads;
    let mut wider = TrialSet::of(plan);
    let seeds = splits.trainings();
    own.train(splits, seeds, stop)?;
    wider.train(splits, seeds, stop)?;
    if own.outcomes.len() < seeds || wider.outcomes.len() < seeds {
        return Ok(None);
    }
    let train = wider.gain_on_train(own, splits, seeds, LEVEL);
    let dev = wider.gain_over(own, splits, seeds, LEVEL);
    let firm = train.low_at_level > 0.0 && dev.low_at_level > 0.0;
    Ok(Some(Some(WiderNetwork { times: TIMES, hidden, train: train.interval, dev: dev.interval, firm })))
}

/// The layers to try, where the verdict asks for them.
pub(crate) fn wider_layers(plan: &Plan, verdict: Verdict) -> Option<Vec<usize>> {
    let biased = matches!(verdict, Verdict::HighBias | Verdict::HighBiasAndHighVariance);
    let hidden: Vec<usize> = plan.network.hidden_units().iter().map(|units| TIMES * units).collect();
    let within_reason = !hidden.is_empty() && hidden.iter().all(|&units| units <= WIDEST);
    (biased && plan.spec.training.target_error.is_none() && within_reason).then_some(hidden)
}
