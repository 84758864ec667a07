//! The first pass over a file: what every column holds, in bounded memory.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};

use super::DataError;
use super::dates;
use super::read::Source;
use super::value::{Missing, Value, decorated_number};

/// Different values of a column, exact up to `CAPACITY`, then estimated within about 2%.
///
/// Keeps the hashes whose low `depth` bits are zero and doubles the sieve whenever too many stay
/// (Wegman's adaptive sampling; Flajolet 1990).
#[derive(Clone, Debug, Default)]
pub(crate) struct Distinct {
    kept: HashSet<u64, BuildHasherDefault<AsItIs>>,
    depth: u32,
}

/// Hashes keys that are hashes already by passing them on.
#[derive(Clone, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.0 = self.0.rotate_left(8) ^ u64::from(byte));
    }

    fn write_u64(&mut self, hash: u64) {
        // The sieve zeroes the low bits, the table wants them to differ.
        self.0 = hash.rotate_right(32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Distinct {
    /// Hashes kept, at most.
    pub const CAPACITY: usize = 8192;

    fn insert(&mut self, hash: u64) {
        if hash & ((1 << self.depth) - 1) != 0 || !self.kept.insert(hash) {
            return;
        }
        while self.kept.len() > Self::CAPACITY {
            self.depth += 1;
            let mask = (1u64 << self.depth) - 1;
            self.kept.retain(|hash| hash & mask == 0);
        }
    }

    /// Number of different values, estimated beyond [`Distinct::CAPACITY`].
    pub fn count(&self) -> u64 {
        (self.kept.len() as u64) << self.depth
    }
}

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
    /// Line of the first infinite number.
    pub infinite: Option<u64>,
    /// The first different cells that are no numbers, at most `MAX_STRAYS + 1`.
    pub strays: Vec<Stray>,
    /// Different values.
    pub distinct: Distinct,
    /// Words in all cells that are no numbers.
    pub words: u64,
    /// Cells that would be numbers if written plainly: `12%`, `$1,234`, `3,14`.
    pub decorated: u64,
}

/// A column is still numeric with this many different texts among its numbers.
pub(crate) const MAX_STRAYS: usize = 3;

impl Profile {
    fn new() -> Profile {
        Profile { whole: true, min: f64::INFINITY, max: f64::NEG_INFINITY, ..Profile::default() }
    }

    /// Cells that are no numbers.
    pub fn texts(&self) -> u64 {
        self.present - self.numbers
    }

    fn add(&mut self, value: Value<'_>, line: u64) {
        match value {
            Value::Missing { blank } => {
                self.missing += 1;
                self.blanks += u64::from(blank);
                return;
            }
            Value::Number { number, .. } => {
                self.numbers += 1;
                self.whole &= number.fract() == 0.0;
                self.min = self.min.min(number);
                self.max = self.max.max(number);
                if number.is_infinite() && self.infinite.is_none() {
                    self.infinite = Some(line);
                }
                // + 0.0 makes -0 and 0 one value.
                self.distinct.insert(mixed((number + 0.0).to_bits()));
            }
            Value::Moment { seconds, clock } => {
                self.dates += 1;
                self.clock |= clock;
                self.distinct.insert(mixed(seconds.to_bits()));
            }
            Value::Text(text) => {
                if let Some(moment) = dates::parse(text, false) {
                    self.dates += 1;
                    self.clock |= moment.clock;
                }
                self.words += text.split_ascii_whitespace().count() as u64;
                self.decorated += u64::from(decorated_number(text));
                let mut hasher = DefaultHasher::new();
                text.hash(&mut hasher);
                self.distinct.insert(hasher.finish());
                if let Some(stray) = self.strays.iter_mut().find(|stray| stray.text == text) {
                    stray.count += 1;
                } else if self.strays.len() <= MAX_STRAYS {
                    self.strays.push(Stray { text: text.to_owned(), line, count: 1 });
                }
            }
        }
        self.present += 1;
    }
}

/// A bijection that spreads the bits of a number (the finaliser of SplitMix64, Steele et al. 2014).
fn mixed(bits: u64) -> u64 {
    let mut z = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Profiles every column of a file; returns them with the number of rows.
pub(crate) fn profile(source: &Source, missing: &Missing) -> Result<(Vec<Profile>, u64), DataError> {
    let mut profiles = vec![Profile::new(); source.names().len()];
    let mut rows = 0;
    source.each_row(&mut |line, cells| {
        rows += 1;
        for (profile, cell) in profiles.iter_mut().zip(cells) {
            profile.add(missing.value(cell), line);
        }
        Ok(())
    })?;
    Ok((profiles, rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinct_values_are_counted_exactly_while_few_and_closely_when_many() {
        let mut distinct = Distinct::default();
        for number in 0..8000u64 {
            distinct.insert(mixed(number));
            distinct.insert(mixed(number));
        }
        assert_eq!(distinct.count(), 8000);
        for number in 0..1_000_000u64 {
            distinct.insert(mixed(number));
        }
        // 5 standard errors of 1.2 / sqrt(4096), the fewest hashes kept.
        assert!((distinct.count() as f64 / 1e6 - 1.0).abs() < 0.094, "{}", distinct.count());
    }

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
