//! Configurations compared: evaluation of a network, and paired trials of two.

mod all_splits;
#[cfg(feature = "trees")]
mod boosted_trees;
mod cross_validated;
mod ensemble;
mod eval_splits;
mod evaluate;
mod knobs;
mod learning_curve;
mod linear_model;
mod loss_rows;
mod others;
mod page_evidence;
mod probes;
mod references;
mod same_rows;
mod split_evaluator;
mod train_dev;
mod trained;
mod trial_set;
mod wider;

pub(crate) use all_splits::AllSplits;
pub(crate) use cross_validated::CrossValidated;
pub(crate) use ensemble::Ensemble;
pub(crate) use eval_splits::{DEFAULT_FOLDS, EvalSplits, no_folds, refused};
pub(crate) use evaluate::{EvaluationContext, RunLosses, TrainingCourse, evaluate};
pub(crate) use knobs::knobs;
pub(crate) use learning_curve::{measure_learning_curve, trainings_of_learning_curve};
pub(crate) use loss_rows::loss_rows;
pub(crate) use others::Others;
pub(crate) use probes::{cure_of_divergence, work};
pub(crate) use same_rows::difference;
pub(crate) use split_evaluator::SplitEvaluator;
pub(crate) use train_dev::{Held, TrainDev, measure_train_dev};
pub(crate) use trained::Trained;
pub(crate) use trial_set::{TrialSet, seed_of, train_side_by_side};
pub(crate) use wider::{probe_wider, wider_layers};
