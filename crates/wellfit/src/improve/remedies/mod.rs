//! Every remedy, one file each; the list is in the order of expected use.

mod activation;
mod augmentation;
mod batch;
mod bigger_network;
mod check_labels;
mod class_weights;
mod deeper_network;
mod drop_leak;
mod dropout;
mod early_stopping;
mod gradient_clipping;
mod group_rows;
mod initialisation;
mod l1;
mod l2;
mod label_smoothing;
mod learning_rate;
mod less_regularisation;
mod longer_training;
mod more_data;
mod more_dev_rows;
mod normalisation;
mod optimizer;
mod patience;
mod remove_copies;
mod rows_like_dev;
mod schedule;
mod shallower_network;
mod shorter_training;
mod smaller_network;
mod test_set;
mod threshold;
mod weight_decay;

use super::remedy::Remedy;

pub(super) use gradient_clipping::GradientClipping;
pub(super) use initialisation::FittingInitialisation;
pub(super) use learning_rate::OtherLearningRate;
pub(super) use more_data::MORE_DATA;
pub use more_dev_rows::MORE_ROWS_TO_JUDGE_BY;
pub(super) use normalisation::Normalisation;
pub use test_set::OPEN_THE_TEST_SET;
pub(super) use test_set::OpenTheTestSet;

/// Every remedy, in the order of the ladder: the data, what lets a network learn, then what fits train and what fits dev,
/// those of most expected use first.
pub const REMEDIES: &[&dyn Remedy] = &[
    &group_rows::GroupRows,
    &drop_leak::DropLeak,
    &remove_copies::RemoveCopies,
    &rows_like_dev::RowsLikeDev,
    &more_dev_rows::MoreRowsToJudgeBy,
    &threshold::ThresholdForF1,
    &initialisation::FittingInitialisation,
    &normalisation::Normalisation,
    &patience::MorePatience,
    &longer_training::LongerTraining,
    &class_weights::NoClassWeights,
    &less_regularisation::LessL2,
    &less_regularisation::LessL1,
    &less_regularisation::LessDropout,
    &less_regularisation::LessWeightDecay,
    &activation::OtherActivation,
    &shallower_network::ShallowerNetwork,
    &bigger_network::BiggerNetwork,
    &deeper_network::DeeperNetwork,
    &learning_rate::OtherLearningRate,
    &gradient_clipping::GradientClipping,
    &optimizer::OtherOptimizer,
    &schedule::FallingRate,
    &batch::OtherBatch,
    &l2::MoreL2,
    &dropout::MoreDropout,
    &more_data::MoreData,
    &augmentation::SomeAugmentation,
    &early_stopping::EarlyStopping,
    &shorter_training::ShorterTraining,
    &smaller_network::SmallerNetwork,
    &weight_decay::MoreWeightDecay,
    &label_smoothing::SomeLabelSmoothing,
    &l1::SomeL1,
    &check_labels::CheckLabels,
    &test_set::OpenTheTestSet,
];
