//! A folder for one test, the binary run in it, and tables to train on.

// Each test program uses what it needs of this.
#![allow(dead_code)]
// And its helpers fail by panicking.
#![allow(clippy::unwrap_used)]

#[cfg(unix)]
pub mod browser;
#[cfg(target_os = "linux")]
pub mod changes;
#[cfg(target_os = "linux")]
pub mod disk;
#[cfg(target_os = "linux")]
pub mod faults;
#[cfg(target_os = "linux")]
pub mod undisturbed;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A temporary folder; commands run in it.
pub struct Place {
    root: PathBuf,
    _folder: tempfile::TempDir,
}

/// What a command did.
pub struct Outcome {
    /// The exit code.
    pub code: i32,
    /// What it printed on standard output.
    pub out: String,
    /// What it printed on standard error.
    pub err: String,
}

impl Outcome {
    /// Panics with all that was printed unless the command succeeded.
    pub fn succeeded(self) -> Outcome {
        assert_eq!(self.code, 0, "{}\n{}", self.out, self.err);
        self
    }

    /// Standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.out, self.err))
    }
}

impl Place {
    pub fn new() -> Place {
        Place::holding(tempfile::tempdir().unwrap())
    }

    /// A place in memory, where there is such a thing: what is synced there costs nothing.
    pub fn in_memory() -> Place {
        Place::holding(tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap())
    }

    fn holding(folder: tempfile::TempDir) -> Place {
        Place { root: folder.path().canonicalize().unwrap(), _folder: folder }
    }

    /// A place with a table of `rows` rows in `data.csv`.
    pub fn with_table(rows: usize) -> Place {
        Place::new().and_table(rows)
    }

    /// This place with a table of `rows` rows in `data.csv`.
    pub fn and_table(self, rows: usize) -> Place {
        self.write("data.csv", table(rows, 1));
        self
    }

    /// The folder, from the root and without links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }

    pub fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&self.read(name)).unwrap()
    }

    /// Runs `wellfit` with arguments separated by spaces.
    pub fn run(&self, arguments: &str) -> Outcome {
        self.run_all(&arguments.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs `wellfit` with these arguments.
    pub fn run_all(&self, arguments: &[&str]) -> Outcome {
        outcome(self.command(arguments).spawn().unwrap())
    }

    /// Starts `wellfit` and leaves it running.
    pub fn start(&self, arguments: &str) -> Child {
        self.command(&arguments.split_whitespace().collect::<Vec<_>>()).spawn().unwrap()
    }

    /// Runs `wellfit` among faults.
    #[cfg(target_os = "linux")]
    pub fn run_with(&self, faults: &faults::Faults, arguments: &str) -> Outcome {
        outcome(self.start_with(faults, arguments))
    }

    /// Starts `wellfit` among faults and leaves it running.
    #[cfg(target_os = "linux")]
    pub fn start_with(&self, faults: &faults::Faults, arguments: &str) -> Child {
        let mut command = self.command(&arguments.split_whitespace().collect::<Vec<_>>());
        faults.apply(&mut command);
        command.spawn().unwrap()
    }

    /// The command, ready to start in the folder. What trains on a table takes the quick recipe, unless the arguments say otherwise: few
    /// tests are about another.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wellfit"));
        command.args(arguments).current_dir(&self.root);
        if trains_on_a_table(arguments) && !arguments.contains(&"--effort") {
            command.args(["--effort", "quick"]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

/// Whether settings of training may stand behind these arguments.
fn trains_on_a_table(arguments: &[&str]) -> bool {
    let [command, subject, ..] = arguments else { return false };
    let is_table = subject.contains('.') && !subject.contains("runs/");
    ["train", "improve", "tune", "ablate", "check", "lr-find"].contains(command) && is_table
}

/// Waits for a command to end.
pub fn outcome(child: Child) -> Outcome {
    let output = child.wait_with_output().unwrap();
    Outcome {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Numbers between 0 and 1 that are the same in every run (Knuth's linear congruential generator, MMIX).
pub fn numbers(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A table with an id, numbers (some missing), a category of 3, one of 24, and targets of every task: `label`, `kind`
/// and `amount`.
pub fn table(rows: usize, seed: u64) -> String {
    let mut next = numbers(seed);
    let mut text = "row_id,x,y,colour,city,label,kind,amount\n".to_string();
    for row in 0..rows {
        let (x, y) = (4.0 * next() - 2.0, 4.0 * next() - 2.0);
        let colour = ["red", "green", "blue"][(3.0 * next()) as usize];
        let city = (24.0 * next()) as usize;
        let noise = next() - 0.5;
        let score = x * y + 0.1 * city as f64 - 1.2 + noise;
        let label = if score > 0.0 { "yes" } else { "no" };
        let kind = ["low", "middle", "high"][usize::from(score > -1.0) + usize::from(score > 1.0)];
        let shown_y = if next() < 0.05 { String::new() } else { format!("{y:.3}") };
        let amount = 100.0 + 10.0 * score;
        text += &format!("{},{x:.3},{shown_y},{colour},city{city},{label},{kind},{amount:.2}\n", 1000 + 7 * row);
    }
    text
}

/// How many cases a proof tries: `short` in every test run, `full` where `WELLFIT_PROOF=full` asks for it.
pub fn count(short: usize, full: usize) -> usize {
    if std::env::var_os("WELLFIT_PROOF").is_some_and(|size| size == "full") { full } else { short }
}

/// The folder of real data sets that `WELLFIT_DATA` names; without it a test says so and passes.
pub fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("WELLFIT_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: WELLFIT_DATA is not set");
    }
    folder
}

/// A path as an argument.
pub fn argument(path: &Path) -> &str {
    path.to_str().unwrap()
}
