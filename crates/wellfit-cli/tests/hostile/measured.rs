//! The binary run with its processor time and its peak of memory measured by the system.

use std::fs::File;
use std::process::{Command, Stdio};

use wait4::Wait4;

use crate::support::Place;

pub const MEGABYTE: u64 = 1 << 20;
/// What waits longer than this is stuck.
const STUCK_SECONDS: u32 = 300;

/// What a command did and took.
pub struct Measured {
    pub code: i32,
    pub out: String,
    pub err: String,
    /// Processor time of all its threads.
    pub seconds: f64,
    /// Bytes resident at most.
    pub memory: u64,
}

/// Runs `wellfit` with arguments separated by spaces; one that hangs is killed, and its code is 137.
pub fn run(place: &Place, arguments: &str) -> Measured {
    let (out, err) = (place.path(".out"), place.path(".err"));
    let mut child = Command::new("timeout")
        .args(["-s", "KILL", &STUCK_SECONDS.to_string(), env!("CARGO_BIN_EXE_wellfit")])
        .args(arguments.split_whitespace())
        .current_dir(place.path(""))
        .stdin(Stdio::null())
        .stdout(File::create(&out).unwrap())
        .stderr(File::create(&err).unwrap())
        .spawn()
        .unwrap();
    let used = child.wait4().unwrap();
    Measured {
        code: used.status.code().unwrap_or(137),
        out: place.lossy(".out"),
        err: place.lossy(".err"),
        seconds: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
        memory: used.rusage.maxrss,
    }
}

impl Place {
    fn lossy(&self, name: &str) -> String {
        String::from_utf8_lossy(&self.read(name)).into_owned()
    }
}
