//! Messages that quote what stands in files.

/// Text from a file as one line of a message: what would break the line or steer the terminal is escaped, and nobody
/// reads more than a thousand characters.
pub(crate) fn one_line(text: &str) -> String {
    const LONGEST: usize = 1000;
    let steers = |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut out = String::new();
    for (i, character) in text.chars().enumerate() {
        if i == LONGEST {
            out.push('…');
            break;
        }
        match steers(character) {
            true => out.extend(character.escape_default()),
            false => out.push(character),
        }
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
