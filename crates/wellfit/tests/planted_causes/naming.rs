//! Which verdicts, findings and advice name which cause.

use wellfit::diagnose::{FindingKind, Verdict};

use crate::causes::Cause::{self, *};
use crate::run::Said;

/// The findings that name a cause; where it is a fault of the data, naming it is the whole of good advice.
fn findings(cause: Cause) -> &'static [FindingKind] {
    match cause {
        SmallWeights => &[FindingKind::VanishingGradients, FindingKind::SaturatedUnits],
        LargeWeights => &[FindingKind::ExplodingGradients, FindingKind::SaturatedUnits],
        SaturatedSigmoids => &[FindingKind::VanishingGradients, FindingKind::SaturatedUnits],
        DeadRelus => &[FindingKind::DeadUnits],
        RateTooHigh => &[FindingKind::LearningRate, FindingKind::DeadUnits, FindingKind::SaturatedUnits],
        StoppedEarly => &[FindingKind::TrainingTooShort, FindingKind::Bias],
        RateTooLow => &[FindingKind::LearningRate, FindingKind::TrainingTooShort, FindingKind::Bias],
        ZeroWeights => &[FindingKind::Symmetry],
        UnscaledInputs => &[FindingKind::InputScale],
        NetworkTooSmall | TooMuchPenalty | ClassWeights => &[FindingKind::Bias],
        NoRegularisation | TooFewRows => &[FindingKind::Variance],
        RareClass => &[FindingKind::RareClass],
        DriftByTime | OtherDev => &[FindingKind::Mismatch],
        Leak => &[FindingKind::Leak],
        LabelNoise => &[FindingKind::LabelNoise],
        DevTooSmall => &[FindingKind::DevTooSmall],
        Duplicates => &[FindingKind::Duplicates],
        Healthy | OneGroup => &[],
    }
}

/// The settings whose change, as first advice, says what is wrong with the data.
fn settings(cause: Cause) -> &'static [&'static str] {
    match cause {
        Leak => &["data.drop"],
        OneGroup | Duplicates => &["data.group"],
        RareClass => &["training.class_weights", "training.metric"],
        DevTooSmall => &["data.dev", "data.split", "data.folds"],
        _ => &[],
    }
}

fn remedies(cause: Cause) -> &'static [&'static str] {
    match cause {
        TooFewRows => &["more data"],
        LabelNoise => &["check labels"],
        DevTooSmall => &["more rows to judge by"],
        Duplicates => &["remove duplicates"],
        DriftByTime | OtherDev => &["new train rows"],
        _ => &[],
    }
}

fn is_fault_of_data(cause: Cause) -> bool {
    cause >= RareClass && cause != ClassWeights || cause == TooFewRows
}

impl Said {
    /// Whether it names a fault of the data: first among its findings, or as the first advice.
    pub fn names_fault_of_data(&self, cause: Cause) -> bool {
        let found = self.gravest().is_some_and(|kind| findings(cause).contains(&kind));
        let key = self.advised_key().is_some_and(|key| settings(cause).contains(&key));
        let remedy = self.advice.as_ref().is_some_and(|advice| remedies(cause).contains(&advice.remedy.as_str()));
        is_fault_of_data(cause) && (found || key || remedy)
    }

    /// Whether the cause is among its findings, or it failed for that reason; a healthy run has none.
    pub fn names(&self, cause: Cause) -> bool {
        match (cause, self.verdict) {
            (Healthy, _) => !self.alarms(),
            (RateTooHigh | LargeWeights | DeadRelus | UnscaledInputs, None) => true,
            _ => findings(cause).iter().any(|kind| self.finds(*kind)) || self.names_fault_of_data(cause),
        }
    }

    /// Whether it says that something is wrong: any finding that is no mere limit or hint.
    pub fn alarms(&self) -> bool {
        const HINTS: [FindingKind; 10] = [
            FindingKind::Verdict,
            FindingKind::Baseline,
            FindingKind::DeadUnits,
            FindingKind::SaturatedUnits,
            FindingKind::LabelNoise,
            FindingKind::TrainingTooShort,
            FindingKind::DevTooSmall,
            FindingKind::RareClass,
            FindingKind::TargetError,
            FindingKind::EarlyStopping,
        ];
        self.verdict.is_none() || self.kinds.iter().any(|kind| !HINTS.contains(kind))
    }

    /// Whether it sends the owner to check the labels.
    pub fn doubts_labels(&self) -> bool {
        self.advice.as_ref().is_some_and(|advice| remedies(LabelNoise).contains(&advice.remedy.as_str()))
    }

    /// Whether it sends the owner of a healthy run to change it: any advice but to measure better, or more rows.
    pub fn meddles(&self) -> bool {
        let Some(advice) = &self.advice else { return false };
        let measures = ["data.test", "data.dev", "data.split", "data.folds"];
        let sound = self.verdict == Some(Verdict::GoodFit) || advice.remedy == "more data";
        !sound && advice.change.as_ref().is_some_and(|change| !measures.contains(&change.key.as_str()))
    }
}
