//! A run that is to be disturbed, and what it leaves behind when nothing disturbs it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::changes::{Change, Kind, read_changes};
use super::faults::Faults;
use super::{Outcome, Place};

/// Every file of a folder by its name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Seconds by which the clock must move at a reading for every epoch to end with a checkpoint.
const EVERY_EPOCH: u64 = 6;

/// A run as it is when nothing disturbs it.
pub struct Undisturbed {
    /// Where it runs: always in the folder `run` beside `data.csv`, since paths are part of what a run is.
    pub place: Place,
    /// Its command.
    pub command: String,
    /// The calls it makes.
    pub changes: Vec<Change>,
    /// What it leaves behind.
    pub files: Files,
    /// Every content that each file had, once it had its name.
    versions: BTreeMap<String, Vec<Vec<u8>>>,
    clock: u64,
}

impl Undisturbed {
    /// Trains with these options and a checkpoint after every epoch, and takes the run away again.
    pub fn of(rows: usize, options: &str) -> Undisturbed {
        Undisturbed::in_place(Place::in_memory().and_table(rows), options, EVERY_EPOCH)
    }

    /// Trains in a place with a table; the clock moves by so many seconds each time it is read, or as it does for 0. No
    /// remedy is tried unless the options say so: that takes longer than all the rest.
    pub fn in_place(place: Place, options: &str, clock: u64) -> Undisturbed {
        let probes = if options.contains("--probes") { "" } else { "--probes off " };
        let command = format!("train data.csv {probes}{options} --out run");
        let log = place.path("log");
        let faults = Faults::in_folder(place.root()).clock(clock);
        place.run_with(&faults.log(&log), &command).succeeded();
        let changes = read_changes(&log, place.root());
        assert_eq!(changes.last().unwrap().number, changes.len(), "every call is written down");
        let files = files(&place.path("run"));
        let whole = Undisturbed { versions: versions(&changes), place, command, changes, files, clock };
        whole.clear();
        whole
    }

    /// How long it takes: the quickest of three, since the others waited for somebody.
    pub fn life(&self) -> Duration {
        let lives = (0..3).map(|_| {
            let begun = Instant::now();
            assert_eq!(self.disturbed(&self.faults()).code, 0);
            begun.elapsed()
        });
        lives.min().unwrap()
    }

    /// Faults in the place of the run, with its clock.
    pub fn faults(&self) -> Faults {
        Faults::in_folder(self.place.root()).clock(self.clock)
    }

    /// The run disturbed in this way.
    pub fn disturbed(&self, faults: &Faults) -> Outcome {
        self.clear();
        self.place.run_with(faults, &format!("{} --json", self.command))
    }

    /// Goes on to the end, on a sound disk; the result.
    pub fn resumed(&self) -> Value {
        self.place.run(&format!("{} --resume --json", self.command)).succeeded().json()
    }

    /// Takes away what a run has left.
    pub fn clear(&self) {
        if let Err(error) = std::fs::remove_dir_all(self.place.path("run")) {
            assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "{error}");
        }
    }

    /// The files there are now.
    pub fn files_now(&self) -> Files {
        files(&self.place.path("run"))
    }

    /// How many epochs the checkpoints hold that are there now; none where there is none.
    pub fn saved_epoch(&self) -> Option<u64> {
        self.files_now().iter().filter(|(name, _)| is_checkpoint(name)).filter_map(|(_, bytes)| epoch_of(bytes)).max()
    }

    /// Panics unless the run has ended as if nothing had happened to it.
    pub fn assert_same_end(&self, what: &str) {
        let now = self.files_now();
        let names = |files: &Files| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&now), names(&self.files), "{what}");
        for name in ["config.toml", "model.safetensors", "evidence.json"] {
            assert!(now[name] == self.files[name], "{what}: {name} is not the same");
        }
        for name in ["history.jsonl", "result.json"] {
            assert_eq!(timeless(&now[name]), timeless(&self.files[name]), "{what}: {name}");
        }
    }

    /// Panics unless every file there is one that a run published, whole.
    pub fn assert_nothing_torn(&self, what: &str) {
        for (name, bytes) in self.files_now().iter().filter(|(name, _)| !is_partial(name)) {
            let known = self.versions.get(name).unwrap_or_else(|| panic!("{what}: {name} was never published"));
            assert!(known.contains(bytes), "{what}: {name} is no version of it");
        }
    }

    /// Panics unless every file there can be read to its end. For runs that save at other instants than the undisturbed
    /// one, because they were resumed or interrupted: the time is in what they save.
    pub fn assert_nothing_damaged(&self, what: &str) {
        for (name, bytes) in self.files_now().iter().filter(|(name, _)| !is_partial(name)) {
            let whole = match name.as_str() {
                name if is_checkpoint(name) => epoch_of(bytes).is_some(),
                "report.html" => bytes.ends_with(b"</html>"),
                name if name.ends_with(".json") || name.ends_with(".jsonl") => {
                    bytes.ends_with(b"\n") && json_values(bytes).all(|value| value.is_ok())
                }
                name => self.files.get(name) == Some(bytes),
            };
            assert!(whole, "{what}: {name} is damaged");
        }
    }
}

/// Every content that each file of the run had, once it had its name.
fn versions(changes: &[Change]) -> BTreeMap<String, Vec<Vec<u8>>> {
    let mut open: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    let mut versions: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for change in changes {
        match &change.kind {
            Kind::Write { path, bytes, .. } => open.entry(path).or_default().extend(bytes),
            Kind::Rename { from, to } => {
                let content = open.remove(from.as_str()).unwrap_or_default();
                versions.entry(to.trim_start_matches("run/").to_string()).or_default().push(content.clone());
                open.insert(to, content);
            }
            _ => {}
        }
    }
    versions
}

/// Whether a file is one that is still being written.
pub fn is_partial(name: &str) -> bool {
    name.ends_with(".partial")
}

/// Whether a file is a checkpoint, of whatever generation.
pub fn is_checkpoint(name: &str) -> bool {
    name.starts_with("checkpoint.") && name.ends_with(".safetensors")
}

/// How many epochs a checkpoint of these bytes holds; none if it is not whole.
pub fn epoch_of(bytes: &[u8]) -> Option<u64> {
    let length = usize::try_from(u64::from_le_bytes(*bytes.first_chunk()?)).ok()?;
    let header: Value = serde_json::from_slice(bytes.get(8..8 + length)?).ok()?;
    let ends = header.as_object()?.values().filter_map(|tensor| tensor["data_offsets"][1].as_u64());
    let envelope: Value = serde_json::from_str(header["__metadata__"]["wellfit"].as_str()?).ok()?;
    (bytes.len() as u64 == 8 + length as u64 + ends.max()?).then(|| envelope["content"]["epoch"].as_u64())?
}

fn files(folder: &Path) -> Files {
    let Ok(entries) = std::fs::read_dir(folder) else { return Files::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect()
}

fn json_values(bytes: &[u8]) -> impl Iterator<Item = serde_json::Result<Value>> {
    serde_json::Deserializer::from_slice(bytes).into_iter()
}

/// JSON, or lines of it, without the clock and without where it was resumed.
fn timeless(bytes: &[u8]) -> Vec<Value> {
    json_values(bytes)
        .map(|value| {
            let mut value = value.unwrap();
            for key in ["seconds", "resumed_from_epoch"] {
                value.as_object_mut().unwrap().remove(key);
            }
            value
        })
        .collect()
}
