//! Configs: nested without end, enormous, of another encoding, of wrong types.

use std::fs::File;

use crate::support::Place;
use crate::{Case, case};

pub fn cases(place: &Place) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |what: &str, content: &[u8]| {
        let name = format!("config{}.toml", cases.len());
        place.write(&name, content);
        cases.push(case(format!("config: {what}"), format!("train --config {name}"), &[2, 3]));
        name
    };
    const DEEP: usize = 10_000;
    add("arrays 10,000 deep", format!("[network]\nhidden = {}{}", "[".repeat(DEEP), "]".repeat(DEEP)).as_bytes());
    add("arrays 10,000 deep and open", format!("[network]\nhidden = {}", "[".repeat(DEEP)).as_bytes());
    add("tables 10,000 deep", format!("[{}x]\ny = 1", "a.".repeat(DEEP)).as_bytes());
    add("keys 10,000 deep", format!("{}x = 1", "a.".repeat(DEEP)).as_bytes());
    add("inline tables 10,000 deep", format!("x = {}1{}", "{a = ".repeat(DEEP), "}".repeat(DEEP)).as_bytes());
    add("a string for a number", b"[training]\nlr = \"\\n\\u001b[2J\"\n");
    add("a table for a file", b"[data]\npath = { a = 1 }\n");
    add("a number beyond all numbers", format!("[training]\nepochs = 1{}\n", "0".repeat(100_000)).as_bytes());
    add("NULs", &[0; 1000]);
    add("UTF-16", &[0xff, 0xfe, b'[', 0, b'a', 0, b']', 0]);
    add("not UTF-8", b"[data]\npath = \"\xff\"\n");
    add("a string never closed", b"[data]\npath = \"data.csv\n");
    let gigabyte = add("1 GB", b"# ");
    File::options().write(true).open(place.path(&gigabyte)).unwrap().set_len(1 << 30).unwrap();
    for path in ["/dev/zero", "nowhere.toml", "runs.toml"] {
        cases.push(case(format!("config: {path}"), format!("train --config {path}"), &[2, 3]));
    }
    std::fs::create_dir(place.path("runs.toml")).unwrap();
    cases
}
