//! Losses of rows with what belongs to them.

use crate::data::{Examples, of_rows};
use crate::diagnose::LossRows;
use crate::experiment::Prepared;

/// Losses with the weights and groups of their rows.
pub(crate) fn loss_rows(prepared: &Prepared, examples: &Examples, table_rows: &[u32], losses: Vec<f64>) -> LossRows {
    let groups = prepared.dataset.groups.as_ref().map(|groups| of_rows(groups, table_rows));
    LossRows { losses, weights: examples.weights.clone(), groups: groups.unwrap_or_default(), optimism: 0.0 }
}
