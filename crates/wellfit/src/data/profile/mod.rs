//! The first pass over a file: what every column holds, in bounded memory.

mod distinct;
mod kinds;
mod written;

use std::hash::{DefaultHasher, Hash, Hasher};

use self::distinct::{Distinct, mixed};
use self::written::{Dressed, OrderedDates, Words};
use super::DataError;
use super::notation::dates::{Written, compact, recognise};
use super::notation::{Missing, Notation, Says, Value, says, words};
use super::read::Source;

/// A text among numbers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stray {
    pub text: String,
    pub line: u64,
    pub count: u64,
}

/// What a column holds, over the whole file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Profile {
    /// Cells with a value.
    pub present: u64,
    /// Cells without.
    pub missing: u64,
    /// Missing cells that held spaces.
    pub blanks: u64,
    /// Cells that are numbers.
    pub numbers: u64,
    /// Cells that are dates, not numbers.
    pub dates: u64,
    /// Whether a date has a time of day.
    pub clock: bool,
    /// Whether all numbers are whole.
    pub whole: bool,
    /// Smallest number.
    pub min: f64,
    /// Largest number.
    pub max: f64,
    /// The first infinite number.
    pub infinite: Option<Stray>,
    /// The first different cells that are no numbers, at most `MAX_STRAYS + 1`.
    pub strays: Vec<Stray>,
    /// Different values.
    pub distinct: Distinct,
    /// Words in all cells that are no numbers.
    pub words: u64,
    /// Texts that are numbers in other clothes: `12%`, `$1,234`, `3,14`.
    pub dressed: Dressed,
    /// Texts that mean "missing" among numbers and dates.
    pub missing_words: Words,
    /// Numbers with a bound: `<0.5`.
    pub censored: u64,
    /// Texts that are dates only for who knows the order of day and month, or that stand for no date.
    pub ordered: OrderedDates,
    /// The first date of at most nine letters, whose year has two digits or whose day is not there.
    pub short_date: Option<Stray>,
    /// Whether every number is a date, `YYYYMMDD`.
    pub compact: bool,
    /// Whole numbers beyond those that an f64 holds exactly.
    pub long: u64,
    /// Whether some number begins with a zero that it does not need.
    pub padded: bool,
    /// Whether all numbers are written with as many letters.
    pub even: bool,
    width: usize,
    /// Texts that are true or false.
    pub answers: u64,
    /// What stands in missing cells that are not empty.
    pub gaps: Words,
}

/// A column with more different values than this may hold measurements, names or free text.
pub(crate) const MANY_VALUES: u64 = 20;
/// A column is still numeric with this many different texts among its numbers.
pub(crate) const MAX_STRAYS: usize = 3;

impl Profile {
    fn new() -> Profile {
        let extremes = Profile { min: f64::INFINITY, max: f64::NEG_INFINITY, ..Profile::default() };
        Profile { whole: true, compact: true, even: true, ..extremes }
    }

    /// Cells that are no numbers.
    pub fn texts(&self) -> u64 {
        self.present - self.numbers
    }

    fn add(&mut self, value: Value<'_>, line: u64) {
        match value {
            Value::Missing { text } => {
                self.missing += 1;
                if !text.is_empty() {
                    match text.trim().is_empty() {
                        true => self.blanks += 1,
                        false => self.gaps.add(text, line),
                    }
                }
                return;
            }
            Value::Number { number, text } => self.number(number, text, value.whole(), line),
            Value::Moment { seconds, clock } => {
                self.dates += 1;
                self.clock |= clock;
                self.distinct.insert(mixed(seconds.to_bits()));
            }
            Value::Text(text) => self.text(text, line),
        }
        self.present += 1;
    }

    fn number(&mut self, number: f64, text: &str, whole: Option<i128>, line: u64) {
        self.numbers += 1;
        self.whole &= number.fract() == 0.0;
        self.min = self.min.min(number);
        self.max = self.max.max(number);
        if number.is_infinite() {
            self.infinite.get_or_insert_with(|| Stray { text: text.to_owned(), line, count: 1 });
        }
        self.compact = self.compact && compact(number).is_some();
        let bytes = text.as_bytes();
        self.padded |= matches!(bytes, [b'0', b'0'..=b'9', ..]) && bytes.iter().all(u8::is_ascii_digit);
        self.even &= self.numbers == 1 || self.width == bytes.len();
        self.width = bytes.len();
        // What groups digits for sure speaks for its column, and what may: until a number has a decimal point for sure.
        if self.dressed.point == 0 && bytes.contains(&b'.') {
            self.dressed.add_plain(says(text).unwrap_or(Says::Nothing), text, line);
        }
        self.long += u64::from(whole.is_some());
        self.distinct.insert(match whole {
            Some(whole) => mixed(whole as u64) ^ mixed((whole >> 64) as u64),
            // + 0.0 makes -0 and 0 one value.
            None => mixed((number + 0.0).to_bits()),
        });
    }

    fn text(&mut self, text: &str, line: u64) {
        let stray = || Stray { text: text.to_owned(), line, count: 1 };
        // What no digit stands in is neither a date nor a number.
        let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
        let written = if has_digit { recognise(text) } else { None };
        let is_date = matches!(written, Some(Written::Moment(_)));
        match written {
            Some(Written::Moment(moment)) => {
                self.dates += 1;
                self.clock |= moment.clock;
                if text.len() < 10 {
                    self.short_date.get_or_insert_with(stray);
                }
            }
            Some(Written::Ordered { order, .. }) => self.ordered.add(order, text, line),
            Some(Written::NoDate) => self.ordered.none += 1,
            None if text.starts_with('#') && words::means_missing_among_numbers(text) => {
                self.missing_words.add(text, line)
            }
            None if has_digit => {
                if let Some(says) = says(text) {
                    self.dressed.add(says, text, line);
                }
                self.censored += u64::from(words::censored(text));
            }
            None if words::means_missing_among_numbers(text) => self.missing_words.add(text, line),
            None => self.answers += u64::from(words::boolean(text).is_some()),
        }
        self.words += text.split_ascii_whitespace().count() as u64;
        let mut hasher = DefaultHasher::new();
        match !has_digit && words::is_answer(text) {
            true => text.to_ascii_lowercase().hash(&mut hasher),
            false => text.hash(&mut hasher),
        }
        self.distinct.insert(hasher.finish());
        if is_date {
            return;
        }
        if let Some(stray) = self.strays.iter_mut().find(|stray| stray.text == text) {
            stray.count += 1;
        } else if self.strays.len() <= MAX_STRAYS {
            self.strays.push(stray());
        }
    }
}

/// Profiles every column of a file; returns them with the number of rows.
pub(crate) fn profile(
    source: &Source,
    missing: &Missing,
    notations: &[Notation],
) -> Result<(Vec<Profile>, u64), DataError> {
    let mut profiles = vec![Profile::new(); source.names().len()];
    let mut rows = 0;
    source.each_row(&mut |line, cells| {
        rows += 1;
        for ((profile, cell), notation) in profiles.iter_mut().zip(cells).zip(notations) {
            profile.add(missing.value(cell, notation), line);
        }
        Ok(())
    })?;
    Ok((profiles, rows))
}

/// Profiles some columns again, as they are written.
pub(crate) fn profile_again(
    source: &Source,
    missing: &Missing,
    columns: &[(usize, Notation)],
) -> Result<Vec<Profile>, DataError> {
    let mut profiles = vec![Profile::new(); columns.len()];
    if !columns.is_empty() {
        source.each_row(&mut |line, cells| {
            for (profile, (place, notation)) in profiles.iter_mut().zip(columns) {
                profile.add(
                    cells.get(*place).map_or(Value::Missing { text: "" }, |cell| missing.value(cell, notation)),
                    line,
                );
            }
            Ok(())
        })?;
    }
    Ok(profiles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_of_numbers_with_a_stray_text_knows_where_it_stands() {
        let mut profile = Profile::new();
        for (line, value) in
            [Value::Number { number: 1.0, text: "1" }, Value::Text("one"), Value::Text("one")].iter().enumerate()
        {
            profile.add(*value, line as u64 + 2);
        }
        assert_eq!(profile.strays, [Stray { text: "one".into(), line: 3, count: 2 }]);
        assert_eq!((profile.numbers, profile.texts()), (1, 2));
    }
}
