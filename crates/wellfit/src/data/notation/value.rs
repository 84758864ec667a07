//! What a cell means: missing, a number, or text.

use std::fmt::Write;

use super::number::{self, Decimal};
use super::words;
use super::{Notation, Style, dates};
use crate::data::read::Cell;
use crate::text::visible;

/// Numbers beyond this count as infinite, so that no variance overflows.
const LARGEST: f64 = 1e150;

/// Which cells are missing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Missing {
    words: Vec<String>,
    numbers: Vec<f64>,
}

/// From here on a whole number may have neighbours that an f64 does not tell from it.
const LAST_EXACT: f64 = 9_007_199_254_740_992.0;

/// What a cell means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    /// Missing; `text` is what stood there: nothing, spaces, or a word for it.
    Missing { text: &'a str },
    /// A number; `text` is how it was written, empty if the file has types. May be infinite.
    Number { number: f64, text: &'a str },
    /// Text that is no number, trimmed.
    Text(&'a str),
    /// A moment.
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

    /// Interprets a cell of a column that is written so.
    pub fn value<'a>(&self, cell: &Cell<'a>, notation: &Notation) -> Value<'a> {
        match *cell {
            Cell::Missing => Value::Missing { text: "" },
            Cell::Number(number) if number.is_nan() || self.numbers.contains(&number) => Value::Missing { text: "" },
            Cell::Number(number) => in_style(Value::Number { number: bounded(number), text: "" }, notation),
            Cell::Moment { seconds, clock } => Value::Moment { seconds, clock },
            Cell::Text(raw) => {
                let text = bare(raw);
                if text.is_empty() {
                    return Value::Missing { text: raw };
                }
                if self.means_missing(text, notation.keeps_words) {
                    return Value::Missing { text };
                }
                let value = match plain_number(text) {
                    Some(number) if self.numbers.contains(&number) => return Value::Missing { text },
                    Some(number) => Value::Number { number, text },
                    None => Value::Text(text),
                };
                match notation.style {
                    Style::Plain => value,
                    _ => in_style(value, notation),
                }
            }
        }
    }

    fn means_missing(&self, text: &str, keeps_words: bool) -> bool {
        // Most cells are numbers; no built-in word starts with a digit.
        if self.words.is_empty() && text.as_bytes().first().is_some_and(u8::is_ascii_digit) {
            return false;
        }
        !keeps_words && words::means_missing(text) || self.words.iter().any(|word| word == text)
    }
}

/// A text among numbers or dates that is none: a word for nothing, or itself.
fn text_in_style(text: &str, keeps_words: bool) -> Value<'_> {
    if !keeps_words && words::means_missing_among_numbers(text) { Value::Missing { text } } else { Value::Text(text) }
}

/// What a value means in a column of that style.
fn in_style<'a>(value: Value<'a>, notation: &Notation) -> Value<'a> {
    match (notation.style, value) {
        (Style::Plain, value) => value,
        (Style::Numbers { decimal, forced }, Value::Text(text)) => match number::read(text, decimal, forced) {
            Some(number) => Value::Number { number: bounded(number), text },
            None => text_in_style(text, notation.keeps_words),
        },
        // `1.234` is plain, and something else beside decimal commas.
        (Style::Numbers { decimal: Decimal::Comma, forced }, Value::Number { text, .. }) if text.contains('.') => {
            match number::read(text, Decimal::Comma, forced) {
                Some(number) => Value::Number { number: bounded(number), text },
                None => Value::Text(text),
            }
        }
        (Style::Dates { order, .. }, Value::Text(text)) => match dates::recognise(text) {
            Some(dates::Written::NoDate) => Value::Missing { text },
            // Where the column has no order, one day of two would be read and the other not.
            Some(dates::Written::Ordered { .. }) if order.is_none() => value,
            Some(written) => written
                .moment(order)
                .map_or(value, |moment| Value::Moment { seconds: moment.seconds, clock: moment.clock }),
            None => text_in_style(text, notation.keeps_words),
        },
        (Style::Dates { count: Some(count), .. }, Value::Number { number, .. }) => count
            .seconds(number)
            .map_or(value, |seconds| Value::Moment { seconds, clock: seconds % dates::SECONDS_A_DAY != 0.0 }),
        (_, value) => value,
    }
}

impl Value<'_> {
    /// The cell as a category, written into `out`; false if it is missing.
    ///
    /// A number has one spelling however it is written, but for codes that begin with a zero; so have true and false.
    pub fn category(&self, out: &mut String) -> bool {
        out.clear();
        match *self {
            Value::Missing { .. } => return false,
            Value::Number { text, .. } if is_canonical(text) => out.push_str(text),
            Value::Number { number, text } => match self.whole() {
                Some(whole) => _ = write!(out, "{whole}"),
                None if number.is_finite() => _ = write!(out, "{}", number + 0.0),
                None => out.push_str(text),
            },
            Value::Text(text) => match words::boolean(text) {
                Some(answer) => out.push_str(if answer { "true" } else { "false" }),
                None => out.push_str(text),
            },
            Value::Moment { seconds, .. } => _ = write!(out, "{seconds}"),
        }
        true
    }

    /// The cell as the name of a class, written into `out`: numbers as numbers where all classes are `numeric`, texts as they
    /// are spelled, but for what would break a line or steer a terminal.
    pub fn label(&self, out: &mut String, numeric: bool) {
        match *self {
            Value::Text(text) => {
                out.clear();
                out.push_str(&visible(text));
            }
            Value::Number { number, .. } if numeric && self.whole().is_none() => {
                out.clear();
                // + 0.0 makes -0 and 0 one class.
                _ = write!(out, "{}", number + 0.0);
            }
            _ => _ = self.category(out),
        }
    }

    /// A whole number so large that an f64 may not hold it exactly.
    pub fn whole(&self) -> Option<i128> {
        match *self {
            Value::Number { number, text } if number.abs() >= LAST_EXACT => text.parse().ok(),
            _ => None,
        }
    }
}

/// Whether a number is written as a code or as the number itself is: digits alone, `007`, `-7` and `1E2` among them.
fn is_canonical(text: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('E') {
        // Programs write the sign of a power, or a small `e`.
        Some((digits, power)) => is_number(digits) && is_number(power),
        None => text != "-0" && is_number(text.strip_prefix('-').unwrap_or(text)),
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
fn plain_number(text: &str) -> Option<f64> {
    let start = text.bytes().next()?;
    let possible = start.is_ascii_digit() || matches!(start, b'+' | b'-' | b'.' | b'i' | b'I');
    let number: f64 = if possible {
        text.parse().ok()?
    } else {
        return None;
    };
    (!number.is_nan()).then(|| bounded(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Notation = Notation { keeps_words: false, style: Style::Plain };

    fn value(raw: &str) -> Value<'_> {
        Missing::new(&["-999".into()]).value(&Cell::Text(raw), &PLAIN)
    }

    #[test]
    fn missing_words_are_known_in_any_case() {
        for raw in ["", "NA", "n/a", "NaN", "nan", "NULL", " ? ", "-999", "-999.0", "\\N", "#N/A", "  "] {
            assert!(matches!(value(raw), Value::Missing { .. }), "{raw}");
        }
        assert_eq!(value("  "), Value::Missing { text: "  " });
        assert_eq!(Missing::new(&["-999".into()]).value(&Cell::Number(-999.0), &PLAIN), Value::Missing { text: "" });
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
    fn a_category_has_one_spelling_and_a_code_its_own() {
        let mut out = String::new();
        for (raw, expected) in [
            (" 007 ", "007"),
            ("1.0", "1"),
            ("1", "1"),
            ("+1", "1"),
            ("-0", "0"),
            ("1e3", "1000"),
            ("1.50", "1.5"),
            ("TRUE", "true"),
            ("False", "false"),
            ("Yes", "Yes"),
            ("1234567890123456789", "1234567890123456789"),
            ("inf", "inf"),
        ] {
            assert!(value(raw).category(&mut out));
            assert_eq!(out, expected, "{raw}");
        }
        assert!(!value("?").category(&mut out));
    }

    #[test]
    fn a_column_has_words_and_a_style_of_its_own() {
        let missing = Missing::new(&[]);
        let of = |raw, style| missing.value(&Cell::Text(raw), &Notation { keeps_words: false, style });
        let comma = Style::Numbers { decimal: Decimal::Comma, forced: false };
        assert_eq!(of("1.234", comma), Value::Number { number: 1_234.0, text: "1.234" });
        assert_eq!(of("0.5", comma), Value::Number { number: 0.5, text: "0.5" });
        assert_eq!(of("None", comma), Value::Missing { text: "None" });
        assert_eq!(of("None", Style::Plain), Value::Text("None"));
        let dates = Style::Dates { order: Some(dates::DateOrder::MonthFirst), count: None };
        assert_eq!(of("01/02/1970", dates), Value::Moment { seconds: 86_400.0, clock: false });
        assert_eq!(of("0000-00-00", dates), Value::Missing { text: "0000-00-00" });
        let keeps = Notation { keeps_words: true, style: Style::Plain };
        assert_eq!(missing.value(&Cell::Text("NA"), &keeps), Value::Text("NA"));
    }
}
