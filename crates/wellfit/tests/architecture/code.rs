//! Rust source as far as the tests read it.

/// The modules named right after `crate::`, in order, braces opened.
pub fn crate_modules(code: &str) -> Vec<String> {
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
pub fn code_alone(code: &str) -> String {
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

pub fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}
