//! What kind of column a profile speaks of.

use super::{MANY_VALUES, MAX_STRAYS, Profile};

impl Profile {
    /// Whether the values are numbers, some strays among many different numbers allowed.
    ///
    /// Few of all cells are strays of any kind; more may be where the numbers are measurements, which hardly repeat.
    pub fn is_numeric(&self) -> bool {
        let (texts, different) = (self.texts(), self.distinct.count());
        let many = different > MANY_VALUES + self.strays.len() as u64;
        let measured = different * 5 >= self.numbers || !self.whole;
        let few = texts * 20 <= self.present + self.missing;
        let some = texts <= self.numbers && measured;
        let known = self.strays.len() <= MAX_STRAYS || texts == self.censored;
        let strays = self.dates == 0 && many && known && (few || some);
        self.numbers > 0 && (texts == 0 || strays)
    }

    /// Whether the values are dates, a few strays among them allowed.
    pub fn is_dates(&self) -> bool {
        let strays = self.present - self.dates;
        self.dates > 0 && strays * 20 <= self.present + self.missing
    }

    /// Whether the values are true and false, perhaps as 1 and 0 too.
    pub fn holds_answers(&self) -> bool {
        let are_bits = self.numbers == 0 || self.whole && self.min >= 0.0 && self.max <= 1.0;
        self.answers > 0 && self.answers == self.texts() && are_bits
    }

    /// Whether the values are codes: whole numbers of one width of which some begin with a zero, or that repeat and are longer
    /// than any quantity is known to.
    pub fn holds_codes(&self) -> bool {
        let padded = self.padded && self.even && self.min >= 0.0;
        let repeats = 2 * self.distinct.count() <= self.present
            || !self.may_be_nanoseconds() && self.distinct.count() * 100 < self.present * 95;
        self.whole && self.texts() == 0 && (padded || self.is_long() && repeats)
    }

    /// Whether all numbers are whole and longer than any quantity is known to.
    pub fn is_long(&self) -> bool {
        self.long > 0 && self.long == self.numbers
    }

    /// Whether the numbers may be nanoseconds since 1970, from 2001 to 2039.
    pub fn may_be_nanoseconds(&self) -> bool {
        (1e18..2.2e18).contains(&self.max)
    }
}
