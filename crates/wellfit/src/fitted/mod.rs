//! A trained model at work: it predicts, scores, and saves itself.

mod ensemble;

use std::path::Path;

use crate::data::{Examples, Pipeline, Table};
use crate::model::{Model, ModelError, read_model, write_model};
use crate::net::{Network, NetworkError, NetworkSpec};
use crate::report::{DiagnosisReport, RunResult};
use crate::train::{Engine, Predictions, Truth};

use self::ensemble::Mean;

/// Rows in a batch of predictions, at most.
const BATCH: usize = 1024;
/// Numbers that the layers of a batch may give out, so that a wide network takes no more space than a narrow one.
const BATCH_OUTPUTS: usize = 1 << 22;

/// A trained model that predicts; where it was trained in this process, with what was found of it.
#[derive(Debug)]
pub struct Fitted {
    model: Model,
    /// Reads files for all members.
    reading: Pipeline,
    /// One for each different network among the members.
    engines: Vec<Engine<f32>>,
    result: Option<RunResult>,
}

impl Fitted {
    /// Working space for a model, shared by `threads` threads.
    ///
    /// Panics if the model has no member.
    pub fn new(model: Model, threads: usize) -> Result<Fitted, NetworkError> {
        let mut specs: Vec<&NetworkSpec> = model.members.iter().map(|member| &member.network).collect();
        specs.dedup();
        let engines = specs.into_iter().map(|spec| working_space(spec, threads)).collect::<Result<_, _>>()?;
        #[expect(
            clippy::expect_used,
            reason = "a model has a member; files without one are refused where they are read"
        )]
        let reading = Pipeline::reading_for_all(model.members.iter().map(|member| &member.pipeline))
            .expect("a model has at least one member");
        Ok(Fitted { model, reading, engines, result: None })
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

    /// What reads files for the model, and prepares rows for its first network.
    pub fn pipeline(&self) -> &Pipeline {
        &self.reading
    }

    /// Number of parameters of its first network.
    pub fn parameters(&self) -> usize {
        self.engines.first().map_or(0, |engine| engine.network().parameters())
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
        self.score(|pipeline| pipeline.apply(table, &rows)).0
    }

    /// Predictions for rows that each member's own pipeline prepares, and the mean loss of the members (meaningless without
    /// targets).
    pub fn score(&mut self, prepared_by: impl Fn(&Pipeline) -> Examples) -> (Predictions, f64) {
        let mut mean = Mean::default();
        for (member, at) in self.model.members.iter().zip(engine_places(&self.model)) {
            let Some(engine) = self.engines.get_mut(at) else { continue };
            mean.add(member.head.predict(engine, &member.numbers, &prepared_by(&member.pipeline)), member.weight);
        }
        mean.taken()
    }

    /// Predictions of the first network for rows that its pipeline has prepared, and their mean loss (meaningless without targets).
    pub fn score_first(&mut self, examples: &Examples) -> (Predictions, f64) {
        match (self.model.members.first(), self.engines.first_mut()) {
            (Some(member), Some(engine)) => member.head.predict(engine, &member.numbers, examples),
            _ => (Predictions::Values(Vec::new()), 0.0),
        }
    }

    /// The outputs of each layer of its first network for `rows`, each (rows, units), with the layer's name.
    pub(crate) fn layer_outputs(&mut self, examples: &Examples, rows: &[u32]) -> Vec<(String, Vec<f32>)> {
        let (Some(member), Some(engine)) = (self.model.members.first(), self.engines.first_mut()) else {
            return Vec::new();
        };
        let outputs = engine.layer_outputs(&member.numbers, examples, rows);
        let names = engine.network().layers().iter().map(|layer| layer.name().to_string());
        names.zip(outputs).collect()
    }

    /// The truth of rows that the first network's pipeline has prepared.
    pub fn truths(&self, examples: &Examples) -> Truth {
        self.model.members.first().map_or(Truth::Values(Vec::new()), |member| member.head.truths(examples))
    }

    /// Writes the model to a file, whole or not at all.
    pub fn save(&self, file: &Path) -> Result<(), ModelError> {
        write_model(file, &self.model)
    }
}

/// For each member the place of its engine: members of one network that stand side by side share one.
fn engine_places(model: &Model) -> impl Iterator<Item = usize> {
    let mut place = 0;
    let follows = model.members.iter().zip(model.members.iter().skip(1));
    let next = follows.map(move |(one, next)| {
        place += usize::from(one.network != next.network);
        place
    });
    std::iter::once(0).chain(next)
}

fn working_space(spec: &NetworkSpec, threads: usize) -> Result<Engine<f32>, NetworkError> {
    let network = Network::new(spec)?;
    let outputs = network.layers().iter().map(|layer| layer.output().len()).sum::<usize>();
    let batch = (BATCH_OUTPUTS / outputs.max(1)).clamp(1, BATCH);
    Ok(Engine::new(network, batch, threads))
}
