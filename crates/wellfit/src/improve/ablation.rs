//! The effect of each setting: the changes that take it back, one at a time.

use serde::{Deserialize, Serialize};

use crate::diagnose::Interval;
use crate::experiment::settings::{Auto, Raw};
use crate::experiment::{Assignment, Spec};
use crate::optim::Optimizer;

/// A run's config without what one setting gave it.
#[derive(Clone, Debug)]
pub struct Ablation {
    /// What is taken back.
    pub knob: Knob,
    /// The change that takes it back.
    pub change: Assignment,
    /// The config with the change made.
    pub spec: Spec,
}

/// What taking a setting back did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AblationResult {
    /// What was taken back.
    pub knob: Knob,
    /// The change that took it back.
    pub change: Assignment,
    /// Dev error without it; null where training diverged.
    pub dev: Option<f64>,
    /// Dev error without it less dev error with it (positive: it helps), with its 95% interval over rows and seeds.
    #[serde(rename = "bought")]
    pub effect: Option<Interval>,
}

/// What can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Knob {
    /// The scale of inputs.
    #[serde(rename = "normalisation")]
    Normalisation,
    /// The starting weights.
    #[serde(rename = "initialisation")]
    Initialisation,
    /// How numbers enter.
    #[serde(rename = "waves of numbers")]
    Numbers,
    /// Learned factors of inputs.
    #[serde(rename = "input scale")]
    InputScale,
    /// The parametrisation of weights.
    #[serde(rename = "parametrisation")]
    Parametrization,
    /// The activation of hidden layers.
    #[serde(rename = "activation")]
    Activation,
    /// How much of its activation a unit uses.
    #[serde(rename = "learned slope")]
    LearnedSlope,
    /// The penalty on squared weights.
    #[serde(rename = "L2")]
    L2,
    /// The penalty on absolute weights.
    #[serde(rename = "L1")]
    L1,
    /// Dropout.
    #[serde(rename = "dropout")]
    Dropout,
    /// Decoupled weight decay.
    #[serde(rename = "weight decay")]
    WeightDecay,
    /// The schedule of dropout and weight decay.
    #[serde(rename = "fade")]
    Fade,
    /// Label smoothing.
    #[serde(rename = "label smoothing")]
    LabelSmoothing,
    /// Augmentation.
    #[serde(rename = "augmentation")]
    Augmentation,
    /// The learning rate's schedule.
    #[serde(rename = "schedule")]
    Schedule,
    /// The optimiser.
    #[serde(rename = "optimiser")]
    Optimiser,
    /// Early stopping.
    #[serde(rename = "early stopping")]
    EarlyStopping,
    /// Clipping of the gradient.
    #[serde(rename = "gradient clipping")]
    GradientClipping,
}

/// Every knob, its setting, and the values that stand for doing without it or for the usual alternatives.
const KNOBS: &[(Knob, &str, &[&str])] = &[
    (Knob::Normalisation, "data.normalize", &["off"]),
    (Knob::Initialisation, "network.init", &["zeros", "normal:0.01", "lecun", "xavier", "he", "orthogonal"]),
    (Knob::Numbers, "network.numbers", &["plain"]),
    (Knob::InputScale, "network.input_scale", OFF),
    (Knob::Parametrization, "network.parametrization", &["standard"]),
    (Knob::LearnedSlope, "network.learned_slope", OFF),
    (Knob::Activation, "network.activation", &["relu", "tanh", "sigmoid"]),
    (Knob::L2, "training.l2", NONE),
    (Knob::L1, "training.l1", NONE),
    (Knob::Dropout, "network.keep_prob", ALL),
    (Knob::WeightDecay, "training.weight_decay", NONE),
    (Knob::Fade, "training.fade", &["constant"]),
    (Knob::LabelSmoothing, "training.label_smoothing", NONE),
    (Knob::Augmentation, "training.augment", &["none"]),
    (Knob::Schedule, "training.schedule", &["constant"]),
    (Knob::Optimiser, "training.optimizer", &["gd", "momentum", "rmsprop", "adam"]),
    (Knob::EarlyStopping, "training.early_stopping", &["off"]),
    (Knob::GradientClipping, "training.clip_norm", &["off"]),
];

/// The values of a setting that is off at 0, and of one that is off at 1.
const NONE: &[&str] = &["0.0"];
const ALL: &[&str] = &["1.0"];
const OFF: &[&str] = &["false"];

/// The ablations of a run: each changes one key of its config, and none repeats what it has.
pub fn ablations(spec: &Spec) -> Vec<Ablation> {
    let each = KNOBS.iter().flat_map(|(knob, key, values)| values.iter().map(move |value| (*knob, *key, *value)));
    each.filter_map(|(knob, key, value)| {
        let raw = match value {
            "false" => Raw::Flag(false),
            number if number.parse::<f64>().is_ok() => Raw::Number(number.to_owned()),
            word => Raw::text(word),
        };
        let change = Assignment::new(key, raw);
        let changed = spec.with_change(&change).ok()?;
        let [_] = spec.differences(&changed)[..] else { return None };
        // One value for all layers and the same value for each say the same; so do Adam and AdamW, whose decay is a setting of its own.
        let keeps_all = |keep: &Vec<f64>| keep.iter().all(|p| *p == 1.0);
        let same = match knob {
            Knob::Dropout => spec.network.keep_prob.given().is_some_and(keeps_all),
            Knob::Optimiser => value == "adam" && spec.training.optimizer == Auto::Given(Optimizer::AdamW),
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
        assert!(all.iter().any(|ablation| ablation.change.to_string() == "network.keep_prob = 1.0"));
        assert!(!all.iter().any(|ablation| ablation.knob == Knob::L2), "there is no L2 to take back");
    }

    #[test]
    fn keeping_all_units_is_nothing_to_take_back() {
        let mut spec = Spec::default();
        spec.network.keep_prob = Auto::Given(vec![1.0, 1.0]);
        assert!(!ablations(&spec).iter().any(|ablation| ablation.knob == Knob::Dropout));
    }
}
