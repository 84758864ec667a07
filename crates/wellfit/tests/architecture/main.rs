//! Holds ARCHITECTURE.md to the code: every folder of the library stands on the floor the page gives it, and uses
//! only what stands below. `unsafe` stays in the kernels.
//!
//! No two files import each other, and none grows too long.
//!
//! The page lists the floors in a fenced block, a line each: `2 train/ what it does`. Modules of one floor do not use
//! each other, except where the line says so: `1 net/ (uses data) what it does`.

#![allow(clippy::unwrap_used)] // the helpers are part of the tests: a file that cannot be read fails them

mod code;
mod imports;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use code::{code_alone, crate_modules, words};
use imports::{circles, source_files};

/// Lines of a file of the library at most, and of the median file.
const LONGEST: usize = 400;
const MEDIAN: usize = 150;

/// A module of the library as the page lists it.
#[derive(Debug, PartialEq)]
struct Module {
    floor: u32,
    uses: Vec<String>,
}

#[test]
fn every_folder_of_the_library_is_on_the_page_and_the_page_names_no_other() {
    let mut folders: Vec<String> = fs::read_dir(library())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    folders.sort();
    let listed: Vec<String> = listed_modules().into_keys().collect();
    assert_eq!(folders, listed, "left: crates/wellfit/src, right: ARCHITECTURE.md");
}

#[test]
fn a_module_uses_only_what_stands_on_a_lower_floor() {
    let listed = listed_modules();
    let mut broken = Vec::new();
    for (name, module) in &listed {
        for file in rust_files(&library().join(name)) {
            for used in crate_modules(&code_alone(&fs::read_to_string(&file).unwrap())) {
                let Some(other) = listed.get(&used) else { continue };
                if used != *name && other.floor >= module.floor && !module.uses.contains(&used) {
                    let (floor, above) = (module.floor, other.floor);
                    broken.push(format!("{}: {name}/ ({floor}) uses {used}/ ({above})", file.display()));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn unsafe_code_stands_in_the_kernels_alone() {
    let crates = library().join("../..");
    for name in ["wellfit", "wellfit-cli"] {
        for file in rust_files(&crates.join(name)) {
            let code = code_alone(&fs::read_to_string(&file).unwrap());
            assert!(words(&code).all(|word| word != "unsafe"), "{}: belongs into wellfit-kernels", file.display());
        }
    }
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let crates = library().join("../..");
    let mut found = Vec::new();
    for name in ["wellfit-kernels", "wellfit", "wellfit-cli"] {
        for circle in circles(&source_files(&crates.join(name).join("src"))) {
            found.push(format!("{name}: {}", circle.join(" -> ")));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn files_hold_one_idea() {
    let mut lengths: Vec<(usize, PathBuf)> = rust_files(&library())
        .into_iter()
        .map(|file| (fs::read_to_string(&file).unwrap().lines().count(), file))
        .collect();
    lengths.sort();
    let (median, (longest, file)) = (lengths[lengths.len() / 2].0, lengths.last().unwrap());
    assert!(*longest <= LONGEST, "{}: {longest} lines; {LONGEST} at most", file.display());
    assert!(median < MEDIAN, "the median file has {median} lines; below {MEDIAN} is wanted");
}

#[test]
fn a_circle_of_files_is_found_through_re_exports_and_nested_uses() {
    let file = |path: &str, code: &str| (path.split('/').map(str::to_owned).collect(), code_alone(code));
    let files = BTreeMap::from([
        file("a", "pub use b::B; mod b; mod c;"),
        file("a/b", "use crate::{a::c::{C, D as E}, other::X};"),
        file("a/c", "use super::B;"),
        file("other", "pub fn x() { super::a::c::y() }"),
    ]);
    let found = circles(&files);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].len() >= 3 && found[0].first() == found[0].last(), "{found:?}");
    let parents = BTreeMap::from([file("a", "mod b; use b::B;"), file("a/b", "use super::C;")]);
    assert!(circles(&parents).is_empty(), "parents and children belong together");
}

#[test]
fn the_page_is_read_line_by_line() {
    let page = "1 not/ in a block\n```text\n0 store/    files\n1 net/ (uses data, optim) layers\n```\n2 out/ too\n";
    let modules = parse_page(page);
    assert_eq!(modules.keys().collect::<Vec<_>>(), ["net", "store"]);
    assert_eq!(modules["net"], Module { floor: 1, uses: vec!["data".to_owned(), "optim".to_owned()] });
    assert_eq!(modules["store"], Module { floor: 0, uses: Vec::new() });
}

#[test]
fn uses_are_found_in_paths_and_in_braces_and_not_in_comments_or_text() {
    let code = "use crate::data::Task; // crate::report::x\nuse crate::{net::{Layer, self}, optim};\n\
        /* crate::jobs */ let text = \"crate::tune::x \\\" crate::tune\"; let c = '\"'; crate::train::run::<'a>();\n\
        let raw = r#\"crate::model \" \"#; pub(crate) fn f() {}";
    assert_eq!(crate_modules(&code_alone(code)), ["data", "net", "optim", "train"]);
}

fn listed_modules() -> BTreeMap<String, Module> {
    let page = library().join("../../../ARCHITECTURE.md");
    let text = fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    let modules = parse_page(&text);
    assert!(!modules.is_empty(), "{}: no block of lines such as `1 data/ what it does`", page.display());
    modules
}

fn parse_page(text: &str) -> BTreeMap<String, Module> {
    let mut in_block = false;
    let mut modules = BTreeMap::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if in_block && let Some((name, module)) = parse_line(line) {
            assert!(modules.insert(name.clone(), module).is_none(), "{name}/ is listed twice");
        }
    }
    modules
}

fn parse_line(line: &str) -> Option<(String, Module)> {
    let (floor, rest) = line.trim_start().split_once(' ')?;
    let floor = floor.parse().ok()?;
    let (name, description) = rest.trim_start().split_once('/')?;
    let is_module = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let uses = description.trim_start().strip_prefix("(uses ").and_then(|rest| rest.split_once(')'));
    let uses = uses.map(|(names, _)| names.split(',').map(|name| name.trim().to_owned()).collect());
    is_module.then(|| (name.to_owned(), Module { floor, uses: uses.unwrap_or_default() }))
}

fn library() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}
