//! Numbers as people write them: with a decimal comma, thousands separators, a currency or percent sign, in brackets; times of day.

use serde::{Deserialize, Serialize};

use super::clock::clock;

/// What stands before the decimals of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decimal {
    /// `1,234.5`.
    Point,
    /// `1.234,5`.
    Comma,
}

/// What a number says of the decimal sign of its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    /// It has neither a comma nor a point.
    Nothing,
    /// One of them before three digits: `1,234` is 1234 or 1.234.
    Either,
    /// It can only be read with this one.
    Only(Decimal),
}

const CURRENCIES: [&str; 21] = [
    "Rs.", "Rs", "zł", "R$", "US$", "$", "€", "£", "¥", "₹", "₽", "₩", "₺", "USD", "EUR", "GBP", "CHF", "JPY", "CNY",
    "INR", "kr",
];
/// What stands between groups of digits.
const GROUPING: [char; 8] = [',', '.', ' ', '\u{a0}', '\u{202f}', '\u{2009}', '\'', '\u{2019}'];
const MINUS: [char; 5] = ['-', '\u{2013}', '\u{2212}', '\u{fe63}', '\u{ff0d}'];

/// A number without the signs around it: `(1,234.5)`, `-$5`, `29 %`, `13-`.
struct Bare<'t> {
    negative: bool,
    digits: &'t str,
}

impl Bare<'_> {
    fn of(text: &str) -> Option<Bare<'_>> {
        // What begins with a letter and is no currency is no number, and most texts are that.
        let may_be = |first: char| !first.is_alphabetic() || "RUEGCJIkz".contains(first);
        let mut rest = text.trim();
        if !rest.starts_with(may_be) {
            return None;
        }
        let mut minuses = 0;
        if let Some(inside) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            (rest, minuses) = (inside.trim(), 1);
        }
        let (mut signs, mut units) = (minuses, 0);
        loop {
            let before = rest;
            if let Some(after) = rest.strip_prefix(MINUS) {
                (rest, minuses, signs) = (after, 1, signs + 1);
            } else if let Some(after) = rest.strip_prefix('+') {
                (rest, signs) = (after, signs + 1);
            } else if let Some(after) = CURRENCIES.iter().find_map(|unit| rest.strip_prefix(unit)) {
                (rest, units) = (after, units + 1);
            } else if let Some(after) = rest.strip_suffix('%') {
                (rest, units) = (after, units + 1);
            } else if let Some(after) = CURRENCIES.iter().find_map(|unit| rest.strip_suffix(unit)) {
                (rest, units) = (after, units + 1);
            } else if let Some(after) = rest.strip_suffix(MINUS) {
                (rest, minuses, signs) = (after, 1, signs + 1);
            }
            rest = rest.trim();
            if rest == before {
                break;
            }
        }
        let has_digits = rest.bytes().any(|byte| byte.is_ascii_digit());
        (has_digits && signs <= 1 && units <= 1).then_some(Bare { negative: minuses > 0, digits: rest })
    }
}

/// The currency that stands before or behind a number.
pub(crate) fn currency(text: &str) -> Option<&'static str> {
    let stands = |unit: &&&str| text.contains(**unit);
    CURRENCIES.iter().find(stands).copied()
}

/// The digits of a number, apart.
struct Parts {
    /// Digits before the last comma or point, or all of them where that groups.
    whole: String,
    /// The last comma or point and the digits behind it, where it does not group for sure.
    last: Option<(Decimal, String)>,
    /// `e3`, with its sign.
    exponent: String,
    says: Says,
}

impl Parts {
    fn of(text: &str) -> Option<Parts> {
        let (mantissa, exponent) = text.split_at_checked(text.find(['e', 'E', 'd', 'D']).unwrap_or(text.len()))?;
        // Fortran's `1.5D+03`; without a point it may be a code.
        if exponent.starts_with(['d', 'D']) && !mantissa.contains(['.', ',']) {
            return None;
        }
        let exponent = if exponent.is_empty() { String::new() } else { format!("e{}", power(exponent.get(1..)?)?) };
        let has_exponent = !exponent.is_empty();
        let parts = |whole, last, says| Some(Parts { whole, last, exponent, says });
        let Some(at) = mantissa.rfind([',', '.']) else {
            return parts(ungrouped(mantissa)?, None, Says::Nothing);
        };
        let (before, behind) = mantissa.split_at_checked(at)?;
        let (sign, behind) = behind.split_at_checked(1)?;
        let (own, other) = match sign {
            "," => (Decimal::Comma, Decimal::Point),
            _ => (Decimal::Point, Decimal::Comma),
        };
        // Twice or more it groups digits.
        if before.contains(sign) {
            return parts(ungrouped(mantissa)?, None, Says::Only(other));
        }
        if !behind.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let whole = ungrouped(before)?;
        let may_group = behind.len() == 3
            && (1..=3).contains(&before.len())
            && whole.len() == before.len()
            && !whole.starts_with('0')
            && !has_exponent;
        parts(whole, Some((own, behind.to_owned())), if may_group { Says::Either } else { Says::Only(own) })
    }
}

/// The power of ten behind an `e`.
fn power(text: &str) -> Option<&str> {
    let bare = text.strip_prefix(['+', '-']).unwrap_or(text);
    ((1..=4).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

/// Digits without what groups them by threes (or, but for the last group, by twos, as in India).
fn ungrouped(text: &str) -> Option<String> {
    let Some(sign) = text.chars().find(|letter| !letter.is_ascii_digit()) else { return Some(text.to_owned()) };
    if !GROUPING.contains(&sign) {
        return None;
    }
    let mut groups = text.split(sign);
    let first = groups.next()?;
    let groups: Vec<&str> = groups.collect();
    let (last, between) = groups.split_last()?;
    let all_of = |size: usize| between.iter().all(|group| group.len() == size) && (1..=size).contains(&first.len());
    let is_grouped = last.len() == 3 && (all_of(3) || !between.is_empty() && all_of(2));
    let digits = first.to_owned() + &groups.concat();
    (is_grouped && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// What a text says of the decimal sign of its column, if it is a number.
pub(crate) fn says(text: &str) -> Option<Says> {
    if clock(text).is_some() {
        return Some(Says::Nothing);
    }
    Some(Parts::of(Bare::of(text)?.digits)?.says)
}

/// The number that a text stands for. `decimal` decides where the text does not; where it is `forced`, a text that speaks for
/// the other one is no number.
pub(crate) fn read(text: &str, decimal: Decimal, forced: bool) -> Option<f64> {
    if let Some(seconds) = clock(text) {
        return Some(seconds);
    }
    let bare = Bare::of(text)?;
    let parts = Parts::of(bare.digits)?;
    let decimal = match parts.says {
        Says::Only(other) if forced && other != decimal => return None,
        Says::Only(own) => own,
        Says::Nothing | Says::Either => decimal,
    };
    let sign = if bare.negative { "-" } else { "" };
    let (behind, is_decimal) = match &parts.last {
        Some((sign, behind)) => (behind.as_str(), *sign == decimal),
        None => ("", false),
    };
    let point = if is_decimal { "." } else { "" };
    let number: f64 = format!("{sign}{}{point}{behind}{}", parts.whole, parts.exponent).parse().ok()?;
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_whatever_clothes() {
        for (text, expected) in [
            ("5,5", 5.5),
            ("29%", 29.0),
            ("12,5 %", 12.5),
            ("\u{2212}13", -13.0),
            ("$22,000", 22_000.0),
            ("-$5.25", -5.25),
            ("€ -5,00", -5.0),
            ("1.234.567,89", 1_234_567.89),
            ("1,234,567.89", 1_234_567.89),
            ("1 234\u{a0}".trim(), 1_234.0),
            ("12\u{202f}345,6", 12_345.6),
            ("1'234.5", 1_234.5),
            ("1\u{2019}234\u{2019}567", 1_234_567.0),
            ("(1,234.50)", -1_234.5),
            ("13-", -13.0),
            ("1.5D+03", 1_500.0),
            ("0,5e-3", 0.0005),
            ("12,34,567", 1_234_567.0),
            ("1,00,000.5", 100_000.5),
            ("0,123", 0.123),
            ("1234,567", 1_234.567),
            ("17 EUR", 17.0),
            (",5", 0.5),
        ] {
            assert_eq!(read(text, Decimal::Point, false), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_in_any_clothes_is_none() {
        for text in [
            "",
            "%",
            "$",
            "12 kg",
            "a,b",
            ",",
            "1,2,3",
            "1.2.3",
            "12-5",
            "--5",
            "$5%",
            "1,23,45",
            "5e",
            "(5",
            "1 2",
            "12,5.5,3",
            "127.0.0.1",
        ] {
            assert_eq!(read(text, Decimal::Point, false), None, "{text}");
        }
    }

    #[test]
    fn one_sign_before_three_digits_is_as_its_column_says() {
        assert_eq!(says("1,234"), Some(Says::Either));
        assert_eq!(says("1.234"), Some(Says::Either));
        assert_eq!(read("1,234", Decimal::Point, false), Some(1_234.0));
        assert_eq!(read("1,234", Decimal::Comma, false), Some(1.234));
        assert_eq!(read("1.234", Decimal::Comma, false), Some(1_234.0));
        assert_eq!(says("1,5"), Some(Says::Only(Decimal::Comma)));
        assert_eq!(says("1,234,567"), Some(Says::Only(Decimal::Point)));
        assert_eq!(says("1.234.567"), Some(Says::Only(Decimal::Comma)));
        assert_eq!(read("1,5", Decimal::Point, true), None);
        assert_eq!(says("12"), Some(Says::Nothing));
    }
}
