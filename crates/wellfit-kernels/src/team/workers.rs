//! The threads of a team: how they share out tasks, wait, and are woken.
//!
//! A thread begins with its own share of the tasks, the same in each call, so that what they work on stays in its core's
//! cache; a thread that has finished helps the others.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

/// Turns of the waiting loop before a thread parks: a few microseconds.
const SPINS: usize = 2_000;

/// Threads a core that may be of use where they wait for memory, and cores that are counted at least.
const MOST_A_CORE: usize = 4;
const FEWEST_CORES: usize = 4;

/// The threads of a team beside the caller's own.
#[derive(Debug)]
pub(super) struct Workers {
    shared: Arc<Shared>,
    handles: Vec<JoinHandle<()>>,
}

/// A task whose lifetime is the call of [`Workers::run`] that lends it.
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
    /// Threads that are parked or about to be: whoever makes true what they wait for must notify them.
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
// SAFETY: the pointer is to a `Sync` closure and is followed only while `Workers::run` keeps that closure alive.
unsafe impl Send for SendPointer {}

impl Workers {
    /// Starts the threads of a team of `threads`, all but the caller's; fewer where the system gives no more, or cores are few.
    pub(super) fn new(threads: usize) -> Workers {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        // Many more threads than cores only take each other's memory.
        let threads = threads.min(MOST_A_CORE * cores.max(FEWEST_CORES));
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
        let handles = (1..threads)
            .map_while(|number| {
                let shared = Arc::clone(&shared);
                std::thread::Builder::new().spawn(move || worker(&shared, number)).ok()
            })
            .collect();
        Workers { shared, handles }
    }

    /// Number of threads, the caller's included.
    pub(super) fn threads(&self) -> usize {
        self.handles.len() + 1
    }

    /// Calls `task(worker, i)` once for each i below `tasks`, on all threads, and returns when all are done.
    pub(super) fn run(&mut self, tasks: usize, task: &(dyn Fn(usize, usize) + Sync)) {
        let shared = &*self.shared;
        // SAFETY: only the lifetime changes. No worker follows the pointer after this call returns: it waits below until
        // `working` is 0, also when a task panics.
        let work = unsafe { std::mem::transmute::<*const (dyn Fn(usize, usize) + Sync + '_), Work>(task) };
        *lock(&shared.work) = Some(SendPointer(work));
        shared.tasks.store(tasks, Ordering::Relaxed);
        shared.taken.iter().for_each(|taken| taken.0.store(0, Ordering::Relaxed));
        shared.working.store(self.handles.len(), Ordering::Relaxed);
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
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        self.shared.call.fetch_add(1, Ordering::SeqCst);
        self.shared.notify(&self.shared.begin);
        for handle in self.handles.drain(..) {
            // A worker catches the panics of its tasks, so joining it cannot fail.
            let _ = handle.join();
        }
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
            // SAFETY: `Workers::run` keeps the closure alive until `working` is 0, and this thread still counts in it.
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
