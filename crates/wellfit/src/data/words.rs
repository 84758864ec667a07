//! Pieces of messages: lists, counts, and the name that was probably meant.

/// `1,234,567`.
pub(crate) fn thousands(number: usize) -> String {
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

/// `1 row`, `2,000 rows`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{} {noun}{}", thousands(number), if number == 1 { "" } else { "s" })
}

/// `a, b, c and 7 more`: at most `most` names.
pub(crate) fn list<S: AsRef<str>>(names: &[S], most: usize) -> String {
    let shown: Vec<&str> = names.iter().take(most).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(most) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The name of `known` that `name` was probably meant to be.
pub(crate) fn meant<'a, S: AsRef<str>>(name: &str, known: &'a [S]) -> Option<&'a str> {
    let lower = name.trim().to_lowercase();
    let near = |candidate: &str| strsim::normalized_damerau_levenshtein(&lower, &candidate.trim().to_lowercase());
    let (likeness, best) = known
        .iter()
        .map(|candidate| (near(candidate.as_ref()), candidate.as_ref()))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    // 0.6: two slips in five letters still count, unrelated words do not.
    (likeness >= 0.6).then_some(best)
}

/// ` (did you mean X?)`, or nothing.
pub(crate) fn did_you_mean<S: AsRef<str>>(name: &str, known: &[S]) -> String {
    meant(name, known).map_or(String::new(), |best| format!(" (did you mean {best}?)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(thousands(7), "7");
        assert_eq!(thousands(1_000), "1,000");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(count(1, "row"), "1 row");
    }

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(list(&["a", "b", "c"], 2), "a, b and 1 more");
        assert_eq!(list(&["a", "b"], 2), "a, b");
    }

    #[test]
    fn a_slip_of_the_keyboard_is_recognised_and_an_unrelated_word_is_not() {
        assert_eq!(meant("churn", &["gender", "Churn"]), Some("Churn"));
        assert_eq!(meant("Tenrue", &["tenure", "Churn"]), Some("tenure"));
        assert_eq!(meant("price", &["tenure", "Churn"]), None);
    }
}
