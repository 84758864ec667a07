//! Remedies: what to change next, one knob of one purpose at a time, and whether it helped.

mod ablation;
mod candidates;
mod case;
mod prescription;
mod remedies;
mod trail;

pub use ablation::{Ablation, AblationResult, ablations};
pub use candidates::{Candidate, candidates};
pub use case::{Case, Knobs, RowCounts};
pub use prescription::{Change, Prescription, Remedy, prescribe};
pub use remedies::REMEDIES;
pub use trail::{FIRST_SEEDS, Improvement, JudgedOn, MORE_ROWS, SEEDS, Step, level, rule};
