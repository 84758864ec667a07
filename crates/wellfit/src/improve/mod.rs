//! Remedies: what to change next, one knob of one purpose at a time.

mod case;
mod prescription;
mod remedies;

pub use case::{Case, Knobs, RowCounts};
pub use prescription::{Change, Prescription, Purpose, Remedy, prescribe};
pub use remedies::REMEDIES;
