//! What can be wrong with a run.

use crate::generators::Generator;

/// What is wrong with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    Healthy,
    ZeroWeights,
    SmallWeights,
    LargeWeights,
    SaturatedSigmoids,
    DeadRelus,
    UnscaledInputs,
    RateTooHigh,
    RateTooLow,
    StoppedEarly,
    NetworkTooSmall,
    TooMuchPenalty,
    NoRegularisation,
    TooFewRows,
    RareClass,
    ClassWeights,
    DriftByTime,
    OtherDev,
    Leak,
    Duplicates,
    OneGroup,
    LabelNoise,
    DevTooSmall,
}

use Cause::*;

impl Cause {
    pub const ALL: [Cause; 23] = [
        Healthy,
        ZeroWeights,
        SmallWeights,
        LargeWeights,
        SaturatedSigmoids,
        DeadRelus,
        UnscaledInputs,
        RateTooHigh,
        RateTooLow,
        StoppedEarly,
        NetworkTooSmall,
        TooMuchPenalty,
        NoRegularisation,
        TooFewRows,
        RareClass,
        ClassWeights,
        DriftByTime,
        OtherDev,
        Leak,
        Duplicates,
        OneGroup,
        LabelNoise,
        DevTooSmall,
    ];

    pub fn name(self) -> String {
        format!("{self:?}")
    }

    /// Whether rows of this kind can have it.
    pub fn suits(self, generator: Generator) -> bool {
        !matches!(self, RareClass | ClassWeights | LabelNoise) || generator.is_classification()
    }

    /// Whether the fault is in how the network is judged, which its true error does not show.
    pub fn is_about_judging(self) -> bool {
        self == DevTooSmall
    }
}
