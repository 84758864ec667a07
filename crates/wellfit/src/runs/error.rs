//! Why a job failed, and the exit code that says so.

use std::io;

use thiserror::Error;

use crate::data::DataError;
use crate::experiment::{PartsError, PlanError, SpecError, StartError, TrialError};
use crate::model::ModelError;
use crate::net::{CheckError, CheckReport, NetworkError};
use crate::report::ReportError;
use crate::store::{StoreError, TensorError};
use crate::text::rate;
use crate::train::{CheckpointError, TrainError};

use super::divergence::Divergence;
use super::input_error::InputError;
use super::usage_error::UsageError;

/// A job that failed. Its text is one line for each problem: where, what was found, what to do.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum JobError {
    /// It cannot do what it was asked.
    #[error(transparent)]
    Usage(#[from] UsageError),
    /// It cannot use what it was given.
    #[error(transparent)]
    Input(#[from] InputError),
    /// Settings are wrong.
    #[error(transparent)]
    Settings(#[from] SpecError),
    /// Settings do not fit each other or the data.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The data cannot be read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A model cannot be read.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A checkpoint cannot be read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A file cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The network cannot be built.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// Training cannot start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The gradient cannot be checked.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// The gradient check failed.
    #[error(
        "the analytic gradient disagrees with central differences (relative error {:.1e}); {} is the disagreeing block nearest \
         to the outputs: the fault is there or in the layer after it; without changes to wellfit this is a bug, please report it",
        .0.relative_error, .0.topmost_fault().unwrap_or("the network")
    )]
    Gradient(CheckReport),
    /// Training failed.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// A training among several failed.
    #[error(transparent)]
    Trial(#[from] TrialError),
    /// A training on a part of the rows failed.
    #[error(transparent)]
    Parts(#[from] PartsError),
    /// Something is not finite, or grew without bound.
    #[error(transparent)]
    Divergence(#[from] Divergence),
    /// No learning rate lowered the loss.
    #[error(
        "no learning rate lowered the loss by a significant amount, so none can be chosen ({}); check the inputs (--normalize) \
         and the initial weights (--init), or train with --lr auto, which is {auto}",
        match diverges_at {
            Some(at) => format!("it diverges at a learning rate of {}", rate(*at)),
            None => format!("it diverges at no learning rate up to {}", rate(*highest)),
        }
    )]
    NoRate {
        /// The rate at which the loss diverged, if it did.
        diverges_at: Option<f64>,
        /// The highest rate tested.
        highest: f64,
        /// The rate that `--lr auto` takes.
        auto: f64,
    },
    /// The watcher asked to stop before there was anything to return.
    #[error("training was stopped")]
    Stopped,
    /// The settings given were not judged, so that there is nothing to compare with.
    #[error("the settings given were not judged")]
    NoBaseline,
    /// The page cannot be written.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A value cannot be written as JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// What a job failed of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ErrorKind {
    /// Anything else.
    Failure = 1,
    /// Arguments or config are wrong.
    Usage = 2,
    /// An input is missing or invalid.
    Input = 3,
    /// Training diverged.
    Diverged = 4,
    /// Storage failed.
    Storage = 5,
    /// The gradient check failed.
    Gradient = 6,
}

impl JobError {
    /// The exit code of its kind.
    pub fn exit_code(&self) -> u8 {
        self.kind() as u8
    }

    /// What the job failed of.
    pub fn kind(&self) -> ErrorKind {
        match self {
            JobError::Usage(_) | JobError::Settings(_) | JobError::Plan(_) => ErrorKind::Usage,
            JobError::Input(_) | JobError::Data(_) => ErrorKind::Input,
            JobError::Store(error) => of_store(error),
            JobError::Model(ModelError::File(error)) | JobError::Checkpoint(CheckpointError::File(error)) => {
                of_tensors(error)
            }
            JobError::Model(_) | JobError::Checkpoint(_) => ErrorKind::Input,
            JobError::Network(error) => of_network(error),
            JobError::Start(error) => of_start(error),
            JobError::Train(error) => of_training(error),
            JobError::Trial(error) => of_trial(error),
            JobError::Parts(PartsError::Data(_)) => ErrorKind::Input,
            JobError::Parts(PartsError::Plan(_)) => ErrorKind::Usage,
            JobError::Parts(PartsError::Trial(error)) => of_trial(error),
            JobError::Check(_) | JobError::Divergence(_) => ErrorKind::Diverged,
            JobError::Gradient(_) => ErrorKind::Gradient,
            JobError::NoRate { .. }
            | JobError::Stopped
            | JobError::NoBaseline
            | JobError::Report(_)
            | JobError::Json(_) => ErrorKind::Failure,
        }
    }
}

/// What was to be read is an input; what was to be written is storage.
fn of_store(error: &StoreError) -> ErrorKind {
    match (error.doing, error.io.kind()) {
        ("read", _) | (_, io::ErrorKind::NotFound) => ErrorKind::Input,
        _ => ErrorKind::Storage,
    }
}

fn of_tensors(error: &TensorError) -> ErrorKind {
    match error {
        TensorError::Store(error) => of_store(error),
        _ => ErrorKind::Input,
    }
}

fn of_start(error: &StartError) -> ErrorKind {
    match error {
        StartError::Store(error) => of_store(error),
        StartError::Network(error) => of_network(error),
        _ => ErrorKind::Input,
    }
}

fn of_network(error: &NetworkError) -> ErrorKind {
    match error {
        NetworkError::NoInputs => ErrorKind::Input,
        _ => ErrorKind::Usage,
    }
}

fn of_training(error: &TrainError) -> ErrorKind {
    match error {
        TrainError::Store(error) => of_store(error),
        _ => ErrorKind::Diverged,
    }
}

fn of_trial(error: &TrialError) -> ErrorKind {
    match error {
        TrialError::Start(error) => of_start(error),
        TrialError::Train(error) => of_training(error),
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::super::divergence::Advice;
    use super::*;
    use crate::train::NotFinite;

    #[test]
    fn what_was_to_be_read_is_an_input_and_what_was_to_be_written_is_storage() {
        let kind = |doing, io: io::ErrorKind| {
            JobError::from(StoreError { path: "runs/a".into(), doing, io: io.into() }).kind()
        };
        assert_eq!(kind("read", io::ErrorKind::PermissionDenied), ErrorKind::Input);
        assert_eq!(kind("replace", io::ErrorKind::NotFound), ErrorKind::Input);
        assert_eq!(kind("replace", io::ErrorKind::StorageFull), ErrorKind::Storage);
    }

    #[test]
    fn an_error_is_one_line_with_what_to_do_and_keeps_its_cause() {
        let what = NotFinite { what: crate::train::Quantity::Output, layer: "dense1".to_string() };
        let error = JobError::from(Divergence::Start(what));
        assert_eq!((error.exit_code(), error.to_string().lines().count()), (4, 1));
        assert!(error.source().is_some_and(|cause| cause.to_string().contains("dense1")));
        assert_eq!(Advice::TryRate(0.01).to_string(), "try a smaller rate: --lr 0.01");
    }
}
