//! The time that a job may take, and what is left of it.

use std::time::{Duration, Instant};

/// When it began and when all of it must be over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    begun: Instant,
    deadline: Instant,
}

impl Clock {
    /// A job that began just now and may take so long; without a limit where none is given.
    pub fn of(budget: Option<Duration>) -> Clock {
        Clock::new(Instant::now(), budget.unwrap_or(Duration::MAX))
    }

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

    /// Whether time is up.
    pub fn is_over(&self) -> bool {
        self.left() <= 0.0
    }

    /// Seconds until so many equal parts are done of which some are, or until time is up; `None` before the first is done.
    pub fn left_of(&self, done: usize, all: usize) -> Option<f64> {
        let each = (done > 0).then(|| self.seconds() / done as f64)?;
        Some((each * all.saturating_sub(done) as f64).min(self.left()))
    }
}
