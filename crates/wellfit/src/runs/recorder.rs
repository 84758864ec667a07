//! What is seen and saved of a training while it goes on.

use std::time::{Duration, Instant};

use crate::store::{StoreError, TensorError};
use crate::train::{Best, Checkpoint, Metric, Observer, Progress as Training, Recipe, Record, write_checkpoint};

use super::events::{Epoch, Event, Watcher};
use super::folder::RunFolder;

/// Time between checkpoints.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(5);

/// Watches training for the user and writes checkpoints.
pub(crate) struct Recorder<'a> {
    watcher: &'a mut dyn Watcher,
    folder: &'a RunFolder,
    identity: String,
    isa: &'static str,
    epochs: usize,
    metric: Metric,
    begun: Instant,
    saved: Instant,
}

impl<'a> Recorder<'a> {
    /// `identity` and `isa` are written into the checkpoints.
    pub fn new(
        watcher: &'a mut dyn Watcher,
        folder: &'a RunFolder,
        identity: String,
        isa: &'static str,
        recipe: &Recipe,
    ) -> Recorder<'a> {
        let now = Instant::now();
        let (epochs, metric) = (recipe.epochs, recipe.metric);
        Recorder { watcher, folder, identity, isa, epochs, metric, begun: now, saved: now }
    }
}

impl Observer for Recorder<'_> {
    fn stop_requested(&self) -> bool {
        self.watcher.stop_requested()
    }

    fn evaluated(&mut self, record: &Record, best: Option<&Best>) {
        self.watcher.event(Event::Epoch(Epoch {
            epoch: record.epoch,
            epochs: self.epochs,
            loss: record.train_loss,
            dev: record.dev_error,
            best: best.map(|best| (best.value, best.epoch)),
            percent: self.metric == Metric::Error,
            seconds: record.seconds,
        }));
    }

    fn may_save(&mut self, training: &Training, history: &[Record], due: bool) -> Result<(), StoreError> {
        if !due && self.saved.elapsed() < CHECKPOINT_EVERY {
            return Ok(());
        }
        let checkpoint =
            Checkpoint { progress: training.clone(), history: history.to_vec(), isa: self.isa.to_string() };
        match write_checkpoint(&self.folder.checkpoint(), &self.identity, &checkpoint) {
            Err(TensorError::Store(error)) => return Err(error),
            Err(TensorError::Damaged { what, .. }) => {
                let (path, doing) = (self.folder.checkpoint(), "write");
                return Err(StoreError { path, doing, io: std::io::Error::other(what) });
            }
            Ok(()) => {}
        }
        // For those who look on; training goes on from the checkpoint alone.
        self.folder.write_history(history)?;
        self.saved = Instant::now();
        Ok(())
    }

    fn seconds(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }
}
