//! From a diagnosis to the next moves.

use serde::{Deserialize, Serialize};

use crate::diagnose::Verdict;
use crate::experiment::settings::Purpose;

use super::{Case, REMEDIES};

/// One move that may make the network better.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prescription {
    /// The remedy's name.
    pub remedy: String,
    /// What the knob it turns is for.
    pub purpose: Purpose,
    /// Why this, for this run.
    pub reason: String,
    /// The change as it would stand in the config (`network.hidden = [128, 64]`), or the command to give.
    pub change: String,
}

/// One way to make a network better.
pub trait Remedy: Sync {
    /// Its name, as it stands in results.
    fn name(&self) -> &'static str;

    /// What its knob is for.
    fn purpose(&self) -> Purpose;

    /// The change it proposes for a case, with its reason; `None` where it does not apply.
    fn propose(&self, case: &Case) -> Option<Change>;

    /// The changes worth trying, the mildest first: by default the one it proposes.
    fn doses(&self, case: &Case) -> Vec<Change> {
        self.propose(case).into_iter().collect()
    }

    /// The verdicts it is a remedy for.
    fn treats(&self, verdict: Verdict) -> bool;
}

/// What a remedy would change, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The setting as in the config, or a command.
    pub change: String,
    /// Why, in a sentence.
    pub reason: String,
}

impl Change {
    /// The same change to other values, for the same reason.
    pub fn with_values(&self, values: impl IntoIterator<Item = String>) -> Vec<Change> {
        let key = self.change.split_once(" = ").map_or("", |(key, _)| key);
        values
            .into_iter()
            .map(|value| Change { change: format!("{key} = {value}"), reason: self.reason.clone() })
            .collect()
    }

    /// Sets one key of the config.
    pub fn set(key: &str, value: impl std::fmt::Display, reason: String) -> Change {
        Change { change: format!("{key} = {value}"), reason }
    }
}

/// A number as a config holds it, to 12 digits, so that 3 * 0.1 is written 0.3.
pub(super) fn number(value: f64) -> String {
    format!("{:?}", format!("{value:.12}").parse().unwrap_or(value))
}

// More advice than this is a list, not a next move.
const MOST: usize = 3;

/// The next moves for a case, the most useful first: one to three.
///
/// A leak comes before everything, since with it the numbers mean nothing. With both terms high, bias is treated first and one
/// remedy for variance closes the list.
pub fn prescribe(case: &Case) -> Vec<Prescription> {
    let of = |verdict: Verdict| {
        REMEDIES.iter().filter(move |remedy| remedy.treats(verdict)).filter_map(|remedy| prescription(*remedy, case))
    };
    let leaks = REMEDIES.iter().filter(|remedy| remedy.purpose() == Purpose::FitRealWorld);
    let leaks: Vec<Prescription> = leaks.filter_map(|remedy| prescription(*remedy, case)).collect();
    let room = MOST - leaks.len();
    let moves: Vec<Prescription> = match case.diagnosis.verdict {
        Verdict::HighBiasAndHighVariance => {
            of(Verdict::HighBias).take(room - 1).chain(of(Verdict::HighVariance).take(1)).collect()
        }
        verdict => of(verdict).take(room).collect(),
    };
    leaks.into_iter().chain(moves).collect()
}

fn prescription(remedy: &dyn Remedy, case: &Case) -> Option<Prescription> {
    let Change { change, reason } = remedy.propose(case)?;
    Some(Prescription { remedy: remedy.name().to_string(), purpose: remedy.purpose(), reason, change })
}

#[cfg(test)]
mod tests {
    use super::super::case::tests::case;
    use super::*;

    const KEYS: &[(&str, &str)] = &[
        ("data", "target task positive drop types na sep header dev test split group time weights normalize"),
        ("network", "preset hidden activation init init_from keep_prob"),
        (
            "training",
            "optimizer lr schedule batch epochs l2 l1 weight_decay label_smoothing augment class_weights clip_norm \
             early_stopping metric target_error budget seed threads",
        ),
    ];

    const VERDICTS: [Verdict; 5] = [
        Verdict::GoodFit,
        Verdict::HighBias,
        Verdict::HighVariance,
        Verdict::HighBiasAndHighVariance,
        Verdict::Undecided,
    ];

    // Cases that differ in every knob a remedy looks at.
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
            files.knobs.optimizer = "gd".to_string();
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

    fn key_of(change: &str) -> Option<(String, String)> {
        let table: toml::Table = change.parse().ok()?;
        assert_eq!(table.len(), 1, "{change}");
        let (section, inner) = table.iter().next()?;
        let inner = inner.as_table()?;
        assert_eq!(inner.len(), 1, "{change}");
        Some((section.clone(), inner.keys().next()?.clone()))
    }

    #[test]
    fn every_remedy_turns_exactly_one_key_of_the_config() {
        for case in cases() {
            for remedy in REMEDIES {
                let Some(Change { change, reason }) = remedy.propose(&case) else {
                    continue;
                };
                assert!(reason.len() > 20, "{reason}");
                if change.starts_with("wellfit ") {
                    assert_eq!(remedy.purpose(), Purpose::FitTest);
                    continue;
                }
                let (section, key) = key_of(&change).unwrap_or_else(|| panic!("not a setting: {change}"));
                let known = KEYS.iter().find(|(name, _)| *name == section).unwrap();
                assert!(known.1.split_whitespace().any(|name| name == key), "{change}");
            }
        }
    }

    #[test]
    fn every_verdict_gets_one_to_three_moves() {
        for case in cases() {
            let moves = prescribe(&case);
            assert!((1..=MOST).contains(&moves.len()), "{:?}: {moves:?}", case.diagnosis.verdict);
        }
    }

    #[test]
    fn bias_is_treated_on_train_and_variance_on_dev() {
        let purposes = |verdict| prescribe(&case(verdict)).iter().map(|p| p.purpose).collect::<Vec<_>>();
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
        let moves = prescribe(&leaky);
        assert_eq!(moves[0].change, "data.drop = [\"id\", \"alive\"]");
        assert_eq!(moves[0].purpose, Purpose::FitRealWorld);
    }

    #[test]
    fn an_open_bias_is_answered_by_a_trial_not_by_dev_rows() {
        let mut open = case(Verdict::Undecided);
        open.budget.target.value = 0.085;
        open.budget.avoidable_bias = open.budget.train.minus(0.085);
        open.budget.variance = Some(crate::diagnose::Interval::exact(0.0));
        assert!(open.bias_is_open() && !open.variance_is_open());
        assert_eq!(prescribe(&open)[0].remedy, "bigger network");
    }

    #[test]
    fn a_good_fit_is_sent_to_the_test_set() {
        let moves = prescribe(&case(Verdict::GoodFit));
        assert_eq!(moves[0].change, "wellfit test runs/telco-1");
    }

    #[test]
    fn a_prescription_has_the_keys_of_the_contract() {
        let json = serde_json::to_value(&prescribe(&case(Verdict::HighBias))[0]).unwrap();
        assert_eq!(json["remedy"], "bigger network");
        assert_eq!(json["purpose"], "fit train");
        assert_eq!(json["change"], "network.hidden = [128, 64]");
        assert_eq!(json.as_object().unwrap().len(), 4);
    }
}
