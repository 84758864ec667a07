//! Predictions from a model.

use crate::data::{Examples, Pipeline, Table};
use crate::net::{Network, NetworkError};
use crate::train::{Engine, Predictions};

use super::file::Model;

/// Rows in a batch of predictions, at most.
const BATCH: usize = 1024;
/// Numbers that the layers of a batch may give out, so that a wide network takes no more space than a narrow one.
const BATCH_OUTPUTS: usize = 1 << 22;

/// A model with its working space.
#[derive(Debug)]
pub struct Predictor {
    model: Model,
    engine: Engine<f32>,
}

impl Predictor {
    /// Working space for a model, shared by `threads` threads.
    pub fn new(model: Model, threads: usize) -> Result<Predictor, NetworkError> {
        let network = Network::new(&model.network)?;
        let outputs = network.layers().iter().map(|layer| layer.outputs()).sum::<usize>();
        let batch = (BATCH_OUTPUTS / outputs.max(1)).clamp(1, BATCH);
        Ok(Predictor { engine: Engine::new(network, batch, threads), model })
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The model's preprocessing.
    pub fn pipeline(&self) -> &Pipeline {
        &self.model.pipeline
    }

    /// Predictions for all rows of a table that the model's pipeline read, in their order.
    pub fn predict(&mut self, table: &Table) -> Predictions {
        let rows: Vec<u32> = (0..table.rows() as u32).collect();
        let examples = self.model.pipeline.apply(table, &rows);
        self.score(&examples).0
    }

    /// Predictions for prepared rows, and their mean loss where they have targets.
    pub fn score(&mut self, examples: &Examples) -> (Predictions, f64) {
        self.model.head.predict(&mut self.engine, &self.model.theta, examples)
    }
}
