//! A team of threads that shares out tasks and waits for the last of them.
//!
//! A thread begins with its own share of the tasks, the same in each call, so that what they work on stays in its core's
//! cache; who is done helps the others. Which thread takes which task is therefore left to chance; results must not depend on
//! it, and with wellfit's tasks they do not: each writes only what is lent to it alone.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

/// Turns of the waiting loop before a thread parks: a few microseconds.
const SPINS: usize = 2_000;

/// Threads that live as long as the team; the caller's own thread is one of them.
#[derive(Debug)]
pub struct Team {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
    /// Whether the caller's thread does everything.
    alone: bool,
}

/// A task list whose lifetime is the call of [`Team::run`] that lends it.
type Work = *const (dyn Fn(usize, usize) + Sync);

#[derive(Debug)]
struct Shared {
    /// Counts the calls; a worker that sees it change has work.
    call: AtomicUsize,
    /// How many tasks of each thread's share are taken.
    taken: Vec<OwnLine>,
    tasks: AtomicUsize,
    working: AtomicUsize,
    panicked: AtomicBool,
    stop: AtomicBool,
    spins: usize,
    /// Threads that are parked or about to be: who has news for them must notify.
    parked: AtomicUsize,
    work: Mutex<Option<SendPointer>>,
    begin: Condvar,
    end: Condvar,
}

/// A counter with a cache line for itself, so that counting in one share does not disturb another.
#[derive(Debug, Default)]
#[repr(align(64))]
struct OwnLine(AtomicUsize);

#[derive(Clone, Copy, Debug)]
struct SendPointer(Work);
// SAFETY: the pointer is to a `Sync` closure and is followed only while `Team::run` keeps that closure alive.
unsafe impl Send for SendPointer {}

impl Team {
    /// A team of `threads` threads, the caller's included (at least 1).
    pub fn new(threads: usize) -> Team {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let shared = Arc::new(Shared {
            call: AtomicUsize::new(0),
            taken: (0..threads.max(1)).map(|_| OwnLine::default()).collect(),
            tasks: AtomicUsize::new(0),
            working: AtomicUsize::new(0),
            panicked: AtomicBool::new(false),
            stop: AtomicBool::new(false),
            // With more threads than cores a spinning thread keeps a working one from its core.
            spins: if threads > cores { 0 } else { SPINS },
            parked: AtomicUsize::new(0),
            work: Mutex::new(None),
            begin: Condvar::new(),
            end: Condvar::new(),
        });
        let workers = (1..threads)
            .map(|number| {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || worker(&shared, number))
            })
            .collect();
        Team { shared, workers, alone: false }
    }

    /// Number of threads, the caller's included.
    pub fn threads(&self) -> usize {
        self.workers.len() + 1
    }

    /// Leaves everything to the caller's thread from now on, or shares it out again.
    pub fn set_alone(&mut self, alone: bool) {
        self.alone = alone;
    }

    /// Calls `task(worker, i)` once for each i below `tasks`, on all threads, and returns when all are done. `worker`, below
    /// [`Team::threads`], is the thread's number: no two tasks of one number run at a time.
    ///
    /// A panic in a task is passed on to the caller, after all threads have come to rest.
    pub fn run(&mut self, tasks: usize, task: &(dyn Fn(usize, usize) + Sync)) {
        if self.alone || self.workers.is_empty() || tasks <= 1 {
            (0..tasks).for_each(|i| task(0, i));
            return;
        }
        let shared = &*self.shared;
        // SAFETY: only the lifetime changes. No worker follows the pointer after this call returns: it waits below until
        // `working` is 0, also when a task panics.
        let work = unsafe { std::mem::transmute::<*const (dyn Fn(usize, usize) + Sync + '_), Work>(task) };
        *lock(&shared.work) = Some(SendPointer(work));
        shared.tasks.store(tasks, Ordering::Relaxed);
        shared.taken.iter().for_each(|taken| taken.0.store(0, Ordering::Relaxed));
        shared.working.store(self.workers.len(), Ordering::Relaxed);
        shared.call.fetch_add(1, Ordering::SeqCst);
        shared.notify(&shared.begin);
        let own = catch_unwind(AssertUnwindSafe(|| take_tasks(shared, 0, task)));
        wait_until(shared, &shared.end, || shared.working.load(Ordering::SeqCst) == 0);
        let others_panicked = shared.panicked.swap(false, Ordering::Relaxed);
        if let Err(panic) = own {
            resume_unwind(panic);
        }
        assert!(!others_panicked, "a task of the team panicked");
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

    /// Calls `task(i, scratch, &mut items[i], part i of each of wholes)` once for each item; the parts are those of `cuts`, and
    /// each thread has one of `scratches` for itself.
    ///
    /// A whole may be empty: all its parts are then. Panics if another length disagrees with `cuts`, or if there are fewer
    /// scratches than threads (a bug in the caller).
    pub fn for_each_part<T: Send, W: Send, S: Send, const N: usize>(
        &mut self,
        scratches: &mut [W],
        items: &mut [T],
        wholes: [&mut [S]; N],
        cuts: &Cuts,
        task: impl Fn(usize, &mut W, &mut T, [&mut [S]; N]) + Sync,
    ) {
        assert!(scratches.len() >= self.threads(), "one scratch for each thread");
        assert_eq!(items.len(), cuts.ends.len(), "one item for each part");
        let length = cuts.ends.last().copied().unwrap_or(0);
        let wholes = wholes.map(|whole| {
            assert!(whole.is_empty() || whole.len() == length, "the parts cover the whole");
            (SharedPointer(whole.as_mut_ptr()), whole.is_empty())
        });
        let (base, scratches) = (SharedPointer(items.as_mut_ptr()), SharedPointer(scratches.as_mut_ptr()));
        self.run(items.len(), &|worker, i| {
            let range = cuts.range(i);
            let parts = std::array::from_fn(|n| {
                let (whole, empty) = &wholes[n];
                let range = if *empty { 0..0 } else { range.clone() };
                // SAFETY: the ranges of `Cuts` are ascending, disjoint and inside the whole (asserted above); `run` gives
                // each i to one task only.
                unsafe { std::slice::from_raw_parts_mut(whole.at(range.start), range.len()) }
            });
            // SAFETY: as in `for_each`.
            let (scratch, item) = unsafe { (&mut *scratches.at(worker), &mut *base.at(i)) };
            task(i, scratch, item, parts);
        });
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        self.shared.call.fetch_add(1, Ordering::SeqCst);
        self.shared.notify(&self.shared.begin);
        for worker in self.workers.drain(..) {
            // A worker catches the panics of its tasks, so joining it cannot fail.
            let _ = worker.join();
        }
    }
}

/// Ends of consecutive parts of a slice.
#[derive(Clone, Debug, Default)]
pub struct Cuts {
    ends: Vec<usize>,
}

impl Cuts {
    /// Parts of these lengths, one after the other.
    pub fn of_lengths(lengths: impl IntoIterator<Item = usize>) -> Cuts {
        let mut end = 0;
        let ends = lengths.into_iter().map(|length: usize| {
            assert!(length <= usize::MAX - end, "the parts are longer than any slice");
            end += length;
            end
        });
        Cuts { ends: ends.collect() }
    }

    /// Where part i stands.
    pub fn range(&self, i: usize) -> std::ops::Range<usize> {
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        start..self.ends[i]
    }
}

struct SharedPointer<T>(*mut T);
// SAFETY: each task reaches through it only what it alone was given (see the callers).
unsafe impl<T: Send> Sync for SharedPointer<T> {}

impl<T> SharedPointer<T> {
    /// SAFETY: `i` must lie inside the slice that the pointer was made from.
    unsafe fn at(&self, i: usize) -> *mut T {
        // SAFETY: the caller's contract.
        unsafe { self.0.add(i) }
    }
}

fn worker(shared: &Shared, number: usize) {
    let mut seen = 0;
    loop {
        wait_until(shared, &shared.begin, || shared.call.load(Ordering::SeqCst) != seen);
        seen = shared.call.load(Ordering::Acquire);
        if shared.stop.load(Ordering::Acquire) {
            return;
        }
        let work = *lock(&shared.work);
        if let Some(SendPointer(task)) = work {
            // SAFETY: `Team::run` keeps the closure alive until `working` is 0, and this thread still counts in it.
            let task = unsafe { &*task };
            if catch_unwind(AssertUnwindSafe(|| take_tasks(shared, number, task))).is_err() {
                shared.panicked.store(true, Ordering::Relaxed);
            }
        }
        if shared.working.fetch_sub(1, Ordering::SeqCst) == 1 {
            shared.notify(&shared.end);
        }
    }
}

/// Takes the tasks of the worker's own share, then what is left of the others'.
fn take_tasks(shared: &Shared, worker: usize, task: &(dyn Fn(usize, usize) + Sync)) {
    let (tasks, threads) = (shared.tasks.load(Ordering::Relaxed), shared.taken.len());
    let begins = |share: usize| tasks * share / threads;
    for share in (worker..threads).chain(0..worker) {
        loop {
            let i = begins(share) + shared.taken[share].0.fetch_add(1, Ordering::Relaxed);
            if i >= begins(share + 1) {
                break;
            }
            task(worker, i);
        }
    }
}

impl Shared {
    /// Wakes whoever is parked. What they wait for was made true before, by a sequentially consistent write.
    fn notify(&self, changed: &Condvar) {
        // A thread that parks counts itself and then looks once more, both in one order with that write and this look: one
        // of the two sees the other.
        if self.parked.load(Ordering::SeqCst) > 0 {
            drop(lock(&self.work));
            changed.notify_all();
        }
    }
}

/// Spins a few microseconds, then parks until `done`, a sequentially consistent look. Whoever makes it true notifies.
fn wait_until(shared: &Shared, changed: &Condvar, done: impl Fn() -> bool) {
    for _ in 0..shared.spins {
        if done() {
            return;
        }
        std::hint::spin_loop();
    }
    let mut held = lock(&shared.work);
    shared.parked.fetch_add(1, Ordering::SeqCst);
    while !done() {
        held = changed.wait(held).unwrap_or_else(PoisonError::into_inner);
    }
    shared.parked.fetch_sub(1, Ordering::SeqCst);
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
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
        let cuts = Cuts::of_lengths([3, 0, 5, 2]);
        let mut whole = vec![0u32; 10];
        let mut items = [1u32, 2, 3, 4];
        let mut scratches = [0usize; 2];
        let wholes = [&mut whole[..], &mut []];
        Team::new(2).for_each_part(&mut scratches, &mut items, wholes, &cuts, |_, scratch, item, [part, none]| {
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
