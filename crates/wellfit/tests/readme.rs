//! Holds the README to the code: each setting's flag stands in the row of its purpose, and every example and demo is named
//! as it is.

#![allow(clippy::unwrap_used)] // the helpers are part of the tests: a file that cannot be read fails them

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use wellfit::data::demo::NAMES;
use wellfit::experiment::SETTINGS;

/// Flags that are no setting: they choose the config or the folder.
const OTHER_FLAGS: [&str; 5] = ["out", "resume", "profile", "config", "set"];

#[test]
fn every_flag_stands_in_the_row_of_its_purpose_and_no_row_has_another() {
    let readme = page("README.md");
    let purposes: BTreeSet<String> = SETTINGS.iter().map(|setting| setting.purpose.to_string()).collect();
    for purpose in purposes {
        // The data's path is no flag: it stands alone on the command line.
        let of_purpose = SETTINGS.iter().filter(|s| s.purpose.to_string() == purpose && s.key() != "data.path");
        let mut expected: BTreeSet<String> = of_purpose.map(|setting| setting.flag()).collect();
        if purpose == "run" {
            expected.extend(OTHER_FLAGS.map(str::to_owned));
        }
        let row = readme.lines().find(|line| line.starts_with(&format!("| {purpose} |")));
        let words = row.unwrap_or_else(|| panic!("README.md has no row for {purpose}")).split('`');
        let found = words.filter_map(|word| word.strip_prefix("--")).map(str::to_owned).collect();
        assert_eq!(expected, found, "{purpose}: left the registry, right README.md");
    }
}

#[test]
fn every_demo_is_named() {
    let readme = page("README.md");
    for name in NAMES {
        assert!(readme.contains(&format!("demo {name}")) || readme.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn examples_that_are_named_are_there() {
    let examples = root().join("crates/wellfit/examples");
    let readme = page("README.md");
    let named: Vec<&str> = readme.split("--example ").skip(1).filter_map(|rest| rest.lines().next()).collect();
    assert!(!named.is_empty());
    for name in named {
        assert!(examples.join(format!("{name}.rs")).is_file(), "{name}");
    }
    for entry in fs::read_dir(examples).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let said = fs::read_to_string(&path).unwrap();
        let run =
            said.split("`cargo run -p wellfit ").nth(1).and_then(|rest| rest.split('`').next()).unwrap_or_default();
        assert!(run.ends_with(&format!("--example {name}")), "{name} says how it is run");
    }
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
