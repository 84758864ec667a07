//! The same rows, prepared in each way that configurations ask for.

use crate::data::Normalize;
use crate::experiment::Spec;
use crate::experiment::settings::ClassWeights;
use crate::runs::JobError;

use super::eval_splits::EvalSplits;

/// Rows to judge by, prepared in each way that a search asks for: scale of inputs and weights of classes change the rows themselves.
///
/// All stay in memory, since a search may turn to and fro between them; there are few, for the values of both settings are words.
pub(crate) struct AllSplits {
    first: Way,
    others: Vec<Way>,
}

struct Way {
    normalize: Normalize,
    class_weights: ClassWeights,
    splits: EvalSplits,
}

impl Way {
    fn of(mut splits: EvalSplits, spec: &Spec) -> Result<Way, JobError> {
        splits.weigh_classes(spec)?;
        Ok(Way { normalize: spec.normalization(), class_weights: spec.training.class_weights.clone(), splits })
    }

    fn is_of(&self, spec: &Spec) -> bool {
        self.normalize == spec.normalization() && self.class_weights == spec.training.class_weights
    }
}

impl AllSplits {
    /// `splits` are prepared as `spec` says, their classes not yet weighed.
    pub fn of(splits: EvalSplits, spec: &Spec) -> Result<AllSplits, JobError> {
        Ok(AllSplits { first: Way::of(splits, spec)?, others: Vec::new() })
    }

    /// The rows as they were first prepared.
    pub fn first(&self) -> &EvalSplits {
        &self.first.splits
    }

    /// Prepares the rows as `spec` says, unless they are.
    pub fn prepare(&mut self, spec: &Spec) -> Result<(), JobError> {
        if !std::iter::once(&self.first).chain(&self.others).any(|way| way.is_of(spec)) {
            self.others.push(Way::of(self.first.splits.as_in(spec)?, spec)?);
        }
        Ok(())
    }

    /// The rows as `spec` says, once they are prepared.
    pub fn of_spec(&self, spec: &Spec) -> &EvalSplits {
        let other = self.others.iter().find(|way| way.is_of(spec));
        &other.unwrap_or(&self.first).splits
    }
}
