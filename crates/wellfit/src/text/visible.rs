//! Text from files, shown without letting it steer what shows it.

use std::borrow::Cow;

/// Whether a character steers a terminal or a page: control characters, line separators, and those that turn the direction of
/// writing (Unicode Standard Annex 9).
pub fn steers(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text in which what steers is written as its escape: `\n`, `\u{1b}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    escaped(text, steers)
}

/// Lines in which what steers is written as its escape, and of a word longer than anybody reads the beginning is shown.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    let shown = escaped(text, |letter| letter != '\n' && steers(letter));
    let is_long = |word: &str| word.len() > LONGEST_WORD && word.chars().count() > LONGEST_WORD;
    if !shown.split([' ', '\n']).any(is_long) {
        return shown;
    }
    let cut = |word: &str| match is_long(word.trim_end_matches([' ', '\n'])) {
        true => {
            let end = word.chars().last().filter(|last| matches!(last, ' ' | '\n'));
            word.chars().take(LONGEST_WORD).chain(['…']).chain(end).collect()
        }
        false => word.to_owned(),
    };
    Cow::Owned(shown.split_inclusive([' ', '\n']).map(cut).collect())
}

/// Letters of a word that are shown.
const LONGEST_WORD: usize = 200;

fn escaped(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match is_escaped(letter) {
            true => out.extend(letter.escape_default()),
            false => out.push(letter),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_is_seen_and_does_nothing() {
        assert_eq!(visible("a\nb\u{1b}[2J\u{202e}x"), "a\\nb\\u{1b}[2J\\u{202e}x");
        assert!(matches!(visible("größe 日本"), Cow::Borrowed(_)));
        assert_eq!(visible_lines("a\n b\u{7}"), "a\n b\\u{7}");
        let long = format!("column {} is\nlong", "x".repeat(5_000));
        assert_eq!(visible_lines(&long), format!("column {}… is\nlong", "x".repeat(200)));
    }
}
