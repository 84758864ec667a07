//! What each knob bought: the changes that take it back, one at a time.

use serde::{Deserialize, Serialize};

use crate::diagnose::Interval;
use crate::experiment::Spec;
use crate::experiment::settings::Auto;
use crate::optim::Optimizer;

/// A knob without what the run gave it.
#[derive(Clone, Debug)]
pub struct Ablation {
    /// The knob, in words.
    pub knob: &'static str,
    /// The change, as an edit of the config.
    pub change: String,
    /// The config with the change made.
    pub spec: Spec,
}

/// What a knob bought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AblationResult {
    /// The knob, in words.
    pub knob: String,
    /// The change that takes it back.
    pub change: String,
    /// Dev error without it; null where training diverged.
    pub dev: Option<f64>,
    /// Dev error without it less dev error with it (positive: it helps), with its 95% interval over rows and seeds.
    pub bought: Option<Interval>,
}

/// Every knob, and the settings that stand for doing without it or for the usual alternatives.
const KNOBS: &[(&str, &str, &[&str])] = &[
    ("normalisation", "data.normalize", &["\"off\""]),
    (
        "initialisation",
        "network.init",
        &["\"zeros\"", "\"normal:0.01\"", "\"lecun\"", "\"xavier\"", "\"he\"", "\"orthogonal\""],
    ),
    ("activation", "network.activation", &["\"relu\"", "\"tanh\"", "\"sigmoid\""]),
    ("L2", "training.l2", &["0.0"]),
    ("L1", "training.l1", &["0.0"]),
    ("dropout", "network.keep_prob", &["1.0"]),
    ("weight decay", "training.weight_decay", &["0.0"]),
    ("label smoothing", "training.label_smoothing", &["0.0"]),
    ("augmentation", "training.augment", &["\"none\""]),
    ("schedule", "training.schedule", &["\"constant\""]),
    ("optimiser", "training.optimizer", &["\"gd\"", "\"momentum\"", "\"rmsprop\"", "\"adam\""]),
    ("early stopping", "training.early_stopping", &["\"off\""]),
    ("gradient clipping", "training.clip_norm", &["\"off\""]),
];

/// The ablations of a run: each changes one key of its config, and none repeats what it has.
pub fn ablations(spec: &Spec) -> Vec<Ablation> {
    let each = KNOBS.iter().flat_map(|(knob, key, values)| values.iter().map(move |value| (*knob, *key, *value)));
    each.filter_map(|(knob, key, value)| {
        let change = format!("{key} = {value}");
        let changed = spec.with_change(&change).ok()?;
        let [_] = spec.differences(&changed)[..] else { return None };
        // One value for all layers and the same value for each say the same; so do Adam and AdamW, whose decay is a knob apart.
        let keeps_all = |keep: &Vec<f64>| keep.iter().all(|p| *p == 1.0);
        let same = match key {
            "network.keep_prob" => spec.network.keep_prob.given().is_some_and(keeps_all),
            "training.optimizer" => value == "\"adam\"" && spec.training.optimizer == Auto::Given(Optimizer::AdamW),
            _ => false,
        };
        (!same).then_some(Ablation { knob, change, spec: changed })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ablation_takes_one_key_back() {
        let mut spec = Spec::default();
        spec.network.keep_prob = Auto::Given(vec![0.8, 0.8]);
        spec.training.l2 = Auto::Given(vec![0.0]);
        let all = ablations(&spec);
        for ablation in &all {
            assert_eq!(spec.differences(&ablation.spec).len(), 1, "{}", ablation.change);
        }
        assert!(all.iter().any(|ablation| ablation.change == "network.keep_prob = 1.0"));
        assert!(!all.iter().any(|ablation| ablation.knob == "L2"), "there is no L2 to take back");
    }

    #[test]
    fn keeping_all_units_is_nothing_to_take_back() {
        let mut spec = Spec::default();
        spec.network.keep_prob = Auto::Given(vec![1.0, 1.0]);
        assert!(!ablations(&spec).iter().any(|ablation| ablation.knob == "dropout"));
    }
}
