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

/// Doses of a remedy that are tried where nothing has gone wrong; of what helps further doses are.
const MOST_DOSES: usize = 3;
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
    /// A second setting and its value, where two changes are tried together.
    pub also: Option<Assignment>,
    /// The config with the change made.
    pub spec: Spec,
}

/// Every remedy that applies and can be tried on the same dev rows: cures of a network that does not learn first, where it does
/// not, then those that treat the verdict; the first dose of each before any second one. Before them all, the settings that
/// `auto` chooses: from far away one change at a time is a long way.
///
/// The others follow: a gap between train and dev suggests a remedy, and only a probe decides. `spec` is what the case was
/// trained with, complete.
pub fn candidates(case: &Case, spec: &Spec) -> Vec<Candidate> {
    let class = |remedy: &dyn Remedy| match remedy {
        remedy if remedy.cures() && case.fails_to_learn() => 0,
        remedy if treats(remedy, case.diagnosis.verdict) => 1,
        _ => 2,
    };
    let of_remedy = |remedy: &&'static dyn Remedy| {
        let class = class(*remedy);
        let doses = doses(*remedy, case, spec).into_iter().enumerate();
        let most = if class == 0 { usize::MAX } else { MOST_DOSES };
        doses.take(most).map(move |(dose, candidate)| ((class, dose), candidate))
    };
    let mut all: Vec<_> = REMEDIES.iter().flat_map(of_remedy).collect();
    all.sort_by_key(|(place, _)| *place);
    let mut different: Vec<Candidate> = usual_settings(spec).into_iter().collect();
    for (_, candidate) in all {
        if !different.iter().any(|other| other.is_same(&candidate)) {
            different.push(candidate);
        }
    }
    different
}

/// Every setting of network and training that a remedy may change, as `auto` chooses it; `None` where layers are given one by one.
fn usual_settings(spec: &Spec) -> Option<Candidate> {
    if spec.network.layers.given().is_some() {
        return None;
    }
    let (network, training) = (&spec.network, &spec.training);
    let mut usual = Spec { data: spec.data.clone(), ..Spec::default() };
    usual.network.init_from = network.init_from.clone();
    usual.training.class_weights = training.class_weights.clone();
    (usual.training.metric, usual.training.threshold, usual.training.costs) =
        (training.metric, training.threshold, training.costs);
    (usual.training.target_error, usual.training.seed, usual.training.threads) =
        (training.target_error, training.seed, training.threads);
    (usual.training.probes, usual.training.precision) = (training.probes, training.precision);
    Some(Candidate {
        remedy: USUAL,
        purpose: Purpose::FitTrainAndDev,
        cures: true,
        is_suspect: false,
        change: Assignment::new("network.preset", Raw::text("auto")),
        also: None,
        reason: Reason::UsualSettings,
        spec: usual,
    })
}

/// The next dose of what a candidate changes, further from where `spec` stands: what its remedy would do for a case with the
/// candidate's settings. `None` where it goes no further.
pub fn further(candidate: &Candidate, case: &Case, spec: &Spec) -> Option<Candidate> {
    let remedy = REMEDIES.iter().find(|remedy| remedy.name() == candidate.remedy)?;
    let mut all = doses(*remedy, case, spec);
    all.retain(|other| other.is_further(candidate, spec));
    all.into_iter().min_by(|a, b| a.distance(spec).abs().total_cmp(&b.distance(spec).abs()))
}

/// Two changes together; `None` where they change the same setting, or are several already.
pub fn together(first: &Candidate, second: &Candidate) -> Option<Candidate> {
    let single = first.also.is_none() && second.also.is_none() && first.remedy != USUAL && second.remedy != USUAL;
    if !single || first.change.key == second.change.key {
        return None;
    }
    let spec = first.spec.with_change(&second.change).ok()?;
    let purpose = if first.purpose == second.purpose { first.purpose } else { Purpose::FitTrainAndDev };
    let also = Some(second.change.clone());
    Some(Candidate { remedy: "combination", purpose, reason: Reason::Together, also, spec, ..first.clone() })
}

impl Candidate {
    /// Whether it makes the same change, or changes, as another one.
    pub fn is_same(&self, other: &Candidate) -> bool {
        self.change == other.change && self.also == other.also
    }

    /// Whether it changes the same, in the same direction and by more than another one.
    pub fn is_further(&self, other: &Candidate, spec: &Spec) -> bool {
        let (own, others) = (self.distance(spec), other.distance(spec));
        self.remedy == other.remedy && own * others > 0.0 && own.abs() > others.abs() + 1e-9
    }

    /// How far its value is from that of `spec`, in powers of e; 0 where values are words.
    fn distance(&self, spec: &Spec) -> f64 {
        let now = self.change.setting().and_then(|setting| size(&setting.get(spec)));
        match (size(&self.change.value), now) {
            // From nothing, every value is far away, and larger ones further.
            (Some(value), now) => (value.max(NOTHING) / now.unwrap_or(0.0).max(NOTHING)).ln(),
            (None, _) => 0.0,
        }
    }
}

/// The name of all settings as `auto` chooses them.
const USUAL: &str = "usual settings";
/// What stands for 0 where doses are compared by their ratio.
const NOTHING: f64 = 1e-9;

/// The number that a value is, or the mean of those in a list.
fn size(value: &Raw) -> Option<f64> {
    let numbers = value.numbers();
    (!numbers.is_empty()).then(|| numbers.iter().sum::<f64>() / numbers.len() as f64)
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
        also: None,
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
            assert_eq!(found[0].remedy, USUAL);
            for candidate in &found[1..] {
                let differences = spec.differences(&candidate.spec);
                assert_eq!(differences.len(), 1, "{}", candidate.remedy);
                let key = &differences[0].key;
                assert!(!key.starts_with("data.") || key == NORMALIZE, "{}", candidate.remedy);
            }
        }
    }

    #[test]
    fn a_dose_that_helps_has_a_further_one_until_its_limit() {
        let mut spec = Spec::default();
        spec.network.hidden = Auto::Given(vec![64, 32]);
        let mut case = case(Verdict::HighBias);
        let all = candidates(&case, &spec);
        let mut wider = all.into_iter().find(|candidate| candidate.remedy == "bigger network").unwrap();
        let mut widths = Vec::new();
        for _ in 0..20 {
            case.knobs.hidden = wider.spec.network.hidden.given().unwrap().clone();
            widths.push(case.knobs.hidden[0]);
            match further(&wider, &case, &spec) {
                Some(next) => wider = next,
                None => break,
            }
        }
        assert!(widths.is_sorted() && widths.len() > 3 && widths.last() == Some(&2_048), "{widths:?}");
    }

    #[test]
    fn doses_of_one_direction_are_ordered_by_their_distance() {
        let mut spec = Spec::default();
        spec.training.lr = Auto::Given(0.001);
        let rate = |rate: f64| {
            let change = Change::set("training.lr", Raw::number(rate), Reason::RateMayBeHigh(0.001));
            candidate(&OtherLearningRate, change, &spec).unwrap()
        };
        assert!(rate(0.1).is_further(&rate(0.01), &spec) && !rate(0.01).is_further(&rate(0.1), &spec));
        assert!(rate(0.0001).is_further(&rate(0.0003), &spec) && !rate(0.0001).is_further(&rate(0.01), &spec));
    }

    #[test]
    fn what_treats_the_verdict_comes_first() {
        let first = |verdict| candidates(&case(verdict), &Spec::default())[1].purpose;
        assert_eq!(first(Verdict::HighBias), Purpose::FitTrain);
        assert_eq!(first(Verdict::HighVariance), Purpose::FitDev);
    }
}
