//! Remedies: what to change next, one setting of one purpose at a time, and whether it helped.

mod ablation;
mod candidates;
mod case;
mod prescription;
mod probe;
mod race;
mod reason;
mod remedies;
mod remedy;
mod suspicion;
mod trail;

pub use ablation::{Ablation, AblationResult, Knob, ablations};
pub use candidates::{Candidate, candidates, divergence_candidates, further, probe_candidates, together};
pub use case::{Case, Knobs, RowCounts};
pub use prescription::{Prescription, Trial, prescribe, prescribe_after_search};
pub use probe::{Probe, Probes};
pub use race::{Contender, LAPS, Next, Race};
pub use reason::Reason;
pub use remedies::{MORE_ROWS_TO_JUDGE_BY, OPEN_THE_TEST_SET, REMEDIES};
pub use remedy::{Action, Change, Deed, Remedy};
pub use trail::{FALSE_KEEP_CHANCE, ImprovementEnd, JudgedOn, Outcome, SEEDS, Step, level};
