//! What was tried, and what came of it.

use crate::diagnose::Interval;
use crate::experiment::settings::Purpose;
use crate::improve::{FALSE_KEEP_CHANCE, ImprovementEnd, JudgedOn, Knob, Outcome};
use crate::text::counted;

use super::{Unit, remedies};

/// Why the dev error of the last training is not that of the diagnosis before.
pub const CHOSEN_ON_DEV: &str =
    " (a little optimistic: its epoch is chosen on these dev rows, in the trials above on others)";

/// What came of a change: why it was kept, or why not.
pub fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Kept(reason) => remedies::reason(reason),
        Outcome::NoGain(trainings) => format!("no gain in {}", counted(*trainings as u64, "training")),
        Outcome::NotSignificant => "not significant".to_string(),
        Outcome::NoBetterThanNaive => "no better than a constant prediction".to_string(),
        Outcome::NotTested(trainings) => {
            format!("a gain in {}; not tested yet", counted(*trainings as u64, "training"))
        }
        Outcome::Failed(why) => why.clone(),
    }
}

/// Why an improvement ended.
pub fn ended(end: ImprovementEnd) -> &'static str {
    match end {
        ImprovementEnd::TargetReached => "target reached",
        ImprovementEnd::NothingHelps => "no remaining remedy helps",
        ImprovementEnd::TimeUp => "time limit reached",
        ImprovementEnd::Interrupted => "interrupted",
    }
}

/// How configurations are evaluated.
pub fn method(rows: JudgedOn) -> String {
    match rows {
        JudgedOn::Dev => "evaluation on dev".to_string(),
        JudgedOn::TrainAndDev { folds } => {
            format!("{folds}-fold cross-validation: dev and {} parts of train in turn", folds.saturating_sub(1))
        }
    }
}

/// How the settings of a search are evaluated by so many folds: those of `--folds`.
pub fn equal_folds(folds: usize) -> String {
    format!("{folds}-fold cross-validation: train + dev in {folds} equal parts")
}

/// The error by which configurations are compared.
pub fn error_name(rows: JudgedOn) -> &'static str {
    match rows {
        JudgedOn::Dev => "dev error",
        JudgedOn::TrainAndDev { .. } => "cross-validated error",
    }
}

/// How to read the table of trials.
pub fn columns(rows: JudgedOn) -> String {
    format!(
        "error: {} with the change, over all splits; gain: how much lower that is than of the configuration kept so far, on the same splits \
         and seeds (more of them where a change is promising), with its 95% interval; kept where the gain is significant \
         after correction for the number of changes tried, and not tested yet where time was up after a first look; fits train: \
         {}; dev: {}",
        error_name(rows),
        Purpose::FitTrain.about(),
        Purpose::FitDev.about(),
    )
}

/// The same on a page, whose rows say more.
pub fn columns_of_page(rows: JudgedOn) -> String {
    format!(
        "{}: of the configuration kept so far, and with the change, on the same splits and seeds; the gain has its 95% interval",
        error_name(rows)
    )
}

/// A purpose and what it means.
pub fn purpose(purpose: Purpose) -> String {
    format!("{purpose} {}", purpose.about())
}

/// The error of the configurations at the start and at the end.
pub fn before_and_after(rows: JudgedOn, [before, after]: [f64; 2], unit: Unit) -> String {
    let [before, after] = [before, after].map(|error| unit.error(error));
    format!("{} {before} before, {after} after, on the same rows and seeds", error_name(rows))
}

/// How many of so many trials kept their change, how long they took, and why there were no more.
pub fn end(kept: usize, trials: usize, seconds: f64, ended: &str) -> String {
    format!("{} kept; stopped after {} in {seconds:.0} s: {ended}", counted(kept, "change"), counted(trials, "trial"))
}

/// Why the test set was not evaluated, and the command that does it all the same.
pub fn test_stays_closed(run: &str) -> String {
    format!("nothing was kept, so the test set was not evaluated; `wellfit test {run}` does")
}

/// How to go on where time was up; a test set that was evaluated is no longer fresh then.
pub fn goes_on(run: &str, evaluated: bool) -> String {
    let again = if evaluated { "; what it keeps is evaluated on this test set a second time" } else { "" };
    format!("`wellfit improve {run} --budget TIME` goes on from here, with what promised first{again}")
}

/// The rule by which a change is kept.
pub fn rule(rows: JudgedOn, trainings: usize) -> String {
    let rows = match rows {
        JudgedOn::Dev => "dev rows",
        JudgedOn::TrainAndDev { .. } => "cross-validated rows",
    };
    format!(
        "A change is kept only if a paired bootstrap (over {rows} and {trainings} trainings or more, each with its own seed) \
         shows a significant gain over the current configuration and over a constant prediction. Each change is first looked \
         at in one training; what is clearly worse is dropped, and what promises most is trained further. The one-sided level \
         is {FALSE_KEEP_CHANCE}, divided among all changes and judgements beside one configuration; what is kept earns it back \
         (alpha-investing). Intervals are 95% and not corrected. The best epoch for each dev row is chosen on other dev rows."
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

/// What the rise of the error where a setting was changed says of the change.
pub fn effect(rise: Interval) -> &'static str {
    match rise {
        Interval { low, .. } if low > 0.0 => "worse",
        Interval { high, .. } if high < 0.0 => "better",
        _ => "not significant",
    }
}

/// What trying a change after training showed: of the error on dev, else of that on train.
pub fn probe(gain: Interval, significant: bool, fits_train_better: bool) -> &'static str {
    match (significant, fits_train_better) {
        (true, _) => "significant gain",
        _ if gain.high < 0.0 => "worse",
        (false, true) => "lowers train error only",
        (false, false) => "not significant",
    }
}

/// How to read what remedies do.
pub const PROBES_NOTE: &str = "gain: the fall of dev error with the change, with its 95% interval; significant: as one of all \
                               changes that were tried";

/// How to read the effects of settings.
pub const EFFECTS_NOTE: &str = "one setting changed at a time, all others (the learning rate too) as in the run; the rise \
                                is the error with the change less that of the run, on the same rows and seeds, with its \
                                95% interval, not corrected for the number of settings; worse with the change: the setting helps";

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
        Knob::Numbers => "waves of numbers",
        Knob::InputScale => "learned scale of inputs",
        Knob::Parametrization => "parametrisation",
        Knob::LearnedSlope => "learned slope",
        Knob::Fade => "fading dropout and decay",
        Knob::LabelSmoothing => "label smoothing",
        Knob::Augmentation => "augmentation",
        Knob::Schedule => "learning-rate schedule",
        Knob::Optimiser => "optimiser",
        Knob::EarlyStopping => "early stopping",
        Knob::GradientClipping => "gradient clipping",
    }
}
