//! Learning-rate schedules: pure functions of the share of training done.

use std::f64::consts::PI;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Share of training in which [`Schedule::WarmupCosine`] rises.
const WARMUP: f64 = 0.05;

/// What the learning rate is multiplied by as training goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// 1 throughout.
    Constant,
    /// From 1 to 0 in a straight line.
    Linear,
    /// ½(1 + cos πt) (Loshchilov and Hutter 2017, one cycle).
    Cosine,
    /// Up in a straight line for a twentieth of training, then a cosine to 0.
    WarmupCosine,
    /// A tenth after one half, a hundredth after three quarters.
    Step,
    /// From 1 to a hundredth, by the same factor in equal times.
    Exponential,
    /// 1/(1 + 9t): from 1 to a tenth (the course's 1/(1 + rate·epoch)).
    Inverse,
}

impl Schedule {
    /// Every schedule.
    pub const ALL: [Schedule; 7] = [
        Schedule::Constant,
        Schedule::Linear,
        Schedule::Cosine,
        Schedule::WarmupCosine,
        Schedule::Step,
        Schedule::Exponential,
        Schedule::Inverse,
    ];

    /// The name used in configs.
    pub fn name(self) -> &'static str {
        match self {
            Schedule::Constant => "constant",
            Schedule::Linear => "linear",
            Schedule::Cosine => "cosine",
            Schedule::WarmupCosine => "warmup_cosine",
            Schedule::Step => "step",
            Schedule::Exponential => "exponential",
            Schedule::Inverse => "inverse",
        }
    }

    /// The multiplier at `share` of training, from 0 (the first step) to 1.
    pub fn at(self, share: f64) -> f64 {
        match self {
            Schedule::Constant => 1.0,
            Schedule::Linear => 1.0 - share,
            Schedule::Cosine => 0.5 * (1.0 + (PI * share).cos()),
            Schedule::WarmupCosine if share < WARMUP => (share / WARMUP).max(0.01),
            Schedule::WarmupCosine => Schedule::Cosine.at((share - WARMUP) / (1.0 - WARMUP)),
            Schedule::Step if share < 0.5 => 1.0,
            Schedule::Step if share < 0.75 => 0.1,
            Schedule::Step => 0.01,
            Schedule::Exponential => 0.01f64.powf(share),
            Schedule::Inverse => 1.0 / (1.0 + 9.0 * share),
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_start_at_1_and_never_rise_after_the_warmup() {
        for schedule in Schedule::ALL {
            let from = if schedule == Schedule::WarmupCosine { 50 } else { 0 };
            assert!((schedule.at(f64::from(from) / 1000.0) - 1.0).abs() < 1e-12, "{schedule}");
            for i in from..1000 {
                let (now, then) = (schedule.at(f64::from(i) / 1000.0), schedule.at(f64::from(i + 1) / 1000.0));
                assert!(then <= now && then >= 0.0, "{schedule} at {i}");
            }
        }
    }
}
