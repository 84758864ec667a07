//! What was tried, and what came of it.

use crate::diagnose::Interval;
use crate::improve::{FALSE_KEEP_CHANCE, FIRST_SEEDS, ImprovementEnd, JudgedOn, Knob, Outcome};

use super::{Unit, remedies};

/// What came of a change: why it was kept, or why not.
pub fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Kept(reason) => remedies::reason(reason),
        Outcome::NoGain(seeds) => format!("no gain over {seeds} seeds"),
        Outcome::NotSignificant => "not significant".to_string(),
        Outcome::NoBetterThanNaive => "no better than predicting the same for every row".to_string(),
        Outcome::NotTested(seeds) => format!("promising over {seeds} seeds; no time was left to test it"),
        Outcome::Failed(why) => why.clone(),
    }
}

/// Why an improvement ended.
pub fn ended(end: ImprovementEnd) -> &'static str {
    match end {
        ImprovementEnd::TargetReached => "the target is reached",
        ImprovementEnd::NothingHelps => "no remaining remedy helps",
        ImprovementEnd::TimeUp => "the time is up",
        ImprovementEnd::Interrupted => "interrupted",
    }
}

/// Which rows a change is judged on.
pub fn judged_on(rows: JudgedOn) -> &'static str {
    match rows {
        JudgedOn::Dev => "dev rows",
        JudgedOn::TrainAndDev => "train and dev rows, cross-validated",
    }
}

/// The rule by which a change is kept.
pub fn rule(rows: JudgedOn, seeds: usize) -> String {
    format!(
        "kept only if a paired bootstrap over {} and {seeds} trainings, each with its own seed, shows a significant gain over \
         the present configuration and over predicting the same for every row; round j tests at the one-sided level \
         {FALSE_KEEP_CHANCE}·6/(π²j²), shared by its candidates; a change without a gain over {FIRST_SEEDS} seeds is dropped; \
         the epoch at which a dev row is judged is chosen on other dev rows",
        judged_on(rows)
    )
}

/// What re-split rows say of the gain.
pub fn confirmation(gain: Interval, unit: Unit) -> String {
    let verdict = match gain {
        Interval { low, .. } if low > 0.0 => "the gain is confirmed",
        Interval { high, .. } if high < 0.0 => "the gain is refuted: the first configuration was better",
        _ => "not significant there",
    };
    format!("on re-split train and dev rows: gain {}; {verdict}", unit.difference_with_interval(gain))
}

/// What the effect of a setting, positive where it helps, says of it.
pub fn effect(effect: Interval) -> &'static str {
    match effect {
        Interval { low, .. } if low > 0.0 => "helps",
        Interval { high, .. } if high < 0.0 => "hurts",
        _ => "not significant",
    }
}

/// A knob's name.
pub fn knob(knob: Knob) -> &'static str {
    match knob {
        Knob::Normalisation => "normalisation",
        Knob::Initialisation => "initialisation",
        Knob::Activation => "activation",
        Knob::L2 => "L2 penalty",
        Knob::L1 => "L1 penalty",
        Knob::Dropout => "dropout",
        Knob::WeightDecay => "weight decay",
        Knob::LabelSmoothing => "label smoothing",
        Knob::Augmentation => "augmentation",
        Knob::Schedule => "learning-rate schedule",
        Knob::Optimiser => "optimiser",
        Knob::EarlyStopping => "early stopping",
        Knob::GradientClipping => "gradient clipping",
    }
}
