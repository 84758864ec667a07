//! From a network's outputs to predictions in the target's own terms.

use serde::{Deserialize, Serialize};

use crate::data::{Examples, Targets, Task};
use crate::net::Member;

use super::decision::Decision;
use super::engine::Engine;
use super::predictions::{Predictions, Truth, temper};

/// What a network's outputs mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The task.
    pub task: Task,
    /// Regression: value = mean + deviation · output.
    pub mean: f64,
    /// Regression: the deviation of the target over train.
    pub deviation: f64,
    /// Regression: the smallest target of train; predictions are kept within what was seen.
    pub low: f64,
    /// Regression: the largest target of train.
    pub high: f64,
    /// Classes: the temperature of their probabilities.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub temperature: f64,
    /// Classes: which one a row is given.
    #[serde(default, skip_serializing_if = "Decision::is_plain")]
    pub decision: Decision,
}

fn one() -> f64 {
    1.0
}

fn is_one(temperature: &f64) -> bool {
    *temperature == 1.0
}

impl Head {
    /// Outputs as they are: numbers of mean 0 and deviation 1, kept at 0 until a range is given, or the most probable class.
    pub const fn plain(task: Task) -> Head {
        let decision = Decision::MOST_PROBABLE;
        Head { task, mean: 0.0, deviation: 1.0, low: 0.0, high: 0.0, temperature: 1.0, decision }
    }

    /// Predictions of all rows of `examples`, and their mean weighted loss (meaningless without targets).
    pub fn predict(&self, engine: &mut Engine<f32>, member: &Member<f32>, examples: &Examples) -> (Predictions, f64) {
        let rows: Vec<u32> = (0..examples.rows() as u32).collect();
        self.predict_rows(engine, member, examples, &rows)
    }

    /// Predictions of `rows` of `examples`, in that order, and their mean weighted loss (meaningless without targets).
    pub fn predict_rows(
        &self,
        engine: &mut Engine<f32>,
        member: &Member<f32>,
        examples: &Examples,
        rows: &[u32],
    ) -> (Predictions, f64) {
        let (outputs, loss) = engine.predict(member, examples, rows);
        let mean_loss = loss / rows.len().max(1) as f64;
        (self.predictions(outputs, engine.network().outputs()), mean_loss)
    }

    /// What the outputs of rows mean: probabilities of the positive class, or of each of so many classes, row-major, or numbers in
    /// units of the target's deviation.
    pub fn predictions(&self, outputs: Vec<f32>, classes: usize) -> Predictions {
        match self.task {
            Task::Binary => self.probabilities(2, outputs.iter().flat_map(|&p| [1.0 - p, p]).collect()),
            Task::Multiclass => self.probabilities(classes, outputs),
            Task::Regression => Predictions::Values(
                outputs.iter().map(|&z| self.within_range(self.mean + self.deviation * f64::from(z))).collect(),
            ),
        }
    }

    fn probabilities(&self, classes: usize, mut values: Vec<f32>) -> Predictions {
        temper(classes, &mut values, self.temperature);
        self.decision.unweigh(classes, &mut values);
        Predictions::Probabilities { classes, values, decision: self.decision.clone() }
    }

    /// The nearest value that train has shown; NaN stays NaN.
    fn within_range(&self, value: f64) -> f64 {
        match value {
            low if low < self.low => self.low,
            high if high > self.high => self.high,
            between => between,
        }
    }

    /// The truth of `rows` of `examples`, in the target's own unit; numbers that are NaN for rows without targets.
    pub fn truth(&self, examples: &Examples, rows: &[u32]) -> Truth {
        match &examples.targets {
            Targets::Absent => Truth::Values(vec![f64::NAN; rows.len()]),
            Targets::Classes(classes) => Truth::Classes(rows.iter().map(|&r| classes[r as usize]).collect()),
            Targets::Values(values) => {
                let value = |&r: &u32| self.mean + self.deviation * f64::from(values[r as usize]);
                Truth::Values(rows.iter().map(value).collect())
            }
        }
    }

    /// The truth of all rows of `examples`.
    pub fn truths(&self, examples: &Examples) -> Truth {
        let rows: Vec<u32> = (0..examples.rows() as u32).collect();
        self.truth(examples, &rows)
    }
}
