//! From a column's profile to its type, or to the reason it is set aside.

use serde::{Deserialize, Serialize};

use super::aside::Reason;
use super::notation::Notation;
use super::profile::{MANY_VALUES, Profile, Stray};
use super::recognition::Recognised;
use super::{ColumnType, DataError};
use crate::text::{shell_word, thousands};

/// From this size on whole numbers need more than an f32.
const F32_WHOLE: f64 = 16_777_216.0;
/// Average words from which on many different values are sentences.
const SENTENCE_WORDS: u64 = 6;

/// How a column is read: part of the pipeline, so that new files are read the same way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Field {
    /// Name in the file.
    pub name: String,
    /// `Numeric`, `Categorical`, `Boolean` or `Datetime`.
    pub kind: ColumnType,
    /// Whether numbers that are the same as an f32 are different ones.
    pub precise: bool,
    /// Texts among the numbers or dates that mean "missing" in this column.
    pub strays: Vec<String>,
    /// How its cells are written.
    pub notation: Notation,
}

/// Whether a column is used.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Decision {
    /// It is a feature.
    Feature(Field),
    /// It is left out.
    Aside(Reason),
}

/// Decides about a column: its type if `asked`, otherwise by what it holds.
///
/// An error names the line of the cell that does not fit; `at` makes it.
pub(crate) fn decide(
    name: &str,
    is_index: bool,
    column: &Recognised,
    asked: Option<ColumnType>,
    at: &dyn Fn(u64, String) -> DataError,
) -> Result<Decision, DataError> {
    let profile = &column.profile;
    let feature = |kind| Ok(Decision::Feature(field(name, column, kind)));
    match asked {
        Some(ColumnType::Text | ColumnType::Id) => {
            return Ok(Decision::Aside(Reason::Asked(asked.unwrap_or(ColumnType::Id))));
        }
        Some(ColumnType::Categorical) => return feature(ColumnType::Categorical),
        Some(ColumnType::Boolean) => {
            let values = profile.distinct.count();
            if values > 2 {
                return Err(DataError::Request(format!(
                    "column {name} has {} different values, a boolean has two; pass --types {}",
                    thousands(values),
                    shell_word(&format!("{name}=categorical"))
                )));
            }
            return feature(ColumnType::Boolean);
        }
        // Texts that are no dates are reported by the second pass, which knows where they stand.
        Some(ColumnType::Datetime) => return feature(ColumnType::Datetime),
        Some(ColumnType::Numeric) => {
            if let Some(stray) = profile.strays.first() {
                return Err(at(stray.line, not_a_number(name, &stray.text, profile.texts())));
            }
            finite(name, profile, at)?;
            return feature(ColumnType::Numeric);
        }
        None => {}
    }
    if profile.present == 0 {
        return Ok(Decision::Aside(Reason::Empty));
    }
    let distinct = profile.distinct.count();
    // One value with gaps is informative: some rows have it and others do not.
    if distinct == 1 && profile.missing == 0 {
        return Ok(Decision::Aside(Reason::Constant));
    }
    if profile.holds_answers() {
        return feature(ColumnType::Boolean);
    }
    if profile.is_numeric() && !profile.holds_codes() {
        finite(name, profile, at)?;
        return Ok(match numeric_id(name, is_index, profile) {
            Some(reason) => Decision::Aside(reason),
            None => Decision::Feature(field(name, column, ColumnType::Numeric)),
        });
    }
    if profile.is_dates() {
        return feature(ColumnType::Datetime);
    }
    Ok(match text_reason(profile) {
        Some(reason) => Decision::Aside(reason),
        None => Decision::Feature(field(name, column, ColumnType::Categorical)),
    })
}

/// How a column of one value is read where it is kept.
pub(crate) fn constant(name: &str, column: &Recognised) -> Field {
    let kind = match &column.profile {
        profile if profile.is_numeric() && !profile.holds_codes() => ColumnType::Numeric,
        profile if profile.is_dates() => ColumnType::Datetime,
        _ => ColumnType::Categorical,
    };
    field(name, column, kind)
}

/// The message about a text among numbers.
pub(crate) fn not_a_number(name: &str, text: &str, count: u64) -> String {
    format!(
        "column {name}: \"{text}\" is not a number ({} such cell{}; --na {} reads it as missing)",
        thousands(count),
        if count == 1 { "" } else { "s" },
        shell_word(text)
    )
}

/// Refuses infinite numbers.
pub(crate) fn finite(name: &str, profile: &Profile, at: &dyn Fn(u64, String) -> DataError) -> Result<(), DataError> {
    match &profile.infinite {
        Some(Stray { text, line, .. }) => {
            let word = shell_word(if text.is_empty() { "inf" } else { text });
            let problem = format!(
                "column {name}: a number that is infinite or too large; write it as missing (--na {word} reads it so) or pass --types {}",
                shell_word(&format!("{name}=categorical"))
            );
            Err(at(*line, problem))
        }
        None => Ok(()),
    }
}

fn field(name: &str, column: &Recognised, kind: ColumnType) -> Field {
    let profile = &column.profile;
    let has_strays = matches!(kind, ColumnType::Numeric | ColumnType::Datetime);
    let strays: Vec<String> = profile.strays.iter().map(|stray| stray.text.clone()).collect();
    Field {
        name: name.to_owned(),
        kind,
        precise: kind == ColumnType::Datetime
            || (kind == ColumnType::Numeric && profile.min.abs().max(profile.max.abs()) >= F32_WHOLE),
        strays: if has_strays { strays } else { Vec::new() },
        notation: column.notation,
    }
}

/// `is_index`: whether its name says so, or it has none.
fn numeric_id(name: &str, is_index: bool, profile: &Profile) -> Option<Reason> {
    if !profile.whole || profile.texts() > 0 || profile.present < 3 {
        return None;
    }
    let distinct = profile.distinct.count();
    // 0.95: beyond the capacity of the counter the number of different values is an estimate.
    let all_different = distinct * 100 >= profile.present * 95;
    let counts = profile.max - profile.min + 1.0 == profile.present as f64;
    if all_different && profile.missing == 0 && (counts || is_index) {
        return Some(Reason::NumbersRows);
    }
    let (values, rows, keep) = (distinct, profile.present, ColumnType::Numeric);
    // Longer than any quantity is known to; counts of nanoseconds since 1970 are as long.
    let is_long = all_different && profile.is_long() && !profile.may_be_nanoseconds();
    let is_id = distinct * 5 >= profile.present * 4 && distinct > MANY_VALUES && (is_id_name(name) || is_long);
    is_id.then_some(Reason::Id { values, rows, keep })
}

/// Whether a name is one that libraries give the index of a table.
pub(crate) fn is_index_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower == "index"
        || lower.starts_with("unnamed: ")
        || lower.starts_with("__index_level_")
        || lower.starts_with("level_")
}

/// Whether a name says "id": `id`, `user_id`, `userId`, `userID`, `index`, `order_number`, `case no`.
///
/// It counts at the border of a word: a name in capitals, such as `PAID`, ends in no word `ID`.
fn is_id_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let last = lower.rsplit(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or("");
    let parts = last.len() < lower.len();
    let word = |id: &str| {
        let before = name.strip_suffix(id).and_then(|rest| rest.chars().last());
        before.is_some_and(|letter| letter.is_lowercase() || letter.is_ascii_digit())
    };
    matches!(last, "id" | "index" | "uuid")
        || (parts && matches!(last, "number" | "no" | "num" | "nr" | "key"))
        || word("Id")
        || word("ID")
}

fn text_reason(profile: &Profile) -> Option<Reason> {
    let (values, rows) = (profile.distinct.count(), profile.present);
    if values <= MANY_VALUES {
        return None;
    }
    let single_words = profile.words <= profile.texts();
    if values * 100 >= rows * 97 && single_words {
        return Some(Reason::Id { values, rows, keep: ColumnType::Categorical });
    }
    let sentences = profile.words > SENTENCE_WORDS * profile.texts();
    (values * 2 > rows || sentences).then_some(Reason::FreeText { values, rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_say_id_are_recognised() {
        for name in ["id", "ID", "user_id", "userId", "customerID", "index", "hospital_number", "case no"] {
            assert!(is_id_name(name), "{name}");
        }
        for name in ["paid", "AMT_PAID", "BID", "GRID", "COVID", "number", "no", "humid", "number_of_rooms", "key"] {
            assert!(!is_id_name(name), "{name}");
        }
    }
}
