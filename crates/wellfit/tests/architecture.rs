//! Holds ARCHITECTURE.md to the code: every folder of the library stands on the floor the page gives it, and uses
//! only what stands below. `unsafe` stays in the kernels.
//!
//! The page lists the floors in a fenced block, a line each: `2 train/ what it does`. Modules of one floor do not use
//! each other, except where the line says so: `1 net/ (uses data) what it does`.

#![allow(clippy::unwrap_used)] // the helpers are part of the tests: a file that cannot be read fails them

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

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

/// The modules named right after `crate::`, in order, braces opened.
fn crate_modules(code: &str) -> Vec<String> {
    let mut modules = Vec::new();
    for (position, path) in code.match_indices("crate::") {
        let after = code[position + path.len()..].trim_start();
        match after.strip_prefix('{') {
            Some(group) => modules.extend(names_in_group(group)),
            None => modules.extend(words(after).next().map(str::to_owned)),
        }
    }
    modules
}

/// The first name of each item of a `{..}` group, inner groups skipped.
fn names_in_group(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut items = vec![String::new()];
    for character in group.chars() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => items.push(String::new()),
            other if depth == 0 => items.last_mut().unwrap().push(other),
            _ => {}
        }
    }
    items.iter().filter_map(|item| words(item).next().map(str::to_owned)).collect()
}

/// Code with comments, strings and character literals emptied.
fn code_alone(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(next) = rest.chars().next() {
        match length_of_text(rest, next) {
            Some(length) => {
                out.push(' ');
                rest = &rest[length..];
            }
            None => {
                out.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
    }
    out
}

/// Length of the comment or literal that `code` starts with.
fn length_of_text(code: &str, first: char) -> Option<usize> {
    if code.starts_with("//") {
        return Some(code.find('\n').unwrap_or(code.len()));
    }
    if code.starts_with("/*") {
        return Some(code.find("*/").map_or(code.len(), |end| end + 2));
    }
    match first {
        '"' => Some(length_in_quotes(code, '"')),
        '\'' if is_character_literal(code) => Some(length_in_quotes(code, '\'')),
        'r' => length_of_raw_string(code),
        _ => None,
    }
}

/// Length of `r#".."#`, with any number of `#`.
fn length_of_raw_string(code: &str) -> Option<usize> {
    let hashes = code[1..].chars().take_while(|c| *c == '#').count();
    let opening = hashes + 2;
    let body = code[1 + hashes..].strip_prefix('"')?;
    let closing = format!("\"{}", "#".repeat(hashes));
    Some(body.find(&closing).map_or(code.len(), |end| opening + end + closing.len()))
}

/// Length of a literal between two `quote`s, the escaped ones inside passed over.
fn length_in_quotes(code: &str, quote: char) -> usize {
    let mut escaped = false;
    for (position, character) in code.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            end if end == quote => return position + 1,
            _ => {}
        }
    }
    code.len()
}

/// Tells `'a'` and `'\n'` from the lifetime `'a`.
fn is_character_literal(code: &str) -> bool {
    let mut characters = code.chars().skip(1);
    match characters.next() {
        Some('\\') => true,
        Some(_) => characters.next() == Some('\''),
        None => false,
    }
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
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
