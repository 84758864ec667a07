//! A value as it was written, before anything is known about its setting.

use std::fmt::Write;

use crate::text::WholeNumber;

/// A value as written in a config file or on the command line.
///
/// A flag's value is always `Text`; TOML distinguishes the kinds. One parser reads them all ([`super::Value`]).
#[derive(Clone, Debug, PartialEq)]
pub enum Raw {
    /// Text, verbatim.
    Text(String),
    /// A number in decimal digits, as TOML writes it.
    Number(String),
    /// `true` or `false`.
    Flag(bool),
    /// `[a, b]` in TOML.
    List(Vec<Raw>),
    /// `{ a = 1, b = 2 }` in TOML, in the order written.
    Table(Vec<(String, Raw)>),
}

impl Raw {
    /// Shorthand for text.
    pub fn text(text: impl Into<String>) -> Raw {
        Raw::Text(text.into())
    }

    /// Shorthand for a number, to 12 digits, so that 3 · 0.1 is written 0.3.
    pub fn number(number: f64) -> Raw {
        let rounded: f64 = format!("{number:.12}").parse().unwrap_or(number);
        Raw::Number(format!("{rounded:?}"))
    }

    /// Shorthand for a whole number.
    pub fn count(count: impl WholeNumber) -> Raw {
        Raw::Number(count.to_string())
    }

    /// Shorthand for a list of whole numbers.
    pub fn counts(counts: &[usize]) -> Raw {
        Raw::List(counts.iter().copied().map(Raw::count).collect())
    }

    /// The numbers of a value, those of a list in its order; none of a word.
    pub fn numbers(&self) -> Vec<f64> {
        match self {
            Raw::Number(text) => text.parse().into_iter().collect(),
            Raw::List(items) => items.iter().flat_map(Raw::numbers).collect(),
            _ => Vec::new(),
        }
    }

    /// The value as one would type it after a flag; reading it back gives the same setting.
    pub fn to_text(&self) -> String {
        match self {
            Raw::Text(text) | Raw::Number(text) => text.clone(),
            Raw::Flag(flag) => flag.to_string(),
            Raw::List(items) => join_list(items.iter().map(Raw::to_text)),
            Raw::Table(pairs) => join_list(pairs.iter().map(|(key, value)| format!("{key}={}", value.to_text()))),
        }
    }

    /// The value as TOML.
    pub fn to_toml(&self) -> String {
        match self {
            Raw::Text(text) => toml_string(text),
            Raw::Number(number) => number.clone(),
            Raw::Flag(flag) => flag.to_string(),
            Raw::List(items) => format!("[{}]", items.iter().map(Raw::to_toml).collect::<Vec<_>>().join(", ")),
            Raw::Table(pairs) if pairs.is_empty() => "{}".to_owned(),
            Raw::Table(pairs) => {
                let pairs: Vec<String> =
                    pairs.iter().map(|(key, value)| format!("{} = {}", toml_string(key), value.to_toml())).collect();
                format!("{{ {} }}", pairs.join(", "))
            }
        }
    }

    /// The value as a message quotes it: shortened, text in quotes.
    pub fn quoted(&self) -> String {
        shortened(&self.to_toml())
    }
}

/// The text, or its first 60 characters and a sign that there is more.
pub(in crate::experiment) fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    let end = text.char_indices().nth(LONGEST).map(|(end, _)| end);
    match end.and_then(|end| text.get(..end)) {
        Some(start) => format!("{start}…"),
        None => text.to_owned(),
    }
}

/// Items of a list typed after a flag: separated by commas, trimmed; `"a,b"` in double quotes is one item.
///
/// Empty text is an empty list. An item of nothing but spaces is kept as it is: for `--na` it means something.
pub(super) fn split_list(text: &str) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut items = Vec::new();
    let mut rest = text;
    loop {
        let (item, after) = next_item(rest);
        items.push(item);
        match after {
            Some(after) => rest = after,
            None => return items,
        }
    }
}

/// The first item of a list and what follows its comma.
fn next_item(text: &str) -> (String, Option<&str>) {
    if let Some((item, after)) = quoted_item(text) {
        return (item, after);
    }
    let (item, after) = match text.split_once(',') {
        Some((item, after)) => (item, Some(after)),
        None => (text, None),
    };
    let trimmed = item.trim();
    (if trimmed.is_empty() { item } else { trimmed }.to_owned(), after)
}

/// An item in double quotes (two of them inside stand for one) that fills its place in the list.
fn quoted_item(text: &str) -> Option<(String, Option<&str>)> {
    let mut rest = text.trim_start().strip_prefix('"')?;
    let mut item = String::new();
    loop {
        let (before, after) = rest.split_once('"')?;
        item.push_str(before);
        match after.strip_prefix('"') {
            Some(more) => {
                item.push('"');
                rest = more;
            }
            None => {
                let after = after.trim_start();
                return match after.strip_prefix(',') {
                    Some(next) => Some((item, Some(next))),
                    None if after.is_empty() => Some((item, None)),
                    None => None,
                };
            }
        }
    }
}

/// The inverse of [`split_list`]: quotes the items that would not survive it.
fn join_list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items
        .map(|item| match split_list(&item).as_slice() {
            // A quote at the start would open a quoted item once others follow.
            [same] if *same == item && !item.trim_start().starts_with('"') => item,
            _ => format!("\"{}\"", item.replace('"', "\"\"")),
        })
        .collect();
    items.join(",")
}

/// A TOML basic string.
fn toml_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control.is_control() => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04X}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_list_is_split_at_commas_outside_quotes() {
        assert_eq!(split_list("64, 32"), ["64", "32"]);
        assert_eq!(split_list("\"a,b\",c"), ["a,b", "c"]);
        assert_eq!(split_list("\"say \"\"hi\"\"\" , c"), ["say \"hi\"", "c"]);
        assert_eq!(split_list("5\" pipe,c"), ["5\" pipe", "c"]);
        assert_eq!(split_list(" "), [" "]);
        assert!(split_list("").is_empty());
    }

    #[test]
    fn toml_strings_escape_what_toml_forbids() {
        assert_eq!(toml_string("a\"b\\c\n\u{1}"), "\"a\\\"b\\\\c\\n\\u0001\"");
    }

    proptest! {
        #[test]
        fn a_list_of_any_items_survives_being_typed(items in prop::collection::vec(".*", 0..5)) {
            let typed = join_list(items.iter().cloned());
            prop_assert_eq!(split_list(&typed), items);
        }
    }
}
