//! How many threads share a step: what is fastest, found by trying.

use std::time::Duration;

/// Steps below this many multiply-adds are never worth sharing, steps above the other always.
const TOO_SMALL: usize = 30_000;
const LARGE_ENOUGH: usize = 20_000_000;
/// Steps that each way is timed for; the median counts.
const TIMED: usize = 9;
/// Steps before those: threads wake up, caches fill.
const WARM_UP: usize = 4;
/// Steps until both ways are tried again: the load of a machine changes.
const SETTLED: usize = 1_000;

/// Decides for each step whether all threads share it or one takes it alone. Results do not depend on it.
#[derive(Clone, Debug)]
pub(super) struct ThreadTuner {
    shared: bool,
    /// Whether both ways are tried from time to time.
    tries: bool,
    /// Steps done since the last decision.
    step: usize,
    alone: [Duration; TIMED],
    together: [Duration; TIMED],
}

impl ThreadTuner {
    /// For steps of `multiply_adds`.
    pub fn new(multiply_adds: usize) -> ThreadTuner {
        ThreadTuner {
            shared: multiply_adds > TOO_SMALL,
            tries: (TOO_SMALL..LARGE_ENOUGH).contains(&multiply_adds),
            step: 0,
            alone: [Duration::ZERO; TIMED],
            together: [Duration::ZERO; TIMED],
        }
    }

    /// Every step shared.
    pub fn always_shared() -> ThreadTuner {
        ThreadTuner { tries: false, ..ThreadTuner::new(usize::MAX) }
    }

    /// Whether the next step is shared.
    pub fn shares(&self) -> bool {
        match self.step {
            _ if !self.tries => self.shared,
            0..TRIED_ALONE => false,
            TRIED_ALONE..TRIED => true,
            _ => self.shared,
        }
    }

    /// Whether the next step is one that [`ThreadTuner::done`] wants the time of.
    pub fn is_timed(&self) -> bool {
        self.tries && self.step < TRIED
    }

    /// Counts a step.
    pub fn done(&mut self, taken: Duration) {
        if !self.tries {
            return;
        }
        if let Some(i) = (self.step % TRIED_ALONE).checked_sub(WARM_UP).filter(|_| self.step < TRIED) {
            let times = if self.step < TRIED_ALONE { &mut self.alone } else { &mut self.together };
            times[i] = taken;
        }
        self.step += 1;
        if self.step == TRIED {
            let median = |times: &mut [Duration; TIMED]| *times.select_nth_unstable(TIMED / 2).1;
            self.shared = median(&mut self.together) < median(&mut self.alone);
        }
        if self.step == TRIED + SETTLED {
            self.step = 0;
        }
    }
}

const TRIED_ALONE: usize = WARM_UP + TIMED;
const TRIED: usize = 2 * TRIED_ALONE;

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps shared out of `steps`, where a shared one takes `together` and another `alone` microseconds.
    fn shared(pace: &mut ThreadTuner, steps: usize, alone: u64, together: u64) -> usize {
        let step = |_: &usize| {
            let shares = pace.shares();
            pace.done(Duration::from_micros(if shares { together } else { alone }));
            shares
        };
        (0..steps).filter(step).count()
    }

    #[test]
    fn the_faster_way_is_found_and_found_again_when_it_changes() {
        let mut pace = ThreadTuner::new(1_000_000);
        let round = TRIED + SETTLED;
        assert_eq!(shared(&mut pace, round, 10, 7), TRIED_ALONE + SETTLED);
        assert_eq!(shared(&mut pace, round, 10, 20), TRIED_ALONE);
        assert_eq!(shared(&mut pace, round, 10, 7), TRIED_ALONE + SETTLED);
    }

    #[test]
    fn the_largest_and_the_smallest_steps_are_not_tried() {
        assert_eq!(shared(&mut ThreadTuner::new(1_000), 100, 10, 1), 0);
        assert_eq!(shared(&mut ThreadTuner::new(100_000_000), 100, 1, 10), 100);
        assert_eq!(shared(&mut ThreadTuner::always_shared(), 100, 1, 10), 100);
    }
}
