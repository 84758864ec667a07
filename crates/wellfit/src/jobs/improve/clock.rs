//! The time of an improvement: what is left of it, and what is kept back for its end.

use std::time::{Duration, Instant};

/// When it began and when all of it must be over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    begun: Instant,
    deadline: Instant,
}

impl Clock {
    /// `begun` lies a little back: reading the data counts too.
    pub fn new(begun: Instant, time: Duration) -> Clock {
        // A time beyond what an instant can hold is no limit.
        let far = Duration::from_secs(100 * 365 * 24 * 3_600);
        Clock { begun, deadline: begun.checked_add(time.min(far)).unwrap_or(begun) }
    }

    /// Seconds since it began.
    pub fn seconds(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    /// Seconds until it must be over.
    pub fn left(&self) -> f64 {
        self.deadline.saturating_duration_since(Instant::now()).as_secs_f64()
    }
}
