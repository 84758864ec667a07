//! Learning-rate schedules: pure functions of the fraction of training done.

use std::f64::consts::PI;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Fraction of training in which [`Schedule::WarmupCosine`] rises.
const WARMUP: f64 = 0.05;

/// What the learning rate is multiplied by, as a function of the fraction t of training done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// 1.
    Constant,
    /// 1 − t.
    Linear,
    /// ½(1 + cos πt) (Loshchilov and Hutter 2017, one cycle).
    Cosine,
    /// Linear up to 1 for a twentieth of training, then a cosine to 0.
    WarmupCosine,
    /// 1, then 0.1 from t = ½ on, then 0.01 from t = ¾ on.
    Step,
    /// 0.01ᵗ.
    Exponential,
    /// 1/(1 + 9t), the course's 1/(1 + rate·epoch).
    Inverse,
    /// 1 up to t = ½, then a cosine to 0.
    FlatCosine,
    /// ½(1 − cos 2πl) with l = log₂(1 + 15t): four rises and falls, each twice as long as the one before (Holzmüller et al. 2024, §3).
    CosLog4,
}

impl Schedule {
    /// Every schedule.
    pub const ALL: [Schedule; 9] = [
        Schedule::Constant,
        Schedule::Linear,
        Schedule::Cosine,
        Schedule::WarmupCosine,
        Schedule::Step,
        Schedule::Exponential,
        Schedule::Inverse,
        Schedule::FlatCosine,
        Schedule::CosLog4,
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
            Schedule::FlatCosine => "flat_cosine",
            Schedule::CosLog4 => "coslog4",
        }
    }

    /// The multiplier at `fraction` of training, from 0 (the first step) to 1.
    pub fn at(self, fraction: f64) -> f64 {
        match self {
            Schedule::Constant => 1.0,
            Schedule::Linear => 1.0 - fraction,
            Schedule::Cosine => 0.5 * (1.0 + (PI * fraction).cos()),
            Schedule::WarmupCosine if fraction < WARMUP => (fraction / WARMUP).max(0.01),
            Schedule::WarmupCosine => Schedule::Cosine.at((fraction - WARMUP) / (1.0 - WARMUP)),
            Schedule::Step if fraction < 0.5 => 1.0,
            Schedule::Step if fraction < 0.75 => 0.1,
            Schedule::Step => 0.01,
            Schedule::Exponential => 0.01f64.powf(fraction),
            Schedule::Inverse => 1.0 / (1.0 + 9.0 * fraction),
            Schedule::FlatCosine => Schedule::Cosine.at((2.0 * fraction - 1.0).max(0.0)),
            Schedule::CosLog4 => 0.5 * (1.0 - (2.0 * PI * (1.0 + 15.0 * fraction).log2()).cos()),
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
        for schedule in Schedule::ALL.into_iter().filter(|schedule| *schedule != Schedule::CosLog4) {
            let from = if schedule == Schedule::WarmupCosine { 50 } else { 0 };
            assert!((schedule.at(f64::from(from) / 1000.0) - 1.0).abs() < 1e-12, "{schedule}");
            for i in from..1000 {
                let (now, then) = (schedule.at(f64::from(i) / 1000.0), schedule.at(f64::from(i + 1) / 1000.0));
                assert!(then <= now && then >= 0.0, "{schedule} at {i}");
            }
        }
    }

    #[test]
    fn coslog4_has_four_periods_each_twice_as_long() {
        for (period, end) in [1.0, 3.0, 7.0, 15.0].into_iter().enumerate() {
            let (begin, end) = ((2f64.powi(period as i32) - 1.0) / 15.0, end / 15.0);
            let top = (2f64.powf(period as f64 + 0.5) - 1.0) / 15.0;
            assert!(begin < top && top < end, "{period}");
            for (fraction, expected) in [(begin, 0.0), (top, 1.0), (end, 0.0)] {
                assert!((Schedule::CosLog4.at(fraction) - expected).abs() < 1e-9, "{period} {fraction}");
            }
        }
    }
}
