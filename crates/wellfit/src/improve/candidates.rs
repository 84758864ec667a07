//! The changes worth a probe for a case.

use crate::data::Normalize;
use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};
use crate::experiment::{Assignment, Spec};

use super::case::{Case, Knobs};
use super::reason::Reason;
use super::remedies::{FittingInitialisation, GradientClipping, Normalisation, OtherLearningRate, REMEDIES};
use super::remedy::{Action, Change, Remedy};
use super::suspicion::suspicion;

/// The one data setting that leaves the rows where they are.
const NORMALIZE: &str = "data.normalize";

/// A change that can be tried: one key of the config.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The remedy's name.
    pub remedy: &'static str,
    /// What its setting is for.
    pub purpose: Purpose,
    /// Whether it sets a network to learn that does not.
    pub cures: bool,
    /// Whether it changes a setting that stands elsewhere than usual.
    pub is_suspect: bool,
    /// The setting and its value.
    pub change: Assignment,
    /// Why.
    pub reason: Reason,
    /// The config with the change made.
    pub spec: Spec,
}

/// Every remedy that applies and can be tried on the same dev rows: cures of a network that does not learn first, where it does
/// not, then those that treat the verdict.
///
/// The others follow: a gap between train and dev suggests a remedy, and only a probe decides. `spec` is what the case was
/// trained with, complete.
pub fn candidates(case: &Case, spec: &Spec) -> Vec<Candidate> {
    let mut all: Vec<&dyn Remedy> = REMEDIES.to_vec();
    all.sort_by_key(|remedy| match *remedy {
        remedy if remedy.cures() && case.fails_to_learn() => 0,
        remedy if treats(remedy, case.diagnosis.verdict) => 1,
        _ => 2,
    });
    all.into_iter().flat_map(|remedy| doses(remedy, case, spec)).collect()
}

/// The changes that are tried after training: cures, and remedies for what may be high.
///
/// The most suspicious settings come first, then remedies for what is more likely, a first dose of each in the order of the ladder
/// before any second.
pub fn probe_candidates(case: &Case, spec: &Spec) -> Vec<Candidate> {
    let may_help = |remedy: &dyn Remedy| {
        let bias = case.bias_is_possible() && remedy.treats(Verdict::HighBias);
        let variance = case.variance_is_possible() && remedy.treats(Verdict::HighVariance);
        bias || variance || remedy.cures() && (case.is_kept_from_learning() || case.bias_is_possible())
    };
    let mut all: Vec<((bool, usize), Candidate)> = Vec::new();
    for remedy in REMEDIES.iter().copied().filter(|remedy| may_help(*remedy)) {
        let place = |dose| (!treats(remedy, case.leaning()), dose);
        all.extend(doses(remedy, case, spec).into_iter().enumerate().map(|(dose, one)| (place(dose), one)));
    }
    let suspicion = |candidate: &Candidate| suspicion(case, &candidate.change);
    all.sort_by(|(a_place, a), (b_place, b)| suspicion(b).total_cmp(&suspicion(a)).then(a_place.cmp(b_place)));
    let told = |(_, candidate): (_, Candidate)| Candidate { is_suspect: suspicion(&candidate) > 0.0, ..candidate };
    all.into_iter().map(told).collect()
}

/// The changes that may keep a training from diverging, in the order of the ladder: what stands elsewhere than usual, then
/// inputs, gradient and learning rate.
pub fn divergence_candidates(knobs: &Knobs, usual: &Knobs, spec: &Spec) -> Vec<Candidate> {
    let init = (knobs.init != usual.init).then(|| {
        let reason = Reason::UnfitInitialisation { now: knobs.init.to_string(), activation: knobs.activation };
        (&FittingInitialisation as &dyn Remedy, "network.init", Raw::text(usual.init.to_string()), reason)
    });
    let scale = (knobs.normalize == Normalize::Off)
        .then(|| (&Normalisation as &dyn Remedy, NORMALIZE, Raw::text("standard"), Reason::InputsAsTheyAre));
    let rate = |rate: f64| {
        (&OtherLearningRate as &dyn Remedy, "training.lr", Raw::number(rate), Reason::RateMayBeHigh(knobs.lr))
    };
    let usual_rate = (usual.lr < knobs.lr).then(|| rate(usual.lr));
    let clip = knobs
        .clip_norm
        .is_none()
        .then(|| (&GradientClipping as &dyn Remedy, "training.clip_norm", Raw::number(1.0), Reason::GradientsExplode));
    let smaller = [10.0, 100.0].map(|times| rate(knobs.lr / times));
    let all = init.into_iter().chain(scale).chain(usual_rate).chain(clip).chain(smaller);
    let changes = all.map(|(remedy, key, value, reason)| (remedy, Change::set(key, value, reason)));
    changes.filter_map(|(remedy, change)| candidate(remedy, change, spec)).collect()
}

/// Whether a remedy is one for a verdict.
pub(super) fn treats(remedy: &dyn Remedy, verdict: Verdict) -> bool {
    match verdict {
        Verdict::HighBiasAndHighVariance => remedy.treats(Verdict::HighBias) || remedy.treats(Verdict::HighVariance),
        verdict => remedy.treats(verdict),
    }
}

fn doses(remedy: &dyn Remedy, case: &Case, spec: &Spec) -> Vec<Candidate> {
    remedy.doses(case).into_iter().filter_map(|change| candidate(remedy, change, spec)).collect()
}

fn candidate(remedy: &dyn Remedy, change: Change, spec: &Spec) -> Option<Candidate> {
    let Change { action: Action::Set(assignment), reason } = change else { return None };
    // Other data are the user's to bring, and other splits have other dev rows: nothing to compare by.
    if assignment.setting()?.section == "data" && assignment.key != NORMALIZE {
        return None;
    }
    let changed = spec.with_change(&assignment).ok()?;
    // A change of nothing, or of more than one key, is no probe.
    let [_] = spec.differences(&changed)[..] else { return None };
    let (purpose, cures) = (remedy.purpose(), remedy.cures());
    Some(Candidate {
        remedy: remedy.name(),
        purpose,
        cures,
        is_suspect: false,
        change: assignment,
        reason,
        spec: changed,
    })
}

#[cfg(test)]
mod tests {
    use super::super::case::tests::case;
    use super::*;
    use crate::experiment::settings::Auto;

    #[test]
    fn every_candidate_changes_one_key_and_only_of_network_or_training() {
        let mut spec = Spec::default();
        spec.network.hidden = Auto::Given(vec![64, 32]);
        spec.network.keep_prob = Auto::Given(vec![1.0, 1.0]);
        for verdict in [Verdict::HighBias, Verdict::HighVariance, Verdict::GoodFit, Verdict::Undecided] {
            let found = candidates(&case(verdict), &spec);
            assert!(!found.is_empty());
            for candidate in found {
                let differences = spec.differences(&candidate.spec);
                assert_eq!(differences.len(), 1, "{}", candidate.remedy);
                let key = &differences[0].key;
                assert!(!key.starts_with("data.") || key == NORMALIZE, "{}", candidate.remedy);
            }
        }
    }

    #[test]
    fn what_treats_the_verdict_comes_first() {
        let first = |verdict| candidates(&case(verdict), &Spec::default())[0].purpose;
        assert_eq!(first(Verdict::HighBias), Purpose::FitTrain);
        assert_eq!(first(Verdict::HighVariance), Purpose::FitDev);
    }
}
