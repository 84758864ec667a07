//! Words that stand for something else than themselves: a missing cell, yes or no.

/// Words that mean "missing" in every file, in any case; an empty cell does too.
const MISSING: [&str; 8] = ["na", "n/a", "nan", "null", "?", "\\n", "#n/a", "<na>"];

/// Words that mean "missing" among numbers and dates alone, in any case.
const MISSING_AMONG_NUMBERS: [&str; 24] = [
    "none",
    "nat",
    "nil",
    "n.a.",
    "n.a",
    "n.d.",
    "nd",
    ".",
    "..",
    "...",
    "-",
    "--",
    "---",
    "\u{2013}",
    "\u{2014}",
    "*",
    "unknown",
    "missing",
    "undefined",
    "(null)",
    "#value!",
    "#div/0!",
    "#ref!",
    "#num!",
];

/// Words for yes and no: they mean the same in any case.
const YES_AND_NO: [&str; 10] = ["true", "false", "yes", "no", "t", "f", "y", "n", "on", "off"];

fn is_among(words: &[&str], text: &str) -> bool {
    words.iter().any(|word| word.len() == text.len() && word.eq_ignore_ascii_case(text))
}

/// Whether a word means "missing" wherever it stands.
pub(crate) fn means_missing(text: &str) -> bool {
    text.len() <= 4 && is_among(&MISSING, text)
}

/// Whether a word means "missing" where numbers or dates stand in the other cells.
pub(crate) fn means_missing_among_numbers(text: &str) -> bool {
    // Most words begin otherwise.
    let may_be = matches!(
        text.as_bytes(),
        [b'n' | b'N' | b'u' | b'U' | b'm' | b'M' | b'#' | b'<' | b'?' | b'\\' | b'.' | b'-' | b'*' | b'(' | 0xe2, ..]
    );
    may_be && text.len() <= 9 && (means_missing(text) || is_among(&MISSING_AMONG_NUMBERS, text))
}

/// `true` and `false` in any case.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text.len() {
        4 if text.eq_ignore_ascii_case("true") => Some(true),
        5 if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// The place of the one value that is spelled otherwise: the same number (`1` and `1.0`, `01` where nothing else is 1), the
/// same answer (`true`, `True` and 1), in whatever case.
pub(crate) fn same_value(values: &[String], text: &str) -> Option<usize> {
    let number: Option<f64> = text.parse().ok();
    let answer = boolean(text);
    if number.is_none() && !is_answer(text) {
        return None;
    }
    let bit = |number: f64| [false, true].into_iter().find(|answer| f64::from(u8::from(*answer)) == number);
    let same = |value: &String| match (number, value.parse::<f64>()) {
        (Some(number), Ok(other)) => number == other,
        (Some(number), Err(_)) => bit(number).is_some_and(|answer| boolean(value) == Some(answer)),
        (None, Ok(other)) => answer.is_some() && bit(other) == answer,
        (None, Err(_)) => same_answer(value, text),
    };
    let mut places = values.iter().enumerate().filter(|(_, value)| same(value)).map(|(place, _)| place);
    places.next().filter(|_| places.next().is_none())
}

/// Whether a text is a word for yes or for no.
pub(crate) fn is_answer(text: &str) -> bool {
    text.len() <= 5 && is_among(&YES_AND_NO, text)
}

/// Whether two texts are one word for yes, or one for no, in different cases.
pub(crate) fn same_answer(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) && is_answer(one)
}

/// A number with a bound before or behind it: `<0.5`, `>= 100`, `90+`.
pub(crate) fn censored(text: &str) -> bool {
    let bare = text.trim_start_matches(['<', '>', '=', '\u{2264}', '\u{2265}', '~']).trim_end_matches('+').trim();
    bare.len() < text.len()
        && bare.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && bare.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_known_in_any_case() {
        assert!(means_missing("N/A") && means_missing("\\N") && !means_missing("none") && !means_missing("-"));
        assert!(means_missing_among_numbers("None") && means_missing_among_numbers("-"));
        assert!(same_answer("Yes", "YES") && !same_answer("Yes", "No") && !same_answer("Red", "red"));
        assert_eq!((boolean("TRUE"), boolean("False"), boolean("yes")), (Some(true), Some(false), None));
        let values = |all: &[&str]| all.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        assert_eq!(same_value(&values(&["01", "02"]), "1"), Some(0));
        assert_eq!(same_value(&values(&["01", "1.0"]), "1"), None);
        assert_eq!(same_value(&values(&["false", "true"]), "1"), Some(1));
        assert_eq!(same_value(&values(&["0", "1"]), "True"), Some(1));
        assert_eq!(same_value(&values(&["No", "Yes"]), "YES"), Some(1));
        assert_eq!(same_value(&values(&["Red"]), "red"), None);
        assert!(censored("<0.5") && censored(">= 100") && censored("90+") && !censored("+5") && !censored("5"));
    }
}
