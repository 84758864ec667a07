//! What a watcher sees of a training, and the checkpoints that are saved.

use std::time::{Duration, Instant};

use crate::store::{StoreError, TensorError};
use crate::train::{Best, Checkpoint, Metric, Observer, Progress as Training, Recipe, Record, write_checkpoint};

use super::events::{Epoch, Event, Watcher};
use super::folder::RunFolder;

/// Time between checkpoints.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(5);

/// Watches training for the user and writes checkpoints, where there is a folder for them.
pub(crate) struct Recorder<'a> {
    watcher: &'a mut dyn Watcher,
    checkpoints: Option<Checkpoints<'a>>,
    epochs: usize,
    metric: Metric,
    begun: Instant,
}

/// Where checkpoints go, and what is written into them.
struct Checkpoints<'a> {
    folder: &'a RunFolder,
    identity: String,
    isa: &'static str,
    saved: Instant,
}

impl<'a> Recorder<'a> {
    /// Saves nothing.
    pub fn new(watcher: &'a mut dyn Watcher, recipe: &Recipe) -> Recorder<'a> {
        let (epochs, metric) = (recipe.epochs, recipe.metric);
        Recorder { watcher, checkpoints: None, epochs, metric, begun: Instant::now() }
    }

    /// Saves to a run's folder; `identity` and `isa` are written into the checkpoints.
    pub fn saving_to(self, folder: &'a RunFolder, identity: String, isa: &'static str) -> Recorder<'a> {
        Recorder { checkpoints: Some(Checkpoints { folder, identity, isa, saved: Instant::now() }), ..self }
    }
}

impl Checkpoints<'_> {
    fn save(&mut self, training: &Training, history: &[Record]) -> Result<(), StoreError> {
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
        // For whoever follows the run; training resumes from the checkpoint alone.
        self.folder.write_history(history)?;
        self.saved = Instant::now();
        Ok(())
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
        match &mut self.checkpoints {
            Some(checkpoints) if due || checkpoints.saved.elapsed() >= CHECKPOINT_EVERY => {
                checkpoints.save(training, history)
            }
            _ => Ok(()),
        }
    }

    fn seconds(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }
}
