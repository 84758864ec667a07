//! Every remedy, one file each; the list is in the order of expected use.

mod activation;
mod augmentation;
mod batch;
mod bigger_network;
mod deeper_network;
mod drop_leak;
mod dropout;
mod early_stopping;
mod l1;
mod l2;
mod label_smoothing;
mod learning_rate;
mod longer_training;
mod more_data;
mod more_dev_rows;
mod optimizer;
mod schedule;
mod smaller_network;
mod test_set;
mod weight_decay;

use super::remedy::Remedy;

/// Every remedy, those of most expected use first.
pub const REMEDIES: &[&dyn Remedy] = &[
    &drop_leak::DropLeak,
    &more_dev_rows::MoreDevRows,
    &longer_training::LongerTraining,
    &bigger_network::BiggerNetwork,
    &deeper_network::DeeperNetwork,
    &optimizer::OtherOptimizer,
    &learning_rate::OtherLearningRate,
    &schedule::FallingRate,
    &activation::OtherActivation,
    &batch::OtherBatch,
    &l2::MoreL2,
    &dropout::MoreDropout,
    &more_data::MoreData,
    &augmentation::SomeAugmentation,
    &early_stopping::EarlyStopping,
    &smaller_network::SmallerNetwork,
    &weight_decay::MoreWeightDecay,
    &label_smoothing::SomeLabelSmoothing,
    &l1::SomeL1,
    &test_set::OpenTheTestSet,
];
