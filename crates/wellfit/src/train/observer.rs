//! Who watches a training.

use crate::store::StoreError;

use super::history::Record;
use super::predictions::Predictions;
use super::progress::{Best, Progress};

/// Watches a training and may ask it to stop; it changes nothing.
pub trait Observer {
    /// Asked before every step; true ends training after saving.
    fn stop_requested(&self) -> bool {
        false
    }
    /// The predictions for dev of an evaluation, before [`Observer::evaluated`].
    fn predicted_dev(&mut self, _epoch: usize, _predictions: &Predictions) {}
    /// An evaluation after an epoch.
    fn evaluated(&mut self, _record: &Record, _best: Option<&Best>) {}
    /// Asked after every epoch (and when interrupted): the moment to write a checkpoint. `due` is true where it must be.
    fn may_save(&mut self, _progress: &Progress, _history: &[Record], _due: bool) -> Result<(), StoreError> {
        Ok(())
    }
    /// Seconds since training began or was resumed.
    fn seconds(&self) -> f64 {
        0.0
    }
}

/// Observes nothing.
#[derive(Debug, Default)]
pub struct Unobserved;

impl Observer for Unobserved {}
