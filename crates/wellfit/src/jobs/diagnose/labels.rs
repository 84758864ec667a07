//! Labels that look wrong, by networks that have not seen their rows.

use serde::Serialize;

use crate::compare::Turns;
use crate::diagnose::label_noise;
use crate::experiment::{Plan, engine};
use crate::runs::JobError;
use crate::train::{Predictions, Truth};

use super::Run;

/// Rows that are named.
const MOST_ROWS: usize = 10;

/// The range of label noise, and the rows to look at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct LabelNoiseFound {
    pub low: f64,
    pub high: f64,
    /// Rows judged, each by a network that has not seen it.
    pub judged: u64,
    /// Rows whose label is doubted; the most doubtful are named.
    pub doubted: u64,
    pub rows: Vec<DoubtedRow>,
}

/// A row of a file, numbered from 1, the header not counted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct DoubtedRow {
    pub row: u64,
    /// The file, where it is dev's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    pub given: String,
    pub suggested: String,
}

/// Looks for doubtful labels; `None` where there are no classes or too few rows.
pub(super) fn look(run: &Run, turns: &Turns) -> Result<Option<LabelNoiseFound>, JobError> {
    if !run.result.task.is_classification() {
        return Ok(None);
    }
    let Turns { splits, own } = turns;
    let (mut classes, mut all, mut labels, mut rows) = (0, Vec::new(), Vec::new(), Vec::new());
    for (part, outcome) in splits.parts().iter().zip(&own.outcomes) {
        let Some(dev) = part.dev.as_ref() else { continue };
        // Vocabularies follow the rows of a turn, and with them the width of the network.
        let plan = Plan::new(&run.spec, &part.summary())?;
        let mut engine = engine(&plan.network, &plan.recipe, Some(run.threads))?;
        let (predictions, _) = part.head.predict(&mut engine, &outcome.member, dev);
        if let (Predictions::Probabilities { classes: count, values }, Truth::Classes(truth)) =
            (predictions, part.head.truths(dev))
        {
            classes = count;
            all.extend(values);
            labels.extend(truth);
            rows.extend(&part.dataset.split.dev);
        }
    }
    Ok(label_noise(classes, &all, &labels).map(|found| {
        let name = |class: u32| run.prepared.pipeline.classes().get(class as usize).cloned().unwrap_or_default();
        let named = found.suspects.iter().take(MOST_ROWS).filter_map(|suspect| {
            let (file, row) = run.prepared.dataset.place_in_file(*rows.get(suspect.row)?);
            let dev_file = run.spec.data.dev.as_deref().filter(|_| file > 0);
            let file = dev_file.and_then(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned());
            Some(DoubtedRow { row, file, given: name(suspect.given), suggested: name(suspect.suggested) })
        });
        LabelNoiseFound {
            low: found.low,
            high: found.high,
            judged: labels.len() as u64,
            doubted: found.suspects.len() as u64,
            rows: named.collect(),
        }
    }))
}
