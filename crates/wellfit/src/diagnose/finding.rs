//! What a diagnosis finds: its kind, and the numbers behind it.

use serde::{Deserialize, Serialize};

use super::ailment::{Ailment, LayerFinding};
use super::budget::ErrorBudget;
use super::input_scale::InputScale;
use super::leaks::Leak;
use super::rare_class::RareClass;
use super::target::TargetError;
use super::verdict::VerdictBasis;
use super::{Interval, NaiveModel, Standing};

/// What a finding is about: the ladder of causes, the gravest first.
///
/// A fault of the data makes all other numbers meaningless; what keeps the network from learning comes next, causes before
/// what follows from them; then bias and variance; what merely limits the verdict comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum FindingKind {
    /// The verdict with its numbers.
    #[serde(rename = "verdict")]
    Verdict,
    /// Columns that give the target away.
    #[serde(rename = "leak")]
    Leak,
    /// Rows of dev that stand in train too.
    #[serde(rename = "duplicates")]
    Duplicates,
    /// Dev rows are distributed differently from train rows.
    #[serde(rename = "mismatch")]
    Mismatch,
    /// All units of a layer are alike.
    #[serde(rename = "symmetry")]
    Symmetry,
    /// Inputs of very different size, or far from 0.
    #[serde(rename = "input scale")]
    InputScale,
    /// Gradients of a layer are far larger than those of the last one.
    #[serde(rename = "exploding gradients")]
    ExplodingGradients,
    /// Gradients of a layer are far smaller than those of the last one.
    #[serde(rename = "vanishing gradients")]
    VanishingGradients,
    /// Units where the activation's slope is almost zero.
    #[serde(rename = "saturated units")]
    SaturatedUnits,
    /// Units that are zero for every row.
    #[serde(rename = "dead units")]
    DeadUnits,
    /// A learning rate that is too high or too low.
    #[serde(rename = "learning rate")]
    LearningRate,
    /// Training ended before the network had learned what it can.
    #[serde(rename = "training too short")]
    TrainingTooShort,
    /// Many rows of a rare class are missed, or a class has too few rows to be judged.
    #[serde(rename = "rare class")]
    RareClass,
    /// A simpler model does at least as well.
    #[serde(rename = "baseline")]
    Baseline,
    /// Boosted trees do better on dev.
    #[serde(rename = "boosted trees")]
    BoostedTrees,
    /// Train error is above the target error.
    #[serde(rename = "bias")]
    Bias,
    /// Dev error is above train error.
    #[serde(rename = "variance")]
    Variance,
    /// Labels that look wrong.
    #[serde(rename = "label noise")]
    LabelNoise,
    /// Dev rows are too few for a verdict.
    #[serde(rename = "dev too small")]
    DevTooSmall,
    /// No target error was given.
    #[serde(rename = "target error")]
    TargetError,
    /// Early stopping is in use.
    #[serde(rename = "early stopping")]
    EarlyStopping,
}

impl FindingKind {
    /// Whether it is a fault of the data, without which nothing else can be judged.
    pub fn is_of_the_data(self) -> bool {
        matches!(self, FindingKind::Leak | FindingKind::Duplicates | FindingKind::Mismatch)
    }

    /// Whether it keeps a network from learning what its layers could.
    pub fn keeps_from_learning(self) -> bool {
        (FindingKind::Symmetry..=FindingKind::Baseline).contains(&self) && self != FindingKind::RareClass
    }

    /// Whether the network has learned so little that its doubts of labels say nothing.
    pub fn keeps_from_judging(self) -> bool {
        self < FindingKind::RareClass && self.keeps_from_learning()
    }
}

/// Something seen in a run that its owner should know, with the numbers that say so.
///
/// Errors and their differences are rates, or in the target's unit.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Finding {
    /// The verdict with its numbers.
    Verdict(VerdictBasis),
    /// Columns that give the target away.
    Leak(Leak),
    /// A linear model explains the target almost perfectly: some columns together may contain it.
    LinearLeak,
    /// Rows of dev that stand in train too, and make dev error too good.
    Duplicates {
        /// How many.
        rows: u64,
        /// Rows of dev.
        dev_rows: u64,
        /// The error on the rows of dev that do not stand in train, where there are enough of them.
        error: Option<Interval>,
    },
    /// All units of a layer have the same weights.
    AlikeUnits {
        /// The layer.
        layer: String,
        /// Its units.
        units: usize,
    },
    /// Inputs of very different size, or far from 0 beside their spread.
    InputScale(InputScale),
    /// The cost is chaotic at the initial weights, from this layer down to the inputs: gradients explode.
    Chaotic(String),
    /// A simpler model does at least as well on dev.
    Baseline {
        /// Dev error of the network.
        dev: f64,
        /// The simpler model.
        model: SimplerModel,
        /// Its dev error.
        error: f64,
        /// Whether it lies below the interval of the network's error.
        significant: bool,
    },
    /// Boosted trees do significantly better on dev: a lower error is reachable with these inputs.
    TreesDoBetter {
        /// Dev error of the network.
        dev: f64,
        /// That of the trees.
        trees: f64,
        /// The first less the second, on the same rows.
        gain: Interval,
    },
    /// Train error is above the target error.
    Bias(ErrorBudget),
    /// Dev error is above train error.
    Variance {
        /// The error budget.
        budget: ErrorBudget,
        /// Rows of train.
        train_rows: u64,
    },
    /// Train-dev error is above train error, by so much: the same network, trained without the train-dev rows.
    TrainDevVariance(Interval),
    /// Dev error less train-dev error.
    Mismatch {
        /// The difference.
        difference: Interval,
        /// Where it stands against the margin.
        standing: Standing,
        /// The margin.
        delta: f64,
    },
    /// No target error was given, so bias was judged against an assumed one.
    AssumedTarget {
        /// The target error.
        target: TargetError,
        /// Where the bias stands.
        bias: Standing,
    },
    /// Dev rows are too few for the margin.
    DevTooSmall {
        /// Rows of dev.
        rows: u64,
        /// Half the width of the interval of dev error.
        half_width: f64,
        /// The margin.
        delta: f64,
    },
    /// Many rows of the rarer class are missed on dev.
    RareClassMissed(RareClass),
    /// Classes of less than 1% of train.
    RareClasses {
        /// Their names and rows, in class order.
        rare: Vec<(String, u64)>,
        /// Rows of train.
        train_rows: u64,
        /// Number of all classes.
        classes: usize,
    },
    /// Early stopping is in use.
    EarlyStopping {
        /// Epochs without improvement after which training stops.
        patience: u64,
        /// Epoch whose weights were kept.
        best_epoch: u64,
        /// Epochs trained.
        epochs: u64,
    },
    /// Dev loss was still falling when training ended.
    StillImproving {
        /// Epochs trained.
        epochs: u64,
        /// Share by which it fell over the last tenth of training.
        fall: f64,
    },
    /// Train loss rose over the run.
    LossRose {
        /// Loss at the first evaluation.
        first: f64,
        /// Loss at the last evaluation.
        last: f64,
    },
    /// Train loss rose by over 1% in this share of the evaluations.
    LossOscillates(f64),
    /// Updates are so small that training is nowhere near its end.
    RateTooLow {
        /// The layer whose weights move most.
        layer: String,
        /// Norm of an update over the norm of the weights, usually.
        update_ratio: f64,
        /// Share by which train loss fell over the last tenth of training.
        fall: f64,
    },
    /// A layer is unhealthy.
    Layer(LayerFinding),
    /// Labels look wrong, also where the network is most confident: between these shares of all.
    LabelNoise {
        /// Whether the most doubtful rows are listed beside it.
        listed: bool,
        /// The low end.
        low: f64,
        /// The high end.
        high: f64,
    },
    /// What a wider network says of the bias.
    WiderNetwork {
        /// How many times as wide.
        times: usize,
        /// Train error less that of the wider network.
        train: Interval,
        /// Dev error less that of the wider network.
        dev: Interval,
        /// Whether both are significant, so that the bias is this network's.
        firm: bool,
    },
}

/// A model that a network must beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimplerModel {
    /// One that ignores its inputs.
    Naive(NaiveModel),
    /// A linear model.
    Linear,
}

impl Finding {
    /// What it is about.
    pub fn kind(&self) -> FindingKind {
        match self {
            Finding::Verdict(_) => FindingKind::Verdict,
            Finding::Leak(_) | Finding::LinearLeak => FindingKind::Leak,
            Finding::Duplicates { .. } => FindingKind::Duplicates,
            Finding::AlikeUnits { .. } => FindingKind::Symmetry,
            Finding::InputScale(_) => FindingKind::InputScale,
            Finding::Chaotic(_) => FindingKind::ExplodingGradients,
            Finding::Baseline { .. } => FindingKind::Baseline,
            Finding::TreesDoBetter { .. } => FindingKind::BoostedTrees,
            Finding::Bias(_) | Finding::WiderNetwork { .. } => FindingKind::Bias,
            Finding::Variance { .. } | Finding::TrainDevVariance(_) => FindingKind::Variance,
            Finding::Mismatch { .. } => FindingKind::Mismatch,
            Finding::AssumedTarget { .. } => FindingKind::TargetError,
            Finding::DevTooSmall { .. } => FindingKind::DevTooSmall,
            Finding::RareClassMissed(_) | Finding::RareClasses { .. } => FindingKind::RareClass,
            Finding::EarlyStopping { .. } => FindingKind::EarlyStopping,
            Finding::StillImproving { .. } => FindingKind::TrainingTooShort,
            Finding::LossRose { .. } | Finding::LossOscillates(_) | Finding::RateTooLow { .. } => {
                FindingKind::LearningRate
            }
            Finding::Layer(found) => match found.ailment {
                Ailment::VanishingGradients => FindingKind::VanishingGradients,
                Ailment::ExplodingGradients => FindingKind::ExplodingGradients,
                Ailment::DeadUnits => FindingKind::DeadUnits,
                Ailment::SaturatedUnits => FindingKind::SaturatedUnits,
                Ailment::LargeUpdates => FindingKind::LearningRate,
            },
            Finding::LabelNoise { .. } => FindingKind::LabelNoise,
        }
    }
}
