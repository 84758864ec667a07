//! `wellfit check`: the gradient check, per parameter block.

use std::path::Path;

use serde_json::{Value, json};

use crate::experiment::{Plan, Spec, check_gradient, prepare, starting_member};
use crate::model::read_model;
use crate::net::{CheckOptions, Coverage, Network};
use crate::runs::{JobError, RunFolder, Watcher, lines};
use crate::words::percent;

/// Coordinates and directions of each parameter: a hundred times those that `train` tries.
const THOROUGH: Coverage = Coverage::Sample { coordinates: 200, directions: 20 };

/// Checks the gradient of the network that `spec` describes on its data; or, where `target` is a run's folder, of that
/// run's network at its trained weights.
pub fn check(target: &Path, spec: &Spec, watcher: &mut dyn Watcher) -> Result<Value, JobError> {
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
        Some(mut model) => model.members.swap_remove(0).theta,
        None => starting_member(&plan, &network)?.theta,
    };
    let options = CheckOptions {
        coverage: THOROUGH,
        seed: plan.recipe.seed,
        smoothing: plan.recipe.smoothing,
        ..CheckOptions::default()
    };
    let report = check_gradient(&plan, &Network::new(&plan.network)?, &theta, &prepared.train, &options)?;
    for block in &report.blocks {
        watcher.line("block", &format!("{:<20} {:.1e}", block.name, block.relative_error));
    }
    if report.skipped > 0.0 {
        let share = percent(report.skipped);
        watcher.line("kinks", &format!("{share} of comparisons left out: a unit passed the kink of its activation"));
    }
    if !report.passed {
        return Err(JobError::Gradient(report));
    }
    watcher.line("check", &lines::check(&report));
    Ok(json!({"schema": 1, "gradient_check": report}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::{BlockCheck, CheckReport};

    #[test]
    fn a_gradient_that_disagrees_has_its_code_and_the_place_of_the_fault() {
        let block = |name: &str, relative_error| BlockCheck { name: name.to_string(), relative_error };
        let blocks = vec![block("dense1.weight", 0.2), block("dense1.bias", 0.3), block("dense2.weight", 1e-9)];
        let error = JobError::Gradient(CheckReport { passed: false, relative_error: 0.28, blocks, skipped: 0.0 });
        assert_eq!(error.exit_code(), 6);
        assert!(error.to_string().contains("dense1.bias is the disagreeing block"), "{error}");
    }
}
