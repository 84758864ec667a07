//! Why a remedy proposes its change for a run.

use serde::{Deserialize, Serialize};

use crate::net::Activation;
use crate::optim::Optimizer;

/// Why a change may help, with the numbers that say so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// Columns may not be known when the network is used.
    Leak(Vec<String>),
    /// Dev rows are too few for a verdict.
    FewDevRows {
        /// Rows of dev.
        rows: u64,
        /// Rows that would decide, where a number would.
        needed: Option<u64>,
        /// How dev gets more rows.
        source: DevRowsFrom,
    },
    /// The best epoch was among the last.
    StillImproving {
        /// Epoch whose weights were kept.
        best_epoch: u64,
        /// Epochs asked for.
        epochs: u64,
    },
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
    /// The activation is flat over part of its range.
    FlatActivation(Activation),
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
    /// Dev has been used to choose, the test set has not.
    TestUnused,
    /// Dev has been used to choose, and there is no test set.
    NoTest,
}

/// How dev gets more rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DevRowsFrom {
    /// Another file of labelled rows.
    File,
    /// A larger share of the rows there are, which is enough.
    Share,
    /// A larger share of the rows there are, which helps and is not enough.
    ShareInPart,
}
