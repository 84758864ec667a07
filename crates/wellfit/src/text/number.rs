//! Whole numbers and counts of things.

use std::fmt::Display;

/// A number without a sign or a fraction, which [`thousands`] can group digit by digit.
pub trait WholeNumber: Copy + Display + PartialEq + From<bool> {}

impl WholeNumber for u32 {}
impl WholeNumber for u64 {}
impl WholeNumber for usize {}

/// A whole number with commas: `1,234,567`.
pub fn thousands(number: impl WholeNumber) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count and its noun, in the plural unless the count is 1: `1 row`, `1,409 rows`.
pub fn counted<N: WholeNumber>(count: N, noun: &str) -> String {
    let plural = if count == N::from(true) { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(thousands(0u32), "0");
        assert_eq!(thousands(999u64), "999");
        assert_eq!(thousands(1_000usize), "1,000");
        assert_eq!(thousands(1_234_567u64), "1,234,567");
    }

    #[test]
    fn nouns_take_the_plural_unless_there_is_one() {
        assert_eq!(counted(0usize, "row"), "0 rows");
        assert_eq!(counted(1usize, "row"), "1 row");
        assert_eq!(counted(1409u64, "row"), "1,409 rows");
    }
}
