//! A team of threads that shares out tasks and waits for the last of them.
//!
//! Which thread takes which task is left to chance; results must not depend on it, and with wellfit's tasks they do not: each
//! writes only what is lent to it alone.

mod workers;

use self::workers::Workers;
use crate::partition::Partition;

/// Threads that live as long as the team; the caller's own thread is one of them.
#[derive(Debug)]
pub struct Team {
    workers: Workers,
    /// The caller's thread does everything.
    alone: bool,
}

impl Team {
    /// A team of `threads` threads, the caller's included (at least 1).
    pub fn new(threads: usize) -> Team {
        Team { workers: Workers::new(threads), alone: false }
    }

    /// Number of threads, the caller's included.
    pub fn threads(&self) -> usize {
        self.workers.threads()
    }

    /// Leaves everything to the caller's thread from now on, or shares it out again.
    pub fn set_alone(&mut self, alone: bool) {
        self.alone = alone;
    }

    /// Calls `task(worker, i)` once for each i below `tasks`, on all threads, and returns when all are done. `worker`, below
    /// [`Team::threads`], is the thread's number: no two tasks of one number run at a time.
    ///
    /// A panic in a task is passed on to the caller once all threads are idle.
    pub fn run(&mut self, tasks: usize, task: &(dyn Fn(usize, usize) + Sync)) {
        if self.alone || self.threads() == 1 || tasks <= 1 {
            (0..tasks).for_each(|i| task(0, i));
        } else {
            self.workers.run(tasks, task);
        }
    }

    /// Calls `task(i, scratch, &mut items[i])` once for each item; each thread has one of `scratches` for itself.
    ///
    /// Panics if there are fewer scratches than threads (a bug in the caller).
    pub fn for_each<T: Send, W: Send>(
        &mut self,
        scratches: &mut [W],
        items: &mut [T],
        task: impl Fn(usize, &mut W, &mut T) + Sync,
    ) {
        assert!(scratches.len() >= self.threads(), "one scratch for each thread");
        let (base, scratches) = (SharedPointer(items.as_mut_ptr()), SharedPointer(scratches.as_mut_ptr()));
        self.run(items.len(), &|worker, i| {
            // SAFETY: worker < threads <= scratches.len(), and `run` lets no two tasks of one worker run at a time;
            // i < items.len(), and each i is given to one task only. The borrows end before the slices are free again.
            let (scratch, item) = unsafe { (&mut *scratches.at(worker), &mut *base.at(i)) };
            task(i, scratch, item);
        });
    }

    /// Calls `task(i, scratch, &mut items[i], part i of each of wholes)` once for each item; each thread has one
    /// of `scratches` for itself.
    ///
    /// A whole may be empty, and then so are its parts. Panics if the length of any other disagrees with `partition`, or if
    /// there are fewer scratches than threads (a bug in the caller).
    pub fn for_each_part<T: Send, W: Send, S: Send, const N: usize>(
        &mut self,
        scratches: &mut [W],
        items: &mut [T],
        wholes: [&mut [S]; N],
        partition: &Partition,
        task: impl Fn(usize, &mut W, &mut T, [&mut [S]; N]) + Sync,
    ) {
        assert!(scratches.len() >= self.threads(), "one scratch for each thread");
        assert_eq!(items.len(), partition.parts(), "one item for each part");
        let length = partition.covered();
        let wholes = wholes.map(|whole| {
            assert!(whole.is_empty() || whole.len() == length, "the parts cover the whole");
            (SharedPointer(whole.as_mut_ptr()), whole.is_empty())
        });
        let (base, scratches) = (SharedPointer(items.as_mut_ptr()), SharedPointer(scratches.as_mut_ptr()));
        self.run(items.len(), &|worker, i| {
            let range = partition.range(i);
            let parts = std::array::from_fn(|n| {
                let (whole, empty) = &wholes[n];
                let range = if *empty { 0..0 } else { range.clone() };
                // SAFETY: the ranges of a `Partition` are ascending, disjoint and inside the whole (asserted above); `run` gives
                // each i to one task only.
                unsafe { std::slice::from_raw_parts_mut(whole.at(range.start), range.len()) }
            });
            // SAFETY: as in `for_each`.
            let (scratch, item) = unsafe { (&mut *scratches.at(worker), &mut *base.at(i)) };
            task(i, scratch, item, parts);
        });
    }
}

struct SharedPointer<T>(*mut T);
// SAFETY: each task reaches through it only what it alone was given (see the callers).
unsafe impl<T: Send> Sync for SharedPointer<T> {}

impl<T> SharedPointer<T> {
    /// # Safety
    ///
    /// `i` is at most the length of the slice that the pointer was made from.
    unsafe fn at(&self, i: usize) -> *mut T {
        // SAFETY: the caller's contract.
        unsafe { self.0.add(i) }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    #[test]
    fn every_task_runs_once_whatever_the_number_of_threads() {
        for threads in [1, 2, 3, 8] {
            let mut team = Team::new(threads);
            for tasks in [0, 1, 2, 7, 100] {
                for _ in 0..50 {
                    let mut items = vec![0usize; tasks];
                    team.for_each(&mut vec![(); threads], &mut items, |i, (), item| *item += i + 1);
                    assert!(items.iter().copied().eq(1..=tasks));
                }
            }
        }
    }

    #[test]
    fn parts_are_lent_to_one_task_each() {
        let partition = Partition::of_lengths([3, 0, 5, 2]);
        let mut whole = vec![0u32; 10];
        let mut items = [1u32, 2, 3, 4];
        let mut scratches = [0usize; 2];
        let wholes = [&mut whole[..], &mut []];
        Team::new(2).for_each_part(&mut scratches, &mut items, wholes, &partition, |_, scratch, item, [part, none]| {
            assert!(none.is_empty());
            part.fill(*item);
            *scratch += part.len();
        });
        assert_eq!(whole, [1, 1, 1, 3, 3, 3, 3, 3, 4, 4]);
        assert_eq!(scratches.iter().sum::<usize>(), 10);
    }

    #[test]
    fn a_panic_in_a_task_reaches_the_caller_and_the_team_goes_on() {
        let mut team = Team::new(3);
        let failed = catch_unwind(AssertUnwindSafe(|| team.run(20, &|_, i| assert!(i != 11, "planted"))));
        assert!(failed.is_err());
        let mut items = [0; 5];
        team.for_each(&mut [(); 3], &mut items, |i, (), item| *item = i);
        assert_eq!(items, [0, 1, 2, 3, 4]);
    }
}
