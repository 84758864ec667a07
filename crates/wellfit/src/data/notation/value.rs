//! What a cell means: missing, a number, or text.

use std::fmt::Write;

use super::read::Cell;

/// Words that mean "missing" in every file, in any case; an empty cell does too.
const MISSING_WORDS: [&str; 5] = ["na", "n/a", "nan", "null", "?"];

/// Numbers beyond this count as infinite, so that no variance overflows.
const LARGEST: f64 = 1e150;

/// Which cells are missing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Missing {
    words: Vec<String>,
    numbers: Vec<f64>,
}

/// What a cell means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    /// Missing; `blank` if spaces stood there.
    Missing { blank: bool },
    /// A number; `text` is how it was written, empty if the file has types. May be infinite.
    Number { number: f64, text: &'a str },
    /// Text that is no number, trimmed.
    Text(&'a str),
    /// A moment from a file that has types.
    Moment { seconds: f64, clock: bool },
}

impl Missing {
    /// The built-in words and these (`" "` and `""` are built in).
    pub fn new(words: &[String]) -> Missing {
        let words: Vec<String> =
            words.iter().map(|word| bare(word).to_owned()).filter(|word| !word.is_empty()).collect();
        let numbers = words.iter().filter_map(|word| word.parse().ok()).collect();
        Missing { words, numbers }
    }

    /// Interprets a cell.
    pub fn value<'a>(&self, cell: &Cell<'a>) -> Value<'a> {
        match *cell {
            Cell::Missing => Value::Missing { blank: false },
            Cell::Number(number) if number.is_nan() || self.numbers.contains(&number) => {
                Value::Missing { blank: false }
            }
            Cell::Number(number) => Value::Number { number: bounded(number), text: "" },
            Cell::Moment { seconds, clock } => Value::Moment { seconds, clock },
            Cell::Text(raw) => {
                let text = bare(raw);
                if text.is_empty() {
                    return Value::Missing { blank: !raw.is_empty() };
                }
                if self.means_missing(text) {
                    return Value::Missing { blank: false };
                }
                match number(text) {
                    Some(number) if self.numbers.contains(&number) => Value::Missing { blank: false },
                    Some(number) => Value::Number { number, text },
                    None => Value::Text(text),
                }
            }
        }
    }

    fn means_missing(&self, text: &str) -> bool {
        // Most cells are numbers; no built-in word starts with a digit.
        if self.words.is_empty() && text.as_bytes().first().is_some_and(u8::is_ascii_digit) {
            return false;
        }
        (text.len() <= 4 && MISSING_WORDS.iter().any(|word| word.eq_ignore_ascii_case(text)))
            || self.words.iter().any(|word| word == text)
    }
}

impl Value<'_> {
    /// The cell as a category, written into `out`; false if it is missing.
    pub fn category(&self, out: &mut String) -> bool {
        out.clear();
        match *self {
            Value::Missing { .. } => return false,
            Value::Number { number, text: "" } => _ = write!(out, "{number}"),
            Value::Number { text, .. } | Value::Text(text) => out.push_str(text),
            Value::Moment { seconds, .. } => _ = write!(out, "{seconds}"),
        }
        true
    }
}

/// Text without surrounding spaces and without one pair of single quotes around it (`'-1'` is -1).
pub(crate) fn bare(raw: &str) -> &str {
    let text = raw.trim();
    match text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        Some(inside) => inside.trim(),
        None => text,
    }
}

fn bounded(number: f64) -> f64 {
    if number.abs() <= LARGEST { number } else { f64::INFINITY.copysign(number) }
}

/// A number as people and programs write it: `1`, `+1`, `-.5`, `1e5`; `inf` and numbers too large become infinite.
fn number(text: &str) -> Option<f64> {
    let start = text.bytes().next()?;
    let possible = start.is_ascii_digit() || matches!(start, b'+' | b'-' | b'.' | b'i' | b'I');
    let number: f64 = if possible {
        text.parse().ok()?
    } else {
        return None;
    };
    (!number.is_nan()).then(|| bounded(number))
}

/// Whether a text would be a number without its currency or percent sign, or with a decimal point for its comma.
pub(crate) fn decorated_number(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| "$€£¥%".contains(c) || c.is_whitespace());
    let pointed = bare.replace([',', '\u{a0}'], if bare.matches(',').count() == 1 { "." } else { "" });
    (bare != text || pointed != bare) && pointed.bytes().any(|byte| byte.is_ascii_digit()) && number(&pointed).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(raw: &str) -> Value<'_> {
        Missing::new(&["-999".into()]).value(&Cell::Text(raw))
    }

    #[test]
    fn decorated_numbers_are_recognised() {
        for text in ["12%", "$1,234", "3,14", "1.200.000 €".replace('.', ",").as_str(), "-0,5"] {
            assert!(decorated_number(text), "{text}");
        }
        for text in ["12", "abc", "%", "a,b", "12 kg", ","] {
            assert!(!decorated_number(text), "{text}");
        }
    }

    #[test]
    fn missing_words_are_known_in_any_case() {
        for raw in ["", "NA", "n/a", "NaN", "nan", "NULL", " ? ", "-999", "-999.0"] {
            assert_eq!(value(raw), Value::Missing { blank: false }, "{raw}");
        }
        assert_eq!(value("  "), Value::Missing { blank: true });
        assert_eq!(Missing::new(&["-999".into()]).value(&Cell::Number(-999.0)), Value::Missing { blank: false });
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (raw, expected) in [(" 1 ", 1.0), ("+1", 1.0), ("-.5", -0.5), ("1e5", 1e5), ("'-1'", -1.0), ("5.", 5.0)] {
            assert!(matches!(value(raw), Value::Number { number, .. } if number == expected), "{raw}");
        }
        for raw in ["1,234", "0x10", "1_000", "12 3", "nanny", "infant", "e5"] {
            assert!(matches!(value(raw), Value::Text(_)), "{raw}");
        }
        assert!(matches!(value("-inf"), Value::Number { number, .. } if number.is_infinite()));
    }

    #[test]
    fn categories_keep_their_spelling() {
        let mut out = String::new();
        assert!(value(" 007 ").category(&mut out));
        assert_eq!(out, "007");
        assert!(!value("?").category(&mut out));
    }
}
