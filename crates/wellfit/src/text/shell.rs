//! Words of suggested commands, safe to paste.

use std::borrow::Cow;

/// A word as a POSIX shell reads it back: as it is where no letter means anything to the shell, else in single quotes, between
/// which nothing does.
pub fn shell_word(word: &str) -> Cow<'_, str> {
    let is_bare = |letter: char| letter.is_alphanumeric() || "._-/,:=+%@".contains(letter);
    match !word.is_empty() && word.chars().all(is_bare) {
        true => Cow::Borrowed(word),
        false => Cow::Owned(format!("'{}'", word.replace('\'', r"'\''"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_run_is_quoted() {
        for bare in ["128,64", "runs/telco-1", "mixup:0.2", "60/20/20", "größe"] {
            assert_eq!(shell_word(bare), bare);
        }
        assert_eq!(shell_word("marital status"), "'marital status'");
        assert_eq!(shell_word("$(touch pwned)"), "'$(touch pwned)'");
        assert_eq!(shell_word("a b;touch x"), "'a b;touch x'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
        assert_eq!(shell_word(""), "''");
    }
}
