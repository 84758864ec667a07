//! Why a remedy proposes its change for a run.

use serde::{Deserialize, Serialize};

use crate::net::Activation;
use crate::optim::Optimizer;

/// Why a change may help, with the numbers that say so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// Rows of the same owners, named by this column, stand in train and in dev.
    OwnersInBothParts(String),
    /// Dev rows that stand in train too make dev error too good.
    CopiesInTrain,
    /// Dev rows are distributed differently from train rows.
    Mismatch,
    /// Many rows of the rarer class are missed at a threshold of 0.5.
    RareClassMissed,
    /// Columns may not be known when the network is used.
    Leak(Vec<String>),
    /// Dev rows are too few for a verdict.
    FewDevRows {
        /// Rows of dev.
        rows: u64,
        /// Rows that would decide, where a number would.
        needed: Option<u64>,
        /// Rows of train and dev together, where folds could judge them all.
        in_all: Option<u64>,
    },
    /// All rows of train and dev, judged by folds, are too few for a verdict.
    FewRowsInAll {
        /// Rows of train and dev together.
        rows: u64,
        /// Rows that would decide, where a number would.
        needed: Option<u64>,
    },
    /// The best epoch was among the last.
    StillImproving {
        /// Epoch whose weights were kept.
        best_epoch: u64,
        /// Epochs asked for.
        epochs: u64,
    },
    /// All settings of network and training as `auto` chooses them.
    UsualSettings,
    /// Each of two changes gained something, neither significantly.
    Together,
    /// So many epochs may be too few.
    FewEpochs(u64),
    /// So many epochs may be too many.
    ManyEpochs(u64),
    /// There is no hidden layer.
    NoHiddenLayer,
    /// So many weights leave train error above the target.
    WeightsLeaveBias(u64),
    /// So many weights may not reach the target.
    WeightsMayLeaveBias(u64),
    /// So many weights may be too few.
    FewWeights(u64),
    /// There are so many hidden layers.
    HiddenLayers(usize),
    /// So many hidden layers are a long way for the gradient.
    ManyLayers(usize),
    /// The optimiser is slow to fit train.
    SlowOptimizer(Optimizer),
    /// Train loss rose or oscillated at this learning rate, which a lower one avoids.
    LossOscillates(f64),
    /// Train loss rose or oscillated at this learning rate, and a higher one may still get further.
    LossOscillatesYetSlow(f64),
    /// Updates at this learning rate may be too large to converge.
    RateMayBeHigh(f64),
    /// Train loss fell smoothly at this learning rate.
    RateMayBeLow(f64),
    /// The learning rate is constant.
    ConstantRate(f64),
    /// All units of this layer are alike.
    AlikeUnits(String),
    /// Weights start as does not fit the activation.
    UnfitInitialisation {
        /// How they start.
        now: String,
        /// The activation of hidden layers.
        activation: Activation,
    },
    /// Numbers are not scaled.
    InputsAsTheyAre,
    /// Gradients explode, or the loss jumps.
    GradientsExplode,
    /// Training was stopped early.
    StoppedEarly {
        /// Epochs without improvement after which it stops.
        patience: u64,
        /// Epochs trained.
        epochs_trained: u64,
        /// Epochs asked for.
        epochs: u64,
    },
    /// Rows are weighed by their class.
    ClassWeights,
    /// Regularisation keeps the network from fitting train.
    Restrained,
    /// The activation is flat over part of its range.
    FlatActivation {
        /// The hidden layers' activation.
        now: Activation,
        /// The one to try.
        other: Activation,
    },
    /// Gradients vanish on their way through layers of this activation.
    GradientsVanish {
        /// The hidden layers' activation.
        now: Activation,
        /// The one to try.
        other: Activation,
    },
    /// So many rows a step make few steps an epoch.
    LargeBatch(usize),
    /// Steps over so many rows are noisy.
    SmallBatch(usize),
    /// The L2 penalty is small.
    SmallPenalty(f64),
    /// There is no L2 penalty.
    NoPenalty,
    /// Dropout keeps the network from relying on single units.
    Dropout,
    /// Rows of train are few.
    FewTrainRows(u64),
    /// Rows are not augmented.
    NoAugmentation,
    /// Dev was best at an epoch before the last.
    BestEpochEarlier {
        /// Epoch whose weights were kept.
        best_epoch: u64,
        /// Epochs asked for.
        epochs: u64,
    },
    /// There are many weights for the rows.
    ManyWeights {
        /// Weights.
        weights: u64,
        /// Rows of train.
        rows: u64,
    },
    /// Weight decay shrinks what no row keeps up.
    WeightDecay,
    /// Labels may be wrong or random.
    UncertainLabels,
    /// There are many inputs for the rows.
    ManyInputs {
        /// Inputs.
        inputs: usize,
        /// Rows of train.
        rows: u64,
    },
    /// Labels of every class look wrong, also where the network is sure.
    LabelsLookWrong,
    /// Dev has been used to choose, the test set has not.
    TestUnused,
    /// Dev has been used to choose, and there is no test set.
    NoTest,
    /// None of so many changes that were tried gains as much as the margin.
    NothingTriedHelps(usize),
}
