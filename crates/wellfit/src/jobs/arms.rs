//! One configuration and its trainings, a seed each.

use crate::data::Task;
use crate::diagnose::{Gain, LossRows, gain_over_seeds};
use crate::experiment::{Losses, Plan, Prepared, Trial, TrialOutcome, machine_threads, run_trials};

use super::error::JobError;

/// Seeds after the plan's own.
const NEXT_SEEDS: u64 = 1_000_003;

/// A configuration, and what each seed came to. The first seed is the plan's own, whose model is the one that is kept.
#[derive(Clone, Debug)]
pub(super) struct Arm {
    pub plan: Plan,
    pub outcomes: Vec<TrialOutcome>,
}

impl Arm {
    pub fn of(plan: Plan) -> Arm {
        Arm { plan, outcomes: Vec::new() }
    }

    /// Trains until there are `seeds` outcomes, or fewer where it was stopped.
    pub fn train(&mut self, prepared: &Prepared, seeds: usize, stop: &dyn Fn() -> bool) -> Result<(), JobError> {
        let own = self.plan.recipe.seed;
        let trials: Vec<Trial<'_>> = (self.outcomes.len()..seeds)
            .map(|i| Trial { prepared, plan: &self.plan, seed: own.wrapping_add(i as u64 * NEXT_SEEDS) })
            .collect();
        let threads = self.plan.threads.unwrap_or_else(machine_threads);
        for outcome in run_trials(&trials, threads, stop) {
            match outcome {
                Some(outcome) => self.outcomes.push(outcome?),
                None => break,
            }
        }
        Ok(())
    }

    /// Seconds of a training.
    pub fn seconds(&self) -> f64 {
        self.outcomes.iter().map(|outcome| outcome.seconds).sum::<f64>() / self.outcomes.len().max(1) as f64
    }

    /// Dev error over all seeds.
    pub fn error(&self, task: Task, weights: &[f32]) -> f64 {
        self.error_over(self.outcomes.len(), task, weights)
    }

    /// Dev error over the first `seeds` seeds.
    pub fn error_over(&self, seeds: usize, task: Task, weights: &[f32]) -> f64 {
        let outcomes = self.outcomes.iter().take(seeds);
        let all = LossRows {
            losses: outcomes.clone().flat_map(|outcome| outcome.dev.iter().copied()).collect(),
            weights: outcomes.flat_map(|_| weights.iter().copied()).collect(),
            groups: Vec::new(),
        };
        all.error(task)
    }

    /// What this configuration gains over another on the same rows and seeds.
    pub fn gain_over(&self, other: &Arm, seeds: usize, task: Task, like: &LossRows, level: f64) -> Gain {
        let losses = |arm: &Arm| -> Vec<Losses> { arm.outcomes.iter().take(seeds).map(|o| o.dev.clone()).collect() };
        gain_over_seeds(task, like, (&losses(other), &losses(self)), level, self.plan.recipe.seed)
    }
}
