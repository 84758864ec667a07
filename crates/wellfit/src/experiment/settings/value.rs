//! The one way values are read and written, for flags, `--set` and config files alike.

use std::path::PathBuf;

use super::raw::Raw;

/// Why a value was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is none of the forms the setting takes; the message lists them.
    Form,
    /// It has the right form and still cannot be used; the text says what and why.
    Reason(String),
}

/// A type of setting.
pub trait Value: Sized {
    /// Reads what was written.
    fn read(raw: &Raw) -> Result<Self, Refusal>;

    /// Writes it so that [`Value::read`] gives the same value back.
    fn write(&self) -> Raw;

    /// The forms it takes, each as a message names it: `auto`, `a number`.
    fn forms() -> Vec<String>;

    /// The words among the forms, for "did you mean".
    fn words() -> Vec<&'static str> {
        Vec::new()
    }
}

/// The forms in one phrase: `auto, off or a number`.
pub(super) fn alternatives(forms: &[String]) -> String {
    match forms {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// Text as it stands; the empty text means "not set".
impl Value for Option<String> {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        let text = scalar_text(raw).ok_or(Refusal::Form)?;
        Ok((!text.is_empty()).then_some(text))
    }

    fn write(&self) -> Raw {
        Raw::text(self.as_deref().unwrap_or_default())
    }

    fn forms() -> Vec<String> {
        vec!["text".to_owned()]
    }
}

/// A file's path; the empty text means "not set".
impl Value for Option<PathBuf> {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        match raw {
            Raw::Text(text) if text.contains('\0') => Err(Refusal::Reason("a path cannot hold a null byte".to_owned())),
            Raw::Text(text) => Ok((!text.is_empty()).then(|| PathBuf::from(text))),
            _ => Err(Refusal::Form),
        }
    }

    fn write(&self) -> Raw {
        Raw::text(self.as_deref().map(|path| path.to_string_lossy()).unwrap_or_default())
    }

    fn forms() -> Vec<String> {
        vec!["a path in quotes".to_owned()]
    }
}

/// `true` or `false`.
impl Value for bool {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        match raw {
            Raw::Flag(flag) => Ok(*flag),
            Raw::Text(text) => text.parse().map_err(|_| Refusal::Form),
            _ => Err(Refusal::Form),
        }
    }

    fn write(&self) -> Raw {
        Raw::Flag(*self)
    }

    fn forms() -> Vec<String> {
        Self::words().into_iter().map(str::to_owned).collect()
    }

    fn words() -> Vec<&'static str> {
        vec!["true", "false"]
    }
}

/// One ASCII character that can stand between two cells.
impl Value for char {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        let Raw::Text(text) = raw else { return Err(Refusal::Form) };
        let mut characters = text.chars();
        let separator = match (text.as_str(), characters.next(), characters.next()) {
            ("tab" | "\\t", ..) => '\t',
            (_, Some(one), None) => one,
            _ => return Err(Refusal::Form),
        };
        let usable = separator == '\t'
            || separator == ' '
            || (separator.is_ascii_punctuation() && !"\"'.-+_".contains(separator));
        if usable {
            Ok(separator)
        } else {
            Err(Refusal::Reason(format!("{} cannot separate cells; use , ; | : tab or the like", raw.quoted())))
        }
    }

    fn write(&self) -> Raw {
        if *self == '\t' { Raw::text("tab") } else { Raw::text(*self) }
    }

    fn forms() -> Vec<String> {
        vec!["one character (or tab)".to_owned()]
    }

    fn words() -> Vec<&'static str> {
        vec!["tab"]
    }
}

/// The text of one scalar: a label may well be written `positive = 1` or `positive = true`.
pub(super) fn scalar_text(raw: &Raw) -> Option<String> {
    match raw {
        Raw::Text(_) | Raw::Number(_) | Raw::Flag(_) => Some(raw.to_text()),
        Raw::List(_) | Raw::Table(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_may_be_written_without_quotes() {
        assert_eq!(Option::<String>::read(&Raw::Number("1".to_owned())), Ok(Some("1".to_owned())));
        assert_eq!(Option::<String>::read(&Raw::Flag(true)), Ok(Some("true".to_owned())));
    }

    #[test]
    fn empty_text_unsets_a_column_or_a_file() {
        assert_eq!(Option::<String>::read(&Raw::text("")), Ok(None));
        assert_eq!(Option::<PathBuf>::read(&Raw::text("")), Ok(None));
    }

    #[test]
    fn a_separator_is_one_character_that_no_number_or_word_holds() {
        assert_eq!(char::read(&Raw::text("tab")), Ok('\t'));
        assert_eq!(char::read(&Raw::text("\t")), Ok('\t'));
        assert_eq!(char::read(&Raw::text(";")), Ok(';'));
        assert_eq!(char::read(&Raw::text(";;")), Err(Refusal::Form));
        for hopeless in ["a", "0", ".", "\"", "-", "\n", "é"] {
            assert!(matches!(char::read(&Raw::text(hopeless)), Err(Refusal::Reason(_))), "{hopeless:?}");
        }
    }
}
