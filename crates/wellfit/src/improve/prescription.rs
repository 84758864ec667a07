//! From a diagnosis to the next moves.

use serde::{Deserialize, Serialize};

use crate::diagnose::{Interval, Verdict, Z95};
use crate::experiment::settings::Purpose;

use super::candidates::{Candidate, treats};
use super::case::Case;
use super::probe::{Probe, Probes, Promise, by_use, promise};
use super::reason::Reason;
use super::remedies::{MORE_DATA, MORE_ROWS_TO_JUDGE_BY, OpenTheTestSet, REMEDIES};
use super::remedy::{Action, Change, Remedy};
use super::suspicion::suspicion;

/// One move that may make the network better.
#[derive(Clone, Debug, PartialEq)]
pub struct Prescription {
    /// The remedy's name.
    pub remedy: &'static str,
    /// What the setting it changes is for.
    pub purpose: Purpose,
    /// The change, and why for this run.
    pub change: Change,
    /// Whether it sets a network to learn that does not.
    pub cures: bool,
    /// What it did in a training of its own, where it was tried.
    pub trial: Option<Trial>,
    /// Of more data: what twice the train rows would gain, going by what half of them lose.
    pub expected_gain: Option<f64>,
}

/// What a change did in a training of its own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// Dev error without the change.
    pub before: f64,
    /// Dev error with it.
    pub after: f64,
    /// Before less after, with its 95% interval over rows.
    pub gain: Interval,
}

impl Trial {
    /// Whether the odds that the change gains are seven to one or better: 1.15 standard errors.
    fn is_likely(&self) -> bool {
        let standard_error = (self.gain.value - self.gain.low) / Z95;
        self.gain.value >= 1.15 * standard_error
    }
}

// On fewer dev rows a handful of them makes a gain likely.
const FEWEST_DEV_ROWS: u64 = 100;
// More advice than this is a list, not a next move.
const MOST: usize = 3;

/// The next moves for a case, the most useful first: one to three.
///
/// What is wrong with the data comes before everything, since with it the numbers mean nothing. Then comes what `probes` have
/// shown to help, then what the verdict suggests, or leans to, and no probe has refuted; with both terms high, bias first and
/// one remedy for variance last. Where nothing that was tried could help an undecided case, nothing untried is better: the test
/// set is next.
pub fn prescribe(case: &Case, probes: &Probes) -> Vec<Prescription> {
    // Of an undecided verdict it takes a gain that is worth acting on by itself.
    let is_undecided = case.diagnosis.verdict == Verdict::Undecided;
    let least = if is_undecided { 1.0 } else { 0.5 } * case.budget.delta;
    let proposed = |wanted: &dyn Fn(&dyn Remedy) -> bool| proposed(case, probes, least, wanted);
    let of_data = proposed(&|remedy| remedy.mends_data());
    // What is judged comes before how well, and after what keeps the network from learning.
    let goal = proposed(&|remedy| remedy.sets_the_goal());
    let must_learn = case.is_kept_from_learning() || has_bias(case.leaning());
    // A threshold closes no gap between train and dev.
    let first = case.misses_a_rare_class() && !must_learn && case.diagnosis.verdict != Verdict::HighVariance;
    let (goal_first, goal_last) = if first { (goal, Vec::new()) } else { (Vec::new(), goal) };
    let useful = by_use(&probes.tried, case.bias_is_possible(), least);
    let worth_rows = useful.first().map_or(least, |probe| probe.gain.value.max(least));
    // Where bias is high, half the rows lose for another reason: penalties weigh more beside fewer rows.
    let biased = has_bias(case.diagnosis.verdict);
    let rows_help = !biased && case.variance_is_possible() && probes.more_rows.is_some_and(|gain| gain > worth_rows);
    let mut more_rows = proposed(&|remedy| rows_help && remedy.name() == MORE_DATA);
    more_rows.iter_mut().for_each(|one| one.expected_gain = probes.more_rows);
    let nothing_gains = useful.is_empty();
    let tried: Vec<Prescription> = useful.into_iter().map(Prescription::of).collect();
    // A linear model that does as well says little of a network that leans to variance.
    let fails = case.fails_to_learn() && (case.is_kept_from_learning() || case.leaning() != Verdict::HighVariance);
    let cures = proposed(&|remedy| remedy.cures() && fails && case.bias_is_possible());
    // Gains on a handful of dev rows are those of other rows just as likely.
    let settling_first = proposed(&|remedy| {
        let cannot_judge = is_undecided && case.rows.dev < FEWEST_DEV_ROWS && !case.is_kept_from_learning();
        cannot_judge && remedy.name() == MORE_ROWS_TO_JUDGE_BY
    });
    let of_verdict = match (case.diagnosis.verdict, case.leaning()) {
        (Verdict::HighBiasAndHighVariance, _) => {
            let bias = proposed(&|remedy| remedy.treats(Verdict::HighBias)).into_iter().take(MOST - 1);
            bias.chain(proposed(&|remedy| remedy.treats(Verdict::HighVariance))).collect()
        }
        (Verdict::Undecided, leaning) => {
            let settling = proposed(&|remedy| remedy.name() == MORE_ROWS_TO_JUDGE_BY);
            let likely = proposed(&|remedy| leaning != Verdict::GoodFit && treats(remedy, leaning));
            let rest = proposed(&|remedy| remedy.treats(Verdict::Undecided));
            // A setting is changed sooner than rows are collected, where its trial makes a gain that is worth a step likely.
            let is_a_setting = |one: &Prescription| matches!(&one.change.action, Action::Set(_));
            let is_worth_a_step = |one: &Prescription| {
                case.rows.dev >= FEWEST_DEV_ROWS
                    && one.trial.is_some_and(|trial| trial.gain.value >= least && trial.is_likely())
            };
            let (sooner, later): (Vec<_>, Vec<_>) =
                likely.into_iter().partition(|one| !settling.iter().any(is_a_setting) && is_worth_a_step(one));
            let mut all: Vec<Prescription> = sooner.into_iter().chain(settling).chain(later).chain(rest).collect();
            if !probes.tried.is_empty() {
                all.retain(|one| one.trial.is_some() || one.remedy == MORE_ROWS_TO_JUDGE_BY || !is_a_setting(one));
                all.extend(nothing_helps(case, probes.tried.len()).filter(|_| nothing_gains));
            }
            all
        }
        (verdict, _) => proposed(&|remedy| remedy.treats(verdict)),
    };
    let mut moves: Vec<Prescription> = Vec::new();
    for next in
        [of_data, goal_first, settling_first, more_rows, tried, cures, of_verdict, goal_last].into_iter().flatten()
    {
        if moves.iter().all(|earlier| earlier.remedy != next.remedy) {
            moves.push(next);
        }
    }
    // The test set is opened when no choice is left to make.
    if let Some(first) = moves.first().map(|one| one.remedy) {
        moves.sort_by_key(|one| one.remedy != first && matches!(one.change.action, Action::Test(_)));
    }
    moves.truncate(MOST);
    moves
}

/// The next moves after a search has tried these remedies beside the configuration in vain: what was not tried or, without any, what
/// rows say that no choice has seen.
pub fn prescribe_after_search(case: &Case, tried: &[String]) -> Vec<Prescription> {
    let mut moves = prescribe(case, &Probes::default());
    moves.retain(|one| !tried.iter().any(|name| name == one.remedy));
    if moves.is_empty() {
        moves.extend(nothing_helps(case, tried.len()));
    }
    moves
}

/// What the remedies that are wanted propose, as far as no trial speaks against it: suspicious settings first, then what gained
/// in a trial, then what was not tried.
fn proposed(case: &Case, probes: &Probes, least: f64, wanted: &dyn Fn(&dyn Remedy) -> bool) -> Vec<Prescription> {
    let suspicion = |one: &Prescription| match &one.change.action {
        Action::Set(change) => suspicion(case, change),
        _ => 0.0,
    };
    let remedies = REMEDIES.iter().copied().filter(|remedy| wanted(*remedy));
    let mut all: Vec<Prescription> = remedies
        .filter_map(|remedy| match promise(remedy.name(), &probes.tried, least) {
            // What cures a network that does not learn may need longer than a trial to show it.
            Promise::Refuted if remedy.cures() && case.is_kept_from_learning() && !does_harm(remedy, probes) => {
                prescription(remedy, case).filter(|one| suspicion(one) > 0.0)
            }
            Promise::Refuted => None,
            Promise::Open(best) => Some(Prescription::of(best)),
            Promise::Untried => prescription(remedy, case),
        })
        .collect();
    all.sort_by(|a, b| {
        let gain = |one: &Prescription| one.trial.map_or(0.0, |trial| trial.gain.value);
        suspicion(b).total_cmp(&suspicion(a)).then(gain(b).total_cmp(&gain(a)))
    });
    all
}

/// Whether each trial of a remedy raised dev error for sure: waiting longer is no answer to that.
fn does_harm(remedy: &dyn Remedy, probes: &Probes) -> bool {
    probes.tried.iter().filter(|probe| probe.candidate.remedy == remedy.name()).all(|probe| probe.gain.high < 0.0)
}

impl Prescription {
    /// Whether its reason is the cause of what the network suffers from: it sets the network to learn, and has been seen to.
    pub fn names_a_cause(&self) -> bool {
        self.cures && self.trial.is_some_and(|trial| trial.gain.low > 0.0)
    }

    fn of(probe: &Probe) -> Prescription {
        let Candidate { remedy, purpose, cures, change, reason, .. } = &probe.candidate;
        Prescription {
            remedy,
            purpose: *purpose,
            cures: *cures,
            change: Change { action: Action::Set(change.clone()), reason: reason.clone() },
            trial: Some(Trial { before: probe.before, after: probe.after, gain: probe.gain }),
            expected_gain: None,
        }
    }
}

fn has_bias(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::HighBias | Verdict::HighBiasAndHighVariance)
}

/// Where nothing of so much that was tried gains enough, dev has nothing more to tell.
fn nothing_helps(case: &Case, tried: usize) -> Option<Prescription> {
    let next = prescription(&OpenTheTestSet, case)?;
    let reason = Reason::NothingTriedHelps(tried);
    Some(Prescription { change: Change { reason, ..next.change }, ..next })
}

fn prescription(remedy: &dyn Remedy, case: &Case) -> Option<Prescription> {
    let change = remedy.propose(case)?;
    let (purpose, cures) = (remedy.purpose(), remedy.cures());
    Some(Prescription { remedy: remedy.name(), purpose, cures, change, trial: None, expected_gain: None })
}

#[cfg(test)]
mod tests {
    use super::super::case::tests::case;
    use super::*;
    use crate::experiment::Spec;
    use crate::optim::Optimizer;

    const VERDICTS: [Verdict; 5] = [
        Verdict::GoodFit,
        Verdict::HighBias,
        Verdict::HighVariance,
        Verdict::HighBiasAndHighVariance,
        Verdict::Undecided,
    ];

    // Cases that differ in every setting a remedy reads.
    fn cases() -> Vec<Case> {
        let mut cases = Vec::new();
        for verdict in VERDICTS {
            let plain = case(verdict);
            cases.push(plain.clone());
            let mut none_hidden = plain.clone();
            none_hidden.knobs.hidden = Vec::new();
            none_hidden.knobs.keep_prob = Vec::new();
            none_hidden.knobs.l2 = 0.0;
            cases.push(none_hidden);
            let mut files = plain.clone();
            files.rows.split_from_one = false;
            files.rows.test = 0;
            files.knobs.optimizer = Optimizer::Gd;
            cases.push(files);
            let mut full = plain.clone();
            full.knobs.keep_prob = vec![0.5];
            full.knobs.early_stopping = Some(8);
            full.knobs.l1 = 1.0;
            full.knobs.l2 = 1e-3;
            full.best_epoch = 60;
            full.leak_columns = vec!["a \"quoted\" name".to_string(), "alive".to_string()];
            full.knobs.hidden = vec![4_096];
            cases.push(full);
        }
        cases
    }

    #[test]
    fn every_remedy_changes_one_setting_to_a_value_that_it_takes() {
        for case in cases() {
            for remedy in REMEDIES {
                for change in remedy.propose(&case).into_iter().chain(remedy.doses(&case)) {
                    match change.action {
                        Action::Test(_) => assert_eq!(remedy.purpose(), Purpose::FitTest),
                        Action::Data(_) | Action::Diagnose(_) => {}
                        Action::Set(assignment) => {
                            let setting = assignment.setting().unwrap_or_else(|| panic!("no setting: {assignment}"));
                            assert_eq!(setting.key(), assignment.key);
                            assert_eq!(setting.set(&mut Spec::default(), &assignment.value), Ok(()), "{assignment}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn every_verdict_gets_one_to_three_moves() {
        for case in cases() {
            let moves = prescribe(&case, &Probes::default());
            assert!((1..=MOST).contains(&moves.len()), "{:?}: {moves:?}", case.diagnosis.verdict);
        }
    }

    #[test]
    fn bias_is_treated_on_train_and_variance_on_dev() {
        let purposes = |verdict| {
            let mut case = case(verdict);
            // Nothing holds the network back that could be taken away.
            case.knobs.l2 = 0.0;
            prescribe(&case, &Probes::default()).iter().map(|p| p.purpose).collect::<Vec<_>>()
        };
        assert!(purposes(Verdict::HighBias).iter().all(|&purpose| purpose == Purpose::FitTrain));
        assert!(purposes(Verdict::HighVariance).iter().all(|&purpose| purpose == Purpose::FitDev));
        use Purpose::{FitDev, FitTrain};
        assert_eq!(purposes(Verdict::HighBiasAndHighVariance), [FitTrain, FitTrain, FitDev]);
    }

    #[test]
    fn a_leak_is_dropped_before_anything_else_is_tried() {
        let mut leaky = case(Verdict::GoodFit);
        leaky.leak_columns = vec!["alive".to_string()];
        leaky.knobs.drop = vec!["id".to_string()];
        let moves = prescribe(&leaky, &Probes::default());
        assert_eq!(moves[0].change.action.to_string(), "data.drop = [\"id\", \"alive\"]");
        assert_eq!(moves[0].purpose, Purpose::FitRealWorld);
    }

    #[test]
    fn an_open_bias_is_answered_by_a_trial_not_by_dev_rows() {
        let mut open = case(Verdict::Undecided);
        open.budget.target.value = 0.085;
        open.budget.avoidable_bias = open.budget.train.minus(0.085);
        open.budget.variance = Some(crate::diagnose::Interval::exact(0.0));
        open.knobs.l2 = 0.0;
        assert!(open.bias_is_open() && !open.variance_is_open());
        assert_eq!(open.leaning(), Verdict::HighBias);
        assert_eq!(prescribe(&open, &Probes::default())[0].purpose, Purpose::FitTrain);
    }

    #[test]
    fn a_good_fit_is_sent_to_the_test_set() {
        let moves = prescribe(&case(Verdict::GoodFit), &Probes::default());
        assert_eq!(moves[0].change.action, Action::Test("runs/telco-1".to_string()));
    }
}
