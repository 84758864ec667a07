//! Where the time of training goes.

use std::time::{Duration, Instant};

/// Time of one thread, by what it did.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spent {
    pub data: Duration,
    pub rows: Duration,
    pub parameters: Duration,
}

/// Time of all steps so far, summed over the threads.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Profile {
    /// Steps.
    pub steps: u64,
    /// Wall-clock seconds of the steps.
    pub seconds: f64,
    /// Threads of the team.
    pub threads: usize,
    /// Thread-seconds of gathering rows.
    pub data: f64,
    /// Thread-seconds of the rows sweep: forward, loss, backward.
    pub rows: f64,
    /// Thread-seconds of the parameter sweep: gradients, penalties, updates, packed copies.
    pub parameters: f64,
}

impl Profile {
    /// Thread-seconds in which threads waited for each other or had nothing to do.
    pub fn waiting(&self) -> f64 {
        (self.seconds * self.threads as f64 - self.data - self.rows - self.parameters).max(0.0)
    }
}

/// Reads the clock where somebody wants to know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock(pub bool);

impl Clock {
    /// The time, if it is wanted.
    pub fn now(self) -> Option<Instant> {
        self.0.then(Instant::now)
    }
}

/// Adds the time since `begun` to `spent`.
pub(super) fn add(spent: &mut Duration, begun: Option<Instant>) {
    if let Some(begun) = begun {
        *spent += begun.elapsed();
    }
}
