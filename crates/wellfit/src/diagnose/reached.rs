//! The lowest error that is known to be reachable: that of the best model tried on the same dev rows.

use crate::train::Metric;

use super::{Interval, LossRows};

/// A model of another kind, judged on the dev rows of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// The model.
    pub model: ReachedBy,
    /// Its losses on dev.
    pub dev: LossRows,
}

/// The model with the lowest dev error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReachedBy {
    /// The network itself.
    Network,
    /// A linear model.
    Linear,
    /// Boosted trees.
    Trees,
}

/// The lowest dev error of the models that were tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reached {
    /// The model that reaches it.
    pub by: ReachedBy,
    /// Its dev error.
    pub dev: Interval,
    /// Whether boosted trees were tried, the strongest of the other models.
    pub trees: bool,
}

/// What the network, with this dev error, and the references reach.
pub fn reached(metric: Metric, network: Interval, references: &[Reference], seed: u64) -> Reached {
    let trees = references.iter().any(|reference| reference.model == ReachedBy::Trees);
    let mut best = Reached { by: ReachedBy::Network, dev: network, trees };
    for reference in references {
        if reference.dev.error(metric) < best.dev.value {
            best = Reached { by: reference.model, dev: reference.dev.interval(metric, seed), trees };
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_model_on_dev_sets_what_is_known_to_be_reachable() {
        let errors = |wrong: usize| LossRows {
            losses: (0..1_000).map(|row| f64::from(row < wrong)).collect(),
            ..LossRows::default()
        };
        let reference = |model, wrong| Reference { model, dev: errors(wrong) };
        let network = errors(200).interval(Metric::Error, 0);
        let both = [reference(ReachedBy::Linear, 180), reference(ReachedBy::Trees, 150)];
        let best = reached(Metric::Error, network, &both, 0);
        assert_eq!((best.by, best.trees, best.dev.value), (ReachedBy::Trees, true, 0.15));
        let worse = [reference(ReachedBy::Linear, 210)];
        assert_eq!(
            reached(Metric::Error, network, &worse, 0),
            Reached { by: ReachedBy::Network, dev: network, trees: false }
        );
    }
}
