//! Ctrl-C: the first asks the job to save and stop, the second ends the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::output::{Failure, INTERRUPTED, print_error};

/// Set once the user has asked to stop.
#[derive(Clone, Debug, Default)]
pub struct StopFlag(Arc<AtomicBool>);

impl StopFlag {
    /// Listens for Ctrl-C and for requests of the system to end.
    pub fn listen() -> Result<StopFlag, Failure> {
        let flag = StopFlag::default();
        let heard = flag.clone();
        ctrlc::set_handler(move || {
            if heard.0.swap(true, Ordering::SeqCst) {
                std::process::exit(i32::from(INTERRUPTED));
            }
            print_error("\nstopping: saving first; Ctrl-C again ends at once");
        })
        .map_err(|error| Failure::new(1, format!("cannot listen for Ctrl-C: {error}")))?;
        Ok(flag)
    }

    /// Whether the user has asked to stop.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
