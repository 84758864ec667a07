//! What dev decides beside the verdict.

use serde::{Deserialize, Serialize};

use super::recipe::Recipe;

/// Something that is chosen by how well it does on dev, which makes the scores on dev a little too good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DevChoice {
    /// The epoch whose weights are kept.
    Epoch,
    /// The threshold of a binary task.
    Threshold,
}

impl Recipe {
    /// What is chosen on dev, where there is one.
    pub fn chosen_on_dev(&self) -> Vec<DevChoice> {
        let choices =
            [(DevChoice::Epoch, self.patience.is_some()), (DevChoice::Threshold, self.threshold_for.is_some())];
        choices.into_iter().filter(|(_, chosen)| *chosen).map(|(choice, _)| choice).collect()
    }
}
