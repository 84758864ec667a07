//! Run folders in which each file in turn is something else: a link to nowhere, to itself or to a device, a folder, an
//! empty file, a pipe that nobody writes to.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::support::Place;
use crate::{Case, case};

const KINDS: [&str; 6] = ["nowhere", "itself", "device", "folder", "empty", "pipe"];

/// A file of a run and the command that needs it.
const FILES: [(&str, &str); 8] = [
    ("config.toml", "report RUN"),
    ("config.toml", "train data.csv --target label --epochs 3 --resume --out RUN"),
    ("model.safetensors", "predict RUN data.csv --out p.csv"),
    ("model.safetensors", "test RUN --data data.csv"),
    ("result.json", "report RUN"),
    ("history.jsonl", "report RUN"),
    ("evidence.json", "report RUN"),
    ("report.html", "report RUN"),
];

pub fn cases(place: &Place) -> Vec<Case> {
    let mut cases = Vec::new();
    for (file, command) in FILES {
        // To go on with an empty config, whose settings are all defaults, is refused with every difference on its line.
        for kind in KINDS.into_iter().filter(|kind| !(*kind == "empty" && command.contains("--resume"))) {
            let run = format!("broken/{}", cases.len());
            copy(&place.path("run"), &place.path(&run));
            replace(&place.path(&run).join(file), kind);
            let codes: &[i32] = match (file, kind) {
                // An empty config is a complete one, whose settings are all defaults.
                ("config.toml", "empty") => &[0, 2, 3],
                // What is rewritten replaces an empty file, and never what a link leads to; a history may be empty.
                ("report.html" | "history.jsonl", "empty") => &[0],
                ("report.html", _) => &[5],
                _ => &[3],
            };
            cases.push(case(format!("{file} is {kind}"), command.replace("RUN", &run), codes));
        }
    }
    for kind in KINDS {
        let name = format!("data_{kind}.csv");
        place.write(&name, "");
        replace(&place.path(&name), kind);
        cases.push(case(format!("the data are {kind}"), format!("train {name} --target label"), &[3]));
        let beside = format!("beside_{kind}/run");
        copy(&place.path("run"), &place.path(&beside));
        let ledger = place.path(&beside).with_file_name("ledger.jsonl");
        fs::write(&ledger, "").unwrap();
        replace(&ledger, kind);
        let codes: &[i32] = if kind == "empty" { &[0] } else { &[3, 5] };
        cases.push(case(format!("the ledger is {kind}"), format!("test {beside} --data data.csv"), codes));
    }
    cases.push(case("runs of which each is broken", "runs broken", &[0]));
    cases
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Puts something else in the place of a file.
fn replace(path: &Path, kind: &str) {
    fs::remove_file(path).unwrap();
    match kind {
        "nowhere" => symlink("nowhere", path).unwrap(),
        "itself" => symlink(path.file_name().unwrap(), path).unwrap(),
        "device" => symlink("/dev/zero", path).unwrap(),
        "folder" => fs::create_dir(path).unwrap(),
        "pipe" => assert!(Command::new("mkfifo").arg(path).status().unwrap().success()),
        _ => fs::write(path, "").unwrap(),
    }
}
