//! A trained model at work: it predicts, scores, and saves itself.

mod ensemble;

use std::path::Path;

use crate::data::{Examples, Pipeline, Table};
use crate::model::{Model, ModelError, read_model, write_model};
use crate::net::{Network, NetworkError};
use crate::report::{DiagnosisReport, RunResult};
use crate::train::{Engine, Predictions, Recipe};

/// Rows in a batch of predictions, at most.
const BATCH: usize = 1024;
/// Numbers that the layers of a batch may give out, so that a wide network takes no more space than a narrow one.
const BATCH_OUTPUTS: usize = 1 << 22;

/// A trained model that predicts; where it was trained in this process, with what was found of it.
#[derive(Debug)]
pub struct Fitted {
    model: Model,
    engine: Engine<f32>,
    result: Option<RunResult>,
}

impl Fitted {
    /// Working space for a model, shared by `threads` threads.
    pub fn new(model: Model, threads: usize) -> Result<Fitted, NetworkError> {
        let network = Network::new(&model.network)?;
        let outputs = network.layers().iter().map(|layer| layer.output().len()).sum::<usize>();
        let batch = (BATCH_OUTPUTS / outputs.max(1)).clamp(1, BATCH);
        Ok(Fitted { engine: Engine::new(network, batch, threads), model, result: None })
    }

    /// The model of a file, such as the `model.safetensors` of a run, with working space for `threads` threads.
    pub fn open(file: &Path, threads: usize) -> Result<Fitted, ModelError> {
        let model = read_model(file)?;
        Fitted::new(model, threads).map_err(|source| ModelError::Network { path: file.display().to_string(), source })
    }

    /// The same model with what training found of it.
    pub(crate) fn with_result(self, result: RunResult) -> Fitted {
        Fitted { result: Some(result), ..self }
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The model's preprocessing.
    pub fn pipeline(&self) -> &Pipeline {
        &self.model.pipeline
    }

    /// Number of parameters of each of its networks.
    pub fn parameters(&self) -> usize {
        self.engine.network().parameters()
    }

    /// Errors, baselines, diagnosis and prescription, where it was trained in this process.
    pub fn result(&self) -> Option<&RunResult> {
        self.result.as_ref()
    }

    /// The verdict and what it rests on, where it was trained in this process and there were dev rows.
    pub fn diagnosis(&self) -> Option<&DiagnosisReport> {
        self.result.as_ref()?.diagnosis.as_ref()
    }

    /// Predictions for all rows of a table that holds the model's columns, in their order.
    ///
    /// Panics if the table lacks a used column ([`Pipeline::read`] gives tables that have them).
    pub fn predict(&mut self, table: &Table) -> Predictions {
        let rows: Vec<u32> = (0..table.rows() as u32).collect();
        let examples = self.model.pipeline.apply(table, &rows);
        self.score(&examples).0
    }

    /// Predictions for prepared rows, and the mean loss of the members (meaningless without targets).
    pub fn score(&mut self, examples: &Examples) -> (Predictions, f64) {
        let (head, engine) = (&self.model.head, &mut self.engine);
        let (all, losses): (Vec<_>, Vec<_>) =
            self.model.members.iter().map(|member| head.predict(engine, member, examples)).unzip();
        let loss = losses.iter().sum::<f64>() / losses.len().max(1) as f64;
        let predictions = ensemble::mean(all).unwrap_or_else(|| Predictions::Values(Vec::new()));
        (predictions, loss)
    }

    /// The outputs of each layer of its first network for `rows`, each (rows, units), with the layer's name.
    pub(crate) fn layer_outputs(&mut self, examples: &Examples, rows: &[u32]) -> Vec<(String, Vec<f32>)> {
        let Some(member) = self.model.members.first() else { return Vec::new() };
        let outputs = self.engine.layer_outputs(member, examples, rows);
        let names = self.engine.network().layers().iter().map(|layer| layer.name().to_string());
        names.zip(outputs).collect()
    }

    /// Chooses the threshold on these rows, where the recipe asks for one.
    pub(crate) fn choose_threshold(&mut self, recipe: &Recipe, dev: &Examples) {
        if recipe.threshold_for.is_some() {
            let (predictions, truth) = (self.score(dev).0, self.model.head.truths(dev));
            self.model.head.decision = recipe.with_threshold(predictions, &truth, &dev.weights).decision();
        }
    }

    /// Writes the model to a file, whole or not at all.
    pub fn save(&self, file: &Path) -> Result<(), ModelError> {
        write_model(file, &self.model)
    }
}
