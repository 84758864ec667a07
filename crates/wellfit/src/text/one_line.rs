//! Messages that quote what stands in files.

use super::visible;

/// Text from a file as one line of a message: what would break the line or steer the terminal is escaped, and nobody
/// reads more than a thousand characters.
pub(crate) fn one_line(text: &str) -> String {
    const LONGEST: usize = 1000;
    let shown: String = text.chars().take(LONGEST).collect();
    let mut out = visible(&shown).into_owned();
    if shown.len() < text.len() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_stays_on_its_line() {
        assert_eq!(one_line("a\nb\u{1b}[31m"), "a\\nb\\u{1b}[31m");
        assert_eq!(one_line(&"é".repeat(2000)).chars().count(), 1001);
    }
}
