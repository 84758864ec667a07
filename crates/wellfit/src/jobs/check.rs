//! `wellfit check`: the gradient check, per parameter block.

use std::path::Path;

use serde::Serialize;

use crate::experiment::{Plan, Spec, check_gradient, prepare, starting_member};
use crate::model::read_model;
use crate::net::{CheckOptions, CheckReport, Coverage, Network};
use crate::runs::{JobError, RunFolder};

/// Coordinates and directions of each parameter: a hundred times those that `train` tries.
const THOROUGH: Coverage = Coverage::Sample { coordinates: 200, directions: 20 };

/// What `wellfit check --json` prints.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GradientReport {
    /// Version of this layout: 1.
    pub schema: u32,
    /// The check, block by block.
    pub gradient_check: CheckReport,
}

impl GradientReport {
    /// The report again, or the error that names the fault where the gradients disagree.
    pub fn into_result(self) -> Result<GradientReport, JobError> {
        if self.gradient_check.passed { Ok(self) } else { Err(JobError::Gradient(self.gradient_check)) }
    }
}

/// Checks the gradient of the network that `spec` describes on its data; or, where `target` is a run's folder, of that
/// run's network at its trained weights.
pub fn check(target: &Path, spec: &Spec) -> Result<GradientReport, JobError> {
    let folder = RunFolder::at(target);
    let (spec, trained) = match folder.config().is_file() {
        false => (spec.clone(), None),
        true => (folder.read_config()?, Some(read_model(&folder.model())?)),
    };
    let mut prepared = prepare(&spec)?;
    let plan = Plan::new(&spec, &prepared.summary())?;
    prepared.weigh_classes(&plan.class_weights);
    let network = Network::<f32>::new(&plan.network)?;
    let theta = match trained {
        Some(mut model) => model.members.swap_remove(0).numbers.theta,
        None => starting_member(&plan, &network)?.theta,
    };
    let options = CheckOptions {
        coverage: THOROUGH,
        seed: plan.recipe.seed,
        smoothing: plan.recipe.smoothing,
        ..CheckOptions::default()
    };
    let network = Network::new(&plan.network)?;
    let gradient_check = check_gradient(&plan, &network, &theta, &prepared.train, &options)?;
    Ok(GradientReport { schema: 1, gradient_check })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::BlockCheck;

    #[test]
    fn a_gradient_that_disagrees_has_its_code_and_the_place_of_the_fault() {
        let block =
            |name: &str, error| BlockCheck { name: name.to_string(), relative_error: Some(error), by_layer: false };
        let blocks = vec![block("dense1.weight", 0.2), block("dense1.bias", 0.3), block("dense2.weight", 1e-9)];
        let report = CheckReport { passed: false, relative_error: 0.28, blocks, skipped: 0.0, chaotic: None };
        let error = JobError::Gradient(report);
        assert_eq!(error.exit_code(), 6);
        assert!(error.to_string().contains("dense1.bias is the disagreeing block"), "{error}");
    }
}
