//! The changes worth a probe for a case.

use crate::diagnose::Verdict;
use crate::experiment::settings::Purpose;
use crate::experiment::{Assignment, Spec};

use super::case::Case;
use super::reason::Reason;
use super::remedies::REMEDIES;
use super::remedy::{Action, Change, Remedy};

/// A change that can be tried: one key of the config.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The remedy's name.
    pub remedy: &'static str,
    /// What its setting is for.
    pub purpose: Purpose,
    /// The setting and its value.
    pub change: Assignment,
    /// Why.
    pub reason: Reason,
    /// The config with the change made.
    pub spec: Spec,
}

/// Every remedy that applies and can be tried on the same dev rows: those that treat the verdict first.
///
/// The others follow: a gap between train and dev suggests a remedy, and only a probe decides. `spec` is what the case was
/// trained with, complete.
pub fn candidates(case: &Case, spec: &Spec) -> Vec<Candidate> {
    let verdict = case.diagnosis.verdict;
    let treats = |remedy: &&'static dyn Remedy| match verdict {
        Verdict::HighBiasAndHighVariance => remedy.treats(Verdict::HighBias) || remedy.treats(Verdict::HighVariance),
        verdict => remedy.treats(verdict),
    };
    let (first, rest): (Vec<&dyn Remedy>, Vec<&dyn Remedy>) = REMEDIES.iter().copied().partition(treats);
    first.into_iter().chain(rest).flat_map(|remedy| doses(remedy, case, spec)).collect()
}

fn doses(remedy: &dyn Remedy, case: &Case, spec: &Spec) -> Vec<Candidate> {
    remedy.doses(case).into_iter().filter_map(|change| candidate(remedy, change, spec)).collect()
}

fn candidate(remedy: &dyn Remedy, change: Change, spec: &Spec) -> Option<Candidate> {
    let Change { action: Action::Set(assignment), reason } = change else { return None };
    // Other data are the user's to bring, and other splits have other dev rows: nothing to compare by.
    if assignment.setting()?.section == "data" {
        return None;
    }
    let changed = spec.with_change(&assignment).ok()?;
    // A change of nothing, or of more than one key, is no probe.
    let [_] = spec.differences(&changed)[..] else { return None };
    Some(Candidate { remedy: remedy.name(), purpose: remedy.purpose(), change: assignment, reason, spec: changed })
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
                assert!(!differences[0].key.starts_with("data."), "{}", candidate.remedy);
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
