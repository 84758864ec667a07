//! A change that was tried by a training of its own, beside the run's configuration under the same seed.

use crate::diagnose::Interval;

use super::candidates::Candidate;

/// What was tried after training.
#[derive(Clone, Debug, Default)]
pub struct Probes {
    /// Changes of settings, in the order of the ladder.
    pub tried: Vec<Probe>,
    /// What twice the train rows would gain, going by what half of them lose; `None` where that was not measured.
    pub more_rows: Option<f64>,
}

/// What a change did to dev error.
#[derive(Clone, Debug)]
pub struct Probe {
    /// The change.
    pub candidate: Candidate,
    /// Dev error before and after, each row judged at an epoch that was chosen without it.
    pub before: f64,
    /// See `before`.
    pub after: f64,
    /// Before less after, with its 95% interval over rows.
    pub gain: Interval,
    /// Whether the gain is significant, as one of all changes that were tried.
    pub significant: bool,
    /// Whether train error falls significantly, as one of all changes that were tried.
    pub fits_train_better: bool,
}

/// A gain of this share of the best one is as good: the remedy higher on the ladder is the one to give.
const AS_GOOD: f64 = 0.8;

/// The probes to act on, the best first, one of each remedy. `probes` stand in the order of the ladder.
///
/// A probe helps that significantly lowers dev error or, where bias is to be treated, significantly lowers train error and
/// raises no dev error; by less than `least` is not worth a step. Of those that gain as much as the best, or about, the highest
/// on the ladder goes first.
pub(super) fn by_use(probes: &[Probe], treats_bias: bool, least: f64) -> Vec<&Probe> {
    let helps = |probe: &&Probe| {
        let sure = probe.significant || treats_bias && probe.fits_train_better;
        sure && probe.gain.value > 0.0 && probe.gain.value >= least
    };
    let mut left: Vec<&Probe> = probes.iter().filter(helps).collect();
    let mut order = Vec::new();
    while let Some(best) = left.iter().copied().max_by(|a, b| a.gain.value.total_cmp(&b.gain.value)) {
        // Half the way to the low end is about a standard error.
        let as_good = (AS_GOOD * best.gain.value).min((best.gain.value + best.gain.low) / 2.0);
        let next = left.iter().find(|probe| probe.gain.value >= as_good).copied().unwrap_or(best);
        // Of one remedy the dose that gains most.
        let doses = left.iter().filter(|probe| probe.candidate.remedy == next.candidate.remedy);
        order.extend(doses.copied().max_by(|a, b| a.gain.value.total_cmp(&b.gain.value)));
        left.retain(|probe| probe.candidate.remedy != next.candidate.remedy);
    }
    order
}

/// What trials of a remedy leave of its promise.
pub(super) enum Promise<'a> {
    Untried,
    /// No dose gained, or none could have gained enough.
    Refuted,
    /// The dose that gained most.
    Open(&'a Probe),
}

/// The promise of a remedy of which a gain below `least` is not worth a step.
pub(super) fn promise<'a>(remedy: &str, probes: &'a [Probe], least: f64) -> Promise<'a> {
    let tried = probes.iter().filter(|probe| probe.candidate.remedy == remedy);
    let Some(best) = tried.max_by(|a, b| a.gain.value.total_cmp(&b.gain.value)) else { return Promise::Untried };
    match best.gain.value > 0.0 && best.gain.high >= least {
        true => Promise::Open(best),
        false => Promise::Refuted,
    }
}
