//! Labels that look wrong, by networks that have not seen their rows.

use crate::compare::CrossValidated;
use crate::diagnose::label_noise;
use crate::experiment::{Plan, engine};
use crate::report::{DoubtedRow, LabelNoiseReport};
use crate::runs::JobError;
use crate::train::{Predictions, Truth};

use super::Run;

/// Rows that are named.
const MOST_ROWS: usize = 10;

/// Looks for doubtful labels; `None` where there are no classes or too few rows.
pub(super) fn find_label_noise(run: &Run, trained: &CrossValidated) -> Result<Option<LabelNoiseReport>, JobError> {
    if !run.result.task.is_classification() {
        return Ok(None);
    }
    let CrossValidated { splits, own } = trained;
    let (mut classes, mut all, mut labels, mut rows) = (0, Vec::new(), Vec::new(), Vec::new());
    for (part, outcome) in splits.parts().iter().zip(&own.outcomes) {
        let Some(dev) = part.dev.as_ref() else { continue };
        // Vocabularies follow the rows of a split, and with them the width of the network.
        let plan = Plan::new(&run.spec, &part.summary())?;
        let mut engine = engine(&plan.network, &plan.recipe, Some(run.threads))?;
        let (predictions, _) = part.head.predict(&mut engine, &outcome.member, dev);
        if let (Predictions::Probabilities { classes: count, values, .. }, Truth::Classes(truth)) =
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
        LabelNoiseReport {
            low: found.low,
            high: found.high,
            judged: labels.len() as u64,
            doubted: found.suspects.len() as u64,
            rows: named.collect(),
        }
    }))
}
