//! Faults for the real binary: failing calls, deaths at a call, a slow disk, a fast clock, a log of what was changed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// One call finds no space.
    NoSpace,
    /// One call meets a broken disk.
    Broken,
    /// One write takes half of its bytes, as it may: no failure at all.
    ShortWrite,
    /// From a call on there is no space; files can still be removed.
    FullDisk,
    /// From a call on every call fails.
    DeadDisk,
}

impl Failure {
    pub const ALL: [Failure; 5] =
        [Failure::NoSpace, Failure::Broken, Failure::ShortWrite, Failure::FullDisk, Failure::DeadDisk];

    /// The mode and error number the shim knows it by.
    fn code(self) -> &'static str {
        match self {
            Failure::NoSpace => "once 28",
            Failure::Broken => "once 5",
            Failure::ShortWrite => "short 0",
            Failure::FullDisk => "full 28",
            Failure::DeadDisk => "dead 5",
        }
    }

    /// What a user reads of it.
    pub fn words(self) -> &'static str {
        match self {
            Failure::NoSpace | Failure::FullDisk => "the disk is full",
            Failure::Broken | Failure::DeadDisk => "Input/output error",
            Failure::ShortWrite => "",
        }
    }
}

/// The environment that brings faults to calls on files of one folder.
#[derive(Clone, Debug)]
pub struct Faults {
    variables: Vec<(&'static str, String)>,
}

impl Faults {
    /// No faults yet, in `folder`, which is given from the root.
    pub fn in_folder(folder: &Path) -> Faults {
        let shim = shim().display().to_string();
        Faults { variables: vec![("LD_PRELOAD", shim), ("FAULTS_FOLDER", folder.display().to_string())] }
    }

    /// Call `number` fails.
    pub fn fail(self, number: usize, failure: Failure) -> Faults {
        self.with("FAULTS_FAIL", format!("{number} {}", failure.code()))
    }

    /// The process is killed `before`, in the `middle` of or `after` call `number`.
    pub fn kill(self, number: usize, when: &str) -> Faults {
        self.with("FAULTS_KILL", format!("{number} {when}"))
    }

    /// Every call of this name takes so long, from call `number` on.
    pub fn slow(self, name: &str, milliseconds: u64, number: usize) -> Faults {
        self.with("FAULTS_SLOW", format!("{name} {milliseconds} {number}"))
    }

    /// Calls that changed something are written down in this file.
    pub fn log(self, file: &Path) -> Faults {
        self.with("FAULTS_LOG", file.display().to_string())
    }

    /// The clock moves by so many seconds each time it is read, and not otherwise; for 0 it is left alone.
    pub fn clock(self, seconds: u64) -> Faults {
        self.with("FAULTS_CLOCK", seconds.to_string())
    }

    fn with(mut self, name: &'static str, value: String) -> Faults {
        self.variables.push((name, value));
        self
    }

    pub fn apply(&self, command: &mut Command) {
        command.envs(self.variables.iter().map(|(name, value)| (*name, value.as_str())));
    }
}

/// The shim as a library, compiled once in a test program.
fn shim() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/faults.c");
        // Beside its place and renamed: other test programs may be loading it.
        let (own, shared) = (folder.join(format!("faults-{}.so", std::process::id())), folder.join("faults.so"));
        let compiled = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&own).arg(&source).status();
        assert!(compiled.unwrap().success(), "cc cannot compile {}", source.display());
        std::fs::rename(&own, &shared).unwrap();
        shared
    })
}
