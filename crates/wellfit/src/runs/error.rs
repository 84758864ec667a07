//! Why a job failed, and the exit code that says so.

use std::io;

use thiserror::Error;

use crate::data::DataError;
use crate::experiment::{PartsError, PlanError, SpecError, StartError, TrialError};
use crate::model::ModelError;
use crate::net::{CheckError, NetworkError};
use crate::report::ReportError;
use crate::store::{StoreError, TensorError};
use crate::train::{CheckpointError, TrainError};

/// A job that failed. Its text is one line for each problem: where, what was found, what to do.
#[derive(Debug, Error)]
pub enum JobError {
    /// Arguments or config are wrong.
    #[error("{0}")]
    Usage(String),
    /// An input is missing or invalid.
    #[error("{0}")]
    Input(String),
    /// Training diverged.
    #[error("{0}")]
    Diverged(String),
    /// Storage failed.
    #[error("{0}")]
    Storage(String),
    /// The gradient check failed.
    #[error("{0}")]
    Check(String),
    /// Anything else.
    #[error("{0}")]
    Failure(String),
}

impl JobError {
    /// The exit code of its kind.
    pub fn exit_code(&self) -> u8 {
        match self {
            JobError::Failure(_) => 1,
            JobError::Usage(_) => 2,
            JobError::Input(_) => 3,
            JobError::Diverged(_) => 4,
            JobError::Storage(_) => 5,
            JobError::Check(_) => 6,
        }
    }
}

impl From<DataError> for JobError {
    fn from(error: DataError) -> Self {
        JobError::Input(error.to_string())
    }
}

impl From<PlanError> for JobError {
    fn from(error: PlanError) -> Self {
        JobError::Usage(error.to_string())
    }
}

impl From<SpecError> for JobError {
    fn from(error: SpecError) -> Self {
        JobError::Usage(error.to_string())
    }
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        // What was to be read is an input; what was to be written is storage.
        match (error.doing, error.io.kind()) {
            ("read", _) | (_, io::ErrorKind::NotFound) => JobError::Input(error.to_string()),
            _ => JobError::Storage(error.to_string()),
        }
    }
}

impl From<TensorError> for JobError {
    fn from(error: TensorError) -> Self {
        match error {
            TensorError::Store(error) => error.into(),
            damaged => JobError::Input(damaged.to_string()),
        }
    }
}

impl From<ModelError> for JobError {
    fn from(error: ModelError) -> Self {
        match error {
            ModelError::File(error) => error.into(),
            other => JobError::Input(other.to_string()),
        }
    }
}

impl From<CheckpointError> for JobError {
    fn from(error: CheckpointError) -> Self {
        match error {
            CheckpointError::File(error) => error.into(),
            other => JobError::Input(other.to_string()),
        }
    }
}

impl From<StartError> for JobError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Store(error) => error.into(),
            StartError::Network(error) => error.into(),
            init => JobError::Input(init.to_string()),
        }
    }
}

impl From<NetworkError> for JobError {
    fn from(error: NetworkError) -> Self {
        match error {
            NetworkError::NoInputs => JobError::Input(error.to_string()),
            other => JobError::Usage(other.to_string()),
        }
    }
}

impl From<CheckError> for JobError {
    fn from(error: CheckError) -> Self {
        JobError::Diverged(error.to_string())
    }
}

impl From<TrainError> for JobError {
    fn from(error: TrainError) -> Self {
        match error {
            TrainError::Store(error) => error.into(),
            diverged => JobError::Diverged(diverged.to_string()),
        }
    }
}

impl From<TrialError> for JobError {
    fn from(error: TrialError) -> Self {
        match error {
            TrialError::Start(error) => error.into(),
            TrialError::Train(error) => error.into(),
        }
    }
}

impl From<PartsError> for JobError {
    fn from(error: PartsError) -> Self {
        match error {
            PartsError::Data(error) => error.into(),
            PartsError::Plan(error) => error.into(),
            PartsError::Trial(error) => error.into(),
        }
    }
}

impl From<ReportError> for JobError {
    fn from(error: ReportError) -> Self {
        JobError::Failure(error.to_string())
    }
}
