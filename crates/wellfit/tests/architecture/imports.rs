//! Which files import which, and circles among them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::code::code_alone;
use super::rust_files;

/// Where a module stands in its crate: `net::layers::dense` as its parts. The crate itself has none.
pub type ModulePath = Vec<String>;

/// The code of every file below `folder`, tests and comments left out.
pub fn source_files(folder: &Path) -> BTreeMap<ModulePath, String> {
    let mut files = BTreeMap::new();
    for file in rust_files(folder) {
        let relative = file.strip_prefix(folder).unwrap().with_extension("");
        let mut path: ModulePath = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        match path.last().map(String::as_str) {
            Some("tests") => continue,
            Some("mod" | "lib" | "main") => drop(path.pop()),
            _ => {}
        }
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        files.insert(path, code_alone(code));
    }
    files
}

/// Circles of imports, each from a file back to itself; a parent and its children are no circle.
pub fn circles(files: &BTreeMap<ModulePath, String>) -> Vec<Vec<String>> {
    let re_exports: BTreeMap<&ModulePath, BTreeMap<String, ModulePath>> =
        files.iter().map(|(path, code)| (path, re_exports(path, code))).collect();
    let imports: BTreeMap<&ModulePath, BTreeSet<ModulePath>> = files
        .iter()
        .map(|(path, code)| {
            let targets = paths_in(path, code, files).into_iter().map(|target| file_of(&target, files, &re_exports));
            let related = |other: &ModulePath| other.starts_with(path) || path.starts_with(other);
            (path, targets.filter(|other| files.contains_key(other) && !related(other)).collect())
        })
        .collect();
    let mut found = Vec::new();
    let mut done = BTreeSet::new();
    for start in files.keys() {
        if let Some(circle) = way_back(start, &imports, &done) {
            found.push(circle.iter().map(|path| path.join("/")).collect());
        }
        done.insert(start.clone());
    }
    found
}

/// The shortest way from a file along imports back to itself, past files that are done.
fn way_back(
    start: &ModulePath,
    imports: &BTreeMap<&ModulePath, BTreeSet<ModulePath>>,
    done: &BTreeSet<ModulePath>,
) -> Option<Vec<ModulePath>> {
    let mut came_from: BTreeMap<ModulePath, ModulePath> = BTreeMap::new();
    let mut front = vec![start.clone()];
    while !front.is_empty() {
        let mut next = Vec::new();
        for at in front {
            for other in &imports[&at] {
                if other == start {
                    let mut way = vec![start.clone(), at.clone()];
                    while let Some(before) = came_from.get(way.last().unwrap()).filter(|_| way.last() != Some(start)) {
                        way.push(before.clone());
                    }
                    way.reverse();
                    return Some(way);
                }
                if !done.contains(other) && !came_from.contains_key(other) {
                    came_from.insert(other.clone(), at.clone());
                    next.push(other.clone());
                }
            }
        }
        front = next;
    }
    None
}

/// The file that defines what `target` names: the longest path of modules, then through re-exports.
fn file_of(
    target: &[String],
    files: &BTreeMap<ModulePath, String>,
    re_exports: &BTreeMap<&ModulePath, BTreeMap<String, ModulePath>>,
) -> ModulePath {
    let mut module = ModulePath::new();
    let mut rest = target.iter();
    let mut item = rest.next();
    while let Some(part) = item {
        let deeper = [&module[..], std::slice::from_ref(part)].concat();
        if !files.contains_key(&deeper) {
            break;
        }
        module = deeper;
        item = rest.next();
    }
    // A re-export may lead to another one.
    for _ in 0..5 {
        let Some(target) = item.and_then(|item| re_exports.get(&module)?.get(item)) else { break };
        let mut there = target.clone();
        while !files.contains_key(&there) && !there.is_empty() {
            there.pop();
        }
        if there == module {
            break;
        }
        module = there;
    }
    module
}

/// What a module re-exports: the name, and the path of the module that it comes from.
fn re_exports(path: &ModulePath, code: &str) -> BTreeMap<String, ModulePath> {
    let mut found = BTreeMap::new();
    for tree in uses(code, "pub") {
        for used in leaves(&tree) {
            if let Some(mut absolute) = absolute(path, &used)
                && let Some(name) = absolute.pop()
            {
                found.insert(name, absolute);
            }
        }
    }
    found
}

/// Every path that a file's code names, from the root of its crate.
fn paths_in(path: &ModulePath, code: &str, files: &BTreeMap<ModulePath, String>) -> Vec<ModulePath> {
    let mut found = Vec::new();
    for tree in uses(code, "") {
        for used in leaves(&tree) {
            let first = used.first().map(String::as_str);
            let child = first.is_some_and(|first| files.contains_key(&[&path[..], &[first.to_owned()]].concat()));
            if matches!(first, Some("crate" | "super" | "self")) || child {
                found.extend(absolute(path, &used));
            }
        }
    }
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let named: String =
                code[at..].chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':').collect();
            let parts: Vec<String> = named.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
            let whole = at == 0 || !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
            found.extend(absolute(path, &parts).filter(|_| whole));
        }
    }
    found
}

/// A path as its file writes it, from the root of the crate; what starts with no keyword is below the file.
fn absolute(file: &[String], path: &[String]) -> Option<ModulePath> {
    let mut from = file.to_vec();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => (from, rest) = (Vec::new(), &path[1..]),
        "self" => rest = &path[1..],
        "super" => {
            while rest.first().is_some_and(|part| part == "super") {
                from.pop()?;
                rest = &rest[1..];
            }
        }
        _ => {}
    }
    from.extend(rest.iter().filter(|part| *part != "self").cloned());
    Some(from)
}

/// What stands between `use` and its semicolon; with `visible`, of those alone that begin so.
fn uses(code: &str, visible: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let before = code[..at].trim_end();
        let line = before.rsplit(['\n', ';', '}']).next().unwrap_or_default().trim();
        let is_statement = code[..at].ends_with([' ', '\n', '\t']) || at == 0;
        if is_statement && line.starts_with(visible) && (line.is_empty() || line.starts_with("pub")) {
            found.extend(code[at + "use ".len()..].split(';').next().map(str::to_owned));
        }
    }
    found
}

/// The paths of a tree of uses: `a::{b, c::{d, e as f}}` has three.
fn leaves(tree: &str) -> Vec<Vec<String>> {
    let tree = tree.trim();
    let Some((stem, group)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        return vec![path.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()];
    };
    let stem: Vec<String> =
        stem.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
    let mut depth = 0;
    let mut items = vec![String::new()];
    for character in group.rsplit_once('}').map_or(group, |(inside, _)| inside).chars() {
        match character {
            ',' if depth == 0 => items.push(String::new()),
            other => {
                depth += i32::from(other == '{') - i32::from(other == '}');
                items.last_mut().unwrap().push(other);
            }
        }
    }
    let of_item =
        |item: &String| leaves(item).into_iter().map(|leaf| [stem.clone(), leaf].concat()).collect::<Vec<_>>();
    items.iter().filter(|item| !item.trim().is_empty()).flat_map(of_item).collect()
}
