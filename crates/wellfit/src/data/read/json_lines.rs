//! JSON lines: an object a row, whose keys name the columns.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::open::{MAX_ROW_BYTES, content};
use super::{Cell, Rows, Visit, columns_fit};
use crate::data::DataError;

/// Beyond it, whole numbers are kept by their digits.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// A file of JSON lines and the keys of all its objects.
pub(super) struct JsonLines {
    path: PathBuf,
    places: HashMap<String, usize>,
    /// What a column holds that is no cell, where it does.
    odd: Vec<Option<&'static str>>,
}

/// Whether a text begins as an object of JSON does.
pub(super) fn is_object(start: &[u8]) -> bool {
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    text.strip_prefix(b"{").is_some_and(|inside| matches!(inside.trim_ascii_start().first(), Some(b'"' | b'}')))
}

impl JsonLines {
    /// Finds the keys of all objects; columns stand in the order in which they come up.
    pub fn open(path: &Path) -> Result<(JsonLines, Vec<String>), DataError> {
        let mut file = JsonLines { path: path.into(), places: HashMap::new(), odd: Vec::new() };
        let mut names: Vec<String> = Vec::new();
        each_record(path, &mut |_, Record(cells)| {
            for (name, value) in cells {
                let place = *file.places.entry(name).or_insert_with_key(|name| {
                    names.push(name.clone());
                    file.odd.push(None);
                    names.len() - 1
                });
                if let (Some(held), Some(odd)) = (nested(value), file.odd.get_mut(place)) {
                    *odd = Some(held);
                }
            }
            columns_fit(path, names.len())
        })?;
        if file.odd.iter().all(Option::is_some) {
            return Err(DataError::of(path, "JSON, but no table: save an object a row, a row a line, or CSV"));
        }
        Ok((file, names))
    }
}

impl Rows for JsonLines {
    fn each_row(&self, visit: &mut Visit<'_>) -> Result<(), DataError> {
        each_record(&self.path, &mut |line, Record(values)| {
            let mut held: Vec<Held> = Vec::new();
            held.resize_with(self.odd.len(), || Held::Nothing);
            for (name, value) in values {
                if let Some(cell) = self.places.get(&name).and_then(|place| held.get_mut(*place)) {
                    *cell = Held::of(value)
                        .map_err(|problem| DataError::line(&self.path, line, format!("{name}: {problem}")))?;
                }
            }
            visit(line, &held.iter().map(Held::cell).collect::<Vec<_>>())
        })
    }

    /// A missing cell is `null` or not there.
    fn is_typed(&self) -> bool {
        true
    }

    fn odd(&self, column: usize) -> Option<&'static str> {
        self.odd.get(column).copied().flatten()
    }
}

/// A cell, by itself.
enum Held {
    Text(String),
    Number(f64),
    Nothing,
}

impl Held {
    fn of(value: &RawValue) -> Result<Held, String> {
        let text = value.get();
        Ok(match text.as_bytes().first() {
            Some(b'"') => Held::Text(serde_json::from_str(text).map_err(|error| error.to_string())?),
            Some(b't' | b'f') => Held::Text(text.to_owned()),
            Some(b'-' | b'0'..=b'9') => match text.parse::<f64>() {
                Ok(number) if number.abs() >= MAX_EXACT && !text.contains(['.', 'e', 'E']) => {
                    Held::Text(text.to_owned())
                }
                Ok(number) => Held::Number(number),
                Err(_) => Held::Text(text.to_owned()),
            },
            _ => Held::Nothing,
        })
    }

    fn cell(&self) -> Cell<'_> {
        match self {
            Held::Text(text) => Cell::Text(text),
            Held::Number(number) => Cell::Number(*number),
            Held::Nothing => Cell::Missing,
        }
    }
}

/// Visits the objects with their line numbers; blank lines are none.
fn each_record(path: &Path, visit: &mut dyn FnMut(u64, Record<'_>) -> Result<(), DataError>) -> Result<(), DataError> {
    let failed = |error: io::Error| DataError::io(path, error);
    let mut lines = content(path)?;
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let bytes = lines.by_ref().take(MAX_ROW_BYTES).read_until(b'\n', &mut line).map_err(failed)?;
        if bytes == 0 {
            break;
        }
        if bytes as u64 == MAX_ROW_BYTES && line.last() != Some(&b'\n') {
            return Err(DataError::line(path, number, "the line does not end within 2 MB; is it an object a line?"));
        }
        let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line).trim_ascii();
        if text.is_empty() {
            continue;
        }
        let finite = without_nan(text);
        let record = serde_json::from_slice(&finite).map_err(|error| {
            DataError::line(path, number, format!("no object of JSON ({error}); each line is one, from {{ to }}"))
        })?;
        visit(number, record)?;
    }
    Ok(())
}

/// A line whose `NaN` and `Infinity`, which Python writes and JSON does not know, are `null`.
fn without_nan(line: &[u8]) -> Cow<'_, [u8]> {
    let words: [&[u8]; 3] = [b"NaN", b"-Infinity", b"Infinity"];
    if !line.windows(3).any(|at| at == b"NaN" || at == b"Inf") {
        return Cow::Borrowed(line);
    }
    let (mut out, mut rest, mut in_text) = (Vec::with_capacity(line.len()), line, false);
    while let Some((first, behind)) = rest.split_first() {
        let word = words.iter().find(|word| !in_text && rest.starts_with(word));
        if let Some(word) = word {
            out.extend_from_slice(b"null");
            rest = rest.get(word.len()..).unwrap_or_default();
        } else if *first == b'\\' && in_text {
            out.extend_from_slice(rest.get(..2).unwrap_or(rest));
            rest = rest.get(2..).unwrap_or_default();
        } else {
            in_text ^= *first == b'"';
            out.push(*first);
            rest = behind;
        }
    }
    Cow::Owned(out)
}

/// What a value holds that is no cell.
fn nested(value: &RawValue) -> Option<&'static str> {
    match value.get().as_bytes().first() {
        Some(b'[') => Some("lists"),
        Some(b'{') => Some("objects"),
        _ => None,
    }
}

/// The keys and values of an object, in their order.
struct Record<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Record<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Record<'de>, D::Error> {
        deserializer.deserialize_map(Pairs)
    }
}

struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Record<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record<'de>, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Record(pairs))
    }
}
